import type { AccountingRecord, Outcome } from './accounting.ts'
import { earlierTotal, isPossible, nextTotal, type Order } from './counters.ts'
import { cityDay, nextMidnight } from './day.ts'
import { isNothing, leastAfter, less, splitAtMidnights, type DayGrowth, type Growth } from './midnights.ts'
import { allIpv6 } from './session-ipv6.ts'
import type { Session } from './session.ts'

/** A session with what a report adds to it. */
export interface Grown {
  /** A copy for the caller to finish. */
  readonly next: Draft
  /** The city days that grow, in order; the last one is the day of the newest report, grown or not. */
  readonly days: readonly DayGrowth[]
  /** False when nothing that is counted changed. */
  readonly moved: boolean
  /** The second of the session that the report tells of. */
  readonly elapsed: number
  readonly notes: Outcome[]
}

type Draft = { -readonly [Field in keyof Session]: Session[Field] }

/** What a report says of a session's counters. */
interface Told {
  /** The second of the session. */
  readonly elapsed: number
  readonly order: Order
  readonly gigawords: boolean
  /** Null where it says nothing that could be. */
  readonly from: bigint | null
  readonly to: bigint | null
}

/** Times on the wire are whole seconds, of two clocks and a delay. */
export const ROUNDING_MS = 3_000
/** A session's clock may be this far ahead of ours: the start that we know may be late, or the crowd a simulated one. */
const MOST_AHEAD_SECONDS = 86_400
/** An Acct-Session-Time of 0 later than this is none. */
const MOST_AT_ZERO_SECONDS = 60

/** When a report happened: nothing comes from the future. */
export const momentOf = (record: AccountingRecord): number => Math.min(record.at, record.receivedAt)

/** The last moment that reports tell of. */
export const lastKnown = ({ startedAt, seconds, heardAt }: Session): number =>
  momentAt(startedAt, seconds, heardAt)

/** The same within the day that was counted last: a clock that runs ahead, in a packet that was delayed, leads past it. */
function lastCounted(session: Session): number {
  const { startedAt, day } = session
  const last = lastKnown(session)
  if (cityDay(Math.max(startedAt, last - 1)) === day) return last
  const begins = Date.parse(`${day}T00:00:00+07:00`)
  return Math.min(Math.max(last, begins), nextMidnight(begins))
}

/** A second of a session on our clock: by the session's own, which tells it best, unless that is ahead of ours. */
function momentAt(startedAt: number, seconds: number, noLaterThan: number): number {
  const own = startedAt + seconds * 1000
  return own <= noLaterThan + ROUNDING_MS ? own : noLaterThan
}

/** What a report adds to the session that it belongs to, whether it comes in its turn or late. */
export function grown(current: Session, record: AccountingRecord): Grown {
  const notes: Outcome[] = []
  const at = momentOf(record)
  if (record.at > at) notes.push('future')
  if (record.absurdDelay) notes.push('absurd-delay')
  if (record.badIpv6) notes.push('bad-ipv6')
  const told = toldBy(record, current, notes)
  const { elapsed } = told
  // What a late report says of name and place may only fill a gap.
  const isLate = told.order === 'earlier'
  const next: Draft = {
    ...current,
    userName: current.userName ?? record.userName,
    ip: isLate ? (current.ip ?? record.ip) : (record.ip ?? current.ip),
    ap: isLate ? (current.ap ?? record.ap) : (record.ap ?? current.ap),
    heardAt: Math.max(current.heardAt, record.receivedAt),
    seconds: Math.max(current.seconds, elapsed),
    fromVisitorOctets: totalAfter(told.from, current.fromVisitorOctets, told, notes),
    toVisitorOctets: totalAfter(told.to, current.toVisitorOctets, told, notes),
    interimSeconds: record.interimSeconds,
    gigawords: told.gigawords,
    ipv6: allIpv6(current.ipv6, record.ipv6, notes),
    multiSessionId: (isLate && current.multiSessionId) || (record.multiSessionId ?? current.multiSessionId),
  }
  const growth = less(next, current)
  const moment = momentAt(current.startedAt, elapsed, at)
  const last = lastCounted(current)
  const until = nextMidnight(current.seconds > 0 ? last - 1 : last)
  // Nearly always no midnight lies inside.
  if (current.midnights.length === 0 && moment <= until)
    return { next, days: [{ from: -Infinity, until, growth }], moved: !isNothing(growth), elapsed, notes }
  return { ...spread(current, { next, growth, told, moment, last }, notes), elapsed, notes }
}

