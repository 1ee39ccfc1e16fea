import { cityDay } from '../domain/day.ts'
import { campaignTotals, type CampaignTotals } from './campaign-counts.ts'
import type { Records } from './database.ts'
import { PERIODS, periodOf, type Period } from './periods.ts'

/** A site's figures since the records began, and the sessions open now. */
export interface SiteFigures {
  readonly site: string
  readonly sessionsOpen: number
  readonly sessionsStarted: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
}

/** What metrics show: running totals, and visitors of the periods that `now` is in. */
export interface RunningFigures {
  readonly sites: readonly SiteFigures[]
  readonly counts: readonly { site: string; kind: 'funnel' | 'refusal'; value: string; count: number }[]
  readonly visitors: readonly { site: string; period: Period; visitors: number }[]
  /** `category` may be `all`. */
  readonly reach: readonly { category: string; period: Period; visitors: number }[]
  readonly campaigns: readonly CampaignTotals[]
}

/** Reads the running figures: some rows a site, however many sessions there were. */
export async function runningFigures(records: Records, now: number): Promise<RunningFigures> {
  const today = cityDay(now)
  const current = [[...PERIODS], PERIODS.map((period) => periodOf(period, today).startsOn)]
  const inCurrent = '(period, starts_on) IN (SELECT * FROM unnest($1::text[], $2::date[]))'
  const [sites, counts, visitors, reach, campaigns] = await Promise.all([
    records.query<TotalsRow>('SELECT * FROM site_totals'),
    records.query<RunningFigures['counts'][number]>(
      "SELECT site, kind, value, count FROM site_total_counts WHERE kind IN ('funnel', 'refusal')",
    ),
    records.query<RunningFigures['visitors'][number]>(
      `SELECT site, period, visitors FROM reach_sketches WHERE ${inCurrent}`,
      current,
    ),
    records.query<RunningFigures['reach'][number]>(
      `SELECT category, period, visitors FROM reach_totals WHERE ${inCurrent} AND category NOT LIKE 'operator %'`,
      current,
    ),
    campaignTotals(records),
  ])
  return {
    sites: sites.rows.map((row) => ({
      site: row.site,
      sessionsOpen: Number(row.sessions) - Number(row.ended),
      sessionsStarted: Number(row.sessions),
      fromVisitorOctets: BigInt(row.from_visitor_octets),
      toVisitorOctets: BigInt(row.to_visitor_octets),
    })),
    counts: counts.rows,
    visitors: visitors.rows.map((row) => ({ ...row, visitors: Math.round(row.visitors) })),
    reach: reach.rows.map((row) => ({ ...row, visitors: Math.round(row.visitors) })),
    campaigns,
  }
}

interface TotalsRow {
  site: string
  sessions: string
  ended: string
  from_visitor_octets: string
  to_visitor_octets: string
}
