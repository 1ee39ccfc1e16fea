import { ExtendedType } from './attributes.ts'
import { PacketError } from './errors.ts'
import type { Packet } from './packet.ts'
import type { Attribute } from './values.ts'

/**
 * What an attribute of the types 241 to 246 says: an attribute of the extended space, a vendor's in it, or one that is
 * not of its format and stays the octets it came as. @see RFC 6929 §2.1, §2.2, §2.4, §2.8
 */
export type Extended =
  | {
      readonly kind: 'extended'
      readonly type: number
      readonly extendedType: number
      readonly value: Buffer
    }
  | {
      readonly kind: 'vendor'
      readonly type: number
      readonly vendor: number
      readonly vendorType: number
      readonly value: Buffer
    }
  | { readonly kind: 'invalid'; readonly type: number; readonly value: Buffer }

/**
 * Every extended attribute of a packet in order, fragments put together. Fragments stand one behind the other and are
 * of one type; where one is missing, each that came is invalid for itself (RFC 6929 §2.2). What is put together was in
 * the packet, each octet once: no packet makes more of it than it has octets.
 */
export const readExtended = (packet: Packet): Extended[] => {
  const attributes = packet.attributes()
  const found: Extended[] = []
  let index = 0
  while (index < attributes.length) {
    const { type, value } = attributes[index] as RawAttribute
    if (isExtended(type)) {
      const count = isLong(type) ? fragmentsFrom(attributes, index) : 1
      const fragments = attributes.slice(index, index + count)
      const whole = isLong(type) ? joined(fragments) : opened(type, value[0], value.subarray(1))
      if (whole) found.push(whole)
      else for (const raw of fragments) found.push({ kind: 'invalid', ...raw })
      index += count
    } else {
      index++
    }
  }
  return found
}

/**
 * An attribute of the extended space as it is sent: one of 241 to 244, or as many of 245 or 246 as its value needs. An
 * empty value is left out. Throws a `PacketError` for another type, and for a value that does not fit: 252 octets in
 * 241 to 244, a packet's worth in 245 and 246. @see RFC 6929 §2.1, §2.2
 */
export const extended = (type: number, extendedType: number, value: Buffer): Attribute[] => {
  if (!isExtended(type) || !(extendedType >= 1 && extendedType <= 255)) {
    throw new PacketError('attribute-malformed', `there is no extended attribute ${type}.${extendedType}`)
  }
  const most = isLong(type) ? longestLongValue : longestValue
  if (value.length > most) {
    const message = `attribute ${type}.${extendedType} has ${value.length} octets: it carries up to ${most}`
    throw new PacketError('attribute-malformed', message)
  }
  if (value.length === 0) return []
  if (!isLong(type)) return [{ type, value: Buffer.concat([Buffer.of(extendedType), value]) }]
  const fragments: Attribute[] = []
  for (let at = 0; at < value.length; at += longestFragment) {
    const flags = at + longestFragment < value.length ? more : 0
    const part = value.subarray(at, at + longestFragment)
    fragments.push({ type, value: Buffer.concat([Buffer.of(extendedType, flags), part]) })
  }
  return fragments
}

/** A vendor's attribute in the extended space, sent as `extended` does. @see RFC 6929 §2.4 */
export const extendedVendor = (
  type: number,
  vendor: number,
  vendorType: number,
  value: Buffer,
): Attribute[] => {
  if (!(vendor >= 0 && vendor <= 0xffffff && vendorType >= 1 && vendorType <= 255)) {
    throw new PacketError('attribute-malformed', `there is no attribute ${vendorType} of a vendor ${vendor}`)
  }
  if (value.length === 0) return []
  const head = Buffer.alloc(vendorHeadOctets)
  head.writeUInt32BE(vendor)
  head[4] = vendorType
  return extended(type, ExtendedType.VendorSpecific, Buffer.concat([head, value]))
}

type RawAttribute = { readonly type: number; readonly value: Buffer }

/** The flag that another fragment follows. @see RFC 6929 §2.2 */
const more = 0x80

const longestValue = 252
const longestFragment = 251

/** Sixteen fragments: 4,080 octets, more than fit in a packet with anything else. */
const longestLongValue = 16 * longestFragment

const vendorHeadOctets = 5

const isExtended = (type: number): boolean => type >= 241 && type <= 246
const isLong = (type: number): boolean => type === 245 || type === 246

/** How many attributes from `start` on hold one value, as far as they go. */
const fragmentsFrom = (attributes: readonly RawAttribute[], start: number): number => {
  const { type, value } = attributes[start] as RawAttribute
  let count = 1
  for (;;) {
    const last = attributes[start + count - 1] as RawAttribute
    const next = attributes[start + count]
    if (!isFragment(last) || !hasMore(last)) return count
    if (next?.type !== type || next.value[0] !== value[0] || !isFragment(next)) return count
    count++
  }
}

/** The value of fragments that are all of it; else `undefined`. */
const joined = (fragments: readonly RawAttribute[]): Extended | undefined => {
  const last = fragments.at(-1) as RawAttribute
  if (!isFragment(last) || hasMore(last)) return undefined
  const parts = fragments.map(({ value }) => value.subarray(2))
  const value = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  return opened(last.type, last.value[0], value)
}

/** Extended-Type, flags and at least one octet. */
const isFragment = ({ value }: RawAttribute): boolean => value.length >= 3
const hasMore = ({ value }: RawAttribute): boolean => ((value[1] as number) & more) !== 0

const opened = (type: number, extendedType: number | undefined, value: Buffer): Extended | undefined => {
  if (extendedType === undefined || value.length === 0) return undefined
  if (extendedType !== ExtendedType.VendorSpecific) return { kind: 'extended', type, extendedType, value }
  if (value.length <= vendorHeadOctets) return undefined
  return {
    kind: 'vendor',
    type,
    vendor: value.readUInt32BE(),
    vendorType: value[4] as number,
    value: value.subarray(vendorHeadOctets),
  }
}
