import type { Campaign } from '../core/domain/campaign.ts'
import { isEligible } from '../core/domain/campaign.ts'
import { cityDay } from '../core/domain/day.ts'
import { metresBetween, type Site } from '../core/domain/site.ts'
import type { Keys } from '../core/process/keys.ts'
import { parseItem } from '../core/process/campaign-schema.ts'
import type { Fault } from '../core/process/city-file.ts'
import { draftItem, findItem, proposeItem, type ItemChanged } from '../core/records/campaign-work.ts'
import type { Records } from '../core/records/database.ts'
import type { Person } from '../core/records/people.ts'
import type { Tables } from '../core/store/tables.ts'
import { maySee, scopeOf, sitesOf } from './access.ts'
import type { DrawPreview } from './own-pages.ts'

export type ItemWritten =
  | ItemChanged
  | { readonly kind: 'faulty'; readonly faults: readonly Fault[] }
  | { readonly kind: 'refused'; readonly reason: 'forbidden' }

/** Keeps what somebody writes of an item of his sites: a new one (`basedOn` null), or another version. */
export async function writeItem(
  { records, tables }: { readonly records: Records; readonly tables: () => Tables },
  person: Person,
  {
    written,
    basedOn,
    now,
  }: { readonly written: object; readonly basedOn: number | null; readonly now: number },
): Promise<ItemWritten> {
  const parsed = parseItem(written, [...tables().sites.values()])
  if ('faults' in parsed) return { kind: 'faulty', faults: parsed.faults }
  const { item } = parsed
  if (!maySee(scopeOf(person), item.site)) return { kind: 'refused', reason: 'forbidden' }
  const by = { who: person.name, now }
  if (basedOn === null) return draftItem(records, item, by)
  // One of another's sites is none, so that he does not learn which there are.
  if (!(await findItem(records, item.id, sitesOf(person)))) return { kind: 'refused', reason: 'no-item' }
  return proposeItem(records, { item, basedOn }, by)
}

/** A place whose splash would show an item: the nearest of those it is for, else the nearest of all; null: there is none. */
export function shownAt(item: Campaign, sites: ReadonlyMap<string, Site>, now: number): Site | null {
  const there = sites.get(item.site)
  const elsewhere = [...sites.values()].filter(({ id }) => id !== item.site)
  if (!there || elsewhere.length === 0) return null
  const day = item.dates?.from.padStart(10, '2024-') ?? cityDay(now)
  const lang = item.audience.languages?.[0] ?? 'vi'
  const meant = elsewhere.filter((here) => isEligible(item, { here, lang, day }, sites))
  return [...(meant.length > 0 ? meant : elsewhere)].sort(
    (a, b) => metresBetween(a, there) - metresBetween(b, there),
  )[0]!
}

/** A splash that shows an item, in whatever season and for whomever it is meant: it is the item that is looked at. */
export function previewItem(
  { tables, keys, preview }: Desk,
  item: Campaign,
  asked: Pick<Parameters<DrawPreview>[0], 'lang' | 'now' | 'urlFor'>,
): ReturnType<DrawPreview> | null {
  const { sites } = tables()
  const here = shownAt(item, sites, asked.now)
  return (
    here &&
    preview({
      ...asked,
      site: { ...here, near: undefined },
      sites,
      campaigns: [{ ...item, dates: undefined, audience: {} }],
      key: keys.campaign,
    })
  )
}

interface Desk {
  readonly tables: () => Tables
  readonly keys: Keys
  readonly preview: DrawPreview
}
