import type { Campaign } from '../core/domain/campaign.ts'
import type { Lang } from '../core/domain/language.ts'
import { withOwnPage, type OwnPage } from '../core/domain/own-page.ts'
import type { Site } from '../core/domain/site.ts'
import type { Person } from '../core/records/people.ts'
import { findSite } from '../core/records/lists.ts'
import type { SitePages } from '../core/records/own-pages.ts'
import type { Records } from '../core/records/database.ts'
import type { Tables } from '../core/store/tables.ts'
import { sitesOf } from './access.ts'

/** Draws the portal's splash of a site as a draft makes it; whoever starts the console hands in the portal's own. */
export type DrawPreview = (asked: {
  readonly site: Site
  readonly lang: Lang
  readonly sites: ReadonlyMap<string, Site>
  readonly campaigns: readonly Campaign[]
  readonly key: Buffer
  readonly now: number
  readonly urlFor: (lang: Lang) => string
}) => { readonly html: string; readonly style: string }

/** A site as the records have it, without its own page; null where it is none of the person's. */
export const recordedSite = (records: Records, person: Person, id: string): Promise<Site | null> =>
  findSite(records, id, sitesOf(person))

/** The page that is worked on, else the live one, else what the record of the site says. */
export const pageNow = ({ inWork, live }: SitePages, recorded: Site): OwnPage =>
  inWork?.page ??
  live?.page ?? { greeting: recorded.promo ?? { vi: '', en: '' }, hours: 'recorded', near: null }

/** A site as it would be if a page were live. */
export const siteWith = (recorded: Site, page: OwnPage): Site =>
  page.greeting.vi === '' ? recorded : withOwnPage(recorded, page)

/** Ids that may stand near a site: all items, and places that have something to say. */
export const nearIds = ({ sites, campaigns }: Tables): ReadonlySet<string> =>
  new Set([
    ...campaigns.map(({ id }) => id),
    ...[...sites.values()].filter((site) => isShownNear(site)).map(({ id }) => id),
  ])

/** Places that the portal puts beside items. */
export const isShownNear = ({ category, promo }: Site): boolean =>
  category !== 'industrial-park' && promo !== null

/** Who may approve a page that he wrote himself. */
export const mayDecideAlone = ({ role }: Person): boolean => role === 'city'
