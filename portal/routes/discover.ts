import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  CAMPAIGN_CATEGORIES,
  isEligible,
  isInSeason,
  type CampaignCategory,
} from '../../core/domain/campaign.ts'
import { cityDay } from '../../core/domain/day.ts'
import type { Category, Site } from '../../core/domain/site.ts'
import { appendEvent } from '../../core/store/events.ts'
import { visitOf } from '../cookies.ts'
import { link } from '../links.ts'
import type { Lang } from '../messages.ts'
import { itemEntry, metresTo, nearestFirst, pictureOf, placeEntry, type ListReader } from '../near.ts'
import { senderFor } from '../page-model.ts'
import type { DiscoverGroup, DiscoverItem } from '../pages.ts'
import type { Place, PortalParts } from '../parts.ts'
import { isOnline, placeOf } from '../places.ts'

/** A city may have thousands of places; a page has to fit the first TCP flight. */
const OF_A_CATEGORY = 24

const CATEGORY_OF: Readonly<Record<Category, CampaignCategory>> = {
  'tourist-site': 'heritage',
  'craft-village': 'craft',
  'industrial-park': 'invest',
}

/** What there is to see in the city and at this very place: before login and after it, with a visit or without. */
export function discoverRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.get('/kham-pha', async (request, reply) => {
    const place = await placeFor(parts, request)
    const sender = senderFor(parts, request, place)
    const groups = groupsFor(parts, place, sender.lang)
    return sender.page(reply, 200, place?.site ?? null, { kind: 'discover-list', groups, near: true })
  })

  app.get('/kham-pha/:slug', async (request, reply) => {
    const place = await placeFor(parts, request)
    const sender = senderFor(parts, request, place)
    const { slug } = request.params as { slug: string }
    const found = findItem(parts, slug, place?.site ?? null)
    if (!found) return reply.redirect(link('/kham-pha', place?.known.visit.id ?? null, sender.lang), 302)
    if (found.isCampaign && place)
      countOpened(parts, { request, reply, place, item: slug, lang: sender.lang })
    const mapUrl = await mapFor(parts, place, found.there)
    const page = { kind: 'discover', item: found.item, mapUrl, near: { except: slug } } as const
    return sender.page(reply, 200, place?.site ?? null, page)
  })

  app.get('/noi-nay', async (request, reply) => {
    const place = await placeFor(parts, request)
    const sender = senderFor(parts, request, place)
    if (!place) return reply.redirect(link('/kham-pha', null, sender.lang), 302)
    const { site } = place
    const mapUrl = await mapFor(parts, place, site)
    return sender.page(reply, 200, site, { kind: 'venue', hours: site.hours ?? [], mapUrl, near: true })
  })
}

const placeFor = (parts: PortalParts, request: FastifyRequest): Promise<Place | null> =>
  placeOf(parts, (request.query as { v?: string }).v ?? visitOf(request))

/** Today's items, held back from the slots or not, then places, nearest first. */
function groupsFor(parts: PortalParts, place: Place | null, lang: Lang): DiscoverGroup[] {
  const { sites, campaigns } = parts.tables.current
  const here = place?.site ?? null
  const to: ListReader = { here, visit: place?.known.visit.id ?? null, lang }
  const day = cityDay(parts.now())
  const items = campaigns.filter((item) =>
    here ? isEligible(item, { here, lang, day }, sites) : isInSeason(item.dates, day),
  )
  const places = [...sites.values()].filter((site) => site.promo !== null && site.id !== here?.id)
  return CAMPAIGN_CATEGORIES.map((category) => ({
    category,
    items: [
      ...nearestFirst(
        items.filter((item) => item.category === category).map((item) => itemEntry(item, sites, to)),
      ),
      ...nearestFirst(
        places.filter((site) => CATEGORY_OF[site.category] === category).map((site) => placeEntry(site, to)),
      ),
    ].slice(0, OF_A_CATEGORY),
  })).filter((group) => group.items.length > 0)
}

interface Found {
  readonly item: DiscoverItem
  readonly there: Site
  readonly isCampaign: boolean
}

/** An item of the catalogue, or a place that has something to tell. */
function findItem({ tables }: PortalParts, slug: string, here: Site | null): Found | null {
  const { sites, campaigns } = tables.current
  const campaign = campaigns.find(({ id }) => id === slug)
  const there = sites.get(campaign?.site ?? slug)
  if (!there) return null
  const of = { category: there.category, metres: metresTo(there, here), hours: there.hours ?? [] }
  if (campaign) {
    const { name, text, picture, when = null } = campaign
    return { item: { ...of, name, text, picture, when }, there, isCampaign: true }
  }
  if (!there.promo) return null
  const item = { ...of, name: there.name, text: there.promo, picture: pictureOf(there), when: null }
  return { item, there, isCampaign: false }
}

/** Nobody can say of a reader without a visit whether he was counted today, so he is not. */
function countOpened(
  parts: PortalParts,
  of: { request: FastifyRequest; reply: FastifyReply; place: Place; item: string; lang: string },
): void {
  const { place, item, lang } = of
  parts.afterReply.add(of.request, of.reply, () =>
    appendEvent(parts.line, {
      kind: 'item-opened',
      at: parts.now(),
      nas: place.nas.id,
      site: place.site.id,
      mac: place.known.visit.mac,
      lang,
      item,
    }),
  )
}

/** A map outside the portal; before login it cannot be reached. */
async function mapFor(parts: PortalParts, place: Place | null, { lat, lng }: Site): Promise<string | null> {
  if (!place || !(await isOnline(parts, place))) return null
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lng}#map=16/${lat}/${lng}`
}
