import { createRequire } from 'node:module'

/**
 * The npm package `radius` 1.1.4: a second implementation of RADIUS, so that this side of a simulation owes nothing to
 * the server's codec. It keeps its dictionary on the module, throws raw errors, changes the array it is given and
 * compares authenticators as text; so it only writes packets here and names what is in them. `verify.ts` verifies.
 */
export interface RadiusPackage {
  encode(packet: {
    code: string
    secret: string
    identifier: number
    attributes: Attribute[]
    add_message_authenticator: boolean
  }): Buffer
  encode_response(reply: { packet: Decoded; code: string; secret: string; attributes: Attribute[] }): Buffer
  decode_without_secret(packet: { packet: Buffer }): Decoded
}

/** Name and value, or of a vendor: enterprise number, then type and octets of each attribute in it. */
export type Attribute =
  | readonly [name: string, value: string | number | Buffer | Date]
  | readonly ['Vendor-Specific', vendor: number, readonly (readonly [type: number, value: Buffer])[]]

export interface Decoded {
  readonly code: string
  readonly identifier: number
  readonly authenticator: Buffer
  /** By name: text, number, address, or for enumerated numbers their name. Several of a kind are an array. */
  readonly attributes: Readonly<Record<string, unknown>>
  /** Type and octets, in order. */
  readonly raw_attributes: readonly (readonly [type: number, value: Buffer])[]
}

export const radius = createRequire(import.meta.url)('radius') as RadiusPackage

/** Reads a packet; null where the package cannot. */
export function decode(packet: Buffer): Decoded | null {
  try {
    return radius.decode_without_secret({ packet })
  } catch {
    return null
  }
}

/** A number of the packet by name, or undefined. */
export function numberOf(packet: Decoded, name: string): number | undefined {
  const value = packet.attributes[name]
  return typeof value === 'number' ? value : undefined
}

/** A text or address of the packet by name, or undefined. */
export function textOf(packet: Decoded, name: string): string | undefined {
  const value = packet.attributes[name]
  return typeof value === 'string' ? value : undefined
}

const VENDOR_SPECIFIC = 26

/** A 32-bit number of a vendor's, or undefined. @see RFC 2865 §5.26 */
export function vendorNumber(packet: Decoded, vendor: number, type: number): number | undefined {
  for (const [kind, value] of packet.raw_attributes) {
    if (kind !== VENDOR_SPECIFIC || value.length < 6 || value.readUInt32BE(0) !== vendor) continue
    for (let at = 4; at + 2 <= value.length && value[at + 1]! >= 2; at += value[at + 1]!)
      if (value[at] === type && value[at + 1] === 6 && at + 6 <= value.length)
        return value.readUInt32BE(at + 2)
  }
  return undefined
}

export function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(value)
  return octets
}
