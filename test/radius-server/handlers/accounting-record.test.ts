import t from 'tap'
import { classText } from '../../../core/domain/grant.ts'
import { parseMac } from '../../../core/domain/mac.ts'
import { readAccounting } from '../../../radius-server/handlers/accounting-record.ts'
import { knownNas, NOON, requestOf, SECRET } from '../stage.ts'
import { testKeys } from '../../support/stores.ts'
import { ipv4, signedRequest, tlv, vsa, type Tlv } from '../wire.ts'

const START = 1
const STOP = 2
const INTERIM = 3
const PHONE = parseMac('02005E005301')!
const CLASS_OF_PHONE = classText(testKeys.class, { session: 'S'.repeat(16), visit: 'V'.repeat(16) }, PHONE)

const read = (attributes: readonly Tlv[], nas: Parameters<typeof knownNas>[0] = {}) => {
  const known = knownNas(nas)
  return readAccounting(
    requestOf(signedRequest(4, attributes, { secret: SECRET }), known, NOON),
    testKeys.class,
  )
}
const station = tlv(31, '02-00-5E-00-53-01')
const basic = (status: number, more: readonly Tlv[] = []): Tlv[] => [
  tlv(40, status),
  tlv(44, 'session-1'),
  station,
  ...more,
]
const octets = (input: number, output: number): Tlv[] => [tlv(42, input), tlv(43, output)]

t.test('a gateway that counts the other way round than its vendor’s others is turned round', (t) => {
  const reversed = vsa(14559, 10, 2)
  for (const [gateway, acctSwapOctets, more, sent] of [
    ['mikrotik', false, [], 500n],
    ['mikrotik', true, [], 700n],
    ['coova-chilli', false, [reversed], 700n],
    ['coova-chilli', true, [reversed], 500n],
    ['coova-chilli', true, [vsa(14559, 10, 1)], 700n],
  ] as const) {
    const record = read(basic(STOP, [...octets(500, 700), ...more]), { gateway, acctSwapOctets })
    const got = sent === 500n ? 700n : 500n
    t.match(record, { fromVisitorOctets: sent, toVisitorOctets: got }, `${gateway}, ${acctSwapOctets}`)
  }
  t.end()
})

t.test('a report in the platform’s words', (t) => {
  const record = read(
    basic(STOP, [
      tlv(1, 'g1.something'),
      ipv4(8, '10.1.2.3'),
      [168, Buffer.from('20010db8000000000000000000000007', 'hex')],
      tlv(30, '02-10-00-00-01-02:Hanoi Free WiFi'),
      ...octets(500, 700),
      tlv(46, 60),
      tlv(49, 1),
    ]),
    { gateway: 'mikrotik', interimSeconds: 120 },
  )
  t.match(record, {
    status: 'stop',
    nas: 'nas-1',
    site: 'lake',
    acctSessionId: 'session-1',
    mac: PHONE,
    at: NOON,
    receivedAt: NOON,
    fromVisitorOctets: 500n,
    toVisitorOctets: 700n,
    gigawords: false,
    seconds: 60,
    cause: 'User-Request',
    userName: 'g1.something',
    visit: null,
    ip: '10.1.2.3',
    ipv6: ['2001:db8::7'],
    badIpv6: false,
    ap: '021000000102',
    interimSeconds: 120,
    classSession: null,
  })
  t.end()
})

t.test('the three kinds of report are told apart', (t) => {
  for (const [status, name] of [
    [START, 'start'],
    [STOP, 'stop'],
    [INTERIM, 'interim'],
  ] as const)
    t.match(read(basic(status)), { status: name })
  t.end()
})

// RFC 2866 §5.3: Input is what came from the visitor. CoovaChilli counts from the client’s side.
t.test('octets go the way this vendor counts them', (t) => {
  const NAS_VIEW = vsa(14559, 10, 1)
  const CLIENT_VIEW = vsa(14559, 10, 2)
  const cases: [nas: Parameters<typeof knownNas>[0], view: Tlv[], from: bigint, to: bigint][] = [
    [{ gateway: 'coova-chilli' }, [], 900n, 10n],
    [{ gateway: 'coova-chilli' }, [CLIENT_VIEW], 900n, 10n],
    [{ gateway: 'coova-chilli' }, [NAS_VIEW], 10n, 900n],
    [{ gateway: 'mikrotik' }, [], 10n, 900n],
    [{ gateway: 'mikrotik' }, [CLIENT_VIEW], 10n, 900n],
    [{ gateway: 'opennds', fasKey: 'k' }, [], 10n, 900n],
    [{ gateway: 'unifi' }, [], 10n, 900n],
  ]
  for (const [nas, view, fromVisitorOctets, toVisitorOctets] of cases)
    t.match(
      read(basic(INTERIM, [...octets(10, 900), ...view]), nas),
      { fromVisitorOctets, toVisitorOctets },
      `${String(nas?.gateway)} ${view.map(([, value]) => value.at(-1)).join()}`,
    )
  t.end()
})

// RFC 2869 §5.1
t.test('Gigawords are how often 32 bits wrapped', (t) => {
  const gigawords = [tlv(52, 2), tlv(53, 0xffff_ffff)]
  t.match(read(basic(INTERIM, [...octets(5, 7), ...gigawords]), { gateway: 'mikrotik' }), {
    fromVisitorOctets: 8_589_934_597n,
    toVisitorOctets: (0xffff_ffffn << 32n) + 7n,
    gigawords: true,
  })
  t.match(read(basic(INTERIM, [...octets(5, 7), tlv(52, 0)]), { gateway: 'mikrotik' }), {
    fromVisitorOctets: 5n,
    toVisitorOctets: 7n,
    gigawords: true,
  })
  t.end()
})

