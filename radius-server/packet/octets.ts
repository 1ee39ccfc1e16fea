// Octets as what they mean, also where they stand apart from a packet: in a TLV, in an extended attribute.
import { isUtf8 } from 'node:buffer'

/** Text: UTF-8 without NUL and at least one octet long (RFC 2865 §5), else `undefined`. */
export const readText = (octets: Buffer, start = 0, end = octets.length): string | undefined => {
  if (end <= start) return undefined
  let highBits = 0
  for (let index = start; index < end; index++) {
    const octet = octets[index] as number
    if (octet === 0) return undefined
    highBits |= octet
  }
  // ASCII, which most values are, needs no decoder.
  if (highBits < 0x80) return octets.toString('latin1', start, end)
  return isUtf8(octets.subarray(start, end)) ? octets.toString('utf8', start, end) : undefined
}

/** A number of eight octets without sign; `undefined` if there are not eight. @see RFC 6929 §2.5 */
export const readInteger64 = (octets: Buffer): bigint | undefined =>
  octets.length === 8 ? octets.readBigUInt64BE() : undefined
