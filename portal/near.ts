import { chooseItems, SLOTS, type Campaign, type Choice, type PictureName } from '../core/domain/campaign.ts'
import { cityDay } from '../core/domain/day.ts'
import { metresBetween, type Category, type Site } from '../core/domain/site.ts'
import { appendEvent } from '../core/store/events.ts'
import { link } from './links.ts'
import type { Lang } from './messages.ts'
import type { ListItem, NearItem } from './pages.ts'
import type { Place, PortalParts } from './parts.ts'

/** A page with room for items. */
export interface SlotsPage {
  readonly site: Site
  readonly place: Place | null
  readonly lang: Lang
  /** The item or place that the page itself is about. */
  readonly except: string | null
}

/** What a page's slots hold. */
export interface Slots {
  readonly near: readonly NearItem[]
  /** Tells analytics, once the page has left; null where no device is known. */
  readonly tell: (() => Promise<void>) | null
}

const NOTHING_MET: ReadonlyMap<string, number> = new Map()

/** Fills a page's slots with items of the catalogue, nearest first; places nearby take what room is left. */
export async function fillSlots(parts: PortalParts, page: SlotsPage): Promise<Slots> {
  const { site: here, place, lang, except } = page
  const { sites, campaigns } = parts.tables.current
  const at = parts.now()
  const mac = place?.known.visit.mac ?? null
  const met = mac === null ? NOTHING_MET : await parts.met.of(mac, at)
  const choice = chooseItems(
    campaigns.filter(({ id }) => id !== except),
    { here, lang, day: cityDay(at), device: mac, met },
    { sites, key: parts.keys.campaign },
  )
  const visit = place?.known.visit.id ?? null
  const to = { here, visit, lang }
  const items = nearestFirst(
    choice.served.map((item) => ({ ...itemEntry(item, sites, to), picture: item.picture })),
  )
  const shown = new Set([
    except,
    ...[...choice.served, ...exceptItem(campaigns, except)].map(({ site }) => site),
  ])
  const places = nearestFirst(
    [...sites.values()]
      .filter((each) => each.category !== 'industrial-park' && each.promo !== null && !shown.has(each.id))
      .filter(({ id }) => id !== here.id)
      .map((each) => ({ ...placeEntry(each, to), picture: pictureOf(each) })),
  )
  return {
    near: [...items, ...places].slice(0, SLOTS),
    tell: place && (() => tellMet(parts, place, { choice, met, at, lang })),
  }
}

/** Where a list is read, and where its links lead. */
export interface ListReader {
  /** Null where nobody knows where the visitor is. */
  readonly here: Site | null
  readonly visit: string | null
  readonly lang: Lang
}

/** A place of the city in a list. */
export const placeEntry = (site: Site, to: ListReader): ListItem => ({
  name: site.name,
  line: null,
  kind: site.category,
  metres: metresTo(site, to.here),
  url: link(`/kham-pha/${site.id}`, to.visit, to.lang),
})

/** An item of the catalogue in a list. */
export function itemEntry(item: Campaign, sites: ReadonlyMap<string, Site>, to: ListReader): ListItem {
  const there = sites.get(item.site)
  return {
    name: item.name,
    line: item.line,
    kind: there?.category ?? 'tourist-site',
    metres: there ? metresTo(there, to.here) : null,
    url: link(`/kham-pha/${item.id}`, to.visit, to.lang),
  }
}

/** How far a place is from where the visitor is; null at the place itself, or where that is not known. */
export const metresTo = (there: Site, here: Site | null): number | null =>
  here === null || here.id === there.id ? null : metresBetween(here, there)

export const nearestFirst = <T extends { readonly metres: number | null }>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => (a.metres ?? 0) - (b.metres ?? 0))

/** What stands beside a place that nobody chose a drawing for; each keeps its own. */
export function pictureOf({ id, category }: Site): PictureName {
  const of = PICTURES_OF[category]
  return of[[...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % of.length]!
}

const PICTURES_OF: Readonly<Record<Category, readonly PictureName[]>> = {
  'tourist-site': ['temple', 'bridge', 'drum'],
  'craft-village': ['vase', 'hat', 'lacquer'],
  'industrial-park': ['factory'],
}

const exceptItem = (campaigns: readonly Campaign[], except: string | null): Campaign[] =>
  campaigns.filter(({ id }) => id === except)

/** The event first: should the count behind it be lost, analytics knows the event again. */
async function tellMet(
  { store, met: metItems }: PortalParts,
  { known, nas, site }: Place,
  of: { choice: Choice; met: ReadonlyMap<string, number>; at: number; lang: Lang },
): Promise<void> {
  const { choice, met, at, lang } = of
  const { mac } = known.visit
  const ids = (items: readonly Campaign[]): string[] => items.map(({ id }) => id)
  const fresh = (items: readonly Campaign[]): string[] => ids(items).filter((id) => !met.has(id))
  const [served, held] = [fresh(choice.served), fresh(choice.held)]
  if (served.length + held.length > 0)
    await appendEvent(store, { kind: 'items-met', at, nas: nas.id, site: site.id, mac, lang, served, held })
  const all = [...ids(choice.served), ...ids(choice.held)]
  if (all.length > 0) await metItems.note(mac, at, all)
}
