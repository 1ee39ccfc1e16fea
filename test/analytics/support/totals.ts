import type { Records } from '../../../core/records/database.ts'

type Table =
  | 'campaignDays'
  | 'campaignDayParts'
  | 'campaignMonthParts'
  | 'campaignTotals'
  | 'campaignDevices'
  | 'days'
  | 'dayCounts'
  | 'totals'
  | 'totalCounts'
  | 'visitors'
  | 'deviceCounts'
  | 'deviceDays'
  | 'deviceMonths'
  | 'minutes'
  | 'sessions'
  | 'events'
  | 'portalEvents'
  | 'rejects'
export type Totals = Readonly<Record<Table, unknown[]>>

/** Everything that events add up to, as comparable rows; what is random (keys, seals, sketches) left out. */
export async function allTotals(records: Records): Promise<Totals> {
  const of = async (query: string): Promise<unknown[]> => (await records.query<object>(query)).rows
  return {
    campaignDays: await of('SELECT * FROM campaign_days ORDER BY campaign, day, site, lang, arm'),
    campaignDayParts: await of('SELECT * FROM campaign_day_parts ORDER BY day, campaign, by, value'),
    campaignMonthParts: await of('SELECT * FROM campaign_month_parts ORDER BY month, campaign, by, value'),
    campaignTotals: await of('SELECT * FROM campaign_totals ORDER BY campaign, arm'),
    campaignDevices: await of(
      `SELECT day, campaign, held, met_at, opened, visited, site, lang, count(*) FROM campaign_devices
       GROUP BY day, campaign, held, met_at, opened, visited, site, lang
       ORDER BY day, campaign, held, met_at, opened, visited, site, lang`,
    ),
    days: await of('SELECT * FROM site_days ORDER BY site, day'),
    dayCounts: await of('SELECT * FROM site_day_counts ORDER BY site, day, kind, value'),
    totals: await of('SELECT * FROM site_totals ORDER BY site'),
    totalCounts: await of('SELECT * FROM site_total_counts ORDER BY site, kind, value'),
    visitors: await of(
      'SELECT period, starts_on, site, visitors, exact FROM reach_sketches ORDER BY period, starts_on, site',
    ),
    deviceCounts: await of('SELECT * FROM device_counts ORDER BY scope, day, kind, value'),
    deviceDays: await of('SELECT day, facts FROM device_days ORDER BY day, facts'),
    deviceMonths: await of('SELECT month, days FROM device_months ORDER BY month, days'),
    minutes: await of('SELECT * FROM site_minutes ORDER BY at, site'),
    sessions: await of(
      `SELECT nas, site, method, lang, os, device_randomised, started_at, heard_at, ended_at, cause, seconds,
         from_visitor_octets, to_visitor_octets, version FROM session_log ORDER BY id, started_at`,
    ),
    events: await of('SELECT * FROM session_events ORDER BY session_id, known_at, stream, seq'),
    portalEvents: await of('SELECT * FROM portal_events ORDER BY known_at, site, kind, value'),
    rejects: await of('SELECT stream, reason FROM collector_rejects ORDER BY stream, entry_id'),
  }
}
