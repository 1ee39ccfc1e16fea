import { itemResult, shownCounts } from '../../domain/campaign-result.ts'
import { campaignParts, campaignsCounted } from '../campaign-results.ts'
import { isWanted, tableOf } from './table.ts'

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
