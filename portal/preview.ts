import type { Campaign } from '../core/domain/campaign.ts'
import { cityDay } from '../core/domain/day.ts'
import type { Lang } from '../core/domain/language.ts'
import type { Site } from '../core/domain/site.ts'
import { factsOf } from './welcome.ts'
import { actionsOf } from './links.ts'
import { chooseItems } from '../core/domain/campaign.ts'
import { drawAt, NOTHING_MET, slotsOf } from './near.ts'
import { createPages } from './pages.ts'

/** A splash that nobody stands before. */
export interface PreviewAsked {
  /** As its draft would make it. */
  readonly site: Site
  readonly lang: Lang
  readonly sites: ReadonlyMap<string, Site>
  readonly campaigns: readonly Campaign[]
  /** That of the portal's draws. */
  readonly key: Buffer
  /** Epoch ms. */
  readonly now: number
  /** Where this preview is in another language. */
  readonly urlFor: (lang: Lang) => string
}

/** The document, and the hash of its style sheet as `style-src` takes it. */
export interface Preview {
  readonly html: string
  readonly style: string
}

/** The splash of a first visitor, drawn by the very templates of the portal; its links lead nowhere. */
export function createPreview(): (asked: PreviewAsked) => Preview {
  const pages = createPages()
  return ({ site, lang, sites, campaigns, key, now, urlFor }) => {
    const page = { site, tables: { sites, campaigns }, except: null }
    const drawn = drawAt(page, { lang, day: cityDay(now), device: null }, key)
    const near = slotsOf(page, chooseItems(drawn, NOTHING_MET))
    const actions = actionsOf('preview', lang, site.login)
    const nowhere = Object.fromEntries(
      Object.entries(actions).map(([name, url]) => [name, url === null ? null : '#']),
    ) as unknown as typeof actions
    const html = pages.render({
      kind: 'splash',
      lang,
      languages: pages.languageLinks(urlFor),
      site: { name: site.name, category: site.category, ...(site.promo && { promo: site.promo }) },
      actions: nowhere,
      visit: null,
      near: near.map(({ view }) => ({ ...view({ here: site, visit: null, lang }), url: '#' })),
      notices: [],
      ...factsOf(site),
    })
    return { html, style: pages.styleHash }
  }
}
