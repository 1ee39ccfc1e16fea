import { itemResult, LEAST_SERVED, type ItemCounts } from '../../core/domain/campaign-result.ts'
import { LEAST_SHOWN } from '../../core/domain/k-anonymity.ts'
import type { Interval } from '../../core/domain/proportion.ts'
import type { CampaignPart } from '../../core/records/campaign-results.ts'
import type { Wording } from '../wording.ts'

/** What an item did, in rows of a table; null where too few were served to say it. */
export type ResultRows = readonly { readonly term: string; readonly value: string }[] | null

/** Counts of device-days with what they say; a count of fewer devices than may be shown is not told, nor what hangs on it. */
export function resultRows({ say, format }: Wording, part: CampaignPart | undefined): ResultRows {
  if (!part || part.counts.served < LEAST_SERVED) return null
  const told = (name: keyof ItemCounts): number | null =>
    part.atLeast[name] === 0 || part.atLeast[name] >= LEAST_SHOWN ? part.counts[name] : null
  const counts = {
    served: told('served'),
    held: told('held'),
    opened: told('opened'),
    openedOtherwise: told('openedOtherwise'),
    visited: told('visited'),
    visitedHeld: told('visitedHeld'),
  }
  const { rate, lift } = itemResult(counts)
  const count = (name: keyof ItemCounts) => ({
    term: say(`items.results.${name}`),
    value: counts[name] === null ? say('items.results.withheld') : format.number(counts[name]),
  })
  const interval = (term: string, given: Interval | null) => ({
    term: say(term),
    value:
      given === null
        ? say('items.results.unknown')
        : say('items.results.interval', {
            value: format.percent(given.value),
            low: format.percent(given.low),
            high: format.percent(given.high),
          }),
  })
  return [
    count('served'),
    count('opened'),
    interval('items.results.rate', rate),
    count('held'),
    count('visited'),
    count('visitedHeld'),
    interval('items.results.lift', lift),
  ]
}
