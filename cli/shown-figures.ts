import { scopeName, type Scope } from '../core/domain/scope.ts'
import type { Records } from '../core/records/database.ts'
import { visitorsOver, type PeriodVisitors } from '../core/records/period-visitors.ts'
import { PERIODS } from '../core/records/periods.ts'
import { rangeFigures } from '../core/records/range-figures.ts'

/** The figures of a scope as `./hotspot figures show` prints them: of each day, week and month with a day in between. */
export async function shownFigures(
  records: Records,
  scope: Scope,
  days: { readonly from: string; readonly to: string },
): Promise<Readonly<Record<string, unknown>>[]> {
  const rows = []
  for (const period of PERIODS)
    for (const visitors of await visitorsOver(records, scope, { period, ...days })) {
      const { startsOn } = visitors
      const ofDay = period === 'day' ? await dayFigures(records, scope, startsOn) : {}
      rows.push({ scope: scopeName(scope), period, startsOn, ...visitorFigures(visitors), ...ofDay })
    }
  return rows
}

const visitorFigures = ({ visitors, returning, firstTime, randomised }: PeriodVisitors) => ({
  visitors: visitors.count,
  low: visitors.low,
  high: visitors.high,
  exact: visitors.exact,
  returning,
  firstTime,
  randomised,
})

async function dayFigures(records: Records, scope: Scope, day: string) {
  const figures = await rangeFigures(records, scope, { from: day, to: day })
  const { sessions, fromVisitorOctets, toVisitorOctets, peak, dwell, steps, outcomes, refusals } = figures
  return {
    sessions,
    fromVisitorOctets: String(fromVisitorOctets),
    toVisitorOctets: String(toVisitorOctets),
    peak,
    dwell,
    steps: counts(steps),
    outcomes: counts(outcomes),
    refusals: counts(refusals),
    systems: counts(figures.systems),
    languages: counts(figures.languages),
  }
}

const counts = (all: readonly { readonly value: string; readonly count: number }[]) =>
  Object.fromEntries(all.map(({ value, count }) => [value, count]))
