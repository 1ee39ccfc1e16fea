import t from 'tap'
import { dashedMac } from '../../../core/domain/mac.ts'
import { Later } from '../../../core/store/later.ts'
import { lastHeard } from '../../../core/store/heard.ts'
import { AccountingHandler } from '../../../radius-server/handlers/accounting.ts'
import { PHONE, tapped } from '../authenticate/visitor.ts'
import { handleAccess } from '../../../radius-server/handlers/access.ts'
import { asking } from '../authenticate/visitor.ts'
import { NOON, requestOf, SECRET, stageFor } from '../stage.ts'
import { testRedis, until } from '../../support/stores.ts'
import { provesReply, readWire, signedRequest, textOf, tlv, type Tlv } from '../wire.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [{ gateway: 'mikrotik' }, { gateway: 'coova-chilli' }])
const [nas, other] = [stage.at(1), stage.at(2)]
let handler = new AccountingHandler(stage.handling)

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
  handler = new AccountingHandler(stage.handling)
})

const START = 1
const STOP = 2
const INTERIM = 3
const ON = 7
const OFF = 8
const ref = { nas: nas.id, acctSessionId: 'session-1', mac: PHONE }

let identifier = 0
async function reported(
  status: number,
  more: readonly Tlv[] = [],
  { to = nas, id = 'session-1', mac = PHONE } = {},
) {
  const attributes = status === ON || status === OFF ? [] : [tlv(44, id), tlv(31, dashedMac(mac))]
  const datagram = signedRequest(4, [tlv(40, status), ...attributes, ...more], {
    secret: SECRET,
    identifier: identifier++ % 256,
  })
  const answer = await handler.handle(requestOf(datagram, to, stage.now))
  return { answer, datagram }
}
const counters = (seconds: number, input: number, output: number): Tlv[] => [
  tlv(46, seconds),
  tlv(42, input),
  tlv(43, output),
]
const changes = async (): Promise<string[]> => (await stage.sessionEvents()).map(({ change }) => change)

t.test('an answer is empty, signed, and tells that the report is recorded', async (t) => {
  const { answer, datagram } = await reported(START)
  if (answer.kind !== 'answer') return t.fail(answer.kind)
  t.equal(answer.result, 'recorded')
  t.match(readWire(answer.bytes), { code: 5, attributes: [] })
  t.ok(provesReply(answer.bytes, datagram, SECRET))
  t.match(await stage.sessions.find(ref), { nas: nas.id, site: 'lake', mac: PHONE, endedAt: null })
})

t.test('Start, Interim-Update and Stop make one session with its totals', async (t) => {
  await reported(START)
  stage.now += 300_000
  await reported(INTERIM, counters(300, 1000, 9000))
  stage.now += 60_000
  await reported(STOP, [...counters(360, 1500, 9500), tlv(49, 1)])
  t.match(await stage.sessions.find(ref), {
    startedAt: NOON,
    endedAt: NOON + 360_000,
    cause: 'User-Request',
    seconds: 360,
    fromVisitorOctets: 1500n,
    toVisitorOctets: 9500n,
  })
  t.same(await changes(), ['started', 'counted', 'ended'])
  t.match(
    (await stage.sessionEvents()).map(({ delta }) => delta.toVisitorOctets),
    [0n, 9000n, 500n],
  )
})

t.test('a Stop without octets keeps what was counted', async (t) => {
  await reported(START)
  stage.now += 300_000
  await reported(INTERIM, counters(300, 1000, 9000))
  await reported(STOP, [tlv(49, 2)])
  t.match(await stage.sessions.find(ref), {
    fromVisitorOctets: 1000n,
    toVisitorOctets: 9000n,
    seconds: 300,
    cause: 'Lost-Carrier',
  })
})

t.test('a report that comes twice, by whatever way, is recorded once and answered twice', async (t) => {
  for (const [status, more] of [
    [START, []],
    [INTERIM, counters(300, 1000, 9000)],
    [STOP, counters(360, 1500, 9500)],
  ] as const) {
    const before = (await changes()).length
    // Another identifier and authenticator, as after a changed Acct-Delay-Time: no duplicate cache helps.
    t.equal((await reported(status, more)).answer.kind, 'answer')
    t.equal((await reported(status, more)).answer.kind, 'answer')
    t.equal((await changes()).length, before + 1)
    stage.now += 300_000
  }
})

t.test('CoovaChilli’s octets are turned round before they are counted', async (t) => {
  await reported(INTERIM, counters(60, 9000, 1000), { to: other })
  t.match(await stage.sessions.find({ ...ref, nas: other.id }), {
    fromVisitorOctets: 1000n,
    toVisitorOctets: 9000n,
  })
})

