import { sumParts } from '../../core/records/campaign-parts.ts'
import { campaignParts, campaignsCounted, type CountedItem } from '../../core/records/campaign-results.ts'
import { inTransaction, type Records } from '../../core/records/database.ts'

/** Adds up what was put into `campaign_days` by hand, as collecting does when it counts; only once for a month. */
export const addUpItems = (records: Records, days: { from: string; to: string }): Promise<void> =>
  inTransaction(records, async (transaction) => {
    for (const table of ['campaign_day_parts', 'campaign_month_parts'] as const)
      await sumParts(transaction, table, days)
  })

/** What a month of every item is to be: what its days are, added up now. */
export async function itemsAddedUp(
  records: Records,
  days: { from: string; to: string },
): Promise<CountedItem[]> {
  const asked = { ...days, sites: null }
  const items: CountedItem[] = []
  for (const id of await campaignsCounted(records, asked))
    items.push({ id, parts: await campaignParts(records, id, asked) })
  return items
}
