import { metresBetween, type Category, type Site } from '../core/domain/site.ts'
import { link } from './links.ts'
import type { Lang } from './messages.ts'
import type { NearItem } from './pages.ts'
import type { PictureName } from './views/pictures.ts'

const SHOWN = 3

const KIND: Readonly<Record<Category, { vi: string; en: string }>> = {
  'tourist-site': { vi: 'Điểm tham quan', en: 'Place to visit' },
  'craft-village': { vi: 'Làng nghề', en: 'Craft village' },
  'industrial-park': { vi: 'Khu công nghiệp', en: 'Industrial park' },
}

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
      line: {
        vi: `${KIND[site.category].vi}, cách ${distance(metres, 'vi')}`,
        en: `${KIND[site.category].en}, ${distance(metres, 'en')} away`,
      },
      url: link(`/kham-pha/${site.id}`, visit, lang),
      picture: PICTURES[site.category][i % PICTURES[site.category].length]!,
    }))
}

function distance(metres: number, lang: string): string {
  if (metres < 950) return `${Math.max(50, Math.round(metres / 50) * 50)} m`
  const kilometres = metres / 1000
  return `${kilometres.toLocaleString(lang, { maximumFractionDigits: kilometres < 10 ? 1 : 0 })} km`
}
