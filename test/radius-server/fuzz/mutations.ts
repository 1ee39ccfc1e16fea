import { createHash, createHmac } from 'node:crypto'
import { vsa, type Tlv } from '../wire.ts'
import type { Random } from './random.ts'

/** A way to make another packet of one; `other` is a packet of something else, to borrow from. */
export interface Mutation {
  readonly name: string
  readonly of: (datagram: Buffer, random: Random, other: Buffer) => Buffer
}

const MESSAGE_AUTHENTICATOR = 80
const BOUNDARIES = [0, 1, 2, 3, 5, 17, 18, 19, 0x7f, 0x80, 0xfe, 0xff]
const LENGTHS = [0, 1, 19, 20, 21, 38, 4095, 4096, 4097, 0x7fff, 0xffff]
const NUMBERS = [0, 1, 59, 60, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]
const TEXTS = [
  Buffer.from(''),
  Buffer.from('\0'),
  Buffer.from('an\0binh'),
  Buffer.from('Hồ Gươm'.normalize('NFD')),
  Buffer.of(0xc3),
  Buffer.of(0xff, 0xfe, 0xfd),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.from('\u202e\u2066:02-00-5E-00-53-01'),
  Buffer.from('%s%n{}[]$(){{}}<script>"\'\\\r\n'),
  Buffer.from('__proto__'),
  Buffer.from('constructor'),
  Buffer.from('9'.repeat(253)),
  Buffer.from('é'.repeat(126)),
]

/** To the octets, whatever they mean. */
const ofOctets: Mutation[] = [
  { name: 'a bit flipped', of: (datagram, random) => flipped(datagram, random, 1) },
  {
    name: 'several bits flipped',
    of: (datagram, random) => flipped(datagram, random, 2 + random.below(30)),
  },
  {
    name: 'an octet at a boundary',
    of: (datagram, random) => withOctet(datagram, random.below(datagram.length), random.pick(BOUNDARIES)),
  },
  { name: 'cut short', of: (datagram, random) => datagram.subarray(0, random.below(datagram.length + 1)) },
  {
    name: 'cut in the header',
    of: (datagram, random) => datagram.subarray(0, random.below(Math.min(21, datagram.length + 1))),
  },
  {
    name: 'padded',
    of: (datagram, random) => Buffer.concat([datagram, random.octets(1 + random.below(300))]),
  },
  {
    name: 'made longer than a packet',
    of: (datagram, random) =>
      Buffer.concat([datagram, Buffer.alloc(4097 + random.below(5000), random.below(256))]),
  },
  {
    name: 'a Length that lies',
    of: (datagram, random) =>
      withLength(
        datagram,
        random.oneIn(2) ? random.pick(LENGTHS) : Math.max(0, datagram.length + random.below(9) - 4),
      ),
  },
  { name: 'another code', of: (datagram, random) => withOctet(datagram, 0, codeFor(random)) },
  { name: 'another identifier', of: (datagram, random) => withOctet(datagram, 1, random.below(256)) },
  {
    name: 'another authenticator',
    of: (datagram, random) =>
      datagram.length < 20
        ? datagram
        : Buffer.concat([datagram.subarray(0, 4), random.octets(16), datagram.subarray(20)]),
  },
  {
    name: 'the head of one, the tail of another',
    of: (datagram, random, other) => {
      const spliced = Buffer.concat([
        datagram.subarray(0, random.below(datagram.length + 1)),
        other.subarray(random.below(other.length + 1)),
      ])
      return random.oneIn(2) ? spliced : withLength(spliced, spliced.length)
    },
  },
  {
    name: 'an attribute whose length lies',
    of: (datagram, random) => {
      const starts = startsOf(datagram)
      if (starts.length === 0) return datagram
      const at = random.pick(starts) + 1
      const near = (datagram[at]! + random.below(7) - 3) & 0xff
      return withOctet(datagram, at, random.oneIn(2) ? near : random.pick(BOUNDARIES))
    },
  },
  { name: 'noise', of: (_, random) => random.octets(random.below(200)) },
]

