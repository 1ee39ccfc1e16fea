/** How a counter that a report carries was understood, where that takes a rule. */
export type CounterNote = 'wrapped' | 'went-back' | 'absurd-octets'

/** What a counter is read against. */
export interface CounterBefore {
  /** The total so far. */
  readonly known: bigint
  /** True when the report carries Gigawords: then the counter is whole, and never wraps. */
  readonly gigawords: boolean
  readonly order: Order
}

/** Whether a report is of a later, the same or an earlier second of the session than the total so far. */
export type Order = 'later' | 'same' | 'earlier'

/** How often 32 bits come round. @see RFC 2869 §5.1 */
const WRAP = 1n << 32n
/** A counter that fell by more than this wrapped; by less, it fell back. */
const HALF = WRAP / 2n
/** Ten gigabits in a second: no radio of a hotspot brings more to one device. */
const MOST_OCTETS_A_SECOND = 1_250_000_000
/** Clocks and counters are not read at the same moment. */
const SPARE_SECONDS = 60
const ALWAYS_POSSIBLE = BigInt(SPARE_SECONDS * MOST_OCTETS_A_SECOND)

/** The total after a report: it never goes back, and 32 bits that wrapped go on. */
export function nextTotal(
  reported: bigint,
  { known, gigawords, order }: CounterBefore,
  notes: { push(note: CounterNote): unknown },
): bigint {
  if (gigawords || reported >= WRAP) {
    if (reported < known && order === 'later') notes.push('went-back')
    return reported > known ? reported : known
  }
  const low = known % WRAP
  const ahead = reported - low
  // Of two reports of one second, the one that is half a turn ahead was sent first.
  if (order === 'earlier' || (order === 'same' && ahead > HALF)) return reported > known ? reported : known
  if (ahead >= 0n) return known + ahead
  if (-ahead > HALF) {
    notes.push('wrapped')
    return known + ahead + WRAP
  }
  notes.push('went-back')
  return known
}

/** What an earlier report says the total was then, when it cannot have been above `most`. */
export function earlierTotal(reported: bigint, most: bigint, gigawords: boolean): bigint {
  if (gigawords || reported >= most) return reported
  return reported + ((most - reported) / WRAP) * WRAP
}

/** False for more octets than a device can have moved in that time. */
export const isPossible = (octets: bigint, seconds: number): boolean =>
  octets <= ALWAYS_POSSIBLE || octets <= BigInt((seconds + SPARE_SECONDS) * MOST_OCTETS_A_SECOND)
