import { CATEGORIES } from '../../core/domain/site.ts'
import { bar } from '../charts/bar.ts'
import { cityMap, type MapSite } from '../charts/map.ts'
import type { Outline } from '../charts/outline.ts'
import { NOTHING, type Everywhere } from '../figures/figures.ts'
import type { SiteLife } from '../figures/state.ts'
import type { Wording } from '../wording.ts'
import { isOnAir, markOf, siteName, type Mark } from './sites.ts'

/** Sites on the air of those in service, of one category. */
export interface CoverRow {
  readonly mark: Mark
  readonly bar: string
  readonly value: string
  readonly note: string
}

/** The map of all sites. */
export function drawnMap(
  wording: Wording,
  given: { lives: readonly SiteLife[]; everywhere: Everywhere; outline: Outline },
): string {
  const { say, format } = wording
  const places = given.lives.map((life): MapSite => {
    const { count } = (given.everywhere.sites.get(life.site.id) ?? NOTHING).visitors
    const name = siteName(wording, life.site)
    return {
      name,
      title: say('map.place', { name, state: say(`state.${life.state}`), count: format.number(count) }),
      category: life.site.category,
      lat: life.site.lat,
      lng: life.site.lng,
      visitors: count,
      look: life.state === 'silent' ? 'down' : life.state === 'planned' ? 'planned' : 'live',
    }
  })
  const count = (look: MapSite['look']): string =>
    format.number(places.filter((place) => place.look === look).length)
  return cityMap(given.outline, places, {
    title: say('map.title', { live: count('live'), down: count('down'), planned: count('planned') }),
    inner: say('map.inner'),
  })
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
