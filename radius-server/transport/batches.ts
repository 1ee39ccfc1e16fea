import { maxPacketOctets } from '../packet/accept.ts'
import type { Libc } from './libc.ts'
import type { Source } from './udp.ts'

/** Datagrams of one call. */
const MOST = 64
/** Replies that leave at once: their gateways go on while the rest of the turn is worked on. */
const MOST_HELD = 16
/** Addresses whose two forms are remembered; past that all are worked out again. */
const MOST_KNOWN = 65_536

// The kernel's structures on 64 bits, least octet first (recvmmsg(2), sendmmsg(2), ip(7)).
const MMSGHDR = 64
const IOVEC = 16
const SOCKADDR_IN = 16
const AF_INET = 2
const WORD = 4
/** Words of a message: how long its address is, and how many octets came. */
const NAME_LENGTH = 2
const RECEIVED = 14

/**
 * Reads and sends the datagrams of an IPv4 socket by the dozen: a call of the kernel for each one costs more than all that
 * is done with it. Node's own socket says when there is something to read, and takes what the kernel does not take at once.
 */
export class Batches {
  readonly #libc: Libc
  readonly #descriptor: number
  readonly #incoming: Messages
  readonly #outgoing: Messages
  readonly #refused: (reply: Buffer, to: Source) => void
  readonly #to: Source[] = []
  readonly #texts = new Map<number, string>()
  readonly #numbers = new Map<string, number>()

  /** `refused` takes what the kernel did not. */
  constructor(libc: Libc, descriptor: number, refused: (reply: Buffer, to: Source) => void) {
    this.#libc = libc
    this.#descriptor = descriptor
    this.#incoming = new Messages(libc)
    this.#outgoing = new Messages(libc)
    this.#refused = refused
  }

  /** Hands over what waits at the socket, up to 64 datagrams, each in memory of its own. What is past a packet is cut off. */
  receive(take: (datagram: Buffer, address: string, port: number) => void): void {
    const { octets, names, words } = this.#incoming
    for (let i = 0; i < MOST; i++) words[(i * MMSGHDR) / WORD + NAME_LENGTH] = SOCKADDR_IN
    const count = this.#libc.receive(this.#descriptor, this.#incoming.list, MOST)
    for (let i = 0; i < count; i++) {
      const at = i * maxPacketOctets
      const length = words[(i * MMSGHDR) / WORD + RECEIVED] as number
      const datagram = Buffer.allocUnsafe(length)
      datagram.set(octets.subarray(at, at + length))
      const name = i * SOCKADDR_IN
      take(datagram, this.#textOf(names.readUInt32BE(name + 4)), names.readUInt16BE(name + 2))
    }
  }

  /** Adds a reply to those that leave at the end of this turn of the event loop. */
  add(reply: Buffer, to: Source): void {
    const { octets, names, words, lengths } = this.#outgoing
    const i = this.#to.length
    octets.set(reply, i * maxPacketOctets)
    lengths[(i * IOVEC) / WORD + 2] = reply.length
    words[(i * MMSGHDR) / WORD + NAME_LENGTH] = SOCKADDR_IN
    const name = i * SOCKADDR_IN
    names.writeUInt16LE(AF_INET, name)
    names.writeUInt16BE(to.port, name + 2)
    names.writeUInt32BE(this.#numberOf(to.address), name + 4)
    this.#to.push(to)
    if (i === 0) setImmediate(this.send)
    if (this.#to.length === MOST_HELD) this.send()
  }

  /** Sends what was added. */
  readonly send = (): void => {
    const { octets, lengths, list } = this.#outgoing
    const count = this.#to.length
    let sent = 0
    while (sent < count) {
      const messages = sent === 0 ? list : list.subarray(sent * MMSGHDR)
      const more = this.#libc.send(this.#descriptor, messages, count - sent)
      if (more > 0) sent += more
      else {
        const at = sent * maxPacketOctets
        const length = lengths[(sent * IOVEC) / WORD + 2] as number
        this.#refused(Buffer.from(octets.subarray(at, at + length)), this.#to[sent]!)
        sent++
      }
    }
    this.#to.length = 0
  }

  #textOf(number: number): string {
    const known = this.#texts.get(number)
    if (known !== undefined) return known
    const text = `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`
    if (this.#texts.size >= MOST_KNOWN) this.#texts.clear()
    this.#texts.set(number, text)
    return text
  }

  #numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
    const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
    if (this.#numbers.size >= MOST_KNOWN) this.#numbers.clear()
    this.#numbers.set(text, number)
    return number
  }
}

/** A list of messages as the kernel reads it, with memory for each one's address and octets. All of it stays where it is. */
class Messages {
  readonly list: Buffer = Buffer.allocUnsafeSlow(MOST * MMSGHDR).fill(0)
  readonly octets: Buffer = Buffer.allocUnsafeSlow(MOST * maxPacketOctets)
  readonly names: Buffer = Buffer.allocUnsafeSlow(MOST * SOCKADDR_IN).fill(0)
  /** The list, and the pieces of memory it names, by words. */
  readonly words: Uint32Array
  readonly lengths: Uint32Array
  readonly #pieces: Buffer = Buffer.allocUnsafeSlow(MOST * IOVEC)

  constructor(libc: Libc) {
    const octetsAt = libc.addressOf(this.octets)
    const namesAt = libc.addressOf(this.names)
    const piecesAt = libc.addressOf(this.#pieces)
    for (let i = 0; i < MOST; i++) {
      const piece = i * IOVEC
      this.#pieces.writeBigUInt64LE(octetsAt + BigInt(i * maxPacketOctets), piece)
      this.#pieces.writeBigUInt64LE(BigInt(maxPacketOctets), piece + 8)
      const header = i * MMSGHDR
      this.list.writeBigUInt64LE(namesAt + BigInt(i * SOCKADDR_IN), header)
      this.list.writeBigUInt64LE(piecesAt + BigInt(piece), header + 16)
      this.list.writeBigUInt64LE(1n, header + 24)
    }
    this.words = wordsOf(this.list)
    this.lengths = wordsOf(this.#pieces)
  }
}

const wordsOf = ({ buffer, byteOffset, length }: Buffer): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length / WORD)
