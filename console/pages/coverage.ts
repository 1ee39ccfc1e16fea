import { CATEGORIES } from '../../core/domain/site.ts'
import { LEAST_SHOWN } from '../../core/domain/k-anonymity.ts'
import { bar } from '../charts/bar.ts'
import { cityMap, type MapSite } from '../charts/map.ts'
import type { Outline } from '../charts/outline.ts'
import { NOTHING, type Everywhere, type Tally } from '../figures/figures.ts'
import type { SiteLife } from '../figures/state.ts'
import type { Wording } from '../wording.ts'
import { countStyle } from './figures.ts'
import { isOnAir, markOf, siteName, type Mark } from './sites.ts'

/** Sites on the air of those in service, of one category. */
export interface CoverRow {
  readonly mark: Mark
  readonly bar: string
  readonly value: string
  readonly note: string
}

/** The map of sites; the others, where some are left out, stand faintly around them. */
export function drawnMap(
  wording: Wording,
  given: {
    readonly lives: readonly SiteLife[]
    readonly others?: readonly SiteLife[]
    readonly tallies: ReadonlyMap<string, Tally>
    readonly exact: boolean
    readonly outline: Outline
  },
): string {
  const { say, format } = wording
  const style = countStyle(wording, given.exact)
  const places = given.lives.map((life): MapSite => {
    const { count } = (given.tallies.get(life.site.id) ?? NOTHING).visitors
    const name = siteName(wording, life.site)
    return {
      name,
      title: say('map.place', { name, state: say(`state.${life.state}`), count: style(count) }),
      category: life.site.category,
      lat: life.site.lat,
      lng: life.site.lng,
      // The size of a mark must not tell what its words hide.
      visitors: given.exact || count >= LEAST_SHOWN ? count : 0,
      look: life.state === 'silent' ? 'down' : life.state === 'planned' ? 'planned' : 'live',
    }
  })
  const count = (look: MapSite['look']): string =>
    format.number(places.filter((place) => place.look === look).length)
  const words = {
    title: say('map.title', { live: count('live'), down: count('down'), planned: count('planned') }),
    inner: say('map.inner'),
  }
  return cityMap(
    given.outline,
    places,
    words,
    given.others?.map(({ site }) => site),
  )
}

export function coverage(
  wording: Wording,
  lives: readonly SiteLife[],
  { categories }: Everywhere,
): CoverRow[] {
  const { say, format } = wording
  const looks = { 'tourist-site': 'track', 'craft-village': 'craft', 'industrial-park': 'industry' } as const
  return CATEGORIES.map((category) => {
    const own = lives.filter(({ site, state }) => site.category === category && state !== 'planned')
    const onAir = own.filter(isOnAir).length
    return {
      mark: markOf(wording, category),
      bar: bar(own.length === 0 ? 0 : onAir / own.length, looks[category]),
      value: `${format.number(onAir)} / ${format.number(own.length)}`,
      note: say('cover.visitors', { count: format.number(categories.get(category)?.count ?? 0) }),
    }
  })
}

/** Who gets Wi-Fi next, or null. */
export function plannedNames(wording: Wording, lives: readonly SiteLife[]): string | null {
  const names = lives.filter(({ state }) => state === 'planned').map(({ site }) => siteName(wording, site))
  if (names.length === 0) return null
  const most = 4
  const shown = names.slice(0, most).join(', ')
  return names.length > most
    ? wording.say('city.planned.more', { names: shown, more: names.length - most })
    : wording.say('city.planned', { names: shown })
}
