import { WEEKDAYS, type OpeningHours } from './hours.ts'
import { LANGUAGES, type LocalText } from './language.ts'
import type { Site } from './site.ts'

/** What a site says of itself on its splash, in words of whoever runs it. */
export interface OwnPage {
  /** Vietnamese and English are needed. */
  readonly greeting: LocalText
  /** `recorded` leaves the hours of the site's record; `always` is no hours at all. */
  readonly hours: 'recorded' | 'always' | readonly OpeningHours[]
  /** Items and places that may stand on its pages, by id; null is whatever is near. */
  readonly near: readonly string[] | null
}

/** How far a version has come. `past` is one that another has taken the place of. */
export const OWN_PAGE_STATES = ['draft', 'waiting', 'live', 'rejected', 'past'] as const
export type OwnPageState = (typeof OWN_PAGE_STATES)[number]

/** One or two lines over what is near, on a phone of 320 px. */
export const GREETING_MOST = 160
/** As many as fill the three slots on several visits. */
export const NEAR_MOST = 12

/** What keeps a page from being one. */
export type OwnPageFault = 'greeting-needed' | 'greeting-long' | 'greeting-odd' | 'hours' | 'near'

/** Why a page cannot be saved; empty when it can. `known` are the ids that may be near. */
export function ownPageFaults(
  { greeting, hours, near }: OwnPage,
  known: ReadonlySet<string>,
): OwnPageFault[] {
  const faults = new Set<OwnPageFault>()
  if (!greeting.vi.trim() || !greeting.en.trim()) faults.add('greeting-needed')
  for (const lang of LANGUAGES) {
    const text = greeting[lang] ?? ''
    if (text.length > GREETING_MOST) faults.add('greeting-long')
    if (/\p{Cc}/u.test(text)) faults.add('greeting-odd')
  }
  if (typeof hours !== 'string' && (hours.length === 0 || !hours.every(isSpan))) faults.add('hours')
  if (near && (near.length === 0 || near.length > NEAR_MOST || !near.every((id) => known.has(id))))
    faults.add('near')
  return [...faults]
}

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/
const isSpan = ({ days, from, to }: OpeningHours): boolean =>
  days.length > 0 &&
  days.every((day) => WEEKDAYS.includes(day)) &&
  CLOCK.test(from) &&
  (CLOCK.test(to) || to === '24:00') &&
  from !== to

/** A site as its live page makes it; without one it is as it was recorded. */
export function withOwnPage(site: Site, page: OwnPage | null): Site {
  if (!page) return site
  const { hours: recorded, ...rest } = site
  const hours = page.hours === 'recorded' ? recorded : page.hours === 'always' ? undefined : page.hours
  return {
    ...rest,
    promo: page.greeting,
    ...(hours && { hours }),
    ...(page.near && { near: page.near }),
  }
}
