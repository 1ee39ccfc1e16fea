import {
  chooseItems,
  drawItems,
  SLOTS,
  type Campaign,
  type Choice,
  type Drawn,
  type Moment,
  type PictureName,
} from '../core/domain/campaign.ts'
import { cityDay } from '../core/domain/day.ts'
import { metresBetween, type Category, type Site } from '../core/domain/site.ts'
import { appendEvent } from '../core/store/events.ts'
import { Later } from '../core/store/later.ts'
import type { DeviceDay, Met } from '../core/store/met-items.ts'
import type { Tables } from '../core/store/tables.ts'
import { Lately } from '../core/domain/lately.ts'
import { link } from './links.ts'
import type { Lang } from './messages.ts'
import type { ListItem, NearItem } from './pages.ts'
import type { Place, PortalParts } from './parts.ts'

/** A page with room for items. */
export interface SlotsPage {
  /** Those that the page is made from. */
  readonly tables: Tables
  readonly site: Site
  readonly place: Place | null
  readonly lang: Lang
  /** The item or place that the page itself is about. */
  readonly except: string | null
  /** What the visitor's device met today. */
  readonly met: Met
}

/** What stands in a slot. */
export interface Chosen {
  /** Tells it from all else that may stand in a slot of the same tables, site and language. */
  readonly key: string
  readonly view: (to: ListReader) => NearItem
}

/** What a page's slots hold. */
export interface Slots {
  readonly near: readonly Chosen[]
  /** Tells analytics, once the page has left; null where no device is known. */
  readonly tell: (() => Later<unknown>) | null
}

export const NOTHING_MET: Met = new Map()

/** What the device of a visit met today. */
export const metOf = ({ met, now }: PortalParts, { known }: Place): PromiseLike<Met> =>
  met.of(met.day(known.visit.mac, now()))

/** Fills a page's slots with items of the catalogue, nearest first; places nearby take what room is left. */
export function fillSlots(parts: PortalParts, begun: SlotsPage): Slots {
  const { place, tables } = begun
  // The page may have begun before the tables changed; what is kept of these is made from their own site.
  const page = { ...begun, site: tables.sites.get(begun.site.id) ?? begun.site }
  const at = parts.now()
  const draw = drawFor(parts, page, cityDay(at))
  return place
    ? fillFrom(parts, draw, { ...page, place, at, day: parts.met.day(place.known.visit.mac, at) })
    : { near: lastOrNew(draw, page).near, tell: null }
}

/** The same for a device whose draw is at hand. */
export function fillFrom(
  parts: PortalParts,
  draw: Draw,
  page: SlotsPage & { readonly place: Place; readonly at: number; readonly day: DeviceDay },
): Slots {
  const { choice, near } = lastOrNew(draw, page)
  return { near, tell: () => tellMet(parts, choice, page) }
}

/** What a page's slots hold after a choice. */
export function slotsOf(
  { tables: { sites, campaigns }, site: here, except }: Around & Pick<SlotsPage, 'except'>,
  choice: Choice,
): readonly Chosen[] {
  const items = nearestFirst(choice.served).map(({ item }) => ({
    key: `item ${item.id}`,
    view: (to: ListReader) => ({ ...itemEntry(item, sites, to), picture: item.picture }),
  }))
  const shown = new Set([
    except,
    ...choice.served.map(({ item }) => item.site),
    ...campaigns.filter(({ id }) => id === except).map(({ site }) => site),
  ])
  const places =
    items.length === SLOTS
      ? []
      : placesAround(here, sites).filter(({ id }) => !shown.has(id) && mayShow(here, id))
  return [
    ...items,
    ...places.slice(0, SLOTS - items.length).map((each) => ({
      key: `place ${each.id}`,
      view: (to: ListReader) => ({ ...placeEntry(each, to), picture: pictureOf(each) }),
    })),
  ]
}

/** A place, and what there is around it. */
export interface Around {
  readonly tables: Pick<Tables, 'sites' | 'campaigns'>
  readonly site: Site
}

