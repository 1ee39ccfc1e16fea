import fc from 'fast-check'
import t from 'tap'
import { cityDay } from '../../../core/domain/day.ts'
import type { SessionFact, SessionState } from '../../../core/domain/session-story.ts'
import { inTransaction, type Records } from '../../../core/records/database.ts'
import {
  forgetSessionEvents,
  keepFacts,
  sessionFacts,
  type KeptFact,
} from '../../../core/records/session-events.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'
import { NOON } from '../../analytics/support/visits.ts'

const postgres = await testPostgres(t)
const DAY_MS = 86_400_000

const keep = (records: Records, ...facts: KeptFact[]): Promise<void> =>
  inTransaction(records, (transaction) => keepFacts(transaction, facts))
const days = async (records: Records): Promise<string[]> =>
  (
    await records.query<{ name: string }>(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'session_events'::regclass ORDER BY 1",
    )
  ).rows.map(({ name }) => name)

const asked = (knownAt: number, seq = 0, session = 's1'): KeptFact => ({
  session,
  stream: 3,
  seq,
  fact: { kind: 'asked', knownAt, at: knownAt - 5, reason: 'staff' },
})

/** Records as literals make them: a null prototype is another thing to `strictSame`. */
const plain = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>

const time = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 0) })
const count = fc.nat()
const octets = fc.bigInt({ min: 0n, max: (1n << 63n) - 1n })
const word = fc.oneof(
  fc.constantFrom('User-Request', 'ack', 'nak-503', '100 % sure', ' ', '%20'),
  fc.string(),
)
const nonEmpty = word.filter((text) => text !== '' && !text.includes('\0'))
const state: fc.Arbitrary<SessionState> = plain({
  version: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  startedAt: time,
  heardAt: time,
  endedAt: fc.option(time),
  cause: fc.option(nonEmpty),
  seconds: count,
  fromVisitorOctets: octets,
  toVisitorOctets: octets,
  interimSeconds: count,
  day: time.map(cityDay),
  dayBaseSeconds: count,
  dayBaseOctets: octets,
})
const figure = fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: undefined })
const limits = plain({
  seconds: figure,
  idleSeconds: figure,
  octets: figure,
  downBitsPerSecond: figure,
  upBitsPerSecond: figure,
}).map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)))
const entrance = plain({
  by: fc.constantFrom('page' as const, 'code' as const, 'address' as const, null),
  limits: fc.option(limits),
})
const ofChange = { kind: fc.constant('change' as const), knownAt: time, at: time, state }
const fact: fc.Arbitrary<SessionFact> = fc.oneof(
  plain({ ...ofChange, change: fc.constant('started' as const), entrance }),
  plain({
    ...ofChange,
    change: fc.constantFrom('counted' as const, 'ended' as const, 'reopened' as const),
    entrance: fc.constant(null),
  }),
  plain({ kind: fc.constant('asked' as const), knownAt: time, at: time, reason: nonEmpty }),
  plain({
    kind: fc.constant('answered' as const),
    knownAt: time,
    at: time,
    reason: nonEmpty,
    result: nonEmpty,
  }),
  plain({ kind: fc.constant('forgotten' as const), knownAt: time }),
)

t.test('every fact comes back as it was kept, in the order in which it became known', async (t) => {
  const records = await testRecords(t, postgres)
  const samples = fc.sample(fc.uniqueArray(fact, { minLength: 1, selector: ({ knownAt }) => knownAt }), 20)
  for (const [n, facts] of samples.entries()) {
    await keep(records, ...facts.map((each) => ({ session: `s${n}`, stream: n, seq: n, fact: each })))
    const inOrder = facts.toSorted((a, b) => a.knownAt - b.knownAt)
    t.strictSame(await sessionFacts(records, `s${n}`), inOrder)
    await records.query('DELETE FROM session_events')
    await forgetSessionEvents(records, Date.UTC(2101, 0))
  }
  t.same(await sessionFacts(records, 'nobody'), [])
})

t.test('within a millisecond the order is that of the stream', async (t) => {
  const records = await testRecords(t, postgres)
  const of = (seq: number, reason: string): KeptFact => ({
    session: 's1',
    stream: 3,
    seq,
    fact: { kind: 'asked', knownAt: NOON, at: NOON, reason },
  })
  await keep(records, of(2, 'third'), of(0, 'first'), of(1, 'second'))
  t.same(
    (await sessionFacts(records, 's1')).map((each) => 'reason' in each && each.reason),
    ['first', 'second', 'third'],
  )
})

t.test('an entry of a stream is kept once, whoever brings it and how often', async (t) => {
  const records = await testRecords(t, postgres)
  await keep(records, asked(NOON), asked(NOON, 1))
  await Promise.all([
    keep(records, asked(NOON), asked(NOON, 1), asked(NOON, 2)),
    keep(records, asked(NOON, 1), asked(NOON, 2)),
  ])
  t.equal((await sessionFacts(records, 's1')).length, 3)
  await keep(records)
  t.equal((await sessionFacts(records, 's1')).length, 3)
})

t.test('each city day is a partition of its own, from midnight in Hà Nội', async (t) => {
  const records = await testRecords(t, postgres)
  const midnight = Date.parse('2026-10-15T00:00:00+07:00')
  await keep(records, asked(midnight - 1), asked(midnight))
  t.same(await days(records), ['session_events_20261014', 'session_events_20261015'])
  t.equal((await records.query('SELECT FROM session_events_20261015')).rowCount, 1)
  t.equal((await sessionFacts(records, 's1')).length, 2)
})

t.test('what happened is kept for ninety days and goes with its day', async (t) => {
  const records = await testRecords(t, postgres)
  const now = NOON + 3_600_000
  for (const ago of [92, 91, 90, 1, 0]) await keep(records, asked(NOON - ago * DAY_MS))
  await forgetSessionEvents(records, now)
  t.same(
    (await sessionFacts(records, 's1')).map(({ knownAt }) => (NOON - knownAt) / DAY_MS),
    [90, 1, 0],
  )
  t.equal((await days(records)).length, 3, 'and its table')
  await forgetSessionEvents(records, now)
  t.equal((await days(records)).length, 3)
})

t.test('an entry of a time that no clock shows is refused by its name', async (t) => {
  const records = await testRecords(t, postgres)
  await t.rejects(keep(records, asked(9e15)), RangeError)
  await t.rejects(keep(records, asked(Date.UTC(12_000, 0))), RangeError)
  await keep(records, asked(NOON))
  t.equal((await sessionFacts(records, 's1')).length, 1)
})
