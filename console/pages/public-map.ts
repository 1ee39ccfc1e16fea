import type { PublicReach } from '../../core/domain/public-reach.ts'
import { CATEGORIES, type Site } from '../../core/domain/site.ts'
import { cityMap, type MapSite } from '../charts/map.ts'
import type { Outline } from '../charts/outline.ts'
import type { Wording } from '../wording.ts'
import { hoursText } from './own-page.ts'
import { markOf, siteName, type Mark } from './sites.ts'

export interface PublicMap {
  readonly title: string
  readonly lead: string
  readonly map: string
  /** What the size of a mark means; null while there is no figure. */
  readonly size: string | null
  readonly groups: readonly {
    readonly mark: Mark
    readonly count: string
    readonly sites: readonly {
      readonly name: string
      readonly where: string | null
      readonly hours: string
      readonly planned: boolean
    }[]
  }[]
}

/** Where there is Wi-Fi, for everybody: no state of a gateway, and no figure that is not public. */
export function publicMapPage(
  wording: Wording,
  given: {
    readonly sites: readonly Site[]
    readonly reach: readonly PublicReach[]
    readonly outline: Outline
  },
): PublicMap {
  const { say, format, lang } = wording
  const month = given.reach.reduce(
    (last, { period, startsOn }) => (period === 'month' && startsOn > last ? startsOn : last),
    '',
  )
  const visitors = new Map(
    given.reach.flatMap(({ period, startsOn, scope, figure }) =>
      period === 'month' && startsOn === month && scope.kind === 'site'
        ? [[scope.id, figure.visitors] as const]
        : [],
    ),
  )
  const sites = [...given.sites].sort((a, b) =>
    siteName(wording, a).localeCompare(siteName(wording, b), lang),
  )
  const places = sites.map((site): MapSite => {
    const name = siteName(wording, site)
    return {
      name,
      title: site.state === 'planned' ? say('public.map.planned', { name }) : name,
      category: site.category,
      lat: site.lat,
      lng: site.lng,
      visitors: visitors.get(site.id) ?? 0,
      look: site.state,
    }
  })
  const live = sites.filter(({ state }) => state === 'live').length
  const counts = { live: format.number(live), planned: format.number(sites.length - live) }
  return {
    title: say('public.map.title'),
    lead: say('public.map.lead', counts),
    map: cityMap(given.outline, places, { title: say('public.map.drawn', counts), inner: say('map.inner') }),
    size:
      visitors.size === 0
        ? null
        : say('public.map.size', { month: Number(month.slice(5, 7)), year: month.slice(0, 4) }),
    groups: CATEGORIES.map((category) => {
      const own = sites.filter((site) => site.category === category)
      return {
        mark: markOf(wording, category),
        count: format.number(own.length),
        sites: own.map((site) => ({
          name: siteName(wording, site),
          where: site.ward,
          hours: hoursText(wording, site.hours),
          planned: site.state === 'planned',
        })),
      }
    }).filter(({ sites }) => sites.length > 0),
  }
}
