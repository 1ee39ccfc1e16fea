import type { SiteLimits } from './site.ts'

/** What one session may use. Absent is unlimited; a figure is at least 1, never 0 (0 means "unlimited" to some vendors). */
export interface SessionLimits {
  readonly seconds?: number | undefined
  readonly idleSeconds?: number | undefined
  readonly octets?: number | undefined
  readonly downBitsPerSecond?: number | undefined
  readonly upBitsPerSecond?: number | undefined
}

/** What a subject (a visitor's day, a voucher's life) has used so far. */
export interface Usage {
  readonly seconds: number
  readonly octets: number
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

/** The smaller of two limits, where absent is unlimited. */
export const lesser = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)

/** A site's limits for one session, before any quota. */
export const siteSession = (limits: SiteLimits): SessionLimits => ({
  seconds: limits.sessionSeconds,
  idleSeconds: limits.idleSeconds,
  downBitsPerSecond: limits.downBitsPerSecond,
  upBitsPerSecond: limits.upBitsPerSecond,
})

/** Session limits narrowed by what a quota leaves. */
export const narrowed = (
  limits: SessionLimits,
  left: { seconds?: number; octets?: number },
): SessionLimits => ({
  ...limits,
  seconds: lesser(limits.seconds, left.seconds),
  octets: lesser(limits.octets, left.octets),
})
