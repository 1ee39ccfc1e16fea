import { addDays } from '../domain/day.ts'
import { HISTOGRAM_ERROR, quantile } from '../domain/histogram.ts'
import { LEAST_SHOWN_CROSSED } from '../domain/k-anonymity.ts'
import { scopeName, type Scope } from '../domain/scope.ts'
import type { Records } from './database.ts'
import type { Counted } from './day-counts.ts'
import type { DeviceCountKind } from './device-counts.ts'

/** City days, both included. */
interface Days {
  readonly from: string
  readonly to: string
}

/** Devices, each once a day. Of several days one device may be many: `atLeast` so many different ones there are. */
export interface CountedDevices extends Counted {
  readonly atLeast: number
}

/** The middle of some values and what nine of ten do not exceed, each within `relativeError` of the truth. */
export interface Spread {
  readonly visits: number
  readonly median: number | null
  readonly p90: number | null
  readonly relativeError: number
}

/** What city days at a scope add up to. Exact but for the spreads: whatever shows it applies k-anonymity. */
export interface RangeFigures {
  readonly sessions: number
  readonly seconds: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
  /** Sessions by how their visitors logged in. */
  readonly methods: readonly Counted[]
  /** How often somebody was refused, by reason. */
  readonly refusals: readonly Counted[]
  readonly languages: readonly CountedDevices[]
  readonly systems: readonly CountedDevices[]
  readonly families: readonly CountedDevices[]
  /** `new` and `returning`, day by day. */
  readonly came: readonly CountedDevices[]
  /** How far devices got: `touch`, `splash`, `tap`, `online`, each with all those after it. */
  readonly steps: readonly CountedDevices[]
  /** What became of the devices that saw the splash: `online`, or `code`, `quota`, `closed`, `radius`, `nas`, `gave-up`. */
  readonly outcomes: readonly CountedDevices[]
  /** How long visits were, in seconds. */
  readonly dwell: Spread
  /** What visits moved, in octets. */
  readonly octetsOfVisits: Spread
  /** The most sessions open at a minute's beginning, and when that was first (epoch ms). */
  readonly peak: { readonly sessions: number; readonly at: number } | null
  /** Devices online in each hour, from Monday on, each once an hour and day; and how many days each weekday had. */
  readonly hours: readonly (readonly number[])[]
  readonly weekdays: readonly number[]
}

/** What is summed up over the days, each named: the ways of a day outnumber all else a hundred times. */
const SUMMED: readonly DeviceCountKind[] = [
  'language',
  'device',
  'family',
  'address',
  'came',
  'step',
  'outcome',
  'dwell',
  'octets',
]

interface CountRow {
  kind: DeviceCountKind
  value: string
  count: number
  at_least: number
}

