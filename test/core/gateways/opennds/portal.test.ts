import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { Secret } from '../../../../core/domain/secret.ts'
import { portal } from '../../../../core/gateways/opennds/portal.ts'
import type { Query } from '../../../../core/gateways/gateway.ts'
import { handoffOf, nasOf, PHONE, VISIT } from '../records.ts'
import { encrypted, HID, inClear, rhidOf, TOKEN, told } from './fas.ts'

const FAS_KEY = 'a fas key of a gateway'
const IV = '0123456789abcdef'
const nas = nasOf({ gateway: 'opennds', gatewayUrl: 'http://10.3.0.1:2050', fasKey: new Secret(FAS_KEY) })
const BAD = { kind: 'bad-arrival' }

const arrive = (query: Query, url = 'http://portal.example/g/opennds/gw-1', by = nas) =>
  portal.arrival({ nas: by, query, url })
const cipher = (text = told(), key = FAS_KEY, iv = IV): Query => ({ fas: encrypted(text, key, iv), iv })

/* Arrival */

t.test('level 1: the phone is named in base64, which anybody can write', (t) => {
  t.same(arrive({ fas: inClear(told()) }), {
    kind: 'arrival',
    arrival: {
      mac: PHONE,
      ap: null,
      ssid: null,
      ip: '10.9.0.7',
      context: { hid: HID, authdir: 'opennds_auth', level: '1' },
      proved: false,
      about: 'login',
    },
  })
  t.end()
})

t.test('level 2: encrypted with the FAS key, it is proved', (t) => {
  t.match(arrive(cipher()), {
    arrival: { mac: PHONE, ip: '10.9.0.7', context: { hid: HID, level: '2' }, proved: true },
  })
  t.end()
})

t.test('level 3: the same over HTTPS', (t) => {
  t.match(arrive(cipher(), 'https://portal.example/g/opennds/gw-1'), {
    arrival: { mac: PHONE, context: { hid: HID, level: '3' }, proved: true },
  })
  t.end()
})

t.test('keys of any length are padded and cut as PHP does it', (t) => {
  for (const key of ['k', 'x'.repeat(32), 'y'.repeat(50)]) {
    const by = { ...nas, fasKey: new Secret(key) }
    t.match(arrive(cipher(told(), key), undefined, by), { arrival: { mac: PHONE } }, `${key.length} octets`)
  }
  t.end()
})

t.test('what browsers make of base64 in a query is read all the same', (t) => {
  // A plus sign that nobody escaped comes as a space.
  const fas = inClear(told({ gatewayname: '>>>???>>>' }))
  t.match(fas, /\+/)
  t.match(arrive({ fas: fas.replaceAll('+', ' ') }), { kind: 'arrival' })
  t.end()
})

t.test('another key, another iv or a part of it is no arrival', (t) => {
  const { fas } = cipher() as { fas: string }
  for (const [what, query] of [
    ['another key', cipher(told(), 'another key')],
    ['another iv', { fas, iv: 'fedcba9876543210' }],
    ['a short iv', { fas, iv: IV.slice(1) }],
    ['a long iv', { fas, iv: `${IV}0` }],
    ['an empty iv', { fas, iv: '' }],
    ['no fas', { iv: IV }],
    ['an empty fas', { fas: '', iv: IV }],
    ['the first half', { fas: fas.slice(0, fas.length / 2), iv: IV }],
    ['without its last block', { fas: inClear(Buffer.from(fas, 'base64').toString().slice(0, -24)), iv: IV }],
    ['encoded once only', { fas: Buffer.from(fas, 'base64').toString(), iv: IV }],
    ['noise', { fas: inClear('noise'), iv: IV }],
    ['too much of it', { fas: 'A'.repeat(8193), iv: IV }],
    ['level 1 said with an iv', { fas: inClear(told()), iv: IV }],
    ['level 2 without its iv', { fas }],
  ] as [string, Query][])
    t.same(arrive(query), BAD, what)
  t.end()
})