t.test(
  'the Class of the Access-Accept joins the session to its visit and to the visitor’s quota',
  async (t) => {
    const { userName, password, visit, grant } = await tapped(stage, nas)
    const accept = await handleAccess(
      stage.handling,
      requestOf(asking({ userName, proof: { pap: password } }), nas, stage.now),
    )
    if (accept.kind !== 'answer') return t.fail(accept.kind)
    const ticket = textOf(readWire(accept.bytes), 25)!
    // No User-Name: only Class tells whose session this is.
    await reported(START, [tlv(25, ticket)])
    stage.now += 300_000
    await reported(INTERIM, [...counters(300, 1000, 9000), tlv(25, ticket)])
    t.match(await stage.sessions.find(ref), {
      id: ticket.split('.')[1],
      visit: visit.id,
      subject: grant.subject,
      method: 'click-through',
      lang: 'vi',
      os: 'android',
    })
    t.same(await stage.rights.usage.used(grant.subject, '2026-03-12'), { seconds: 300, octets: 10_000 })
    t.match((await stage.rights.visits.find(visit.id))?.session, ref, 'the status page finds it')
  },
)

t.test('Accounting-On and -Off end all sessions of that NAS, and of no other', async (t) => {
  // RFC 2866 §5.1
  for (const status of [ON, OFF]) {
    await stage.clear()
    stage.now = NOON
    for (let i = 0; i < 130; i++) await reported(START, [], { id: `session-${i}` })
    await reported(START, [], { to: other })
    stage.now += 60_000
    t.equal((await reported(status)).answer.kind, 'answer')
    t.same(await stage.sessions.open(nas.id), [])
    t.equal(await stage.sessions.openCount(other.id), 1)
    t.match(await stage.sessions.find(ref), { endedAt: NOON + 60_000, cause: 'NAS-Reboot' })
    const ended = (await stage.sessionEvents()).filter(({ change }) => change === 'ended')
    t.equal(ended.length, 130)
  }
})

t.test('an Accounting-On that arrives late ends nothing that began after it', async (t) => {
  await reported(START, [], { id: 'before the reboot' })
  stage.now += 60_000
  const reboot = stage.now
  stage.now += 5000
  await reported(START, [], { id: 'after the reboot' })
  // Its answer got lost: the NAS says it again, with how long ago it was (RFC 2866 §5.2).
  stage.now += 25_000
  await reported(ON, [tlv(41, 30)])
  t.same(
    (await stage.sessions.open(nas.id)).map(({ acctSessionId }) => acctSessionId),
    ['after the reboot'],
  )
  t.match(await stage.sessions.find({ ...ref, acctSessionId: 'before the reboot' }), {
    cause: 'NAS-Reboot',
    endedAt: reboot,
  })
})

t.test(
  'whatever is missing or absurd in a report is counted by its name, and the report is answered',
  async (t) => {
    const CAUSE = tlv(49, 1)
    const seconds = (value: number): Tlv => tlv(46, value)
    const octets = tlv(42, 5)
    const cases: readonly (readonly [status: number, more: readonly Tlv[], outcomes: string])[] = [
      [START, [], 'started,no-visit'],
      [START, [], 'duplicate'],
      [INTERIM, counters(300, 9000, 5000), 'counted'],
      [INTERIM, [seconds(360), octets, tlv(43, 5000)], 'counted,went-back'],
      [INTERIM, [seconds(420), tlv(43, 4_294_967_000)], 'counted,one-direction'],
      [INTERIM, [seconds(480), tlv(168, 7)], 'counted,bad-ipv6,no-octets'],
      [INTERIM, counters(540, 9000, 6000), 'counted,wrapped'],
      [INTERIM, [tlv(42, 9000), tlv(43, 7000)], 'counted,no-session-time'],
      [INTERIM, counters(2 ** 32 - 1, 9000, 8000), 'counted,absurd-session-time'],
      [INTERIM, [...counters(720, 9000, 9000), tlv(41, 7 * 86_400)], 'counted,absurd-delay'],
      [INTERIM, [...counters(780, 5, 9000), tlv(52, 2 ** 32 - 1), tlv(53, 1)], 'counted,absurd-octets'],
      [INTERIM, counters(60, 1, 1), 'late'],
      [STOP, [...counters(900, 9000, 9000), tlv(53, 1)], 'ended,no-cause'],
      [INTERIM, counters(960, 9000, 9000), 'after-stop'],
      [ON, [], 'gateway-restart'],
      [OFF, [tlv(41, 7 * 86_400)], 'gateway-restart,absurd-delay'],
    ]
    for (const [turn, [status, more, outcomes]] of cases.entries()) {
      stage.outcomes.length = 0
      stage.now = NOON + (turn > 1 ? (turn + 3) * 60_000 : 0)
      t.equal((await reported(status, more)).answer.kind, 'answer')
      t.equal(stage.outcomes.join(), outcomes, `report ${turn + 1}`)
    }
    stage.outcomes.length = 0
    await reported(STOP, [...counters(60, 1, 1), CAUSE], { id: 'a Stop alone' })
    t.same(stage.outcomes, ['started', 'ended', 'start-missed', 'no-visit'])
  },
)

