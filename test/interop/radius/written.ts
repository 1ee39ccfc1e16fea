import type { Described } from './dictionary.ts'

/** An attribute with a value: as radclient is told it, as people read it, and the octets of it on the wire. */
export interface Written {
  readonly described: Described
  readonly line: string
  readonly value: string
  /** The value itself on the wire. */
  readonly inner: Buffer
  /** The value of the attribute, or of the vendor’s attribute: tag, TLVs and extended types around it. */
  readonly octets: Buffer
}

export const TAG = 3
const MOST_IN_A_PACKET = 12
/** radclient makes these itself of what it is told: they have tests of their own. */
const ITS_OWN = new Set(['User-Password', 'CHAP-Password', 'Message-Authenticator', 'EAP-Message'])

/** Whether FreeRADIUS sends it as it is told: it encrypts some, and leaves TLVs of the standard space out. */
export function isPlainlySent({ name, vendor, path, isEncrypted }: Described): boolean {
  if (ITS_OWN.has(name) || isEncrypted) return false
  return vendor !== null || path.length === 1 || (path[0] ?? 0) >= 241
}

/** A value of the attribute's kind, near the bounds of the kind. Throws for a kind that is not known here. */
export function write(described: Described): Written {
  const { name, path, kind, isTagged } = described
  const number = path.at(-1) ?? 0
  const { value, inner } = valueOf(kind, number, isTagged)
  const written = kind === 'string' ? `"${value}"` : value
  return {
    described,
    line: `${name}${isTagged ? `:${TAG}` : ''} = ${written}`,
    value,
    inner,
    octets: isTagged
      ? tagged(kind, inner)
      : nested(path.slice(1), inner, { isExtended: (path[0] ?? 0) >= 241 }),
  }
}

/** Packets in which no two attributes have one number: FreeRADIUS packs the TLVs of one attribute together. */
export function spread(written: readonly Written[]): Written[][] {
  const packets: { numbers: Set<string>; list: Written[] }[] = []
  for (const each of written) {
    const { vendor, path } = each.described
    const number = `${vendor} ${path[0]}`
    let packet = packets.find(({ numbers, list }) => !numbers.has(number) && list.length < MOST_IN_A_PACKET)
    if (!packet) packets.push((packet = { numbers: new Set(), list: [] }))
    packet.numbers.add(number)
    packet.list.push(each)
  }
  return packets.map(({ list }) => list)
}

function valueOf(kind: string, number: number, isTagged: boolean): { value: string; inner: Buffer } {
  const fixed = /^octets\[(\d+)\]$/.exec(kind)?.[1]
  if (fixed !== undefined || kind === 'octets') {
    const inner = Buffer.alloc(Number(fixed ?? 7), Buffer.of(0, 0xff, 0x80, number & 0xff, 1))
    return { value: `0x${inner.toString('hex')}`, inner }
  }
  const hex = (number & 0xffff).toString(16)
  switch (kind) {
    case 'string': {
      const value = `Hồ Gươm, 36 phố phường 🏮 ${number}`
      return { value, inner: Buffer.from(value) }
    }
    case 'integer':
    case 'date': {
      // RFC 2868 §3.1: a tag leaves three octets for the number.
      const value = (isTagged ? 16_000_000 : kind === 'date' ? 1_763_765_000 : 4_000_000_000) + number
      const inner = Buffer.alloc(4)
      inner.writeUInt32BE(value)
      return { value: String(value), inner }
    }
    case 'signed':
      return { value: '-5', inner: Buffer.of(0xff, 0xff, 0xff, 0xfb) }
    case 'short':
      return { value: '65000', inner: Buffer.of(0xfd, 0xe8) }
    case 'byte':
      return { value: '200', inner: Buffer.of(200) }
    case 'integer64': {
      const inner = Buffer.alloc(8)
      inner.writeBigUInt64BE(2n ** 63n - 7n)
      return { value: String(2n ** 63n - 7n), inner }
    }
    case 'ipaddr':
      return { value: `192.0.2.${number & 0xff}`, inner: Buffer.of(192, 0, 2, number & 0xff) }
    case 'ipv6addr':
      return { value: `2001:db8::${hex}`, inner: ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, number) }
    case 'ipv6prefix':
      return {
        value: `2001:db8:${hex}::/48`,
        inner: Buffer.concat([Buffer.of(0, 48), ipv6(0x2001, 0xdb8, number, 0, 0, 0, 0, 0)]),
      }
    case 'ipv4prefix':
      return { value: '198.51.100.0/24', inner: Buffer.of(0, 24, 198, 51, 100, 0) }
    case 'ifid':
      return { value: `1:2:3:${hex}`, inner: ipv6(1, 2, 3, number) }
    case 'ether':
      return { value: '02:00:5e:00:53:01', inner: Buffer.of(2, 0, 0x5e, 0, 0x53, 1) }
    default:
      throw new Error(`attributes of kind ${kind} cannot be written yet`)
  }
}

/** RFC 2868 §3: a tag before text, in place of the first octet of a number. */
const tagged = (kind: string, inner: Buffer): Buffer =>
  Buffer.concat([Buffer.of(TAG), kind === 'integer' ? inner.subarray(1) : inner])

/** RFC 6929 §2: the extended type, a vendor's id, flags of a long one, and TLVs inside each other. */
function nested(path: readonly number[], inner: Buffer, { isExtended }: { isExtended: boolean }): Buffer {
  if (path.length === 0) return inner
  if (!isExtended) return tlv(path, inner)
  const [type = 0, vendor, vendorType] = path
  if (type !== 26) return Buffer.concat([Buffer.of(type), tlv(path.slice(1), inner)])
  const id = Buffer.alloc(4)
  id.writeUInt32BE(vendor ?? 0)
  // Our only vendor here is in the long-extended space, whose flags say that no fragment follows.
  return Buffer.concat([Buffer.of(type, 0), id, Buffer.of(vendorType ?? 0), inner])
}

function tlv(path: readonly number[], inner: Buffer): Buffer {
  const [type, ...deeper] = path
  if (type === undefined) return inner
  const value = tlv(deeper, inner)
  return Buffer.concat([Buffer.of(type, value.length + 2), value])
}

function ipv6(...groups: number[]): Buffer {
  const octets = Buffer.alloc(groups.length * 2)
  for (const [index, group] of groups.entries()) octets.writeUInt16BE(group & 0xffff, index * 2)
  return octets
}
