import type { Definition, Unit } from './dictionary.ts'
import type { RadiusAttribute } from './gateway.ts'

/**
 * A limit in the attribute's own unit, given in seconds, bit/s or octets: whole, at most what its width holds, and at
 * least 1: 0 means "unlimited" to some vendors and "now" to others.
 */
export function limit(definition: Definition<'integer' | 'integer64'>, figure: number): RadiusAttribute {
  const { vendor, type, kind, unit } = definition
  const floor = Math.floor(figure / (unit === null ? 1 : SCALE[unit]))
  const whole = floor >= 1 ? floor : 1
  if (kind === 'integer') return { vendor, type, kind, value: Math.min(MOST_32, whole) }
  // A double past 2⁶⁴ is still a whole number; past all of them it is Infinity, which no BigInt is.
  const value = BigInt(Math.min(whole, Number.MAX_VALUE))
  return { vendor, type, kind, value: value > MOST_64 ? MOST_64 : value }
}

/** The same for a limit that may be absent: one attribute or none. */
export const limitIfAny = (
  definition: Definition<'integer' | 'integer64'>,
  figure: number | undefined,
): RadiusAttribute[] => (figure === undefined ? [] : [limit(definition, figure)])

/**
 * An octet quota as two 32-bit attributes: the low word and how often 2³² fits (Gigawords). A whole multiple of 2³² is
 * one octet more, so that its low word is not 0.
 */
export function quota(
  low: Definition<'integer'>,
  gigawords: Definition<'integer'>,
  octets: number,
): RadiusAttribute[] {
  const whole = Math.max(1, Math.floor(octets))
  const rest = limit(low, whole % 2 ** 32)
  return whole < 2 ** 32 ? [rest] : [rest, limit(gigawords, whole)]
}

/** Text to send; empty text is no attribute (RFC 2865 §5). */
export const text = ({ vendor, type, kind }: Definition<'text'>, value: string): RadiusAttribute[] =>
  value === '' ? [] : [{ vendor, type, kind, value }]

export const address = ({ vendor, type, kind }: Definition<'address'>, value: string): RadiusAttribute => ({
  vendor,
  type,
  kind,
  value,
})

/** How many of what we count in (seconds, bit/s, octets) make one of the unit. */
const SCALE: Readonly<Record<Unit, number>> = {
  s: 1,
  'bit/s': 1,
  'kbit/s': 1000,
  octets: 1,
  KiB: 1024,
  gigawords: 2 ** 32,
}

const MOST_32 = 0xffff_ffff
const MOST_64 = 0xffff_ffff_ffff_ffffn
