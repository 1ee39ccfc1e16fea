import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { LANGUAGES } from '../../core/domain/language.ts'
import { loadMessages } from '../../portal/messages.ts'
import { AttributeType, Code } from '../../radius-server/packet/attributes.ts'
import { encodeRequest } from '../../radius-server/packet/encode.ts'
import type { Packet } from '../../radius-server/packet/packet.ts'
import { SharedSecret } from '../../radius-server/packet/secret.ts'
import { text } from '../../radius-server/packet/values.ts'
import { answerTo } from '../support/gateway.ts'
import { startPlatform } from '../support/platform.ts'

const SECRET = 'a radius secret of this journey'
const UAM_SECRET = 'a uam secret of this journey'
const CHALLENGE = 'c5'.repeat(16)
const STATION = '02-AA-BB-CC-DD-01'
const gateways = { lake: '127.21.0.1', park: '127.21.0.2' } as const
/** What every splash is promised: a notice is there, or gone, this soon after the word. */
const SOON_MS = 5000

const city = {
  city: { id: 'test', name: { vi: 'Thử', en: 'Test' }, timeZone: 'Asia/Ho_Chi_Minh' },
  operators: [{ id: 'op', name: 'Operator' }],
  sites: Object.keys(gateways).map((id) => ({
    id,
    name: { vi: id, en: id },
    category: id === 'lake' ? 'tourist-site' : 'industrial-park',
    state: 'live',
    operator: 'op',
    lat: 21,
    lng: 105.8,
    login: [id === 'lake' ? 'click-through' : 'voucher'],
    limits: { sessionSeconds: 3600, dailySeconds: 7200, dailyOctets: 1e9 },
  })),
  nas: Object.entries(gateways).map(([id, address]) => ({
    id: `gw-${id}`,
    site: id,
    gateway: 'coova-chilli',
    addresses: [address],
    secret: SECRET,
    uamSecret: UAM_SECRET,
    gatewayUrl: `http://${address}:3990`,
  })),
}

