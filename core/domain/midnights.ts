import { nextMidnight } from './day.ts'

/** Totals of a session at a moment of it (epoch ms). */
export interface Reading {
  readonly at: number
  readonly seconds: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
}

/**
 * A midnight of the city inside a session, and the two readings that decide what was used by then: the last one up to it
 * and the first one past it. Kept, so that a report that comes late still finds its day.
 */
export interface Midnight {
  readonly at: number
  readonly before: Reading
  readonly after: Reading
}

/** By how much totals grow; less than nothing where a late report shows that something belongs to the day before. */
export type Growth = Omit<Reading, 'at'>

/** What a report adds to one city day, which begins at `from` and ends before `until` (epoch ms). */
export interface DayGrowth {
  readonly from: number
  readonly until: number
  readonly growth: Growth
}

export interface Split {
  readonly midnights: readonly Midnight[]
  /** Each day that changes, in order; the last one is the day of the newest reading, changed or not. */
  readonly days: readonly [...DayGrowth[], DayGrowth]
  /** The totals when the last of these days began. */
  readonly base: Growth
}

/** As many midnights as Acct-Delay-Time may reach back: past them no report comes late. */
const MOST_KEPT = 7
const DAY_MS = 86_400_000

/**
 * Spreads what a report tells over the days it belongs to: what moved between two readings moved evenly. It makes no
 * difference in which order readings come. `last` is the newest reading so far (at first the start, with nothing moved),
 * `newest` the totals now; `reading` may be of any moment.
 */
export function splitAtMidnights(
  known: readonly Midnight[],
  { last, reading, newest }: { last: Reading; reading: Reading; newest: Growth },
): Split {
  const told = known.map((midnight) => ({
    midnight: withReading(midnight, reading),
    was: totalsAt(midnight),
  }))
  // What ends at midnight sharp belongs to the day that ends; what begins then, to the one that begins.
  const past = last.seconds > 0 ? last.at - 1 : last.at
  const first = nextMidnight(Math.max(past, known.at(-1)?.at ?? -Infinity))
  for (let at = first; at < reading.at; at += DAY_MS)
    told.push({ midnight: { at, before: last, after: reading }, was: last })
  const closed = told.slice(0, -MOST_KEPT)
  // What was used by a midnight that is forgotten stays so: those that are kept begin from there.
  const settled = closed.at(-1)?.midnight
  const kept = told
    .slice(-MOST_KEPT)
    .map((each) => (settled ? { ...each, midnight: withSettled(each.midnight, settled) } : each))
  const changes = [...closed, ...kept].map(({ midnight, was }) => ({
    at: midnight.at,
    growth: less(totalsAt(midnight), was),
  }))
  const days: DayGrowth[] = []
  let from = -Infinity
  let before = NOTHING
  for (const { at, growth } of changes) {
    const day = less(growth, before)
    if (!isNothing(day)) days.push({ from, until: at, growth: day })
    from = at
    before = growth
  }
  const lastMidnight = kept.at(-1)?.midnight
  const until = lastMidnight ? lastMidnight.at + DAY_MS : first
  const today = { from, until, growth: less(less(newest, last), before) }
  return {
    midnights: kept.map(({ midnight }) => midnight),
    days: [...days, today],
    base: lastMidnight ? totalsAt(lastMidnight) : NOTHING,
  }
}

/** The least that is known of the totals at a moment or later; a reading of that moment cannot be above it. */
export function leastAfter(midnights: readonly Midnight[], at: number, newest: Growth): Growth {
  for (const { before, after } of midnights) {
    if (before.at >= at) return before
    if (after.at >= at) return after
  }
  return newest
}

export const isNothing = ({ seconds, fromVisitorOctets, toVisitorOctets }: Growth): boolean =>
  seconds === 0 && fromVisitorOctets === 0n && toVisitorOctets === 0n

const NOTHING: Growth = { seconds: 0, fromVisitorOctets: 0n, toVisitorOctets: 0n }

function withReading(midnight: Midnight, reading: Reading): Midnight {
  const { at, before, after } = midnight
  if (reading.at <= at) {
    const joined = joinedReading(before, reading)
    return isSame(joined, before) ? midnight : { at, before: joined, after }
  }
  if (reading.at > after.at || isSame(reading, after)) return midnight
  return { at, before, after: reading.at < after.at ? reading : joinedReading(after, reading) }
}

const withSettled = (midnight: Midnight, settled: Midnight): Midnight =>
  withReading(midnight, { at: settled.at, ...totalsAt(settled) })

/** Both together: a counter that fell back is not believed, whichever of the two came first. */
const joinedReading = (one: Reading, other: Reading): Reading => ({
  at: Math.max(one.at, other.at),
  seconds: Math.max(one.seconds, other.seconds),
  fromVisitorOctets: larger(one.fromVisitorOctets, other.fromVisitorOctets),
  toVisitorOctets: larger(one.toVisitorOctets, other.toVisitorOctets),
})

/** Totals at a midnight, on the straight line between its readings; parts of a second or an octet go to the later day. */
function totalsAt({ at, before, after }: Midnight): Growth {
  const end = joinedReading(before, after)
  const [part, whole] = [at - before.at, after.at - before.at]
  const share = (one: bigint, other: bigint): bigint => one + ((other - one) * BigInt(part)) / BigInt(whole)
  return {
    seconds: before.seconds + Math.floor(((end.seconds - before.seconds) * part) / whole),
    fromVisitorOctets: share(before.fromVisitorOctets, end.fromVisitorOctets),
    toVisitorOctets: share(before.toVisitorOctets, end.toVisitorOctets),
  }
}

export const less = (one: Growth, other: Growth): Growth => ({
  seconds: one.seconds - other.seconds,
  fromVisitorOctets: one.fromVisitorOctets - other.fromVisitorOctets,
  toVisitorOctets: one.toVisitorOctets - other.toVisitorOctets,
})

const isSame = (one: Reading, other: Reading): boolean => one.at === other.at && isNothing(less(one, other))

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other)