t.test('a report without octets says nothing about them, not zero', (t) => {
  t.match(read(basic(STOP, [tlv(46, 10)])), { fromVisitorOctets: null, toVisitorOctets: null, seconds: 10 })
  t.match(read(basic(STOP)), { seconds: null })
  t.end()
})

t.test('an event happened Acct-Delay-Time before it was received', (t) => {
  t.match(read(basic(START, [tlv(41, 30)])), { at: NOON - 30_000, receivedAt: NOON })
  t.match(read(basic(START, [tlv(41, 7 * 86_400 - 1)])), { at: NOON - (7 * 86_400 - 1) * 1000 })
  t.match(read(basic(START, [tlv(41, 7 * 86_400)])), { at: NOON }, 'past a week it is a broken clock')
  t.match(
    read(basic(START, [tlv(55, 1)])),
    { at: NOON },
    'Event-Timestamp is the NAS’s clock, which may be years off',
  )
  t.end()
})

t.test('the device is known in every spelling, or by a User-Name that is one', (t) => {
  const named = (attributes: readonly Tlv[]) => read([tlv(40, START), tlv(44, 's'), ...attributes])
  for (const spelling of ['02:00:5e:00:53:01', '0200.5E00.5301', '02005e005301'])
    t.match(named([tlv(31, spelling)]), { mac: PHONE })
  t.match(named([tlv(1, '02-00-5E-00-53-01')]), { mac: PHONE })
  t.equal(named([tlv(1, 'an.nguyen')]), 'no-calling-station')
  t.equal(named([tlv(31, 'an.nguyen')]), 'no-calling-station')
  t.equal(named([tlv(31, '00-00-00-00-00-00')]), 'no-calling-station')
  t.end()
})

t.test('what names no session or no known event is no report', (t) => {
  t.equal(read([tlv(40, START), station]), 'no-session-id')
  t.equal(read([tlv(44, 's'), station]), 'unknown-status-type')
  // RFC 2867 §3: tunnels, which no hotspot has; they are answered before anything is read.
  for (const status of [0, 4, 9, 15, 0xffff_ffff]) t.equal(read(basic(status)), 'unknown-status-type')
  t.end()
})

t.test('a session id of octets that are no text is one all the same, and no two are alike', (t) => {
  const id = (octetsOfId: Buffer) => read([tlv(40, START), tlv(44, octetsOfId), station])
  t.match(id(Buffer.from('ff00fe', 'hex')), { acctSessionId: 'ff00fe' })
  t.match(id(Buffer.from('ff00ff', 'hex')), { acctSessionId: 'ff00ff' })
  t.end()
})

t.test('a Class of ours names the session and the visit, among others that are not ours', (t) => {
  const ours = { classSession: 'S'.repeat(16), visit: 'V'.repeat(16) }
  t.match(read(basic(START, [tlv(25, CLASS_OF_PHONE)])), ours)
  t.match(
    read(basic(START, [tlv(25, 'of a proxy'), tlv(25, Buffer.of(0, 255)), tlv(25, CLASS_OF_PHONE)])),
    ours,
  )
  t.end()
})

t.test('a Class of another device, or one that somebody made up, is ignored', (t) => {
  const none = { classSession: null, visit: null }
  const other = classText(
    testKeys.class,
    { session: 'S'.repeat(16), visit: 'V'.repeat(16) },
    parseMac('02005E005399')!,
  )
  t.match(read(basic(START, [tlv(25, other)])), none)
  t.match(read(basic(START, [tlv(25, CLASS_OF_PHONE.replace('S', 'T'))])), none)
  t.match(read(basic(START, [tlv(25, CLASS_OF_PHONE.slice(0, -1))])), none)
  t.end()
})

// RFC 2866 §5.10, RFC 3580 §2.3
t.test('every cause has the RFC’s name, an unknown one its number', (t) => {
  const names: Readonly<Record<number, string>> = {
    1: 'User-Request',
    2: 'Lost-Carrier',
    4: 'Idle-Timeout',
    5: 'Session-Timeout',
    6: 'Admin-Reset',
    9: 'NAS-Error',
    10: 'NAS-Request',
    11: 'NAS-Reboot',
    15: 'Service-Unavailable',
    22: 'Port-Disabled',
    77: 'Cause-77',
  }
  for (const [number, cause] of Object.entries(names))
    t.match(read(basic(STOP, [tlv(49, Number(number))])), { cause })
  t.match(read(basic(STOP)), { cause: null })
  t.end()
})

// RFC 2866 §5.11
t.test('an Acct-Multi-Session-Id is opaque and bounded: a longer one is its digest', (t) => {
  const told = (value: string | Buffer) => {
    const record = read(basic(INTERIM, [tlv(50, value)]))
    return typeof record === 'string' ? record : record.multiSessionId
  }
  t.equal(told('02AABBCCDD01-5f00'), '02AABBCCDD01-5f00')
  t.equal(told('x'.repeat(64)), 'x'.repeat(64))
  t.equal(told(Buffer.of(0, 255)), '00ff', 'octets that are no text in hex')
  const [long, other] = [told('x'.repeat(253)), told(`y${'x'.repeat(252)}`)]
  t.match(long, /^[\w-]{32}$/)
  t.match(other, /^[\w-]{32}$/)
  t.not(long, other)
  t.match(read(basic(INTERIM)), { multiSessionId: null })
  t.match(read(basic(INTERIM, [tlv(50, '')])), { multiSessionId: null })
  t.end()
})
