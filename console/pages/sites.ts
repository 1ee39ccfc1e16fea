import type { Category, Site } from '../../core/domain/site.ts'
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
  /** Ward and operator, where they are told. */
  readonly where: string
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
  given: {
    readonly tallies: ReadonlyMap<string, Tally>
    readonly exact: boolean
    readonly where?: (site: Site) => string
  },
): SiteRow[] {
  const { format } = wording
  const { tallies, exact, where } = given
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
      where: where?.(life.site) ?? '',
      online: format.number(life.online),
      visitors: style(tally.visitors.count),
      sessions: style(tally.sessions),
      data: format.gigabytes(tally.octets),
      pill: pillOf(wording, life.state),
    }))
}