t.test('without a FAS key in the record nothing is believed, not even base64', (t) => {
  const by = { ...nas, fasKey: null }
  t.same(arrive({ fas: inClear(told()) }, undefined, by), BAD)
  t.same(arrive(cipher(), undefined, by), BAD)
  t.end()
})

t.test('an arrival names a phone and a hid', (t) => {
  for (const given of [
    { clientmac: null },
    { clientmac: 'phone' },
    { hid: null },
    { hid: '' },
    { hid: HID.slice(1) },
    { hid: HID.toUpperCase() },
    { hid: 'g'.repeat(64) },
  ] as Record<string, string | null>[])
    t.same(arrive(cipher(told(given))), BAD, JSON.stringify(given))
  t.match(arrive(cipher(told({ clientip: null }))), { arrival: { ip: null } })
  t.end()
})

t.test(
  'of a field that stands there twice the first counts, and no field can add another by its value',
  (t) => {
    t.match(arrive(cipher(`${told()}, clientmac=02:00:5e:00:53:99`)), { arrival: { mac: PHONE } })
    t.match(arrive(cipher(told({ originurl: 'http://a/?clientmac=02:00:5e:00:53:99' }))), {
      arrival: { mac: PHONE },
    })
    t.end()
  },
)

t.test('the path of the gateway is taken where it is one, else openNDS’s own', (t) => {
  const authdir = (value: string | null) => arrive(cipher(told({ authdir: value })))
  t.match(authdir('my_auth-dir'), { arrival: { context: { authdir: 'my_auth-dir' } } })
  for (const bad of [null, '', '../evil', '//evil.example', 'a/b', 'x'.repeat(65)])
    t.match(authdir(bad), { arrival: { context: { authdir: 'opennds_auth' } } }, String(bad))
  t.end()
})

t.test('a redirect cannot name its gateway: the path does', (t) => {
  t.equal(portal.identifier({ fas: 'x', gatewayname: 'gw-1' }), null)
  t.end()
})

/* Hand-off */

const LIMITS = {
  seconds: 3600,
  idleSeconds: 900,
  octets: 1_000_000_000,
  downBitsPerSecond: 5_000_000,
  upBitsPerSecond: 2_000_000,
}
const handoff = (level: string, limits: Parameters<typeof handoffOf>[0] = { limits: LIMITS }) =>
  portal.handoff(handoffOf({ nas, context: { hid: HID, authdir: 'opennds_auth', level }, ...limits }))

function redirect(limits?: Parameters<typeof handoffOf>[0]): URL {
  const result = handoff('2', limits)
  if (result.kind !== 'redirect') throw new Error(result.kind)
  return new URL(result.url)
}
const customOf = (url: URL): string => Buffer.from(url.searchParams.get('custom')!, 'base64').toString()

t.test('levels 1 and 2: the phone carries rhid, limits and their signature to the gateway', (t) => {
  for (const level of ['1', '2']) {
    const result = handoff(level)
    if (result.kind !== 'redirect') return t.fail(result.kind)
    const url = new URL(result.url)
    t.equal(url.origin + url.pathname, 'http://10.3.0.1:2050/opennds_auth/')
    t.equal(url.searchParams.get('tok'), rhidOf(FAS_KEY))
    t.equal(url.searchParams.get('redir'), handoffOf().landingUrl)
  }
  // docs of the string: seconds, kbit/s up and down, KiB up and down, visit, 16 digits of hid.
  const [told = '', mark] = customOf(redirect()).split('&m=')
  t.equal(told, `s=3600&u=0&d=5000&uq=976562&dq=976562&v=${VISIT}&h=${HID.slice(0, 16)}`)
  t.equal(
    mark,
    createHmac('sha256', FAS_KEY).update(`${told}|02:00:5e:00:53:01`).digest('hex').slice(0, 32),
    'signed for this device',
  )
  t.end()
})

