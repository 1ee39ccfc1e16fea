import { metresBetween, type Category, type Site } from '../core/domain/site.ts'
import { link } from './links.ts'
import type { Lang } from './messages.ts'
import type { NearItem } from './pages.ts'
import type { PictureName } from './views/pictures.ts'

const SHOWN = 3

const PICTURES: Readonly<Record<Category, readonly PictureName[]>> = {
  'tourist-site': ['temple', 'bridge', 'drum'],
  'craft-village': ['vase', 'incense', 'silk'],
  'industrial-park': ['factory'],
}

/** The three nearest places of the city that visitors go to. */
export function nearby(here: Site, sites: Iterable<Site>, visit: string | null, lang: Lang): NearItem[] {
  return [...sites]
    .filter((site) => site.id !== here.id && site.category !== 'industrial-park' && site.promo !== null)
    .map((site) => ({ site, metres: metresBetween(here, site) }))
    .sort((a, b) => a.metres - b.metres)
    .slice(0, SHOWN)
    .map(({ site, metres }, i) => ({
      name: site.name,
      line: { category: site.category, metres },
      url: link(`/kham-pha/${site.id}`, visit, lang),
      picture: PICTURES[site.category][i % PICTURES[site.category].length]!,
    }))
}
