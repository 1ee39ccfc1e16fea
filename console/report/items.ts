import { shownCounts } from '../../core/domain/campaign-result.ts'
import type { CountedItem } from '../../core/records/campaign-results.ts'
import { listCampaigns } from '../../core/records/campaigns.ts'
import type { Records } from '../../core/records/database.ts'
import { itemWords, type ItemWords } from '../pages/item-results.ts'
import type { Wording } from '../wording.ts'

/** What items did in a month, the most served first, and those of which too little is known, in one sentence. */
export interface ItemsPart {
  readonly rows: readonly (ItemWords & { readonly name: string })[]
  readonly few: string | null
}

/** Of what was counted on all pages, the items of all or those of a site. */
export async function itemsPart(
  records: Records,
  wording: Wording,
  { counted, site }: { readonly counted: readonly CountedItem[]; readonly site: string | null },
): Promise<ItemsPart> {
  // One that is no more has no name.
  const names = new Map((await listCampaigns(records)).map(({ id, record }) => [id, record.name]))
  const rows: (ItemsPart['rows'][number] & { readonly count: number })[] = []
  const few: string[] = []
  for (const { id, parts } of counted) {
    // What a site may be told depends on what is told of the others: their sum is in the city's report.
    const shown = shownCounts(parts)
    const place = site === null ? 0 : parts.findIndex(({ by, value }) => by === 'site' && value === site)
    if (place < 0) continue
    const name = names.get(id)?.[wording.lang] ?? id
    const words = itemWords(wording, shown[place])
    if (words) rows.push({ name, count: parts[place]!.counts.served, ...words })
    else few.push(name)
  }
  rows.sort((a, b) => b.count - a.count)
  few.sort((a, b) => a.localeCompare(b, wording.lang))
  return {
    rows,
    few: few.length === 0 ? null : wording.say('report.items.few', { names: few.join(', ') }),
  }
}
