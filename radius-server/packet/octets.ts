// Octets as what they mean, also where they stand apart from a packet: in a TLV, in an extended attribute.
import { isUtf8 } from 'node:buffer'

/** Text: UTF-8 without NUL and at least one octet long (RFC 2865 §5), else `undefined`. */
export const readText = (octets: Buffer, start = 0, end = octets.length): string | undefined => {
  const bits = bitsOf(octets, start, end)
  if (bits === 0) return undefined
  // ASCII, which most values are, needs no decoder.
  if (bits < 0x80) return octets.toString('latin1', start, end)
  return isUtf8(octets.subarray(start, end)) ? octets.toString('utf8', start, end) : undefined
}

/** Whether there is such a text, which is not made. */
export const isText = (octets: Buffer, start: number, end: number): boolean => {
  const bits = bitsOf(octets, start, end)
  return bits > 0 && (bits < 0x80 || isUtf8(octets.subarray(start, end)))
}

/** Every bit that is set in any of the octets; 0 where there is a NUL, or no octet at all. */
const bitsOf = (octets: Buffer, start: number, end: number): number => {
  let bits = 0
  for (let index = start; index < end; index++) {
    const octet = octets[index] as number
    if (octet === 0) return 0
    bits |= octet
  }
  return bits
}

/**
 * Whether so many octets are the same at two places, in a time that does not tell where they differ: no step depends on
 * what they are.
 */
export const sameOctets = (
  one: Uint8Array,
  oneAt: number,
  other: Uint8Array,
  otherAt: number,
  octets: number,
): boolean => {
  let different = 0
  for (let index = 0; index < octets; index++)
    different |= (one[oneAt + index] as number) ^ (other[otherAt + index] as number)
  return different === 0
}

/** A number of eight octets without sign; `undefined` if there are not eight. @see RFC 6929 §2.5 */
export const readInteger64 = (octets: Buffer): bigint | undefined =>
  octets.length === 8 ? octets.readBigUInt64BE() : undefined
