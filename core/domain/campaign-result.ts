import { LEAST_SHOWN, LEAST_SHOWN_CROSSED, safeList } from './k-anonymity.ts'
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

/**
 * What device-days of an item did, of all pages or of those in a language or at a site. One device may be many device-days:
 * `atLeast` says of how many different ones each count is at least, its largest day.
 */
export interface CampaignPart {
  readonly by: 'all' | 'language' | 'site'
  /** The language or the site; empty for `all`. */
  readonly value: string
  readonly counts: ItemCounts
  readonly atLeast: ItemCounts
}

type Shown = { -readonly [Name in keyof ItemCounts]: number | null }

/** Each count as it may be shown beside those of the other parts, which add up to that of all, the first. */
export function shownCounts(parts: readonly CampaignPart[]): Shown[] {
  const shown = parts.map(({ counts }): Shown => ({ ...counts }))
  for (const name of ITEM_COUNTS)
    for (const [by, least] of [
      ['language', LEAST_SHOWN_CROSSED],
      ['site', LEAST_SHOWN],
    ] as const) {
      const places = [...parts.keys()].filter((i) => parts[i]!.by === by)
      const { cells, total } = safeList(
        places.map((i) => parts[i]!.counts[name]),
        least,
        places.map((i) => parts[i]!.atLeast[name]),
      )
      for (const [j, i] of places.entries()) shown[i]![name] = cells[j]!
      const hidden = cells.filter((cell) => cell === null).length
      const [all] = parts
      // Where every part is withheld, several of them, their sum tells none; it has only to be of enough devices itself.
      const tellsNone = hidden > 1 && all!.counts[name] >= LEAST_SHOWN && all!.counts[name] > hidden
      if (total === null && !tellsNone) shown[0]![name] = null
    }
  return shown
}
