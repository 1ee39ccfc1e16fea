import { addDays, cityDay } from '../domain/day.ts'
import type { Category } from '../domain/site.ts'
import { STANDARD_ERROR } from '../domain/sketch.ts'
import type { Records } from './database.ts'

/** Different devices. An estimate is within `relativeError` of the truth in 95 of 100 cases; exact figures have 0. */
export interface Visitors {
  readonly count: number
  readonly exact: boolean
  readonly relativeError: number
}

export interface TodayFigures {
  readonly onlineNow: number
  readonly visitors: Visitors
  /** Sessions that began today. */
  readonly sessions: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
}

/** Today so far. Exact figures for pages that apply k-anonymity themselves. */
export interface CityToday {
  readonly day: string
  readonly city: TodayFigures
  /** Only sites that ever had a session. */
  readonly sites: ReadonlyMap<string, TodayFigures>
  /** Devices seen at any site of a category; only categories that had one today. */
  readonly categories: ReadonlyMap<Category, Visitors>
}

interface VisitorsRow {
  visitors: number | null
  exact: boolean | null
}

interface TodayRow extends VisitorsRow {
  site: string
  online_now: string
  sessions: string
  from_octets: string
  to_octets: string
}

/** The city's and each site's figures of the city day that holds `now` (epoch ms). */
export async function cityToday(records: Records, now: number): Promise<CityToday> {
  const day = cityDay(now)
  const [figures, reach] = await Promise.all([
    sitesToday(records, null, now),
    records.query<VisitorsRow & { category: Category | 'all' }>(
      `SELECT category, visitors, exact FROM reach_totals
       WHERE period = 'day' AND starts_on = $1 AND category NOT LIKE 'operator %'`,
      [day],
    ),
  ])
  const all = [...figures.values()]
  return {
    day,
    city: {
      onlineNow: all.reduce((sum, site) => sum + site.onlineNow, 0),
      visitors: visitorsOf(reach.rows.find((row) => row.category === 'all')),
      sessions: all.reduce((sum, site) => sum + site.sessions, 0),
      fromVisitorOctets: all.reduce((sum, site) => sum + site.fromVisitorOctets, 0n),
      toVisitorOctets: all.reduce((sum, site) => sum + site.toVisitorOctets, 0n),
    },
    sites: figures,
    categories: new Map(
      reach.rows.flatMap((row) => (row.category === 'all' ? [] : [[row.category, visitorsOf(row)] as const])),
    ),
  }
}

/** Figures, by site, of the city day that holds `now` (epoch ms): of the sites listed (null is all) that ever had a session. */
export async function sitesToday(
  records: Records,
  sites: readonly string[] | null,
  now: number,
): Promise<ReadonlyMap<string, TodayFigures>> {
  const { rows } = await records.query<TodayRow>(
    `SELECT t.site, t.sessions - t.ended AS online_now, coalesce(d.sessions, 0) AS sessions,
       coalesce(d.from_visitor_octets, 0) AS from_octets, coalesce(d.to_visitor_octets, 0) AS to_octets,
       r.visitors, r.exact
     FROM site_totals t
     LEFT JOIN site_days d ON d.site = t.site AND d.day = $1
     LEFT JOIN reach_sketches r ON r.period = 'day' AND r.starts_on = $1 AND r.site = t.site
     WHERE $2::text[] IS NULL OR t.site = ANY($2)
     ORDER BY t.site`,
    [cityDay(now), sites],
  )
  return new Map(rows.map((row) => [row.site, figuresOf(row)]))
}

export interface DayFigures {
  readonly day: string
  readonly visitors: Visitors
  readonly sessions: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
}

/** The last `days` city days, oldest first and today last, of a site or (null) of the whole city. */
export async function lastDays(
  records: Records,
  { site, days, now }: { site: string | null; days: number; now: number },
): Promise<DayFigures[]> {
  const today = cityDay(now)
  const { rows } = await records.query<
    VisitorsRow & { day: string; sessions: string; from_octets: string; to_octets: string }
  >(
    `SELECT d.day::date AS day, s.sessions, s.from_octets, s.to_octets, r.visitors, r.exact
     FROM generate_series($1::date, $2::date, interval '1 day') AS d (day)
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(sessions), 0) AS sessions, coalesce(sum(from_visitor_octets), 0) AS from_octets,
         coalesce(sum(to_visitor_octets), 0) AS to_octets
       FROM site_days WHERE day = d.day::date AND ($3::text IS NULL OR site = $3)) AS s
     LEFT JOIN LATERAL (${site === null ? CITY_DAY : SITE_DAY}) AS r ON true
     ORDER BY 1`,
    [addDays(today, 1 - days), today, site],
  )
  return rows.map((row) => ({
    day: row.day,
    visitors: visitorsOf(row),
    sessions: Number(row.sessions),
    fromVisitorOctets: BigInt(row.from_octets),
    toVisitorOctets: BigInt(row.to_octets),
  }))
}

const SITE_DAY =
  "SELECT visitors, exact FROM reach_sketches WHERE period = 'day' AND starts_on = d.day::date AND site = $3"
const CITY_DAY =
  "SELECT visitors, exact FROM reach_totals WHERE period = 'day' AND starts_on = d.day::date AND category = 'all'"

function figuresOf(row: TodayRow): TodayFigures {
  return {
    onlineNow: Number(row.online_now),
    visitors: visitorsOf(row),
    sessions: Number(row.sessions),
    fromVisitorOctets: BigInt(row.from_octets),
    toVisitorOctets: BigInt(row.to_octets),
  }
}

/** 95 of 100 estimates lie within 1.96 standard errors. */
function visitorsOf(row: VisitorsRow | undefined): Visitors {
  const exact = row?.exact ?? true
  return {
    count: Math.round(row?.visitors ?? 0),
    exact,
    relativeError: exact ? 0 : 1.96 * STANDARD_ERROR,
  }
}
