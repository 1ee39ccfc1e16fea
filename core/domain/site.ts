import type { OpeningHours } from './hours.ts'
import type { LocalText } from './language.ts'
import type { Lift } from './limits.ts'
import type { Mac } from './mac.ts'

export const CATEGORIES = ['tourist-site', 'craft-village', 'industrial-park'] as const
export type Category = (typeof CATEGORIES)[number]

export const LOGIN_METHODS = ['click-through', 'voucher', 'sms-otp', 'email-link', 'oidc', 'staff'] as const
export type LoginMethodName = (typeof LOGIN_METHODS)[number]

/** What one visitor may use at a site; an absent figure is no limit. */
export interface SiteLimits {
  readonly sessionSeconds?: number | undefined
  readonly sessionOctets?: number | undefined
  readonly idleSeconds?: number | undefined
  readonly dailySeconds?: number | undefined
  readonly dailyOctets?: number | undefined
  readonly downBitsPerSecond?: number | undefined
  readonly upBitsPerSecond?: number | undefined
  readonly devices?: number | undefined
}

export interface AccessPoint {
  readonly mac: Mac
  readonly name: string
}

export interface Bilingual {
  readonly vi: string
  readonly en: string
}

/** A place of the city with WiFi, live or planned. `ward` is a ward or commune of the 2025 two-tier map. */
export interface Site {
  readonly id: string
  readonly name: LocalText
  readonly category: Category
  readonly state: 'live' | 'planned'
  readonly operator: string
  readonly ward: string | null
  readonly vpostcode: string | null
  readonly lat: number
  readonly lng: number
  readonly promo: LocalText | null
  readonly login: readonly LoginMethodName[]
  /** What holds here: the site's own figures within those of its category. */
  readonly limits: SiteLimits
  /** When visitors may be online; absent is always. */
  readonly hours?: readonly OpeningHours[] | undefined
  /** Items and places that may stand on its pages, by id; absent is whatever is near. */
  readonly near?: readonly string[] | undefined
  /** Limits that a notice lifts here now; never recorded. */
  readonly lifts?: readonly Lift[]
  readonly accessPoints: readonly AccessPoint[]
}

/** What all sites of a category have in common. */
export interface CategoryRules {
  /** A site may allow less, never more. */
  readonly limits: SiteLimits
  /** For sites without hours of their own. */
  readonly hours?: readonly OpeningHours[] | undefined
}

export type Categories = Readonly<Partial<Record<Category, CategoryRules>>>

export interface Operator {
  readonly id: string
  readonly name: string
}

export interface City {
  readonly id: string
  readonly name: Bilingual
  readonly timeZone: string
}

const EARTH_METRES = 6_371_000
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Great-circle distance in metres. */
export function metresBetween(a: Pick<Site, 'lat' | 'lng'>, b: Pick<Site, 'lat' | 'lng'>): number {
  const dLat = radians(b.lat - a.lat) / 2
  const dLng = radians(b.lng - a.lng) / 2
  const h = Math.sin(dLat) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLng) ** 2
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(h)))
}
