import type { SessionLimits } from '../domain/limits.ts'
import type { RadiusAttribute } from './gateway.ts'

/** Numbers of the attributes that vendors' recipes use. RFC 2865 §5, RFC 2866 §5, WISPr 1.0 Annex C. */
export const UserName = 1
export const SessionTimeout = 27
export const IdleTimeout = 28
export const AcctSessionId = 44
export const FramedIpAddress = 8
const WISPR = 14122
const WISPR_BANDWIDTH_MAX_UP = 7
const WISPR_BANDWIDTH_MAX_DOWN = 8

const MOST = 0xffff_ffff

/** A figure as a 32-bit attribute value: whole, at least 1 (0 means "unlimited" or "now" to some vendors), at most 2³² − 1. */
export const clamped = (value: number): number => Math.min(MOST, Math.max(1, Math.floor(value)))

export const integer = (type: number, value: number, vendor?: number): RadiusAttribute =>
  vendor === undefined ? { type, value: clamped(value) } : { vendor, type, value: clamped(value) }

/** Session-Timeout and Idle-Timeout, which every vendor understands. */
export function timeouts(limits: SessionLimits): RadiusAttribute[] {
  const attributes: RadiusAttribute[] = []
  if (limits.seconds !== undefined) attributes.push(integer(SessionTimeout, limits.seconds))
  if (limits.idleSeconds !== undefined) attributes.push(integer(IdleTimeout, limits.idleSeconds))
  return attributes
}

/** WISPr-Bandwidth-Max-Up and -Down, in bit/s. */
export function wisprBandwidth(limits: SessionLimits): RadiusAttribute[] {
  const attributes: RadiusAttribute[] = []
  if (limits.upBitsPerSecond !== undefined)
    attributes.push(integer(WISPR_BANDWIDTH_MAX_UP, limits.upBitsPerSecond, WISPR))
  if (limits.downBitsPerSecond !== undefined)
    attributes.push(integer(WISPR_BANDWIDTH_MAX_DOWN, limits.downBitsPerSecond, WISPR))
  return attributes
}

/** An octet quota as two 32-bit attributes: the low word and how often 2³² fits (Gigawords). */
export function quota(octets: number, low: number, gigawords: number, vendor: number): RadiusAttribute[] {
  const whole = Math.max(1, Math.floor(octets))
  const high = Math.min(MOST, Math.floor(whole / 2 ** 32))
  const rest = whole % 2 ** 32
  if (high === 0) return [integer(low, rest, vendor)]
  return [integer(low, rest, vendor), integer(gigawords, high, vendor)]
}