/** The draw of a device, or of nobody, at a place on a day. */
export const drawAt = (
  { tables: { sites, campaigns }, site }: Around,
  moment: Omit<Moment, 'here'>,
  key: Buffer,
): readonly Drawn[] =>
  drawItems(
    campaigns.filter(({ id }) => mayShow(site, id)),
    { here: site, ...moment },
    { sites, key },
  )

/** A device's draw, or that of nobody at a place, and what its last page held. */
export interface Draw {
  readonly site: string
  readonly lang: Lang
  readonly day: string
  readonly drawn: readonly Drawn[]
  last: { readonly except: string | null; readonly choice: Choice; readonly near: readonly Chosen[] } | null
}

/** Draws of the same tables, of those who were here of late: most come back for a page or two, at the same place. */
const draws = new WeakMap<Tables, Lately<Draw>>()
const MOST_DRAWS = 8192

export function drawFor(
  { keys }: Pick<PortalParts, 'keys'>,
  { site, place, lang, tables }: Omit<SlotsPage, 'met' | 'except'>,
  day: string,
): Draw {
  let known = draws.get(tables)
  if (!known) draws.set(tables, (known = new Lately<Draw>(MOST_DRAWS)))
  const device = place?.known.visit.mac ?? null
  const who = device ?? `nobody at ${site.id}`
  const last = known.get(who)
  if (last?.site === site.id && last.lang === lang && last.day === day) return last
  const drawn = drawAt({ tables, site }, { lang, day, device }, keys.campaign)
  const draw = { site: site.id, lang, day, drawn, last: null }
  known.set(who, draw)
  return draw
}

/** What a page's slots hold, the same object as long as it is the same. */
function lastOrNew(draw: Draw, page: SlotsPage): NonNullable<Draw['last']> {
  const { last, drawn } = draw
  const choice = chooseItems(drawn, page.met, page.except)
  if (last?.except === page.except && isSame(choice, last.choice)) return last
  const made = { except: page.except, choice, near: slotsOf(page, choice) }
  draw.last = made
  return made
}

const isSame = (one: Choice, other: Choice): boolean =>
  isSameList(one.served, other.served) && isSameList(one.held, other.held)

function isSameList(one: readonly Drawn[], other: readonly Drawn[]): boolean {
  if (one.length !== other.length) return false
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}

/** Whether the site of a page has room for an item or a place: those who run it may have named some. */
const mayShow = ({ near }: Site, id: string): boolean => near?.includes(id) ?? true

/** Worked out once for each place of the same tables. */
const around = new WeakMap<ReadonlyMap<string, Site>, Map<string, readonly Site[]>>()

/** Other places that have something to tell, nearest first. */
function placesAround(here: Site, sites: ReadonlyMap<string, Site>): readonly Site[] {
  const known = around.get(sites) ?? new Map<string, readonly Site[]>()
  around.set(sites, known)
  const places =
    known.get(here.id) ??
    nearestFirst(
      [...sites.values()]
        .filter(
          ({ id, category, promo }) => category !== 'industrial-park' && promo !== null && id !== here.id,
        )
        .map((site) => ({ site, metres: metresBetween(here, site) })),
    ).map(({ site }) => site)
  known.set(here.id, places)
  return places
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

/** The event first: should the count behind it be lost, analytics knows the event again. */
function tellMet(
  { line, met: metItems }: PortalParts,
  choice: Choice,
  { place, met, day, at, lang }: Parameters<typeof fillFrom>[2],
): Later<unknown> {
  const served = idsOf(choice.served)
  const held = idsOf(choice.held)
  const all = held.length === 0 ? served : [...served, ...held]
  if (all.length === 0) return Later.of(undefined)
  const note = (): Later<void> => metItems.note(day, met, all)
  const isFresh = (id: string): boolean => !met.has(id)
  if (!all.some(isFresh)) return note()
  return appendEvent(line, {
    kind: 'items-met',
    at,
    nas: place.nas.id,
    site: place.site.id,
    mac: place.known.visit.mac,
    lang,
    served: served.filter(isFresh),
    held: held.filter(isFresh),
  }).map(note)
}

const idsOf = (items: readonly Drawn[]): string[] => items.map(({ item }) => item.id)
