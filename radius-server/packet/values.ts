import { parseAddress, parseInterfaceId, parsePrefix } from './address.ts'
import { AttributeType } from './attributes.ts'
import { PacketError } from './errors.ts'

/** One attribute to send: of the standard space, or of a vendor's inside its own Vendor-Specific (RFC 2865 §5.26). */
export type Attribute =
  | { readonly type: number; readonly value: Buffer }
  | { readonly vendor: number; readonly type: number; readonly value: Buffer }

/** Longest value of an attribute in octets. @see RFC 2865 §5 */
const maxValueOctets = 253

/** Longest value of a vendor's attribute: the vendor's id, its own type and length take six. @see RFC 2865 §5.26 */
const maxVendorValueOctets = 247

/**
 * Text: UTF-8 in NFC without NUL, up to 253 octets or `most`; what is longer is cut before the code point that does not
 * fit. Empty text is left out of the packet. @see RFC 2865 §5
 */
export const text = (type: number, value: string, most = maxValueOctets): Attribute => ({
  type,
  value: textOctets(value, most),
})

/** A 32-bit number, clamped to 0..2^32-1; a fraction is dropped, and what is not a number is 0. @see RFC 2865 §5 */
export const integer = (type: number, value: number): Attribute => ({ type, value: integerOctets(value) })

/** A moment in epoch milliseconds, sent as seconds since 1970. @see RFC 2865 §5 */
export const time = (type: number, at: number): Attribute => integer(type, Math.floor(at / 1000))

/** An IPv4 or IPv6 address. Throws a `PacketError` if it is neither. @see RFC 2865 §5, RFC 3162 §2.1 */
export const address = (type: number, value: string): Attribute => ({
  type,
  value: parseAddress(value) ?? refuse(type, 'an IPv4 or IPv6 address', value),
})

/** A prefix, `2001:db8::/32` or `192.0.2.0/24`. Throws a `PacketError` if it is none. @see RFC 3162 §2.3, RFC 8044 §3.11 */
export const prefix = (type: number, value: string): Attribute => ({
  type,
  value: parsePrefix(value) ?? refuse(type, 'an IPv4 or IPv6 prefix', value),
})

/** An interface id, `0:1:a2ff:fe00`. Throws a `PacketError` if it is none. @see RFC 3162 §2.2 */
export const interfaceId = (type: number, value: string): Attribute => ({
  type,
  value: parseInterfaceId(value) ?? refuse(type, 'an interface id', value),
})

/** Text of a vendor, up to 247 octets, else as `text`. */
export const vendorText = (vendor: number, type: number, value: string): Attribute => ({
  vendor,
  type,
  value: textOctets(value, maxVendorValueOctets),
})

/** A 32-bit number of a vendor, clamped as `integer` does. */
export const vendorInteger = (vendor: number, type: number, value: number): Attribute => ({
  vendor,
  type,
  value: integerOctets(value),
})

/** A 64-bit number, clamped to 0..2^64-1. @see RFC 6929 §2.5 */
export const integer64 = (type: number, value: bigint): Attribute => ({ type, value: integer64Octets(value) })

/** A 64-bit number of a vendor, clamped as `integer64` does. */
export const vendorInteger64 = (vendor: number, type: number, value: bigint): Attribute => ({
  vendor,
  type,
  value: integer64Octets(value),
})

/** An IPv4 or IPv6 address of a vendor. Throws a `PacketError` if it is neither. */
export const vendorAddress = (vendor: number, type: number, value: string): Attribute => ({
  vendor,
  ...address(type, value),
})

/** The eight octets of a 64-bit number, clamped to 0..2^64-1. @see RFC 6929 §2.5 */
export const integer64Octets = (value: bigint): Buffer => {
  const octets = Buffer.allocUnsafe(8)
  octets.writeBigUInt64BE(value < 0n ? 0n : value > largest64 ? largest64 : value)
  return octets
}

/** Attributes as they stand in a packet, made once to be sent often. */
export class EncodedAttributes {
  readonly octets: Buffer

  /** Throws a `PacketError` for an attribute that no packet can carry. */
  constructor(attributes: readonly Attribute[]) {
    this.octets = Buffer.alloc(attributesLength(attributes))
    writeAttributes(attributes, this.octets, 0)
  }
}

/** What a packet is made of: single attributes, or several at once. */
export type Attributes = readonly (Attribute | EncodedAttributes)[]

/** Octets the attributes take in a packet. Throws a `PacketError` for one that no packet can carry. */
export const attributesLength = (attributes: Attributes): number => {
  let octets = 0
  for (const attribute of attributes)
    octets += attribute instanceof EncodedAttributes ? attribute.octets.length : attributeLength(attribute)
  return octets
}

/** Write the attributes to `into` from `at` on; returns where they end. Their length has been asked for before. */
export const writeAttributes = (attributes: Attributes, into: Buffer, at: number): number => {
  let end = at
  for (const attribute of attributes) {
    if (attribute instanceof EncodedAttributes) {
      into.set(attribute.octets, end)
      end += attribute.octets.length
    } else {
      end = writeAttribute(attribute, into, end)
    }
  }
  return end
}

const largest = 0xffffffff
const largest64 = 0xffffffffffffffffn

const refuse = (type: number, wanted: string, value: string): never => {
  throw new PacketError('attribute-malformed', `attribute ${type} takes ${wanted}, not ${value}`)
}

const textOctets = (value: string, most: number): Buffer => {
  const octets = Buffer.from(value.normalize('NFC').replaceAll('\0', ''))
  if (octets.length <= most) return octets
  let end = most
  while (((octets[end] as number) & 0xc0) === 0x80) end--
  return octets.subarray(0, end)
}

const integerOctets = (value: number): Buffer => {
  const octets = Buffer.allocUnsafe(4)
  octets.writeUInt32BE(Number.isNaN(value) ? 0 : Math.trunc(Math.min(Math.max(value, 0), largest)))
  return octets
}

const attributeLength = (attribute: Attribute): number => {
  const { type, value } = attribute
  const ofVendor = 'vendor' in attribute
  if (value.length > (ofVendor ? maxVendorValueOctets : maxValueOctets)) {
    throw new PacketError(
      'attribute-malformed',
      `attribute ${type} has ${value.length} octets: one carries up to 253`,
    )
  }
  if (!(type >= 1 && type <= 255))
    throw new PacketError('attribute-malformed', `there is no attribute ${type}`)
  // RFC 2865 §5.26: the high octet of a vendor's id is 0.
  if (ofVendor && !(attribute.vendor >= 0 && attribute.vendor <= 0xffffff)) {
    throw new PacketError('attribute-malformed', `there is no vendor ${attribute.vendor}`)
  }
  // RFC 2865 §5: an empty value MUST NOT be sent, the attribute is left out.
  if (value.length === 0) return 0
  return value.length + (ofVendor ? 8 : 2)
}

const writeAttribute = (attribute: Attribute, into: Buffer, at: number): number => {
  const { type, value } = attribute
  if (value.length === 0) return at
  let next = at
  if ('vendor' in attribute) {
    into[next] = AttributeType.VendorSpecific
    into[next + 1] = value.length + 8
    into.writeUInt32BE(attribute.vendor, next + 2)
    next += 6
  }
  into[next] = type
  into[next + 1] = value.length + 2
  into.set(value, next + 2)
  return next + 2 + value.length
}
