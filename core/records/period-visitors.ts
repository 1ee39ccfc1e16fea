import { scopeName, type Scope } from '../domain/scope.ts'
import { STANDARD_ERROR } from '../domain/sketch.ts'
import type { Records } from './database.ts'
import { periodEnd, periodOf, type Period, type PeriodStart } from './periods.ts'
import { partFigures, type ReachPart } from './reach-parts.ts'

/** Different devices: what was counted, or an estimate, and between what the truth is in 95 of 100 cases. */
export interface DeviceFigure {
  readonly count: number
  readonly low: number
  readonly high: number
  readonly exact: boolean
}

/** A share between 0 and 1, and between what it is in 95 of 100 cases. */
export interface ShareFigure {
  readonly share: number
  readonly low: number
  readonly high: number
}

/** The devices that got online in a scope in one period. */
export interface PeriodVisitors extends PeriodStart {
  readonly visitors: DeviceFigure
  /** Those that had come on an earlier day, thirty days before at most; null where it was not counted. */
  readonly returning: DeviceFigure | null
  readonly firstTime: DeviceFigure | null
  /** How many of the devices had a made-up address: such a device may be counted again under its next one. */
  readonly randomised: ShareFigure | null
}

/** 95 of 100 estimates lie within so many standard errors. */
const OF_95 = 1.96

/**
 * Visitors of every day, week or month that has a day from `from` to `to`, in order; periods without any are absent. Figures
 * of several periods must never be added. Exact: whatever shows them applies k-anonymity.
 */
export async function visitorsOver(
  records: Records,
  scope: Scope,
  { period, from, to }: { readonly period: Period; readonly from: string; readonly to: string },
): Promise<PeriodVisitors[]> {
  const { rows } = await records.query<{ starts_on: string; visitors: number; exact: boolean }>(
    scope.kind === 'site'
      ? `SELECT starts_on, visitors, exact FROM reach_sketches
         WHERE period = $1 AND starts_on BETWEEN $2 AND $3 AND site = $4 ORDER BY starts_on`
      : `SELECT starts_on, visitors, exact FROM reach_totals
         WHERE period = $1 AND starts_on BETWEEN $2 AND $3 AND category = $4 ORDER BY starts_on`,
    [period, periodOf(period, from).startsOn, to, scope.kind === 'site' ? scope.site : scopeName(scope)],
  )
  const range = { period, from: periodOf(period, from).startsOn, to }
  const parts =
    period === 'day' ? await partsOfDays(records, scope, range) : await partsOfPeriods(records, scope, range)
  return rows.map(({ starts_on: startsOn, visitors, exact }) => {
    const figure = deviceFigure(visitors, exact)
    return { period, startsOn, visitors: figure, ...(parts(startsOn, figure) ?? NOT_COUNTED) }
  })
}

type Parts = Pick<PeriodVisitors, 'returning' | 'firstTime' | 'randomised'>

/** What is known of the parts of a period, which has so many visitors; null where they were not counted. */
type PartsOf = (startsOn: string, visitors: DeviceFigure) => Parts | null

const NOT_COUNTED: Parts = { returning: null, firstTime: null, randomised: null }

/** Of days the parts are counted device by device. */
async function partsOfDays(
  records: Records,
  scope: Scope,
  { from, to }: { from: string; to: string },
): Promise<PartsOf> {
  const { rows } = await records.query<{ day: string; counts: Record<string, number> }>(
    `SELECT day, json_object_agg(value, count) AS counts FROM device_counts
     WHERE scope = $1 AND day BETWEEN $2 AND $3 AND kind IN ('came', 'address') GROUP BY day`,
    [scopeName(scope), from, to],
  )
  const known = new Map(
    rows.map(({ day, counts }): [string, Parts] => {
      const { fixed = 0, randomised = 0, returning = 0 } = counts
      const share = randomised / (fixed + randomised)
      return [
        day,
        {
          returning: deviceFigure(returning, true),
          firstTime: deviceFigure(counts['new'] ?? 0, true),
          randomised: { share, low: share, high: share },
        },
      ]
    }),
  )
  return (day) => known.get(day) ?? null
}

/** Of weeks and months they are sketches of their own. A part that nobody is in has none. */
async function partsOfPeriods(
  records: Records,
  scope: Scope,
  { period, from, to }: { period: Period; from: string; to: string },
): Promise<PartsOf> {
  const end = periodEnd(periodOf(period, to))
  const [{ rows: counted }, figures] = await Promise.all([
    records.query<{ day: string }>(
      `SELECT d.day::date AS day FROM generate_series($1::date, $2::date - 1, interval '1 day') AS d (day)
       WHERE EXISTS (SELECT FROM device_counts WHERE device_counts.day = d.day::date AND kind = 'came')`,
      [from, end],
    ),
    partFigures(records, scope, { period, from, to }),
  ])
  const counts = new Set(counted.map(({ day }) => periodOf(period, day).startsOn))
  const known = new Map(
    figures.map(({ startsOn, part, visitors, exact }) => [
      `${startsOn} ${part}`,
      deviceFigure(visitors, exact),
    ]),
  )
  const nobody = deviceFigure(0, true)
  return (startsOn, visitors) => {
    if (!counts.has(startsOn)) return null
    const part = (name: ReachPart): DeviceFigure => known.get(`${startsOn} ${name}`) ?? nobody
    return partsOf(visitors, { fixed: part('fixed'), returning: part('returning') })
  }
}

function partsOf(
  visitors: DeviceFigure,
  { fixed, returning }: Readonly<Record<ReachPart, DeviceFigure>>,
): Parts {
  const share = (some: number, all: number): number => 1 - Math.min(1, some / Math.max(1, all))
  return {
    returning,
    firstTime: {
      count: Math.max(0, visitors.count - returning.count),
      low: Math.max(0, visitors.low - returning.high),
      high: Math.max(0, visitors.high - returning.low),
      exact: visitors.exact && returning.exact,
    },
    randomised: {
      share: share(fixed.count, visitors.count),
      low: share(fixed.high, visitors.low),
      high: share(fixed.low, visitors.high),
    },
  }
}

/** A count of devices with its interval. */
export function deviceFigure(count: number, exact: boolean): DeviceFigure {
  const error = exact ? 0 : OF_95 * STANDARD_ERROR
  return {
    count: Math.round(count),
    low: Math.round(count * (1 - error)),
    high: Math.round(count * (1 + error)),
    exact,
  }
}
