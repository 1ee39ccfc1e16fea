import { differenceOf, shareOf, type Interval } from './proportion.ts'

/** Device-days of an item; null is withheld. What each counts stands in docs/campaigns.md. */
export interface ItemCounts<Count extends number | null = number> {
  /** It stood in the slots of a page. */
  readonly served: Count
  /** The draw came to it, and it was held back. */
  readonly held: Count
  /** Of those served, those that opened its page. */
  readonly opened: Count
  /** Opened without having been served it: from the list, or by an address passed on. */
  readonly openedOtherwise: Count
  /** Of those served, those that began a session at its place later that day; and of those held back. */
  readonly visited: Count
  readonly visitedHeld: Count
}
export const ITEM_COUNTS = [
  'served',
  'held',
  'opened',
  'openedOtherwise',
  'visited',
  'visitedHeld',
] as const satisfies (keyof ItemCounts)[]

/** What the counts of an item say; null where they are too few to say it, or withheld. */
export interface ItemResult {
  /** The share of those served who opened it. */
  readonly rate: Interval | null
  /** By how much more of those served came to its place than of those from whom it was held back. */
  readonly lift: Interval | null
}

/** Fewer device-days than this say nothing. */
export const LEAST_SERVED = 100

/** Rate with Wilson's interval, and lift against the hold-out with Newcombe's. */
export function itemResult(counts: ItemCounts<number | null>): ItemResult {
  const { served, held, opened, visited, visitedHeld } = counts
  if (served === null || served < LEAST_SERVED) return { rate: null, lift: null }
  return {
    rate: opened === null ? null : shareOf({ of: served, count: opened }),
    lift:
      held === null || held < LEAST_SERVED || visited === null || visitedHeld === null
        ? null
        : differenceOf({ of: served, count: visited }, { of: held, count: visitedHeld }),
  }
}
