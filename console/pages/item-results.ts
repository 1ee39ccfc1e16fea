import { itemResult, LEAST_SERVED, type ItemCounts } from '../../core/domain/campaign-result.ts'
import type { Interval } from '../../core/domain/proportion.ts'
import type { Wording } from '../wording.ts'

/** What an item did, in words. */
export interface ItemWords {
  readonly served: string
  readonly opened: string
  readonly rate: string
  readonly held: string
  readonly visited: string
  readonly visitedHeld: string
  readonly lift: string
}

/** What the counts of `shownCounts` say; null where fewer than 100 were served, or where that is withheld. */
export function itemWords(
  { say, format }: Wording,
  counts: ItemCounts<number | null> | undefined,
): ItemWords | null {
  if (!counts || counts.served === null || counts.served < LEAST_SERVED) return null
  const { rate, lift } = itemResult(counts)
  const count = (name: keyof ItemCounts): string =>
    counts[name] === null ? say('items.results.withheld') : format.number(counts[name])
  const interval = (given: Interval | null): string =>
    given === null
      ? say('items.results.unknown')
      : say('items.results.interval', {
          value: format.percent(given.value),
          low: format.percent(given.low),
          high: format.percent(given.high),
        })
  return {
    served: count('served'),
    opened: count('opened'),
    rate: interval(rate),
    held: count('held'),
    visited: count('visited'),
    visitedHeld: count('visitedHeld'),
    lift: interval(lift),
  }
}

const TERMS = ['served', 'opened', 'rate', 'held', 'visited', 'visitedHeld', 'lift'] as const

/** The same in rows of a list. */
export function resultRows(
  wording: Wording,
  counts: ItemCounts<number | null> | undefined,
): readonly { readonly term: string; readonly value: string }[] | null {
  const words = itemWords(wording, counts)
  return words && TERMS.map((name) => ({ term: wording.say(`items.results.${name}`), value: words[name] }))
}