/** The figures of city days (`YYYY-MM-DD`) at a scope. */
export async function rangeFigures(records: Records, scope: Scope, range: Days): Promise<RangeFigures> {
  // A site's days are its own; those of more sites are summed up as they come in.
  const [days, countsOfDays, column] =
    scope.kind === 'site'
      ? ['site_days', 'site_day_counts', 'site']
      : ['scope_days', 'scope_day_counts', 'scope']
  const whose = scope.kind === 'site' ? scope.site : scopeName(scope)
  const between = [range.from, range.to]
  const [sums, events, counts, peak] = await Promise.all([
    records.query<{ sessions: string; seconds: string; from_octets: string; to_octets: string }>(
      `SELECT coalesce(sum(sessions), 0) AS sessions, coalesce(sum(seconds), 0) AS seconds,
         coalesce(sum(from_visitor_octets), 0) AS from_octets, coalesce(sum(to_visitor_octets), 0) AS to_octets
       FROM ${days} WHERE ${column} = $3 AND day BETWEEN $1 AND $2`,
      [...between, whose],
    ),
    records.query<{ kind: 'method' | 'refusal'; value: string; count: number }>(
      `SELECT kind, value, sum(count) AS count FROM ${countsOfDays}
       WHERE ${column} = $3 AND day BETWEEN $1 AND $2 AND kind IN ('method', 'refusal')
       GROUP BY kind, value ORDER BY count DESC, value`,
      [...between, whose],
    ),
    records.query<CountRow>(
      `SELECT kind, value, sum(count)::float8 AS count, max(count)::float8 AS at_least FROM device_counts
       WHERE scope = $3 AND day BETWEEN $1 AND $2 AND kind = ANY($4)
       GROUP BY kind, value ORDER BY count DESC, value`,
      [...between, scopeName(scope), SUMMED],
    ),
    records.query<{ peak: string; peak_at: Date }>(
      'SELECT peak, peak_at FROM day_peaks WHERE scope = $3 AND day BETWEEN $1 AND $2 ORDER BY peak DESC, peak_at LIMIT 1',
      [...between, scopeName(scope)],
    ),
  ])
  const devices = (kind: DeviceCountKind): CountedDevices[] =>
    counts.rows
      .filter((row) => row.kind === kind)
      .map(({ value, count, at_least: atLeast }) => ({ value, count, atLeast }))
  const eventsOf = (kind: 'method' | 'refusal'): Counted[] =>
    events.rows.filter((row) => row.kind === kind).map(({ value, count }) => ({ value, count }))
  const spread = (kind: 'dwell' | 'octets'): Spread => {
    const rows = counts.rows.filter((row) => row.kind === kind)
    const histogram = new Map(rows.map(({ value, count }) => [Number(value), count]))
    return {
      visits: rows.reduce((sum, { count }) => sum + count, 0),
      median: quantile(histogram, 0.5),
      p90: quantile(histogram, 0.9),
      relativeError: HISTOGRAM_ERROR,
    }
  }
  const [sum] = sums.rows
  const [most] = peak.rows
  return {
    sessions: Number(sum?.sessions),
    seconds: Number(sum?.seconds),
    fromVisitorOctets: BigInt(sum?.from_octets ?? 0),
    toVisitorOctets: BigInt(sum?.to_octets ?? 0),
    methods: eventsOf('method'),
    refusals: eventsOf('refusal'),
    languages: devices('language'),
    systems: devices('device'),
    families: devices('family'),
    came: devices('came'),
    steps: devices('step'),
    outcomes: devices('outcome'),
    dwell: spread('dwell'),
    octetsOfVisits: spread('octets'),
    peak: most ? { sessions: Number(most.peak), at: most.peak_at.getTime() } : null,
    ...(await hoursOfWeek(records, scope, range)),
  }
}

/** Hours past a day's midnight are of the next day: a visit that goes on over midnight is counted with the day it began. */
async function hoursOfWeek(
  records: Records,
  scope: Scope,
  { from, to }: Days,
): Promise<Pick<RangeFigures, 'hours' | 'weekdays'>> {
  const { rows } = await records.query<{ day: string; hour: number; count: number }>(
    `SELECT day + value::integer / 24 AS day, value::integer % 24 AS hour, sum(count)::float8 AS count
     FROM device_counts WHERE scope = $1 AND kind = 'hour' AND day BETWEEN $2::date - 1 AND $3
     GROUP BY 1, 2`,
    [scopeName(scope), from, to],
  )
  const hours = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  const weekdays = new Array<number>(7).fill(0)
  for (let day = from; day <= to; day = addDays(day, 1)) weekdays[weekdayOf(day)]!++
  for (const { day, hour, count } of rows)
    if (day >= from && day <= to) hours[weekdayOf(day)]![hour]! += count
  return { hours, weekdays }
}

/** Monday is 0. */
const weekdayOf = (day: string): number => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7

/** Devices that went on from one site to another on the same day. */
export interface Flow {
  readonly from: string
  readonly to: string
  /** Each once a day. */
  readonly devices: number
}

/**
 * Ways from site to site, the most used first. A day's way counts only when at least twenty devices took it, so that nobody's
 * own way is among them.
 */
export async function flows(records: Records, { from, to }: Days): Promise<Flow[]> {
  const { rows } = await records.query<{ value: string; count: number }>(
    // Only the city has ways. Sums that leave days out let PostgreSQL see how many rows there are, so that it hashes and does
    // not sort them all.
    `SELECT value, (sum(count) FILTER (WHERE count >= $3))::float8 AS count FROM device_counts
     WHERE kind = 'flow' AND day BETWEEN $1 AND $2
     GROUP BY value HAVING max(count) >= $3 ORDER BY count DESC, value`,
    [from, to, LEAST_SHOWN_CROSSED],
  )
  return rows.map(({ value, count }) => {
    const [start = '', end = ''] = value.split(' ')
    return { from: start, to: end, devices: count }
  })
}