// RFC 2867 §3, RFC 2866 §5.1, IANA's registry
t.test(
  'reports of tunnels, failures and subsystems are answered and counted, and leave no trace',
  async (t) => {
    await reported(START)
    const before = await stage.events()
    stage.outcomes.length = 0
    const known = [9, 10, 11, 12, 13, 14, 15, 18, 19]
    for (const status of known) {
      const { answer, datagram } = await reported(status, [...counters(300, 1000, 9000)])
      if (answer.kind !== 'answer') return t.fail(`${status}: ${answer.kind}`)
      t.ok(provesReply(answer.bytes, datagram, SECRET))
      t.match(readWire(answer.bytes), { code: 5, attributes: [] })
    }
    t.same(
      stage.outcomes,
      known.map(() => 'other-status'),
    )
    t.same(await stage.events(), before)
    t.match(await stage.sessions.find(ref), { endedAt: null, seconds: 0 })
    for (const status of [0, 4, 5, 6, 16, 17, 20, 0xffff_ffff])
      t.same(
        (await reported(status)).answer,
        { kind: 'drop', reason: 'unknown-status-type' },
        `status ${status}`,
      )
  },
)

t.test('what is no report gets no answer and leaves no trace', async (t) => {
  for (const [datagram, reason] of [
    [
      signedRequest(4, [tlv(40, 16), tlv(44, 's'), tlv(31, dashedMac(PHONE))], { secret: SECRET }),
      'unknown-status-type',
    ],
    [signedRequest(4, [tlv(44, 's'), tlv(31, dashedMac(PHONE))], { secret: SECRET }), 'unknown-status-type'],
    [signedRequest(4, [tlv(40, 1), tlv(44, 's')], { secret: SECRET }), 'no-calling-station'],
    [signedRequest(4, [tlv(40, 1), tlv(31, dashedMac(PHONE))], { secret: SECRET }), 'no-session-id'],
  ] as const)
    t.same(await handler.handle(requestOf(datagram, nas, stage.now)), { kind: 'drop', reason })
  t.same(await stage.events(), [])
  t.equal(await stage.sessions.openCount(nas.id), 0)
})

t.test('the answer waits for the write, and does not come when that fails', async (t) => {
  // RFC 2866 §4.1
  let written: (() => void) | null = null
  let broken = false
  const slow = Object.create(stage.sessions) as typeof stage.sessions
  slow.record = (record) =>
    stage.sessions.record(record).map((recorded) =>
      Later.from(new Promise<void>((resolve) => (written = resolve))).map(() => {
        if (broken) throw new Error('the store is away')
        return recorded
      }),
    )
  /** Waits for the write, and gives what lets the handler go on. */
  const stored = async (): Promise<() => void> => {
    await until(() => written !== null, 'the report is stored')
    const goOn = written!
    written = null
    return goOn
  }
  handler = new AccountingHandler({ ...stage.handling, sessions: slow })
  let answered = false
  const first = reported(START).then(() => (answered = true))
  const goOn = await stored()
  t.same(await changes(), ['started'])
  t.notOk(answered)
  goOn()
  await first
  broken = true
  const second = reported(STOP)
  void (await stored())()
  await t.rejects(second, /the store is away/)
})

t.test('a report tells that the gateway and the access point it names are alive', async (t) => {
  await reported(START, [tlv(30, '02-10-00-00-01-02:Hanoi Free WiFi')])
  t.same(await lastHeard(stage.store, nas.id), {
    gateway: NOON,
    accessPoints: new Map([['021000000102', NOON]]),
    wrongClockAt: null,
  })
  stage.now += 20_000
  await reported(ON)
  t.equal((await lastHeard(stage.store, nas.id)).gateway, NOON + 20_000)
  t.equal((await lastHeard(stage.store, other.id)).gateway, null)
})

t.test(
  'a gateway that invents access points makes us remember a thousand of them, and the latest',
  async (t) => {
    const calledAt = (number: number): Tlv[] => [
      tlv(30, `02-20-00-00-${hex(number >> 8)}-${hex(number & 255)}:Hanoi Free WiFi`),
    ]
    const MOST = 1024
    for (let number = 0; number <= MOST; number++) await reported(START, calledAt(number))
    stage.now += 1000
    await reported(START, calledAt(0))
    await reported(START, calledAt(MOST))
    const { accessPoints } = await lastHeard(stage.store, nas.id)
    t.equal(accessPoints.get('022000000000'), NOON + 1000, 'forgotten, and so noted again')
    t.equal(accessPoints.get('022000000400'), NOON, 'remembered: noted once in fifteen seconds')
  },
)

const hex = (octet: number): string => octet.toString(16).padStart(2, '0')
