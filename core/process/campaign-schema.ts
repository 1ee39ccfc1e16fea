import { z } from 'zod'
import { CAMPAIGN_CATEGORIES, PICTURES, type Campaign } from '../domain/campaign.ts'
import { LANGUAGES, type Lang } from '../domain/language.ts'
import { CATEGORIES, type Site } from '../domain/site.ts'
import type { Fault } from './city-file.ts'
import { id } from './site-schema.ts'

/** Some phones hide what carries these words in its address. */
const HIDDEN_WORDS =
  /(^|[^a-z])(ads?|adverts?|banners?|sponsor(s|ed)?|promos?|promotions?|campaigns?)([^a-z]|$)/

/** Of device-days; enough to compare with, while nine in ten see what there is. */
const HOLD_OUT = 0.1

/** A page must fit the first TCP flight, however much there is to say. */
const texts = (most: number) => {
  const text = z.string().trim().min(1).max(most)
  const others = LANGUAGES.filter((lang) => lang !== 'vi' && lang !== 'en')
  const optional = Object.fromEntries(others.map((lang) => [lang, text.optional()])) as Record<
    Exclude<Lang, 'vi' | 'en'>,
    z.ZodOptional<typeof text>
  >
  return z.strictObject({ vi: text, en: text, ...optional })
}

const dates = z
  .strictObject({ from: z.string(), to: z.string() })
  .refine(({ from, to }) => [from, to].every(isDate) || [from, to].every(isDayOfYear), {
    error: 'both are dates such as 2026-11-21, or both are days of each year such as 11-21',
  })
  .refine(({ from, to }) => !isDate(from) || !isDate(to) || from <= to, 'it ends before it begins')

const isDate = (text: string): boolean => {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN
  // JavaScript takes 30 February for 2 March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
/** 2024 had a 29 February. */
const isDayOfYear = (text: string): boolean => /^\d{2}-\d{2}$/.test(text) && isDate(`2024-${text}`)

const share = z.number().min(0).max(0.5)

const item = z.strictObject({
  id: id.refine((text) => !HIDDEN_WORDS.test(text), 'it stands in an address, where phones hide this word'),
  category: z.enum(CAMPAIGN_CATEGORIES),
  site: id,
  picture: z.enum(PICTURES),
  name: texts(80),
  line: texts(120),
  text: texts(600),
  when: texts(80).optional(),
  dates: dates.optional(),
  audience: z
    .strictObject({
      sites: z.array(id).min(1).optional(),
      categories: z.array(z.enum(CATEGORIES)).min(1).optional(),
      withinKilometres: z.number().positive().optional(),
      languages: z.array(z.enum(LANGUAGES)).min(1).optional(),
    })
    .default({}),
  perDay: z.number().int().min(1).max(100).default(6),
  weight: z.number().int().min(1).max(100).default(1),
  holdOut: share.optional(),
})

/** The catalogue as the city file has it; each item leaves with the share that is held back from it. */
export const campaigns = z
  .strictObject({ holdOut: share.default(HOLD_OUT), items: z.array(item).default([]) })
  .transform(({ holdOut, items }): readonly Campaign[] =>
    items.map((each) => ({ ...each, holdOut: each.holdOut ?? holdOut })),
  )

/** Checks one item written by hand, which is held to the same rules; paths begin at the item. */
export function parseItem(
  json: unknown,
  sites: readonly Site[],
): { item: Campaign } | { faults: readonly Fault[] } {
  const result = campaigns.safeParse({ items: [json] })
  if (!result.success)
    return {
      faults: result.error.issues.map(({ path, message }) => ({ path: path.slice(2).join('.'), message })),
    }
  const [written] = result.data
  const faults = campaignFaults([written!], sites)
  return faults.length > 0
    ? { faults: faults.map((fault) => ({ ...fault, path: fault.path.replace('$.campaigns.items[0].', '') })) }
    : { item: written! }
}

/** What a schema cannot say of the items: addresses of their own, and sites that exist. */
export function campaignFaults(items: readonly Campaign[], sites: readonly Site[]): Fault[] {
  const known = new Set(sites.map((site) => site.id))
  const taken = new Map(sites.map((site) => [site.id, 'a site']))
  return items.flatMap((each, i) => {
    const at = `$.campaigns.items[${i}]`
    const faults: Fault[] = []
    const owner = taken.get(each.id)
    if (owner) faults.push({ path: `${at}.id`, message: `"${each.id}" is already the address of ${owner}` })
    taken.set(each.id, at)
    const named = [
      { path: 'site', site: each.site },
      ...(each.audience.sites ?? []).map((site, k) => ({ path: `audience.sites[${k}]`, site })),
    ]
    for (const { path, site } of named)
      if (!known.has(site)) faults.push({ path: `${at}.${path}`, message: `there is no site "${site}"` })
    return faults
  })
}