function toldBy(record: AccountingRecord, current: Session, notes: Outcome[]): Told {
  const clock = Math.max(0, Math.floor((momentOf(record) - current.startedAt) / 1000))
  const elapsed = elapsedSeconds(record, clock, notes)
  const { status, fromVisitorOctets, toVisitorOctets } = record
  const [noFrom, noTo] = [fromVisitorOctets === null, toVisitorOctets === null]
  if (status !== 'start' && (noFrom || noTo)) notes.push(noFrom && noTo ? 'no-octets' : 'one-direction')
  const { seconds } = current
  const most = Math.max(elapsed, clock)
  return {
    elapsed,
    // Before its first second nothing was counted that could be told late.
    order: elapsed > seconds || seconds === 0 ? 'later' : elapsed < seconds ? 'earlier' : 'same',
    gigawords: record.gigawords || current.gigawords,
    from: possible(fromVisitorOctets, most, notes),
    to: possible(toVisitorOctets, most, notes),
  }
}

function possible(octets: bigint | null, seconds: number, notes: Outcome[]): bigint | null {
  if (octets === null || isPossible(octets, seconds)) return octets
  notes.push('absurd-octets')
  return null
}

function totalAfter(reported: bigint | null, known: bigint, told: Told, notes: Outcome[]): bigint {
  const { gigawords, order } = told
  return reported === null ? known : nextTotal(reported, { known, gigawords, order }, notes)
}

/** The second of the session: its own clock's, which no delay and no wrong clock disturbs, unless it says nothing sound. */
function elapsedSeconds({ status, seconds }: AccountingRecord, clock: number, notes: Outcome[]): number {
  if (seconds === null && status === 'start') return 0
  if (seconds === null || (seconds === 0 && clock > MOST_AT_ZERO_SECONDS)) {
    notes.push('no-session-time')
    return clock
  }
  if (seconds <= clock + MOST_AHEAD_SECONDS) return seconds
  notes.push('absurd-session-time')
  return clock
}

/** What grew, each city day's part for itself. */
function spread(
  current: Session,
  grown: { next: Draft; growth: Growth; told: Told; moment: number; last: number },
  notes: Outcome[],
): Pick<Grown, 'next' | 'days' | 'moved'> {
  const { next, growth, told, moment, last } = grown
  const { seconds, fromVisitorOctets, toVisitorOctets, midnights } = current
  const most = told.order === 'later' ? next : leastAfter(midnights, moment, next)
  const split = splitAtMidnights(midnights, {
    last: { at: last, seconds, fromVisitorOctets, toVisitorOctets },
    reading: {
      at: moment,
      seconds: told.elapsed,
      fromVisitorOctets: totalThen(told.from, next.fromVisitorOctets, most.fromVisitorOctets, told),
      toVisitorOctets: totalThen(told.to, next.toVisitorOctets, most.toVisitorOctets, told),
    },
    newest: next,
  })
  const { days, base } = split
  next.midnights = split.midnights
  next.day = cityDay(split.midnights.at(-1)!.at)
  next.dayBaseSeconds = base.seconds
  next.dayBaseOctets = base.fromVisitorOctets + base.toVisitorOctets
  if (days.length > 1) notes.push('over-midnight')
  // A reading next to a midnight is worth keeping even if it moves nothing yet.
  const moved = !isNothing(growth) || split.midnights.some((midnight, i) => midnight !== midnights[i])
  return { next, days, moved }
}

/** The total at the moment that a report tells of. */
function totalThen(reported: bigint | null, total: bigint, most: bigint, told: Told): bigint {
  if (reported === null) return 0n
  return told.order === 'later' ? total : earlierTotal(reported, most, told.gigawords)
}
