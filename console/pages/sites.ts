import { CATEGORIES, type Category, type Site } from '../../core/domain/site.ts'
import { NOTHING, type Tally } from '../figures/figures.ts'
import type { SiteLife, SiteState } from '../figures/state.ts'
import type { Wording } from '../wording.ts'
import { countStyle } from './figures.ts'

export interface Pill {
  /** Shape and colour: circle, diamond, square, ring. */
  readonly tone: 'ok' | 'warn' | 'bad' | 'none'
  readonly label: string
}

export interface SiteRow {
  readonly href: string
  readonly name: string
  readonly mark: Mark
  readonly online: string
  readonly visitors: string
  readonly sessions: string
  readonly data: string
  readonly pill: Pill
}

/** A category's shape and colour, with its name for whoever sees neither. */
export interface Mark {
  readonly letter: 't' | 'c' | 'i'
  readonly name: string
}

const LETTERS = { 'tourist-site': 't', 'craft-village': 'c', 'industrial-park': 'i' } as const

const TONES: Readonly<Record<SiteState, Pill['tone']>> = {
  live: 'ok',
  attention: 'warn',
  silent: 'bad',
  unknown: 'none',
  'no-gateway': 'none',
  planned: 'none',
}

export const STATES = Object.keys(TONES) as readonly SiteState[]

/** True for a site that gives Wi-Fi at this moment, as far as its gateway tells. */
export const isOnAir = (life: SiteLife): boolean => life.state === 'live' || life.state === 'attention'

export const pillOf = ({ say }: Wording, state: SiteState): Pill => ({
  tone: TONES[state],
  label: say(`state.${state}`),
})

export const markOf = ({ say }: Wording, category: Category): Mark => ({
  letter: LETTERS[category],
  name: say(`category.${category}`),
})

export const siteName = ({ lang }: Wording, site: Site): string => site.name[lang]

export const siteHref = (id: string): string => `/sites/${encodeURIComponent(id)}`

/** Rows of the table of sites, the busiest first. */
export function siteRows(
  wording: Wording,
  lives: readonly SiteLife[],
  tallies: ReadonlyMap<string, Tally>,
  exact: boolean,
): SiteRow[] {
  const { format } = wording
  const style = countStyle(wording, exact)
  return lives
    .map((life) => ({
      life,
      tally: tallies.get(life.site.id) ?? NOTHING,
      name: siteName(wording, life.site),
    }))
    .sort(
      (a, b) =>
        b.tally.visitors.count - a.tally.visitors.count ||
        b.life.online - a.life.online ||
        Number(a.life.state === 'planned') - Number(b.life.state === 'planned') ||
        a.name.localeCompare(b.name, wording.lang),
    )
    .map(({ life, tally, name }) => ({
      href: siteHref(life.site.id),
      name,
      mark: markOf(wording, life.site.category),
      online: format.number(life.online),
      visitors: style(tally.visitors.count),
      sessions: style(tally.sessions),
      data: format.gigabytes(tally.octets),
      pill: pillOf(wording, life.state),
    }))
}

export interface SitesPage {
  readonly title: string
  readonly sub: string
  readonly filters: readonly { readonly href: string; readonly label: string; readonly current: boolean }[]
  /** Set when only the sites of one state are shown. */
  readonly onlyState: string | null
  readonly rows: readonly SiteRow[]
}

export interface SitesFilter {
  readonly category: Category | null
  readonly state: SiteState | null
}

export const readFilter = (query: Readonly<Record<string, unknown>>): SitesFilter => ({
  category: CATEGORIES.find((category) => category === query['category']) ?? null,
  state: STATES.find((state) => state === query['state']) ?? null,
})

export function sitesPage(
  wording: Wording,
  given: {
    readonly lives: readonly SiteLife[]
    readonly tallies: ReadonlyMap<string, Tally>
    readonly exact: boolean
    readonly filter: SitesFilter
    readonly now: number
  },
): SitesPage {
  const { say, format } = wording
  const { lives, filter, now } = given
  const shown = lives.filter(
    ({ site, state }) =>
      (filter.category === null || site.category === filter.category) &&
      (filter.state === null || state === filter.state),
  )
  const link = (category: Category | null): string => {
    const query = new URLSearchParams()
    if (category) query.set('category', category)
    if (filter.state) query.set('state', filter.state)
    return query.size > 0 ? `/sites?${query.toString()}` : '/sites'
  }
  return {
    title: say('sites.title'),
    sub: say('sites.sub', {
      shown: format.number(shown.length),
      all: format.number(lives.length),
      date: format.date(now),
      time: format.clock(now),
    }),
    filters: [null, ...CATEGORIES].map((category) => ({
      href: link(category),
      label: category ? say(`category.${category}`) : say('sites.all'),
      current: category === filter.category,
    })),
    onlyState: filter.state && say(`state.${filter.state}`),
    rows: siteRows(wording, shown, given.tallies, given.exact),
  }
}
