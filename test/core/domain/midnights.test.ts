import fc from 'fast-check'
import { test } from 'tap'
import {
  splitAtMidnights,
  type DayGrowth,
  type Midnight,
  type Reading,
} from '../../../core/domain/midnights.ts'

const DAY = 86_400_000
/** A midnight in Hà Nội. */
const MIDNIGHT = Date.parse('2026-11-21T17:00:00Z')
const START: Reading = { at: MIDNIGHT - DAY / 2, seconds: 0, fromVisitorOctets: 0n, toVisitorOctets: 0n }

/** A reading some hours after the midnight. */
const reading = (hours: number, octets: number): Reading => ({
  at: MIDNIGHT + hours * 3_600_000,
  seconds: (hours + 12) * 3600,
  fromVisitorOctets: BigInt(octets),
  toVisitorOctets: BigInt(octets) * 3n,
})

const newer = (one: Reading, other: Reading): Reading => ({
  at: Math.max(one.at, other.at),
  seconds: Math.max(one.seconds, other.seconds),
  fromVisitorOctets:
    one.fromVisitorOctets > other.fromVisitorOctets ? one.fromVisitorOctets : other.fromVisitorOctets,
  toVisitorOctets: one.toVisitorOctets > other.toVisitorOctets ? one.toVisitorOctets : other.toVisitorOctets,
})

/** All readings one after the other: what was kept, and octets from the visitor by the day they were added to. */
function fed(readings: readonly Reading[]) {
  let last = START
  let midnights: readonly Midnight[] = []
  const days = new Map<number, bigint>()
  const seen: (readonly DayGrowth[])[] = []
  for (const each of readings) {
    const newest = newer(last, each)
    const split = splitAtMidnights(midnights, { last, reading: each, newest })
    for (const { until, growth } of split.days)
      days.set(until, (days.get(until) ?? 0n) + growth.fromVisitorOctets)
    midnights = split.midnights
    last = newest
    seen.push(split.days)
  }
  return { midnights, days, seen, base: midnights.length }
}

test('what moved between two readings moved evenly', (t) => {
  const { seen } = fed([reading(-1, 100), reading(3, 500)])
  t.match(seen[1], [
    { until: MIDNIGHT, growth: { seconds: 3600, fromVisitorOctets: 100n, toVisitorOctets: 300n } },
    {
      from: MIDNIGHT,
      until: MIDNIGHT + DAY,
      growth: { seconds: 10_800, fromVisitorOctets: 300n, toVisitorOctets: 900n },
    },
  ])
  t.end()
})

test('an octet that cannot be shared goes to the later day', (t) => {
  const { seen } = fed([reading(-1, 0), reading(2, 2)])
  t.match(seen[1], [
    { growth: { fromVisitorOctets: 0n, toVisitorOctets: 2n } },
    { growth: { fromVisitorOctets: 2n, toVisitorOctets: 4n } },
  ])
  t.end()
})

test('a reading that changes nothing leaves what is known as it is', (t) => {
  const known = fed([reading(-1, 100), reading(3, 500)])
  const again = splitAtMidnights(known.midnights, {
    last: reading(3, 500),
    reading: reading(-1, 100),
    newest: reading(3, 500),
  })
  t.equal(again.midnights[0], known.midnights[0])
  t.end()
})

test('the latest seven midnights are kept, and reports of older days add nothing to them', (t) => {
  const { midnights } = fed([reading(1, 10), reading(24 * 12, 900)])
  t.same(
    midnights.map(({ at }) => (at - MIDNIGHT) / DAY),
    [5, 6, 7, 8, 9, 10, 11],
  )
  t.end()
})

test('whatever the order of readings, and even if counters fall back, the days come out the same', (t) => {
  const hours = fc.integer({ min: -11, max: 24 * 6 })
  const readings = fc.uniqueArray(fc.record({ hours, octets: fc.nat(1_000_000) }), {
    selector: (each) => each.hours,
    minLength: 2,
    maxLength: 12,
  })
  const shuffled = readings.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  )
  const used = (list: readonly { hours: number; octets: number }[]) => {
    const { days, midnights } = fed(list.map((each) => reading(each.hours, each.octets)))
    return { days: [...days].filter(([, octets]) => octets !== 0n).toSorted(([a], [b]) => a - b), midnights }
  }
  fc.assert(
    fc.property(shuffled, ([inTurn, mixed]) => {
      t.same(used(mixed), used(inTurn.toSorted((a, b) => a.hours - b.hours)))
    }),
    { numRuns: 300 },
  )
  t.end()
})