const md5 = (...parts: (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest()

test('a notice from the command line is on every splash in five seconds, in each language, and lifts limits', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-notice-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'city.json')
  writeFileSync(file, JSON.stringify(city))
  const platform = await startPlatform(t, { HOTSPOT_CONFIG: file })
  const portal = `http://127.0.0.1:${platform.ports.portal}`
  const spoken = loadMessages()

  const arrival = (nas: string): string => {
    const query = new URLSearchParams({ res: 'notyet', challenge: CHALLENGE, mac: STATION, nasid: nas })
    const url = `${portal}/g/coova-chilli?${query.toString()}`
    return `${url}&md=${md5(url, UAM_SECRET).toString('hex').toUpperCase()}`
  }
  const pageOf = async (url: string): Promise<string> =>
    (await fetch(url, { headers: { 'user-agent': 'Mozilla/5.0 (iPhone)' } })).text()
  const visitAt = async (nas: string): Promise<string> =>
    /[?&]v=([\w-]{16})/.exec(await pageOf(arrival(nas)))?.[1] ?? ''
  const visits = { lake: await visitAt('gw-lake'), park: await visitAt('gw-park') }
  const splash = (v: string, lang: string): Promise<string> => pageOf(`${portal}/splash?v=${v}&lang=${lang}`)

  /** Asks until it is so. Whoever asks five seconds from now must find it so, however long a busy machine takes to answer. */
  const soon = async (isSo: () => Promise<boolean>): Promise<boolean> => {
    const from = Date.now()
    for (;;) {
      const asked = Date.now()
      if (await isSo()) return true
      if (asked - from >= SOON_MS) return false
      await new Promise((resume) => setTimeout(resume, 50))
    }
  }
  const everywhere = (isSo: (page: string) => boolean): Promise<boolean> =>
    soon(async () => {
      const pages = await Promise.all(Object.values(visits).map((v) => splash(v, 'vi')))
      return pages.every(isSo)
    })

  const tap = async (v: string): Promise<URLSearchParams | null> => {
    const body = new URLSearchParams({ v })
    const answer = await fetch(`${portal}/login/click-through`, { method: 'POST', redirect: 'manual', body })
    const location = answer.headers.get('location') ?? ''
    return location.startsWith('http') ? new URL(location).searchParams : null
  }
  /** What a gateway is answered whose visitor comes back from the portal with this. */
  const access = async (site: keyof typeof gateways, logon: URLSearchParams): Promise<Packet> => {
    const socket = createSocket('udp4')
    t.teardown(() => socket.close())
    await new Promise<void>((resolve) => socket.bind({ address: gateways[site], port: 0 }, resolve))
    const response = Buffer.from(logon.get('response')!, 'hex')
    const attributes = [
      text(AttributeType.UserName, logon.get('username')!),
      { type: AttributeType.ChapPassword, value: Buffer.concat([Buffer.of(0), response]) },
      { type: AttributeType.ChapChallenge, value: md5(Buffer.from(CHALLENGE, 'hex'), UAM_SECRET) },
      text(AttributeType.CallingStationId, STATION),
    ]
    const secret = new SharedSecret(Buffer.from(SECRET))
    const request = {
      code: Code.AccessRequest,
      identifier: 1,
      secret,
      messageAuthenticator: true,
      attributes,
    }
    return answerTo(socket, encodeRequest(request), platform.ports.radiusAuth)
  }

  const isTimed = (answer: Packet): boolean =>
    answer.code !== Code.AccessAccept || answer.has(AttributeType.SessionTimeout)

  t.equal(await tap(visits.park), null, 'the park takes codes alone')
  const flood = ['--all', '--title', 'vi=Ngập lụt', '--title', 'en=Flood', '--title', 'ko=홍수']
  const words = [
    ...flood,
    '--body',
    'vi=Lên tầng cao.',
    '--body',
    'en=Go upstairs.',
    '--body',
    'ko=위층으로.',
  ]
  const lifted = ['--lift', 'time,data,codes', '--json']
  const drafted = await platform.hotspot('notice', 'create', '--kind', 'warning', ...words, ...lifted)
  t.equal(drafted.code, 0, drafted.stderr)
  const [{ id, state }] = JSON.parse(drafted.stdout) as [{ id: string; state: string }]
  t.equal(state, 'draft')
  t.notMatch(await splash(visits.lake, 'vi'), 'Ngập lụt')
  const alone = await platform.hotspot('notice', 'approve', id)
  t.equal(alone.code, 1)
  t.match(alone.stderr, /somebody else/)
  t.match(await platform.hotspot('notice', 'approve', id, '--yes'), { code: 0, stdout: /published/ })

  t.ok(await everywhere((page) => page.includes('Ngập lụt')))
  for (const v of Object.values(visits))
    for (const lang of LANGUAGES) {
      const page = await splash(v, lang)
      const isSpoken = spoken.languages.includes(lang)
      const own = { vi: 'Lên tầng cao.', en: 'Go upstairs.', ko: '위층으로.' }[lang as string]
      const inOther = isSpoken && !own
      t.match(page, `<html lang="${isSpoken ? lang : 'vi'}">`)
      t.match(page, inOther ? 'Go upstairs.' : isSpoken ? own : 'Lên tầng cao.', lang)
      if (inOther) t.match(page, spoken.translate(lang, 'notice.standard.warning'), lang)
    }

  // The RADIUS server reads the notices for itself: it may come to know of them after the portal does.
  for (const site of ['lake', 'park'] as const) {
    const isLifted = await soon(async () => {
      const logon = await tap(visits[site])
      t.ok(logon, `one tap is enough at the ${site}`)
      return !isTimed(await access(site, logon!))
    })
    t.ok(isLifted, `accepted at the ${site}, and no time is set`)
  }

  const listed = JSON.parse((await platform.hotspot('notice', 'list', '--json')).stdout) as object[]
  t.match(listed, [{ id, state: 'published', approvedBy: 'command line', lifts: ['time', 'data', 'codes'] }])
  t.equal((await platform.hotspot('notice', 'end', id)).code, 0)
  t.ok(await everywhere((page) => !page.includes('Ngập lụt')))
  t.equal(await tap(visits.park), null)
  let seconds: number | undefined
  await soon(async () => {
    const answer = await access('lake', (await tap(visits.lake))!)
    seconds = answer.integer(AttributeType.SessionTimeout)
    return seconds !== undefined
  })
  t.equal(seconds, 3600, 'the next one has its hour')

  const works = ['--kind', 'maintenance', '--site', 'lake', '--until', '2099-01-01 05:00', '--yes', '--json']
  const texts = [
    '--title',
    'vi=Bảo trì',
    '--title',
    'en=Works',
    '--body',
    'vi=Tạm nghỉ.',
    '--body',
    'en=Off.',
  ]
  const kept = await platform.hotspot('notice', 'create', ...works, ...texts)
  t.match(JSON.parse(kept.stdout), [{ state: 'published', until: '2098-12-31T22:00:00.000Z' }])

  for (const [wrong, code] of [
    [['create', '--kind', 'storm', '--all'], 2],
    [['create', '--kind', 'info'], 2],
    [['create', '--kind', 'info', '--all', '--ward', 'Ba Đình'], 2],
    [['create', '--kind', 'info', '--all', '--title', 'xx=a'], 2],
    [['create', '--kind', 'info', '--all', '--title', 'vi=only'], 1],
    [['create', '--kind', 'info', '--site', 'moon', ...texts], 1],
    [['approve', 'no-such-notice'], 1],
    [['end'], 2],
    [['mend', id], 2],
    [['--help'], 0],
  ] as const)
    t.equal((await platform.hotspot('notice', ...wrong)).code, code, wrong.join(' '))
})
