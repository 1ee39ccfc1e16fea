import fc from 'fast-check'
import { accept } from '../../../radius-server/packet/accept.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import type { Attribute } from '../../../radius-server/packet/values.ts'

export const secret = new SharedSecret(Buffer.from('a secret of a NAS'))
export const otherSecret = new SharedSecret(Buffer.from('a secret of another'))

/** Every code, for tests that are not about codes. */
export const anyCode: ReadonlySet<number> = new Set(Array.from({ length: 256 }, (_, code) => code))

/** The packet in a datagram that must hold one. */
export function read(datagram: Buffer): Packet {
  const packet = accept(datagram, anyCode)
  if (typeof packet === 'string') throw new Error(`not accepted: ${packet}`)
  return packet
}

/** A packet of these octets behind a header of zeros, unsigned. */
export function rawPacket(code: number, attributes: Uint8Array = Buffer.alloc(0)): Buffer {
  const packet = Buffer.alloc(20 + attributes.length)
  packet[0] = code
  packet.writeUInt16BE(packet.length, 2)
  packet.set(attributes, 20)
  return packet
}

/** One attribute as it is sent. */
export const tlv = (type: number, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(type, value.length + 2), value])

/** A vendor's attribute as it is sent. */
export function vendorTlv(vendor: number, inside: Uint8Array): Buffer {
  const id = Buffer.alloc(4)
  id.writeUInt32BE(vendor)
  return tlv(AttributeType.VendorSpecific, Buffer.concat([id, inside]))
}

export const octets = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((octets) => Buffer.from(octets))

/** Types that no reply and no signature claims for itself. */
const plainTypes: number[] = Array.from({ length: 255 }, (_, index) => index + 1).filter(
  (type) =>
    type !== AttributeType.MessageAuthenticator &&
    type !== AttributeType.ProxyState &&
    type !== AttributeType.EapMessage &&
    type !== AttributeType.VendorSpecific,
)

export const anyAttribute: fc.Arbitrary<Attribute> = fc.oneof(
  fc.record({ type: fc.constantFrom(...plainTypes), value: octets(1, 253) }),
  fc.record({
    vendor: fc.integer({ min: 0, max: 0xffffff }),
    type: fc.integer({ min: 1, max: 255 }),
    value: octets(1, 247),
  }),
)

/** Up to eight attributes: well within a packet. */
export const someAttributes = fc.array(anyAttribute, { maxLength: 8 })

/** An attribute as `Packet.attributes()` lists it. */
export function asSent(attribute: Attribute): { type: number; value: Buffer } {
  if (!('vendor' in attribute)) return { type: attribute.type, value: attribute.value }
  const sent = vendorTlv(attribute.vendor, tlv(attribute.type, attribute.value))
  return { type: AttributeType.VendorSpecific, value: sent.subarray(2) }
}

export const requestCodes = [
  Code.AccessRequest,
  Code.StatusServer,
  Code.AccountingRequest,
  Code.DisconnectRequest,
  Code.CoaRequest,
]
