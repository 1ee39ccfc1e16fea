import { ITEM_COUNTS, itemResult, type ItemCounts } from '../../domain/campaign-result.ts'
import { LEAST_SHOWN, LEAST_SHOWN_CROSSED, safeList } from '../../domain/k-anonymity.ts'
import { campaignParts, campaignsCounted, type CampaignPart } from '../campaign-results.ts'
import { isWanted, tableOf } from './table.ts'

type Shown = { -readonly [Name in keyof ItemCounts]: number | null }

export const campaigns = tableOf({
  what: 'Items of the catalogue, and what device-days did with them',
  columns: {
    campaign: 'text',
    language: 'text',
    site: 'text',
    served: 'integer',
    held: 'integer',
    opened: 'integer',
    opened_otherwise: 'integer',
    visited: 'integer',
    visited_held: 'integer',
    rate: 'number',
    rate_low: 'number',
    rate_high: 'number',
    lift: 'number',
    lift_low: 'number',
    lift_high: 'number',
  },
  async *rows(records, asked) {
    for (const campaign of await campaignsCounted(records, asked)) {
      const parts = await campaignParts(records, campaign, asked)
      const shown = shownCounts(parts)
      for (const [i, { by, value }] of parts.entries()) {
        const site = by === 'site' ? value : ''
        if (!isWanted(asked, site)) continue
        const { rate, lift } = itemResult(shown[i]!)
        const { openedOtherwise, visitedHeld, ...counts } = shown[i]!
        yield {
          campaign,
          language: by === 'language' ? value : '',
          site,
          ...counts,
          opened_otherwise: openedOtherwise,
          visited_held: visitedHeld,
          rate: rate?.value ?? null,
          rate_low: rate?.low ?? null,
          rate_high: rate?.high ?? null,
          lift: lift?.value ?? null,
          lift_low: lift?.low ?? null,
          lift_high: lift?.high ?? null,
        }
      }
    }
  },
})

/** Each count as it may be shown beside those of the other parts, which add up to that of all, the first. */
function shownCounts(parts: readonly CampaignPart[]): Shown[] {
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