t.test('where there is no limit openNDS is told 0, and a limit is at least 1', (t) => {
  t.match(customOf(redirect({ limits: {} })), /^s=0&u=0&d=0&uq=0&dq=0&v=/)
  t.match(
    customOf(redirect({ limits: { seconds: 0.5, octets: 1, downBitsPerSecond: 1 } })),
    /^s=1&u=0&d=1&uq=1&dq=1&v=/,
  )
  t.end()
})

t.test('level 3: nothing is carried by the phone; the gateway is told when it asks', (t) => {
  const result = handoff('3')
  t.match(result, { kind: 'wait', token: rhidOf(FAS_KEY) })
  if (result.kind !== 'wait') return t.end()
  // rhid, minutes, kbit/s up, kbit/s down, KiB up, KiB down, custom (fas.rst, "authmon").
  const [rhid, minutes, up, down, upQuota, downQuota, custom = '', ...more] = result.line.split(' ')
  t.same(
    [rhid, minutes, up, down, upQuota, downQuota, more],
    [rhidOf(FAS_KEY), '60', '0', '5000', '976562', '976562', []],
  )
  t.equal(Buffer.from(custom, 'base64').toString(), `v=${VISIT}`)
  const minutesOf = (seconds: number): string | undefined => {
    const each = handoff('3', { limits: { seconds } })
    return each.kind === 'wait' ? each.line.split(' ')[1] : undefined
  }
  t.same([1, 59, 60, 119, 7200].map(minutesOf), ['1', '1', '1', '1', '120'])
  t.ok(encodeURIComponent(result.line).length * 4 < 1024, 'four of them fit into what authmon reads')
  t.end()
})

/* The gateway’s side of the signature is a script of its own, in sh. */

const SCRIPT = fileURLToPath(
  new URL('../../../../core/gateways/opennds/gateway/hotspot-binauth.sh', import.meta.url),
)
const skip =
  spawnSync('sh', ['-c', 'command -v od sha256sum base64']).status !== 0 && 'no od, sha256sum or base64'

/** What hotspot-binauth.sh answers openNDS at a log-in: the limits, or next to nothing. */
function binauth(
  t: { teardown(work: () => unknown): void },
  custom: string,
  { token = TOKEN, mac = '02:00:5e:00:53:01', key = FAS_KEY } = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-binauth-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'conf'), `FAS_KEY='${key}'\n`)
  const { stdout } = spawnSync('sh', [SCRIPT, 'auth_client', mac, '', '', '', token, custom], {
    env: { PATH: process.env.PATH, HOTSPOT_CONF: join(folder, 'conf'), HOTSPOT_RUN: join(folder, 'run') },
    encoding: 'utf8',
  })
  return stdout.trim()
}

/** openNDS percent-encodes what stands for itself in base64 and not in a URL. */
const escaped = (custom: string): string =>
  custom.replaceAll('+', '%2b').replaceAll('/', '%2f').replaceAll('=', '%3d')

t.test(
  'the gateway’s own script believes the string, for this device and this log-in only',
  { skip },
  (t) => {
    const custom = redirect().searchParams.get('custom')!
    const REFUSED = '1 1 1 1 1'
    t.equal(binauth(t, custom), '3600 0 5000 976562 976562')
    t.equal(
      binauth(t, escaped(custom)),
      '3600 0 5000 976562 976562',
      'percent-encoded as openNDS hands it on',
    )
    t.equal(binauth(t, custom, { mac: '02:00:5e:00:53:99' }), REFUSED, 'another device')
    t.equal(binauth(t, custom, { token: 'aaaaaaaa' }), REFUSED, 'another log-in')
    t.equal(binauth(t, custom, { key: 'another key' }), REFUSED, 'another gateway')
    const richer = Buffer.from(customOf(redirect()).replace('s=3600', 's=9999')).toString('base64')
    t.equal(binauth(t, richer), REFUSED, 'other limits')
    t.equal(binauth(t, ''), REFUSED, 'none')
    t.end()
  },
)
