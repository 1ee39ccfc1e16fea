import type { CampaignPart } from '../domain/campaign-result.ts'
import { PART_OF_DAYS, PART_OF_MONTH, partOf, partsOfDays, type PartRow } from './campaign-parts.ts'
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
  const { rows } = await records.query<{ part: PartRow }>(
    `SELECT ${PART_OF_DAYS} AS part FROM (${partsOfDays(
      'campaign_days WHERE campaign = $1 AND day BETWEEN $2 AND $3 AND ($4::text[] IS NULL OR site = ANY($4))',
    )}) AS days GROUP BY by, value ORDER BY by, value`,
    [campaign, from, to, sites],
  )
  return rows.map(({ part }) => partOf(part))
}

/** An item and what is counted of it, by where and in which language. */
export interface CountedItem {
  readonly id: string
  readonly parts: readonly CampaignPart[]
}

/** Every item of which something was counted in a month, given as its first day, by id; the parts as `campaignParts` has them. */
export async function itemsOfMonth(records: Records | Transaction, month: string): Promise<CountedItem[]> {
  const { rows } = await records.query<{ id: string; parts: PartRow[] }>(
    `SELECT campaign AS id, json_agg(${PART_OF_MONTH} ORDER BY by, value) AS parts FROM campaign_month_parts
     WHERE month = $1 GROUP BY campaign ORDER BY campaign`,
    [month],
  )
  return rows.map(({ id, parts }) => ({ id, parts: parts.map(partOf) }))
}
