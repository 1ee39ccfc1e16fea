import { scopeName, type Scope } from '../domain/scope.ts'
import { STANDARD_ERROR, type Sketch } from '../domain/sketch.ts'
import type { Records } from './database.ts'
import { periodEnd, periodOf, type Period, type PeriodStart } from './periods.ts'
import { mergedPart } from './reach-parts.ts'
import { sitesIn } from './scopes.ts'

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
  const sites = await sitesIn(records, scope)
  const days = period === 'day' ? await partsOfDays(records, scope, { from, to }) : null
  const found: PeriodVisitors[] = []
  for (const { starts_on: startsOn, visitors, exact } of rows) {
    const figure = deviceFigure(visitors, exact)
    const parts = days
      ? (days.get(startsOn) ?? null)
      : await partsOf(records, { period, startsOn }, { sites, visitors: figure })
    found.push({ period, startsOn, visitors: figure, ...(parts ?? NOT_COUNTED) })
  }
  return found
}

type Parts = Pick<PeriodVisitors, 'returning' | 'firstTime' | 'randomised'>

const NOT_COUNTED: Parts = { returning: null, firstTime: null, randomised: null }

/** Of days the parts are counted device by device. */
async function partsOfDays(
  records: Records,
  scope: Scope,
  { from, to }: { from: string; to: string },
): Promise<ReadonlyMap<string, Parts>> {
  const { rows } = await records.query<{ day: string; counts: Record<string, number> }>(
    `SELECT day, json_object_agg(value, count) AS counts FROM device_counts
     WHERE scope = $1 AND day BETWEEN $2 AND $3 AND kind IN ('came', 'address') GROUP BY day`,
    [scopeName(scope), from, to],
  )
  return new Map(
    rows.map(({ day, counts }) => {
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
}

/** Of weeks and months they are sketches of their own. A part that nobody is in has none. */
async function partsOf(
  records: Records,
  of: PeriodStart,
  { sites, visitors }: { sites: readonly string[] | null; visitors: DeviceFigure },
): Promise<Parts | null> {
  const counted = await records.query(
    `SELECT FROM device_counts WHERE kind = 'came' AND day >= $1 AND day < $2 LIMIT 1`,
    [of.startsOn, periodEnd(of)],
  )
  if (counted.rowCount === 0) return null
  const figure = async (part: 'fixed' | 'returning'): Promise<DeviceFigure> =>
    sketchFigure(await mergedPart(records, of, part, sites))
  const [fixed, returning] = [await figure('fixed'), await figure('returning')]
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

const sketchFigure = (sketch: Sketch): DeviceFigure => deviceFigure(sketch.estimate(), sketch.exact)

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
