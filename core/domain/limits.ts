import { nextMidnight } from './day.ts'
import { openingAt, type OpeningHours } from './hours.ts'
import type { SiteLimits } from './site.ts'

/** What one session may use. Absent is unlimited; a figure is at least 1, never 0 (0 means "unlimited" to some vendors). */
export interface SessionLimits {
  readonly seconds?: number | undefined
  readonly idleSeconds?: number | undefined
  readonly octets?: number | undefined
  readonly downBitsPerSecond?: number | undefined
  readonly upBitsPerSecond?: number | undefined
}

/** What a notice may lift at a site: its time with its opening hours, its data, the need of a code. */
export const LIFTS = ['time', 'data', 'codes'] as const
export type Lift = (typeof LIFTS)[number]

/** Limits, or a quota, as they hold while some are lifted. */
export function whileLifted<T extends Allowance>(limits: T, lifts: readonly Lift[] = []): T {
  if (lifts.length === 0) return limits
  return {
    ...limits,
    seconds: lifts.includes('time') ? undefined : limits.seconds,
    octets: lifts.includes('data') ? undefined : limits.octets,
  }
}

/** What a subject (a visitor's day, a voucher's life) has used so far. */
export interface Usage {
  readonly seconds: number
  readonly octets: number
}

/** A stretch of time in which a session was on, from `since` (epoch ms). */
export interface Stretch {
  readonly since: number
  readonly seconds: number
}

/** When somebody was online: stretches in order that neither overlap nor touch. */
export function timeOnline(stretches: readonly Stretch[]): Stretch[] {
  const joined: { since: number; seconds: number }[] = []
  for (const { since, seconds } of [...stretches].sort((a, b) => a.since - b.since)) {
    const last = joined.at(-1)
    if (last && since <= last.since + last.seconds * 1000)
      last.seconds = Math.max(last.seconds, (since - last.since) / 1000 + seconds)
    else joined.push({ since, seconds })
  }
  return joined
}

/** How long somebody was online, in whole seconds: a moment counts once, however many sessions were on in it. */
export function secondsOnline(stretches: readonly Stretch[]): number {
  if (stretches.length === 1) return stretches[0]!.seconds
  return Math.round(timeOnline(stretches).reduce((sum, { seconds }) => sum + seconds, 0))
}

/** A total that usage is held against. */
export interface Allowance {
  readonly seconds?: number | undefined
  readonly octets?: number | undefined
}

export type Remaining =
  { kind: 'left'; seconds?: number; octets?: number } | { kind: 'used-up'; what: 'time' | 'data' }

/** What is left of an allowance. */
export function remaining(allowance: Allowance, used: Usage): Remaining {
  const left: { kind: 'left'; seconds?: number; octets?: number } = { kind: 'left' }
  if (allowance.seconds !== undefined) {
    left.seconds = Math.floor(allowance.seconds - used.seconds)
    if (left.seconds < 1) return { kind: 'used-up', what: 'time' }
  }
  if (allowance.octets !== undefined) {
    left.octets = Math.floor(allowance.octets - used.octets)
    if (left.octets < 1) return { kind: 'used-up', what: 'data' }
  }
  return left
}

/** What is left of an allowance. */
export type Left = Extract<Remaining, { kind: 'left' }>

/**
 * What a day's quota leaves to a session that begins now: where it reaches to midnight, the session goes on within the
 * next day's. Data cannot be shared out so: what is left is for as long as the session lasts.
 */
export function leftAcrossMidnight(left: Left, allowance: Allowance, now: number): Left {
  if (left.seconds === undefined || allowance.seconds === undefined) return left
  const untilMidnight = Math.floor((nextMidnight(now) - now) / 1000)
  return left.seconds < untilMidnight ? left : { ...left, seconds: untilMidnight + allowance.seconds }
}

/** The smaller of two limits, where absent is unlimited. */
export const lesser = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)

/** A site's limits within those of its category: of two figures the lesser holds. */
export function withinCategory(site: SiteLimits, category: SiteLimits): SiteLimits {
  const names = new Set([...Object.keys(category), ...Object.keys(site)] as (keyof SiteLimits)[])
  return Object.fromEntries([...names].map((name) => [name, lesser(site[name], category[name])]))
}

/** A site's limits for one session, before any quota. */
export const siteSession = (limits: SiteLimits): SessionLimits => ({
  seconds: limits.sessionSeconds,
  idleSeconds: limits.idleSeconds,
  octets: limits.sessionOctets,
  downBitsPerSecond: limits.downBitsPerSecond,
  upBitsPerSecond: limits.upBitsPerSecond,
})

/** Session limits narrowed by what a quota leaves. */
export const narrowed = (
  limits: SessionLimits,
  left: { seconds?: number; octets?: number },
): SessionLimits => ({
  seconds: lesser(limits.seconds, left.seconds),
  idleSeconds: limits.idleSeconds,
  octets: lesser(limits.octets, left.octets),
  downBitsPerSecond: limits.downBitsPerSecond,
  upBitsPerSecond: limits.upBitsPerSecond,
})

/** Session limits at a site that is open now: no session outlasts its closing. */
export function untilClosing(
  limits: SessionLimits,
  hours: readonly OpeningHours[] | undefined,
  now: number,
): SessionLimits {
  const opening = openingAt(hours, now)
  if (!opening.open || opening.closesAt === null) return limits
  const seconds = Math.max(1, Math.floor((opening.closesAt - now) / 1000))
  return { ...limits, seconds: lesser(limits.seconds, seconds) }
}
