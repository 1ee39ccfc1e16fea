import { ITEM_COUNTS, type CampaignPart, type ItemCounts } from '../domain/campaign-result.ts'
import type { Records, Transaction } from './database.ts'

/** City days, both included, and the ids of the sites whose pages count; null is all. */
export interface CampaignsAsked {
  readonly from: string
  readonly to: string
  readonly sites: readonly string[] | null
}

/** The items of which something was counted in these days, by id. */
export async function campaignsCounted(
  records: Records | Transaction,
  { from, to, sites }: CampaignsAsked,
): Promise<string[]> {
  const { rows } = await records.query<{ campaign: string }>(
    `SELECT DISTINCT campaign FROM campaign_totals t WHERE EXISTS (SELECT FROM campaign_days d
       WHERE d.campaign = t.campaign AND day BETWEEN $1 AND $2 AND ($3::text[] IS NULL OR site = ANY($3))) ORDER BY campaign`,
    [from, to, sites],
  )
  return rows.map(({ campaign }) => campaign)
}

/**
 * The counts of an item over some days: `all` first, then languages, then sites. `itemResult` says what they mean. Exact:
 * whatever shows them applies k-anonymity.
 */
export async function campaignParts(
  records: Records | Transaction,
  campaign: string,
  { from, to, sites }: CampaignsAsked,
): Promise<CampaignPart[]> {
  const { rows } = await records.query<CountsRow & Pick<CampaignPart, 'by' | 'value'>>(
    `SELECT by, value, ${SUMS} FROM (
       SELECT CASE WHEN GROUPING(lang) = 0 THEN 'language' WHEN GROUPING(site) = 0 THEN 'site' ELSE 'all' END AS by,
         coalesce(lang, site, '') AS value, day, ${OF_DAY} FROM campaign_days
       WHERE campaign = $1 AND day BETWEEN $2 AND $3 AND ($4::text[] IS NULL OR site = ANY($4))
       GROUP BY GROUPING SETS ((day), (day, lang), (day, site))) AS days
     GROUP BY by, value ORDER BY by, value`,
    [campaign, from, to, sites],
  )
  return rows.map(({ by, value, sums, most }) => ({
    by,
    value,
    counts: countsOf(sums),
    atLeast: countsOf(most),
  }))
}

/** An item and what is counted of it, by where and in which language. */
export interface CountedItem {
  readonly id: string
  readonly parts: readonly CampaignPart[]
}

/** Every item of which something was counted in these days. */
export async function itemsOfDays(
  records: Records | Transaction,
  days: Pick<CampaignsAsked, 'from' | 'to'>,
): Promise<CountedItem[]> {
  const asked = { ...days, sites: null }
  const counted: CountedItem[] = []
  for (const id of await campaignsCounted(records, asked))
    counted.push({ id, parts: await campaignParts(records, id, asked) })
  return counted
}

interface CountsRow {
  readonly sums: readonly number[]
  readonly most: readonly number[]
}

/** In SQL, in the order of ITEM_COUNTS. */
const COLUMNS = ITEM_COUNTS.map((_, i) => `c${i}`)
const OF_ARM: Readonly<Record<keyof ItemCounts, string>> = {
  served: "sum(devices) FILTER (WHERE arm = 'served')",
  held: "sum(devices) FILTER (WHERE arm = 'held')",
  opened: "sum(opened) FILTER (WHERE arm = 'served')",
  openedOtherwise: "sum(opened) FILTER (WHERE arm <> 'served')",
  visited: "sum(visited) FILTER (WHERE arm = 'served')",
  visitedHeld: "sum(visited) FILTER (WHERE arm = 'held')",
}
const OF_DAY = ITEM_COUNTS.map((name, i) => `coalesce(${OF_ARM[name]}, 0)::float8 AS ${COLUMNS[i]}`).join()
const listOf = (fold: 'sum' | 'max'): string =>
  `array[${COLUMNS.map((column) => `${fold}(${column})`).join()}]`
const SUMS = `${listOf('sum')} AS sums, ${listOf('max')} AS most`

function countsOf(list: readonly number[]): ItemCounts {
  const [served, held, opened, openedOtherwise, visited, visitedHeld] = list
  return {
    served: served ?? 0,
    held: held ?? 0,
    opened: opened ?? 0,
    openedOtherwise: openedOtherwise ?? 0,
    visited: visited ?? 0,
    visitedHeld: visitedHeld ?? 0,
  }
}
