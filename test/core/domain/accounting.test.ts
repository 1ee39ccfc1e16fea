import fc from 'fast-check'
import { test } from 'tap'
import {
  applyAccounting,
  endSession,
  LOST,
  NAS_REBOOT,
  usedToday,
  type AccountingRecord,
  type Applied,
} from '../../../core/domain/accounting.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import type { Session } from '../../../core/domain/session.ts'

const T0 = Date.parse('2026-11-21T03:00:00Z')
const origin = { id: 'session-1', visit: null, subject: null, method: null, lang: null, os: null }

const report = (
  status: AccountingRecord['status'],
  second: number,
  more: Partial<AccountingRecord> = {},
): AccountingRecord => ({
  status,
  nas: 'nas-1',
  site: 'site-1',
  acctSessionId: 'A1',
  mac: '02AABBCCDD01' as Mac,
  at: T0 + second * 1000,
  receivedAt: T0 + second * 1000,
  fromVisitorOctets: null,
  toVisitorOctets: null,
  gigawords: false,
  seconds: status === 'start' ? null : second,
  cause: status === 'stop' ? 'User-Request' : null,
  userName: null,
  visit: null,
  ip: null,
  ap: null,
  interimSeconds: 300,
  classSession: null,
  ...more,
})

function play(...records: readonly AccountingRecord[]): {
  session: Session | null
  started: number
  from: bigint
  to: bigint
  seconds: number
  outcomes: Applied[]
} {
  const state = {
    session: null as Session | null,
    started: 0,
    from: 0n,
    to: 0n,
    seconds: 0,
    outcomes: [] as Applied[],
  }
  for (const record of records) {
    const applied = applyAccounting(state.session, record, {
      ...origin,
      id: record.classSession ?? `session-${state.outcomes.length + 1}`,
    })
    state.outcomes.push(applied)
    if (applied.kind === 'nothing') continue
    for (const { session, change, delta } of applied.steps) {
      state.session = session
      if (change === 'started') state.started++
      state.from += delta.fromVisitorOctets
      state.to += delta.toVisitorOctets
      state.seconds += delta.seconds
    }
  }
  return state
}

const up = (octets: bigint | number): Partial<AccountingRecord> => ({
  fromVisitorOctets: BigInt(octets),
  toVisitorOctets: 0n,
})

test('Start, Interim-Update and Stop make one session whose totals are the last ones', (t) => {
  const { session, started, from, seconds } = play(
    report('start', 0),
    report('interim', 300, up(1000)),
    report('stop', 500, up(1500)),
  )
  t.equal(started, 1)
  t.match(session, { endedAt: T0 + 500_000, cause: 'User-Request', seconds: 500, fromVisitorOctets: 1500n })
  t.equal(from, 1500n)
  t.equal(seconds, 500)
  t.end()
})

test('a retransmitted Start does not make a second session (toughradius#308)', (t) => {
  const { started, outcomes } = play(
    report('start', 0),
    report('start', 0, { receivedAt: T0 + 4000 }),
    report('interim', 300),
    report('start', 0, { receivedAt: T0 + 301_000 }),
  )
  t.equal(started, 1)
  t.same(outcomes[1], { kind: 'nothing', reason: 'duplicate' })
  t.equal(outcomes[3]!.kind, 'nothing')
  t.end()
})

test('a second Stop does not count the octets twice', (t) => {
  const { from, outcomes } = play(
    report('start', 0),
    report('stop', 100, up(5000)),
    report('stop', 100, up(5000)),
  )
  t.equal(from, 5000n)
  t.same(outcomes[2], { kind: 'nothing', reason: 'duplicate' })
  t.end()
})

test('a Stop without octets keeps what was counted (FreeRADIUS#1460)', (t) => {
  t.equal(play(report('start', 0), report('interim', 300, up(7000)), report('stop', 400)).from, 7000n)
  t.end()
})

test('a Start that never came is made up for by the first Interim-Update or Stop', (t) => {
  const late = play(report('interim', 300, up(900)))
  t.match(late.session, { startedAt: T0, seconds: 300, fromVisitorOctets: 900n, endedAt: null })
  t.equal(late.started, 1)
  const stopOnly = play(report('stop', 300, up(900)))
  t.equal(stopOnly.started, 1)
  t.equal(stopOnly.from, 900n)
  t.match(stopOnly.session, { endedAt: T0 + 300_000 })
  t.end()
})

test('counters that wrap at 2³² without Gigawords go on (FreeRADIUS#5197)', (t) => {
  const { session, from } = play(
    report('start', 0),
    report('interim', 300, up(4_294_967_000)),
    report('interim', 600, up(1000)),
    report('stop', 900, up(2000)),
  )
  t.equal(session?.fromVisitorOctets, 4_294_967_296n + 2000n)
  t.equal(from, 4_294_967_296n + 2000n)
  t.end()
})

