import { CATEGORIES } from '../../core/domain/site.ts'
import type { Outline } from '../charts/outline.ts'
import type { Tally } from '../figures/figures.ts'
import type { SiteLife } from '../figures/state.ts'
import type { Wording } from '../wording.ts'
import { drawnMap } from './coverage.ts'
import { filterSites, type SiteFilter } from './site-filter.ts'
import { markOf, siteRows, type Mark, type SiteRow } from './sites.ts'

/** Every site that somebody may see, or those that he asks for: a table, and the map of the same sites. */
export interface SiteList extends Omit<SiteFilter, 'shown' | 'others'> {
  readonly title: string
  readonly sub: string
  /** Null where no site is shown. */
  readonly map: string | null
  /** What the marks of the map stand for. */
  readonly key: readonly Mark[]
  readonly rows: readonly SiteRow[]
}

export function siteList(
  wording: Wording,
  given: {
    /** His sites alone. */
    readonly lives: readonly SiteLife[]
    readonly query: Readonly<Record<string, unknown>>
    /** Names of their operators by id. */
    readonly operators: ReadonlyMap<string, string>
    readonly tallies: ReadonlyMap<string, Tally>
    readonly exact: boolean
    readonly outline: Outline
    readonly now: number
  },
): SiteList {
  const { say, format } = wording
  const { lives, operators, tallies, exact, outline, now } = given
  const operatorName = (id: string): string => operators.get(id) ?? id
  const { shown, others, ...filter } = filterSites(wording, lives, given.query, operatorName)
  const hasOneOperator = new Set(lives.map(({ site }) => site.operator)).size === 1
  const categories = CATEGORIES.filter((category) => shown.some(({ site }) => site.category === category))
  return {
    ...filter,
    title: say('sites.title'),
    sub: say('sites.sub', {
      shown: format.number(shown.length),
      all: format.number(lives.length),
      date: format.date(now),
      time: format.clock(now),
    }),
    map: shown.length === 0 ? null : drawnMap(wording, { lives: shown, others, tallies, exact, outline }),
    key: categories.map((category) => markOf(wording, category)),
    rows: siteRows(wording, shown, {
      tallies,
      exact,
      where: ({ ward, operator }) =>
        [ward, hasOneOperator ? null : operatorName(operator)].filter((part) => part !== null).join(' · '),
    }),
  }
}
