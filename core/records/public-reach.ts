import { addDays, cityDay, dayBegins, monthOf, weekOf } from '../domain/day.ts'
import { isOfTwoMonths, publicReach, type PublicReach } from '../domain/public-reach.ts'
import { CATEGORIES, type Category } from '../domain/site.ts'
import type { Records } from './database.ts'
import { periodEnd, type Period, type PeriodStart } from './periods.ts'

const DAY_MS = 86_400_000
/** How far back figures are told. */
const MONTHS = 13

/**
 * Whether a period can be told. Events count up to seven days late in a month; of a day and a week, as long as their keys
 * live. A week of two months waits for the second of them: what is told of all three depends on each other.
 */
function isSettled(of: PeriodStart, at: number): boolean {
  const end = periodEnd(of)
  if (of.period === 'month') return at >= dayBegins(end) + 8 * DAY_MS
  if (of.period === 'week' && isOfTwoMonths(of.startsOn))
    return isSettled({ period: 'month', startsOn: monthOf(addDays(end, -1)) }, at)
  return at >= dayBegins(end) + DAY_MS
}

/**
 * The reach that everybody may know, of the months up to `at` (epoch ms: until then everything is counted), in order. A
 * figure is told once nothing can change it any more, so that nobody learns from how it grows. `categoryOf` has the sites
 * that are told.
 */
export async function readPublicReach(
  records: Records,
  { at, categoryOf }: { readonly at: number; readonly categoryOf: ReadonlyMap<string, Category> },
): Promise<PublicReach[]> {
  let first = monthOf(cityDay(at))
  for (let i = 1; i < MONTHS; i++) first = monthOf(addDays(first, -1))
  const { rows } = await records.query<{
    period: Period
    starts_on: string
    site: string | null
    category: Category | 'all' | null
    visitors: number
    exact: boolean
  }>(
    `SELECT period, starts_on, site, NULL AS category, visitors, exact FROM reach_sketches WHERE starts_on >= $1
     UNION ALL
     SELECT period, starts_on, NULL, category, visitors, exact FROM reach_totals
     WHERE starts_on >= $1 AND (category = 'all' OR category = ANY($2))`,
    [weekOf(first), CATEGORIES],
  )
  const counted = rows.map(({ period, starts_on: startsOn, site, category, visitors, exact }) => {
    const settled = isSettled({ period, startsOn }, at)
    const scope =
      site !== null
        ? ({ kind: 'site', id: site } as const)
        : category === 'all' || category === null
          ? ({ kind: 'city' } as const)
          : ({ kind: 'category', id: category } as const)
    return { period, startsOn, scope, visitors, exact, settled }
  })
  return publicReach(counted, categoryOf)
}