/** To the attributes: what comes out has lengths that fit. */
const ofAttributes: Mutation[] = [
  inside('an attribute doubled', (list, random) => {
    list.splice(random.below(list.length + 1), 0, random.pick(list))
  }),
  inside('an attribute many times', (list, random) => {
    const one = random.pick(list)
    for (let i = random.below(random.pick([3, 20, 200])); i > 0; i--) list.push(one)
  }),
  inside('an attribute dropped', (list, random) => {
    list.splice(random.below(list.length), 1)
  }),
  inside('attributes reordered', (list, random) => {
    for (let i = list.length - 1; i > 0; i--) {
      const j = random.below(i + 1)
      ;[list[i], list[j]] = [list[j]!, list[i]!]
    }
  }),
  inside('another type', (list, random) => {
    const at = random.below(list.length)
    list[at] = [random.below(256), list[at]![1]]
  }),
  inside('another value', (list, random) => {
    const at = random.below(list.length)
    list[at] = [list[at]![0], random.octets(random.below(254))]
  }),
  inside('a value at its bounds', (list, random) => {
    const at = random.below(list.length)
    const number = Buffer.alloc(4)
    number.writeUInt32BE(random.pick(NUMBERS))
    list[at] = [list[at]![0], random.oneIn(2) ? number : random.pick(TEXTS)]
  }),
  inside('a value cut or grown', (list, random) => {
    const at = random.below(list.length)
    const [type, value] = list[at]!
    const grown = Buffer.concat([value, random.octets(random.below(20))])
    list[at] = [type, grown.subarray(0, random.below(grown.length + 1))]
  }),
  inside('attributes of another packet', (list, random, other) => {
    const theirs = attributesOf(other)
    if (theirs.length > 0) list.splice(random.below(list.length + 1), 0, ...theirs)
  }),
  inside('Proxy-State and more Proxy-State', (list, random) => {
    const octets = random.pick([1, 60, 253])
    for (let i = random.below(Math.ceil(random.pick([600, 3000]) / (octets + 2))); i > 0; i--)
      list.push([33, random.octets(octets)])
  }),
  inside('as many empty attributes as fit', (list, random) => {
    const type = random.below(256)
    for (let i = random.below(random.pick([20, 200, 2038])); i > 0; i--) list.push([type, Buffer.alloc(0)])
  }),
  inside('a vendor attribute that lies about its inside', (list, random) => {
    list.splice(random.below(list.length + 1), 0, lyingVendor(random))
  }),
  inside('vendor attributes inside each other', (list, random) => {
    let value: Buffer = random.octets(4)
    for (let i = random.below(20); i > 0; i--)
      value = vsa(random.pick([9, 14988, 26]), 26, value.subarray(0, 240))[1]
    list.push([26, value])
  }),
  inside('an extended attribute that lies', (list, random) => {
    for (let i = 1 + random.below(4); i > 0; i--) list.push(lyingExtended(random))
  }),
  inside('another credential', (list, random) => {
    list.push([random.pick([2, 3, 60, 70, 79]), random.octets(random.pick([0, 1, 15, 16, 17, 32, 128, 144]))])
  }),
  inside('Message-Authenticator moved', (list, random) => {
    const at = list.findIndex(([type]) => type === MESSAGE_AUTHENTICATOR)
    if (at >= 0) list.splice(random.below(list.length), 0, ...list.splice(at, 1))
  }),
  inside('Message-Authenticator doubled', (list, random) => {
    list.splice(random.below(list.length + 1), 0, [MESSAGE_AUTHENTICATOR, random.octets(16)])
  }),
  inside('Message-Authenticator of another length', (list, random) => {
    const kept = list.filter(([type]) => type !== MESSAGE_AUTHENTICATOR)
    list.splice(0, list.length, ...kept, [
      MESSAGE_AUTHENTICATOR,
      random.octets(random.pick([0, 1, 15, 17, 253])),
    ])
  }),
  inside('Message-Authenticator gone', (list) => {
    const kept = list.filter(([type]) => type !== MESSAGE_AUTHENTICATOR)
    list.splice(0, list.length, ...kept)
  }),
]

/** A mutation by chance: one in six tears at the octets, which nearly always ends at the first check. */
export const anyMutation = (random: Random): Mutation =>
  random.pick(random.oneIn(6) ? ofOctets : ofAttributes)

/**
 * The packet signed as its code asks: what a gateway that is broken, or taken over, can send. An Access-Request or
 * Status-Server gets its first Message-Authenticator filled in, or one added where `withMessageAuthenticator` says so.
 * @see RFC 2866 §3, RFC 3579 §3.2, RFC 5176 §2.3
 */
export function signed(datagram: Buffer, secret: string, withMessageAuthenticator: boolean): Buffer {
  if (datagram.length < 20) return datagram
  let packet = Buffer.from(datagram)
  const isKeyed = ![1, 12].includes(packet[0]!)
  let at = startsOf(packet).find((start) => packet[start] === MESSAGE_AUTHENTICATOR)
  const isWhole = packet.readUInt16BE(2) === packet.length
  if (at === undefined && withMessageAuthenticator && isWhole && packet.length <= 4096 - 18) {
    at = packet.length
    packet = Buffer.concat([packet, Buffer.of(MESSAGE_AUTHENTICATOR, 18), Buffer.alloc(16)])
    packet.writeUInt16BE(packet.length, 2)
  }
  const end = Math.min(packet.readUInt16BE(2), packet.length)
  if (isKeyed) packet.fill(0, 4, 20)
  if (at !== undefined && at + 18 <= end) {
    packet.fill(0, at + 2, at + 18)
    createHmac('md5', secret)
      .update(packet.subarray(0, end))
      .digest()
      .copy(packet, at + 2)
  }
  if (isKeyed) createHash('md5').update(packet.subarray(0, end)).update(secret).digest().copy(packet, 4)
  return packet
}

