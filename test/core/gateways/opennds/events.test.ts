import t from 'tap'
import { readOpenndsEvent } from '../../../../core/gateways/opennds/events.ts'
import { PHONE, VISIT } from '../records.ts'

const AT = 1_773_291_600
const custom = Buffer.from(
  `s=3600&u=0&d=0&uq=0&dq=0&v=${VISIT}&h=0123456789abcdef&m=${'0'.repeat(32)}`,
).toString('base64')

/** What hotspot-binauth.sh writes for one call of openNDS. */
const binauth = (given: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    kind: 'binauth',
    id: '00000000-0000-4000-8000-000000000001',
    at: AT,
    method: 'client_auth',
    mac: '02:00:5e:00:53:01',
    incoming: 0,
    outgoing: 0,
    sessionStart: AT,
    sessionEnd: 0,
    token: '3f9d1c2b',
    custom,
    ...given,
  })

/** One client as `ndsctl json` of openNDS 10 prints it: numbers as text. */
const client = (given: Readonly<Record<string, unknown>> = {}) => ({
  gatewayname: 'Hanoi Free WiFi',
  ip: '10.9.0.7',
  mac: '02:00:5e:00:53:01',
  clientif: 'br-lan wlan0',
  session_start: String(AT - 60),
  session_end: String(AT + 3540),
  last_active: String(AT),
  token: '3f9d1c2b',
  state: 'Authenticated',
  custom,
  download_rate_limit_threshold: 'null',
  download_quota: 'null',
  download_this_session: '2048',
  download_session_avg: '1.5',
  upload_this_session: '512',
  ...given,
})
const counters = (clients: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ kind: 'counters', id: 'x', at: AT, ndsctl: { client_list_length: '1', clients } })

t.test('a log-in names the device, its log-in and the visit that our string carried', (t) => {
  for (const method of ['client_auth', 'ndsctl_auth'])
    t.same(readOpenndsEvent(binauth({ method })), {
      kind: 'login',
      at: AT * 1000,
      client: {
        mac: PHONE,
        ip: null,
        acctSessionId: '3f9d1c2b',
        startedAt: AT * 1000,
        fromVisitorOctets: 0n,
        toVisitorOctets: 0n,
        visit: VISIT,
      },
    })
  t.end()
})

t.test('a log-out tells octets and why; incoming is what came in for the visitor', (t) => {
  for (const [method, cause] of [
    ['client_deauth', 'User-Request'],
    ['idle_deauth', 'Idle-Timeout'],
    ['timeout_deauth', 'Session-Timeout'],
    ['downquota_deauth', 'Data-Quota'],
    ['upquota_deauth', 'Data-Quota'],
    ['ndsctl_deauth', 'Admin-Reset'],
    ['shutdown_deauth', 'NAS-Reboot'],
  ])
    t.match(readOpenndsEvent(binauth({ method, incoming: 9000, outgoing: 1000, sessionStart: AT - 60 })), {
      kind: 'logout',
      cause,
      client: { fromVisitorOctets: 1000n, toVisitorOctets: 9000n, startedAt: (AT - 60) * 1000 },
    })
  t.end()
})

t.test('counters are in KiB, of those who are logged in', (t) => {
  const event = readOpenndsEvent(
    counters({
      '02:00:5e:00:53:01': client(),
      '02:00:5e:00:53:02': client({ mac: '02:00:5e:00:53:02', state: 'Preauthenticated' }),
      '02:00:5e:00:53:03': client({ mac: 'no device' }),
      '02:00:5e:00:53:04': client({ mac: '02:00:5e:00:53:04', session_start: 'null' }),
      '02:00:5e:00:53:05': 'nonsense',
    }),
  )
  t.same(event, {
    kind: 'counters',
    at: AT * 1000,
    clients: [
      {
        mac: PHONE,
        ip: '10.9.0.7',
        acctSessionId: '3f9d1c2b',
        startedAt: (AT - 60) * 1000,
        fromVisitorOctets: 524_288n,
        toVisitorOctets: 2_097_152n,
        visit: VISIT,
      },
    ],
  })
  t.end()
})

t.test('a log-in has the same name in counters as at its log-in and log-out', (t) => {
  const login = readOpenndsEvent(binauth())
  const event = readOpenndsEvent(counters({ a: client({ session_start: String(AT - 1) }) }))
  t.equal(
    event?.kind === 'counters' && event.clients[0]?.acctSessionId,
    login?.kind === 'login' && login.client.acctSessionId,
  )
  t.end()
})

t.test('openNDS hands our string on percent-encoded, and may lose it', (t) => {
  const visitOf = (given: unknown): unknown => {
    const event = readOpenndsEvent(binauth({ custom: given }))
    return event?.kind === 'login' ? event.client.visit : event
  }
  t.equal(visitOf(custom.replaceAll('=', '%3d').replaceAll('+', '%2B').replaceAll('/', '%2F')), VISIT)
  t.equal(visitOf(Buffer.from(`v=${VISIT}`).toString('base64')), VISIT, 'as level 3 has it')
  for (const none of [
    '',
    'noise',
    Buffer.from('v=short').toString('base64'),
    Buffer.from(`xv=${VISIT}`).toString('base64'),
  ])
    t.equal(visitOf(none), null)
  t.end()
})

t.test('a start, a question and what is neither log-in nor log-out are told apart', (t) => {
  t.same(readOpenndsEvent(JSON.stringify({ kind: 'start', at: AT, instance: '7.1' })), {
    kind: 'start',
    at: AT * 1000,
  })
  t.same(readOpenndsEvent(JSON.stringify({ kind: 'poll', at: AT })), { kind: 'other', at: AT * 1000 })
  t.same(readOpenndsEvent(binauth({ method: 'unknown' })), { kind: 'other', at: AT * 1000 })
  t.end()
})

t.test('what is no event is none', (t) => {
  for (const body of [
    '',
    'not JSON',
    'null',
    '[]',
    '{}',
    JSON.stringify({ kind: 'start' }),
    JSON.stringify({ kind: 'start', at: -1 }),
    JSON.stringify({ kind: 'start', at: 1e12 }),
    JSON.stringify({ kind: 'else', at: AT }),
    JSON.stringify({ kind: 'counters', at: AT }),
    binauth({ mac: 'no device' }),
    binauth({ incoming: -1 }),
    binauth({ incoming: 2 ** 53 }),
    binauth({ incoming: '5' }),
    binauth({ token: 'x'.repeat(3000) }),
  ])
    t.equal(readOpenndsEvent(body), null, body.slice(0, 60))
  t.end()
})
