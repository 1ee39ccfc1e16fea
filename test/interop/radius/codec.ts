import { formatAddress, formatIpv6Prefix } from '../../../radius-server/packet/address.ts'
import { extended, extendedVendor, readExtended } from '../../../radius-server/packet/extended.ts'
import { readInteger64, readText } from '../../../radius-server/packet/octets.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import {
  readTaggedInteger,
  readTaggedText,
  taggedInteger,
  taggedText,
} from '../../../radius-server/packet/tagged.ts'
import { readTlvs, writeTlvs } from '../../../radius-server/packet/tlvs.ts'
import {
  address,
  integer,
  integer64,
  interfaceId,
  prefix,
  text,
  time,
  vendorAddress,
  vendorInteger,
  vendorInteger64,
  vendorText,
  type Attribute,
} from '../../../radius-server/packet/values.ts'
import { TAG, type Written } from './written.ts'

/** An attribute as our codec reads it, in the words of `asRead`; undefined where it finds none. */
export function readByUs(packet: Packet, { described }: Written): string | undefined {
  const { vendor, path, kind, isTagged } = described
  const [type = 0, ...inside] = path
  if (isTagged) return readTagged(packet.first(type) ?? Buffer.alloc(0), kind)
  if (vendor !== null) {
    if (inside.length > 0) return readOctets(within(packet.vendor(vendor, type), inside), kind)
    if (kind === 'string') return packet.vendorText(vendor, type)
    if (kind === 'integer') return packet.vendorInteger(vendor, type)?.toString()
    if (kind === 'integer64') return packet.vendorInteger64(vendor, type)?.toString()
    if (kind === 'ipaddr' || kind === 'ipv6addr') return packet.vendorAddress(vendor, type)
    return readOctets(packet.vendor(vendor, type), kind)
  }
  if (inside.length > 0) return readOctets(withinExtended(packet, path), kind)
  switch (kind) {
    case 'string':
    case 'text':
      return packet.text(type)
    case 'integer':
    case 'time':
      return packet.integer(type)?.toString()
    case 'date':
      return String((packet.time(type) ?? 0) / 1000)
    case 'ipaddr':
    case 'ipv6addr':
      return packet.address(type)
    case 'ipv6prefix':
      return packet.prefix(type)
    case 'ipv4prefix':
      return packet.ipv4Prefix(type)
    case 'ifid':
      return packet.interfaceId(type)
    default:
      return readOctets(packet.first(type), kind)
  }
}

/** What `readByUs` should say: the value as it was written, in hex where a kind has no reader of its own. */
export const asRead = ({ described, value, inner }: Written): string =>
  OPAQUE.has(described.kind) ? `0x${inner.toString('hex')}` : value

/** An attribute as our codec writes it, by the function of its kind where there is one. */
export function writtenByUs({ described, value, inner, octets }: Written): Attribute[] {
  const { vendor, path, kind, isTagged } = described
  const [type = 0, ...inside] = path
  if (isTagged)
    return [kind === 'integer' ? taggedInteger(type, TAG, Number(value)) : taggedText(type, TAG, value)]
  if (inside.length > 0 && vendor === null) {
    const [extendedType = 0, ...deeper] = inside
    const [vendorId = 0, vendorType = 0] = deeper
    return extendedType === 26
      ? extendedVendor(type, vendorId, vendorType, inner)
      : extended(type, extendedType, nested(deeper, inner))
  }
  if (vendor !== null) {
    if (inside.length > 0) return [{ vendor, type, value: nested(inside, inner) }]
    if (kind === 'string') return [vendorText(vendor, type, value)]
    if (kind === 'integer') return [vendorInteger(vendor, type, Number(value))]
    if (kind === 'integer64') return [vendorInteger64(vendor, type, BigInt(value))]
    if (kind === 'ipaddr' || kind === 'ipv6addr') return [vendorAddress(vendor, type, value)]
    return [{ vendor, type, value: octets }]
  }
  switch (kind) {
    case 'string':
    case 'text':
      return [text(type, value)]
    case 'integer':
    case 'time':
      return [integer(type, Number(value))]
    case 'integer64':
      return [integer64(type, BigInt(value))]
    case 'date':
      return [time(type, Number(value) * 1000)]
    case 'ipaddr':
    case 'ipv6addr':
      return [address(type, value)]
    case 'ipv4prefix':
    case 'ipv6prefix':
      return [prefix(type, value)]
    case 'ifid':
      return [interfaceId(type, value)]
    default:
      return [{ type, value: octets }]
  }
}

/** Kinds that we hand on as octets. */
const OPAQUE = new Set(['signed', 'short', 'byte', 'ether'])

/** RFC 2868 §3. */
function readTagged(octets: Buffer, kind: string): string | undefined {
  const found = kind === 'integer' ? readTaggedInteger(octets) : readTaggedText(octets)
  return found?.tag === TAG ? String(found.value) : undefined
}

/** RFC 6929 §2: what stands at a path of the extended space. */
function withinExtended(
  packet: Packet,
  [type, extendedType, ...deeper]: readonly number[],
): Buffer | undefined {
  for (const each of readExtended(packet)) {
    if (each.type !== type) continue
    if (
      each.kind === 'vendor' &&
      extendedType === 26 &&
      each.vendor === deeper[0] &&
      each.vendorType === deeper[1]
    )
      return each.value
    if (each.kind === 'extended' && each.extendedType === extendedType) return within(each.value, deeper)
  }
  return undefined
}

/** The value at a path of TLVs. */
function within(value: Buffer | undefined, path: readonly number[]): Buffer | undefined {
  const [type, ...deeper] = path
  if (value === undefined || type === undefined) return value
  return within(readTlvs(value)?.find((each) => each.type === type)?.value, deeper)
}

/** TLVs inside each other. */
function nested(path: readonly number[], inner: Buffer): Buffer {
  const [type, ...deeper] = path
  return type === undefined ? inner : writeTlvs([{ type, value: nested(deeper, inner) }])
}

/** Octets that stand apart from a packet, as their kind. */
function readOctets(octets: Buffer | undefined, kind: string): string | undefined {
  if (octets === undefined) return undefined
  if (kind === 'string') return readText(octets)
  if (kind === 'integer' || kind === 'date') return octets.readUInt32BE().toString()
  if (kind === 'integer64') return readInteger64(octets)?.toString()
  if (kind === 'ipaddr' || kind === 'ipv6addr') return formatAddress(octets)
  if (kind === 'ipv6prefix') return formatIpv6Prefix(octets)
  return `0x${octets.toString('hex')}`
}