/**
 * The packet with one octet of its signature changed so that both read alike as UTF-8, where that is possible: what a
 * comparison of digests as text takes for right. `signature` is the authenticator or the Message-Authenticator.
 */
export function lookalike(datagram: Buffer, signature: 'authenticator' | 'message-authenticator'): Buffer {
  const start = startsOf(datagram).find((each) => datagram[each] === MESSAGE_AUTHENTICATOR)
  const at = signature === 'authenticator' ? 4 : (start ?? datagram.length) + 2
  const text = datagram.toString('utf8', at, at + 16)
  for (let index = at; index < Math.min(at + 16, datagram.length); index++) {
    const other = withOctet(datagram, index, datagram[index]! ^ 1)
    if (other.toString('utf8', at, at + 16) === text) return other
  }
  return datagram
}

/** Where each attribute starts, up to the first that does not fit. */
function startsOf(datagram: Buffer): number[] {
  const starts: number[] = []
  for (let at = 20; at + 2 <= datagram.length;) {
    const octets = datagram[at + 1]!
    if (octets < 2 || at + octets > datagram.length) break
    starts.push(at)
    at += octets
  }
  return starts
}

const attributesOf = (datagram: Buffer): Tlv[] =>
  startsOf(datagram).map((at) => [datagram[at]!, datagram.subarray(at + 2, at + datagram[at + 1]!)])

/** A mutation of the list of attributes, in place; a packet that has none is left alone. */
function inside(name: string, change: (list: Tlv[], random: Random, other: Buffer) => void): Mutation {
  return {
    name,
    of(datagram, random, other) {
      const list = attributesOf(datagram)
      if (list.length === 0 || datagram.length < 20) return datagram
      change(list, random, other)
      const body = list.map(([type, value]) => Buffer.concat([Buffer.of(type, value.length + 2), value]))
      const packet = Buffer.concat([datagram.subarray(0, 20), ...body])
      return withLength(packet, Math.min(packet.length, 0xffff))
    },
  }
}

const codeFor = (random: Random): number =>
  random.oneIn(2) ? random.below(256) : random.pick([0, 1, 2, 3, 4, 5, 11, 12, 13, 40, 43, 52, 255])

function flipped(datagram: Buffer, random: Random, bits: number): Buffer {
  if (datagram.length === 0) return datagram
  const other = Buffer.from(datagram)
  for (let i = 0; i < bits; i++) other[random.below(other.length)]! ^= 1 << random.below(8)
  return other
}

function withOctet(datagram: Buffer, at: number, octet: number): Buffer {
  if (at >= datagram.length) return datagram
  const other = Buffer.from(datagram)
  other[at] = octet
  return other
}

function withLength(datagram: Buffer, length: number): Buffer {
  if (datagram.length < 4) return datagram
  const other = Buffer.from(datagram)
  other.writeUInt16BE(length, 2)
  return other
}

/** RFC 2865 §5.26: a vendor's id and then anything. */
function lyingVendor(random: Random): Tlv {
  const id = Buffer.alloc(4)
  id.writeUInt32BE(random.pick([0, 9, 311, 14122, 14559, 14988, 0xffffff, 0xffffffff]))
  const inner = Buffer.concat([
    Buffer.of(random.below(256), random.pick(BOUNDARIES)),
    random.octets(random.below(20)),
    Buffer.of(random.below(256), random.pick(BOUNDARIES)),
  ])
  const value = Buffer.concat([id, inner])
  return [26, value.subarray(0, random.oneIn(4) ? random.below(value.length + 1) : value.length)]
}

/** RFC 6929 §2: extended and long-extended, with TLVs, vendors and fragments that may not fit. */
function lyingExtended(random: Random): Tlv {
  const type = 241 + random.below(6)
  const kind = random.pick([0, 1, 8, 26, 255])
  const flags = type < 245 ? Buffer.alloc(0) : Buffer.of(random.pick([0, 0x80, 0xff, 0x7f]))
  const vendor = Buffer.of(0, 0, random.below(256), random.below(256), random.below(256))
  const tlvs = Buffer.of(1, random.pick(BOUNDARIES), 2, random.pick(BOUNDARIES), random.below(256))
  const value = Buffer.concat([
    Buffer.of(kind),
    flags,
    kind === 26 ? vendor : Buffer.alloc(0),
    tlvs,
    random.octets(random.pick([0, 1, 200, 240])),
  ])
  return [type, value.subarray(0, random.oneIn(3) ? random.below(value.length + 1) : 253)]
}