test('with Gigawords a smaller figure is a late packet, not a wrap', (t) => {
  const giga = (octets: bigint): Partial<AccountingRecord> => ({ fromVisitorOctets: octets, gigawords: true })
  t.equal(
    play(
      report('start', 0),
      report('interim', 600, giga(9_000_000_000n)),
      report('interim', 300, giga(4_000_000_000n)),
    ).from,
    9_000_000_000n,
  )
  t.end()
})

test('a counter that falls back without wrapping never takes totals back', (t) => {
  t.equal(
    play(report('start', 0), report('interim', 300, up(50_000)), report('interim', 600, up(100))).from,
    50_000n,
  )
  t.end()
})

test('an Interim-Update after a Stop reopens nothing (PacketFence#2113)', (t) => {
  const { session, outcomes } = play(
    report('start', 0),
    report('stop', 500, up(1500)),
    report('interim', 300, up(1000)),
    report('interim', 510, up(1500)),
  )
  t.match(session, { endedAt: T0 + 500_000 })
  t.same(
    outcomes.slice(2).map((o) => o.kind),
    ['nothing', 'nothing'],
  )
  t.end()
})

test('an Interim-Update reopens a session that only silence had ended (openwisp-radius#322)', (t) => {
  const open = play(report('start', 0), report('interim', 300, up(100))).session!
  const lost = endSession(open, LOST, open.heardAt).session
  t.match(lost, { endedAt: T0 + 300_000, cause: LOST })
  const applied = applyAccounting(lost, report('interim', 1500, up(400)), origin)
  t.match(applied, {
    kind: 'steps',
    steps: [
      {
        change: 'reopened',
        session: { endedAt: null, cause: null, fromVisitorOctets: 400n },
        delta: { fromVisitorOctets: 300n },
      },
    ],
  })
  t.end()
})

test('a Stop that comes after silence brings its cause and its last octets', (t) => {
  const open = play(report('start', 0), report('interim', 300, up(100))).session!
  const lost = endSession(open, LOST, open.heardAt).session
  const applied = applyAccounting(lost, report('stop', 1500, up(400)), origin)
  t.match(applied, {
    kind: 'steps',
    steps: [
      {
        change: 'ended',
        session: { cause: 'User-Request', endedAt: T0 + 1_500_000 },
        delta: { fromVisitorOctets: 300n },
      },
    ],
  })
  t.end()
})

test('an Acct-Session-Id used anew after a reboot is a new session (FreeRADIUS#1871, PacketFence#1169)', (t) => {
  const { started, session, from } = play(
    report('start', 0, { classSession: 'class-1' }),
    report('interim', 300, up(1000)),
    report('start', 900, { classSession: 'class-2' }),
    report('interim', 1000, { ...up(50), seconds: 100 }),
  )
  t.equal(started, 2)
  t.match(session, { id: 'class-2', fromVisitorOctets: 50n, startedAt: T0 + 900_000 })
  t.equal(from, 1050n)
  t.end()
})

test('the session that a reboot cut off is closed when its id comes again', (t) => {
  const { outcomes } = play(
    report('start', 0, { classSession: 'class-1' }),
    report('start', 900, { classSession: 'class-2' }),
  )
  t.match(outcomes[1], {
    kind: 'steps',
    steps: [{ change: 'ended', session: { id: 'class-1', cause: NAS_REBOOT } }, { change: 'started' }],
  })
  t.end()
})

test('midnight in Hà Nội splits what a session uses', (t) => {
  const second = (Date.parse('2026-11-21T17:00:00Z') - T0) / 1000
  const { session } = play(
    report('start', 0),
    report('interim', second - 100, up(1000)),
    report('interim', second + 200, up(1600)),
  )
  t.equal(session?.day, '2026-11-22')
  t.same(usedToday(session!), { seconds: 300, octets: 600 })
  t.end()
})

test('in any order, with any duplicates, one session ends with the totals of its Stop', (t) => {
  const life = [
    report('start', 0, { classSession: 'class-1' }),
    ...[300, 600, 900, 1200].map((second) =>
      report('interim', second, { ...up(second * 1000), classSession: 'class-1' }),
    ),
    report('stop', 1400, { ...up(1_400_000), classSession: 'class-1' }),
  ]
  const order = fc.shuffledSubarray([...life.keys(), ...life.keys()], { minLength: life.length })
  fc.assert(
    fc.property(order, (indexes) => {
      const packets = indexes.map((i) => life[i]!)
      if (!packets.includes(life.at(-1)!)) return true
      const { started, from, seconds, session } = play(...packets)
      return started === 1 && from === 1_400_000n && seconds === 1400 && session?.endedAt === T0 + 1_400_000
    }),
    { numRuns: 500 },
  )
  t.pass('for generated orders')
  t.end()
})

test('absurd counters are bounded', (t) => {
  const { from } = play(
    report('start', 0),
    report('interim', 300, { fromVisitorOctets: 2n ** 64n - 1n, gigawords: true }),
  )
  t.equal(from, 2n ** 63n - 1n)
  t.end()
})
