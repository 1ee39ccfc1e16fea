import type { Packet } from '../../../radius-server/packet/packet.ts'
import { readWire, type Tlv } from '../wire.ts'

/** What `packet` says otherwise than a second reading of its octets; null where both agree. @see RFC 2865 §5 */
export function disagreement(packet: Packet): string | null {
  const { attributes } = readWire(packet.datagram.subarray(0, packet.length))
  if (told(packet.attributes().map(({ type, value }) => [type, value])) !== told(attributes))
    return 'attributes'
  for (const type of new Set([...attributes.map(([each]) => each), 0, 1, 26, 80])) {
    const values = valuesOf(attributes, type)
    if (packet.count(type) !== values.length || packet.has(type) !== values.length > 0)
      return `count of ${type}`
    if (hex(packet.all(type)) !== hex(values)) return `all of ${type}`
    if (packet.first(type)?.toString('hex') !== values[0]?.toString('hex')) return `first of ${type}`
    if (packet.text(type) !== textOf(values[0])) return `text of ${type}`
    if (packet.integer(type) !== integerOf(values[0])) return `integer of ${type}`
  }
  for (const [vendor, inside] of vendorsOf(attributes))
    for (const type of new Set([...inside.map(([each]) => each), 1])) {
      const values = valuesOf(inside, type)
      if (hex(packet.vendorAll(vendor, type)) !== hex(values)) return `all of ${vendor}.${type}`
      if (packet.vendor(vendor, type)?.toString('hex') !== values[0]?.toString('hex'))
        return `${vendor}.${type}`
      if (packet.vendorText(vendor, type) !== textOf(values[0])) return `text of ${vendor}.${type}`
      if (packet.vendorInteger(vendor, type) !== integerOf(values[0])) return `integer of ${vendor}.${type}`
    }
  return null
}

const valuesOf = (list: readonly Tlv[], type: number): Buffer[] =>
  list.filter(([each]) => each === type).map(([, value]) => value)

const told = (list: readonly Tlv[]): string =>
  list.map(([type, value]) => `${type} ${value.toString('hex')}`).join()
const hex = (values: readonly Buffer[]): string => values.map((value) => value.toString('hex')).join()

/** §5.26: the attributes of each vendor; a Vendor-Specific whose inside does not fill it is opaque. */
function vendorsOf(attributes: readonly Tlv[]): Map<number, Tlv[]> {
  const vendors = new Map<number, Tlv[]>()
  for (const value of valuesOf(attributes, 26)) {
    if (value.length < 4) continue
    const vendor = value.readUInt32BE()
    const inside: Tlv[] = []
    let at = 4
    while (at + 2 <= value.length && value[at + 1]! >= 2 && at + value[at + 1]! <= value.length) {
      inside.push([value[at]!, value.subarray(at + 2, at + value[at + 1]!)])
      at += value[at + 1]!
    }
    vendors.set(vendor, [...(vendors.get(vendor) ?? []), ...(at === value.length ? inside : [])])
  }
  return vendors
}

/** §5: UTF-8 without NUL, at least one octet. */
function textOf(value: Buffer | undefined): string | undefined {
  if (value === undefined || value.length === 0 || value.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    return undefined
  }
}

const integerOf = (value: Buffer | undefined): number | undefined =>
  value?.length === 4 ? value.readUInt32BE() : undefined
