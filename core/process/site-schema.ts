import { z } from 'zod'
import { WEEKDAYS } from '../domain/hours.ts'
import type { Lang } from '../domain/language.ts'
import { withinCategory } from '../domain/limits.ts'
import { parseMac, type Mac } from '../domain/mac.ts'
import { CATEGORIES, LOGIN_METHODS, type Categories, type Site, type SiteLimits } from '../domain/site.ts'
import type { Fault } from './city-file.ts'

export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'an id is 1 to 64 of a–z, 0–9, dot, dash, underscore')
const text = z.string().min(1)
export const bilingual = z.strictObject({ vi: text, en: text })
/** Vietnamese and English, and any other language of the pages that somebody has written. */
const localText = z.strictObject({
  vi: text,
  en: text,
  'zh-Hans': text.optional(),
  ko: text.optional(),
  'zh-Hant': text.optional(),
  ja: text.optional(),
  fr: text.optional(),
  ru: text.optional(),
} satisfies Record<Lang, unknown>)
const positive = z.number().int().positive().max(Number.MAX_SAFE_INTEGER)
const macAddress = z.string().transform((text, context): Mac => {
  const mac = parseMac(text)
  if (mac) return mac
  context.addIssue({ code: 'custom', message: `"${text}" is no MAC address` })
  return z.NEVER
})

const limits = z.strictObject({
  sessionSeconds: positive.optional(),
  sessionOctets: positive.optional(),
  idleSeconds: positive.optional(),
  dailySeconds: positive.optional(),
  dailyOctets: positive.optional(),
  downBitsPerSecond: positive.optional(),
  upBitsPerSecond: positive.optional(),
  devices: positive.max(100).optional(),
})

const hours = z
  .array(
    z
      .strictObject({
        days: z.array(z.enum(WEEKDAYS)).min(1),
        from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time is wanted, such as 05:00'),
        to: z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time is wanted, such as 23:00 or 24:00'),
      })
      .refine(
        ({ from, to }) => from !== to,
        'it opens and closes at one time: 00:00 to 24:00 is a whole day',
      ),
  )
  .min(1, 'a site without hours is always open: leave them out')

/** A site as the city file has it. */
export const site = z.strictObject({
  id,
  name: localText,
  category: z.enum(CATEGORIES),
  state: z.enum(['live', 'planned']),
  operator: id,
  ward: z.string().min(1).nullable().default(null),
  vpostcode: z.string().min(1).nullable().default(null),
  lat: z.number().min(-90).max(90),
  lng: z.number().min(-180).max(180),
  promo: localText.nullable().default(null),
  login: z.array(z.enum(LOGIN_METHODS)).min(1),
  limits: limits.default({}),
  hours: hours.optional(),
  accessPoints: z.array(z.strictObject({ mac: macAddress, name: z.string().min(1) })).default([]),
})

/** What the sites of a category have in common, by category. */
export const categories = z.partialRecord(
  z.enum(CATEGORIES),
  z.strictObject({ limits: limits.default({}), hours: hours.optional() }),
)

/** A site with what it has of its category: limits around its own, and hours where it has none. */
export const ofCategory = (site: Site, categories: Categories): Site => {
  const rules = categories[site.category]
  if (!rules) return site
  const opening = site.hours ?? rules.hours
  return {
    ...site,
    limits: withinCategory(site.limits, rules.limits),
    ...(opening && { hours: opening }),
  }
}

/** What a site allows that its category does not: it would never hold. */
export function siteFaults({ category, limits }: Site, categories: Categories, at: string): Fault[] {
  const most: SiteLimits = categories[category]?.limits ?? {}
  return (Object.keys(limits) as (keyof SiteLimits)[]).flatMap((name) => {
    const [own, allowed] = [limits[name], most[name]]
    if (own === undefined || allowed === undefined || own <= allowed) return []
    const message = `${own} is more than the ${allowed} of its category "${category}", which a site can only narrow`
    return [{ path: `${at}.limits.${name}`, message }]
  })
}
