import { createSocket, type Socket } from 'node:dgram'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { cityTime } from '../../../core/domain/city-time.ts'
import { openRecords } from '../../../core/records/database.ts'
import { accept, dynamicAuthorizationRequests } from '../../../radius-server/packet/accept.ts'
import {
  AcctStatusType,
  AcctTerminateCause,
  AttributeType,
  Code,
} from '../../../radius-server/packet/attributes.ts'
import { encodeRequest, reply } from '../../../radius-server/packet/encode.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import { integer, text, type Attribute } from '../../../radius-server/packet/values.ts'
import { answerTo } from '../../support/gateway.ts'
import { runHotspot, startPlatform, until } from '../../support/platform.ts'

const GATEWAY = '127.10.7.1'
const SECRET = 'a secret of twenty-four octets or more'
const secret = new SharedSecret(Buffer.from(SECRET))

function open(): Promise<Socket> {
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  return new Promise((resolve) => socket.bind({ address: GATEWAY, port: 0 }, () => resolve(socket)))
}
const [client, coa] = await Promise.all([open(), open()])

const folder = mkdtempSync(join(tmpdir(), 'hotspot-session-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'city.json')
const lake = {
  id: 'lake',
  name: { vi: 'Hồ', en: 'Lake' },
  category: 'tourist-site',
  state: 'live',
  operator: 'op',
  lat: 21,
  lng: 105.8,
  login: ['voucher'],
}
const gateway = {
  id: 'gw',
  site: 'lake',
  gateway: 'mikrotik',
  addresses: [GATEWAY],
  secret: SECRET,
  coa: { address: GATEWAY, port: coa.address().port },
}
writeFileSync(
  file,
  JSON.stringify({
    city: { id: 'test', name: { vi: 'Thử', en: 'Test' }, timeZone: 'Asia/Ho_Chi_Minh' },
    operators: [{ id: 'op', name: 'Operator' }],
    sites: [lake],
    nas: [gateway],
  }),
)
const platform = await startPlatform(t, { HOTSPOT_CONFIG: file })

let identifier = 0
function ask(port: number, code: number, attributes: Attribute[], password?: string): Promise<Packet> {
  const credential =
    password === undefined ? undefined : ({ kind: 'pap', password: Buffer.from(password) } as const)
  const messageAuthenticator = code === Code.AccessRequest
  const request = encodeRequest({
    code,
    identifier: identifier++,
    attributes,
    secret,
    messageAuthenticator,
    ...(credential && { credential }),
  })
  return answerTo(client, request, port)
}

/** Logs a device in with a new code and tells of its session's start. */
async function visitor(station: string) {
  const made = await platform.hotspot('voucher', 'create', '--site', 'lake', '--count', '1', '--json')
  const [{ code }] = JSON.parse(made.stdout) as [{ code: string }]
  const name = text(AttributeType.UserName, code)
  const from = text(AttributeType.CallingStationId, station)
  const accepted = await ask(platform.ports.radiusAuth, Code.AccessRequest, [name, from], code)
  t.equal(accepted.code, Code.AccessAccept)
  const ticket = { type: AttributeType.Class, value: accepted.first(AttributeType.Class)! }
  const account = (status: number, ...more: Attribute[]) =>
    ask(platform.ports.radiusAcct, Code.AccountingRequest, [
      integer(AttributeType.AcctStatusType, status),
      text(AttributeType.AcctSessionId, `A-${station}`),
      name,
      from,
      ticket,
      ...more,
    ])
  await account(AcctStatusType.Start)
  const listed = JSON.parse((await platform.hotspot('session', 'list', '--json')).stdout) as {
    id: string
    mac: string
  }[]
  const { id } = listed.find(({ mac }) => mac === station.toLowerCase().replaceAll('-', ':'))!
  await until(
    'its events are in the records',
    async () => (await platform.hotspot('session', 'show', id)).code === 0,
  )
  return { id, account, code }
}

interface Told {
  readonly at: string
  readonly startedAt: string
  readonly state: { readonly open: boolean; readonly seconds: number; readonly cause: string | null }
  readonly story: readonly { readonly what: string; readonly why: string | null; readonly text: string }[]
}
const told = async (id: string, ...more: string[]): Promise<Told> =>
  JSON.parse((await platform.hotspot('session', 'show', id, '--json', ...more)).stdout) as Told

t.test('an open session is shown with what was known of it, in the language of the terminal', async (t) => {
  const { id, code } = await visitor('02-AA-BB-CC-DD-01')
  const english = { ...platform.environment, LC_ALL: '', LC_MESSAGES: '', LANG: 'C.UTF-8' }
  const shown = await runHotspot(['session', 'show', id], english)
  t.match(shown, { code: 0, stderr: '' })
  const [head, summary, began, ...rest] = shown.stdout.split('\n')
  t.equal(head, `${id}  lake  gw`)
  t.match(summary, /^At \d\d:\d\d it had been open for 0 s and used 0 MB\.$/)
  t.match(
    began,
    /^ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}Began: with an access code on the gateway's own page$/,
  )
  t.same(rest, [''])
  const vietnamese = { ...platform.environment, LC_ALL: '', LC_MESSAGES: '', LANG: 'vi_VN.UTF-8' }
  t.match(
    (await runHotspot(['session', 'show', id], vietnamese)).stdout,
    /Bắt đầu: bằng mã truy cập trên trang riêng/,
  )
  t.match((await runHotspot(['session', 'show', id, '--lang', 'en'], vietnamese)).stdout, /Began: /)
  for (const secret of [code, 'AA-BB', 'aa:bb', 'AABBCC']) t.notMatch(shown.stdout, secret)
})

t.test(
  'who ended a session, what the gateway answered and what was used is told, and what it was before',
  async (t) => {
    const { id, account } = await visitor('02-AA-BB-CC-DD-02')
    const asked = new Promise<void>((resolve) =>
      coa.once('message', (datagram, from) => {
        const request = accept(datagram, dynamicAuthorizationRequests) as Packet
        coa.send(reply(request, Code.DisconnectAck, [], secret), from.port, from.address)
        resolve()
      }),
    )
    t.equal((await platform.hotspot('session', 'disconnect', id)).code, 0)
    await asked
    const isAnswered = async () => (await told(id)).story.some(({ what }) => what === 'answered')
    await until('its answer is in the records', isAnswered)
    await account(
      AcctStatusType.Stop,
      integer(AttributeType.AcctTerminateCause, AcctTerminateCause.AdminReset),
      integer(AttributeType.AcctOutputOctets, 12_000_000),
      integer(AttributeType.AcctSessionTime, 2),
    )
    await until('its end is in the records', async () => !(await told(id)).state.open)
    const { state, story, startedAt } = await told(id, '--lang', 'en')
    t.match(state, { open: false, seconds: 2, cause: 'Admin-Reset', toVisitorOctets: '12000000' })
    t.same(
      story.map(({ what, why }) => [what, why]),
      [
        ['began', 'code'],
        ['asked', 'staff'],
        ['answered', 'ack'],
        ['counted', null],
        ['ended', 'staff'],
      ],
    )
    t.match(story.at(-1)?.text, /^Ended: by staff, at \d\d:\d\d$/)
    const justBegun = new Date(Date.parse(startedAt) + 900).toISOString()
    const then = await told(id, '--at', justBegun)
    t.match(then, { at: justBegun, state: { open: true, seconds: 0, cause: null } })
    t.same(
      then.story.map(({ what }) => what),
      ['began'],
    )
  },
)

t.test('what cannot be shown is said in one sentence', async (t) => {
  const { id } = await visitor('02-AA-BB-CC-DD-03')
  const said = async (...words: string[]) => {
    const { code, stdout, stderr } = await platform.hotspot('session', 'show', ...words)
    t.equal(stdout, '')
    return `${code} ${stderr}`
  }
  t.match(await said('nobody'), /^1 hotspot session: There is no session "nobody" .*\.\n$/)
  t.match(await said(id, '--at', '2020-01-01 10:00'), /^1 hotspot session: Session .* is before that\.\n$/)
  t.match(await said(id, '--at', 'yesterday'), /^1 hotspot session: "yesterday" is no time: .*\.\n$/)
  t.match(
    await said(id, '--at', cityTime(Date.now() + 3_600_000)),
    /^1 hotspot session: .* is still to come\.\n$/,
  )
  t.match(await said(id, '--lang', 'fr'), /^2 hotspot session: --lang takes vi or en, not "fr"\n/)
  t.match(await said(), /^2 hotspot session: name the id of the session\n/)
})

t.test('each look is in the audit', async (t) => {
  const { databaseUrl } = JSON.parse(readFileSync(join(platform.folder, 'services.json'), 'utf8')) as {
    databaseUrl: string
  }
  const records = await openRecords(databaseUrl, 1)
  const { id } = await visitor('02-AA-BB-CC-DD-04')
  await platform.hotspot('session', 'show', id, '--at', '00:00')
  const { rows } = await records.query(
    "SELECT who, detail FROM audit WHERE what = 'session.look' AND target = $1",
    [id],
  )
  await records.end()
  t.match(rows.at(-1), { who: 'command line', detail: { at: '00:00' } })
  t.ok(rows.length >= 2)
})
