import { LEAST_SHOWN, safeList } from '../../domain/k-anonymity.ts'
import { rowsOf, blocksOf, type Query } from '../cursor.ts'
import { deviceFigure } from '../period-visitors.ts'
import { PERIODS, periodOf, type Period } from '../periods.ts'
import { cameOn, safeVisitors } from './site-days.ts'
import { daysOf, isWanted, tableOf, type ExportAsked } from './table.ts'

interface ScopeVisitors {
  readonly period: Period
  readonly starts_on: string
  readonly kind: 'city' | 'category' | 'site'
  /** The category, that of the site too; empty for the city. */
  readonly category: string
  readonly site: string
  readonly visitors: number
  readonly exact: boolean
  readonly new: number | null
  readonly returning: number | null
}

/** Sites in the order of the table of days, where the same ones are withheld. */
const VISITORS = `
  SELECT r.period, r.starts_on, 'site' AS kind, coalesce(sites.record->>'category', '') AS category, r.site,
    round(r.visitors) AS visitors, r.exact, came.new, came.returning
  FROM reach_sketches r LEFT JOIN sites ON sites.id = r.site
  LEFT JOIN ${cameOn('$2')} ON came.site = r.site AND r.period = 'day'
  WHERE r.period = $1 AND r.starts_on = $2 AND ($3::text[] IS NULL OR r.site = ANY($3))
  UNION ALL
  SELECT period, starts_on, CASE category WHEN 'all' THEN 'city' ELSE 'category' END,
    CASE category WHEN 'all' THEN '' ELSE category END, '', round(visitors), exact, NULL, NULL
  FROM reach_totals WHERE period = $1 AND starts_on = $2 AND $3::text[] IS NULL AND category NOT LIKE 'operator %'
  ORDER BY kind, category, site`

function* periodsOf(asked: ExportAsked): Generator<Query, void> {
  for (const period of PERIODS) {
    const starts = new Set([...daysOf(asked)].map((day) => periodOf(period, day).startsOn))
    for (const start of starts) yield { text: VISITORS, values: [period, start, asked.sites] }
  }
}

export const visitors = tableOf({
  what: 'Visitors of days, weeks and months',
  columns: {
    period: 'text',
    starts_on: 'day',
    category: 'text',
    site: 'text',
    visitors: 'integer',
    low: 'integer',
    high: 'integer',
    exact: 'boolean',
  },
  async *rows(records, asked) {
    const rows = rowsOf<ScopeVisitors>(records, periodsOf(asked))
    for await (const block of blocksOf(rows, ({ period, starts_on }) => `${period} ${starts_on}`)) {
      const hidden = hiddenOf(block)
      for (const row of block) {
        const { period, starts_on, category, site, kind } = row
        // Days of sites are a table of their own.
        if (!isWanted(asked, site) || (kind === 'site' && period === 'day')) continue
        const isShown = !hidden.has(row) && (row.visitors === 0 || row.visitors >= LEAST_SHOWN)
        const figure = isShown ? deviceFigure(row.visitors, row.exact) : null
        yield {
          period,
          starts_on,
          category,
          site,
          visitors: figure?.count ?? null,
          low: figure?.low ?? null,
          high: figure?.high ?? null,
          exact: row.exact,
        }
      }
    }
  },
})

/** Sites are withheld for each other's sake within a category, categories within the city. */
function hiddenOf(block: readonly ScopeVisitors[]): ReadonlySet<ScopeVisitors> {
  const hidden = new Set<ScopeVisitors>()
  const of = (kind: ScopeVisitors['kind']): ScopeVisitors[] => block.filter((row) => row.kind === kind)
  const untold = new Set<string>()
  for (const category of new Set(of('site').map((row) => row.category))) {
    const sites = of('site').filter((row) => row.category === category)
    const safe = safeVisitors(sites)
    for (const [i, row] of sites.entries()) if (safe.rowTotals[i] === null) hidden.add(row)
    if (safe.total === null) untold.add(category)
  }
  const categories = of('category')
  const counts = categories.map((row) => row.visitors)
  const safe = safeList(
    counts,
    LEAST_SHOWN,
    categories.map((row) => (untold.has(row.category) ? 0 : row.visitors)),
  )
  for (const [i, row] of categories.entries()) if (safe.cells[i] === null) hidden.add(row)
  if (safe.total === null) for (const row of of('city')) hidden.add(row)
  return hidden
}
