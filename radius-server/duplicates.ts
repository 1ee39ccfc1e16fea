import type { Packet } from './packet/packet.ts'

/** What a request is told from others by (RFC 5080 §2.2.2), beside its code, identifier and authenticator. */
export interface Origin {
  /** The source address. */
  readonly address: string
  readonly port: number
  /** Which of our sockets it came by. */
  readonly socket: number
}

/** What the cache says of a request: its place when it is new, `in-progress` (drop it), or the very bytes to send again. */
export type Seen = number | 'in-progress' | Buffer

/** The place of a request that is worked on without being remembered. */
const NO_PLACE = -1

/** RFC 5080 §2.2.2 asks for 5 to 30 seconds. */
const KEEP_MS = 30_000
/** A power of two. Past 2,000 requests a second the oldest leave before their thirty seconds, past 13,000 before five. */
const MOST = 65_536
const BUCKETS = MOST * 2
/** An Access-Accept takes about 200 octets, an Accounting-Response 20 and the Proxy-State that came. */
const REPLY_OCTETS = 256
/** Longer replies are kept aside, up to this much in all; past it the oldest of them leave, and are new work when asked for. */
const MOST_ASIDE = 8 * 1024 * 1024

const AUTHENTICATOR_AT = 4
const AUTHENTICATOR_OCTETS = 16
const IN_PROGRESS = -1
const ASIDE = -2
/** No slot, in buckets and chains. */
const NONE = -1

/**
 * The duplicate cache of RFC 5080 §2.2.2, in memory that is taken once and for all: a ring of slots in order of arrival,
 * found by hash. Nothing is allocated a request, so that the collector has nothing to carry.
 */
export class DuplicateCache {
  /** Which request has the slot, counted from 0; a place is that number, so that a slot's next request is told apart. */
  readonly #number = new Float64Array(MOST).fill(NONE)
  readonly #since = new Float64Array(MOST)
  readonly #source = new Int32Array(MOST)
  readonly #portAndIdentifier = new Int32Array(MOST)
  readonly #socketAndCode = new Int32Array(MOST)
  readonly #proved = new Uint8Array(MOST)
  readonly #authenticators = Buffer.alloc(MOST * AUTHENTICATOR_OCTETS)
  readonly #replies = Buffer.alloc(MOST * REPLY_OCTETS)
  readonly #replyOctets = new Int16Array(MOST)
  readonly #aside = new Map<number, Buffer>()
  #asideOctets = 0
  readonly #buckets = new Int32Array(BUCKETS).fill(NONE)
  readonly #next = new Int32Array(MOST).fill(NONE)
  readonly #sources = new Map<string, number>()
  #lastSource = 0
  #arrivals = 0

  /**
   * What is known of a request, which becomes known by being asked for. The same identifier with another authenticator
   * serves another request now: what it was before is purged. One that is not proved neither purges nor stands in for
   * one that is: whoever overhears a request could send it first, without its Message-Authenticator.
   */
  seen(origin: Origin, packet: Packet, proved: boolean, now: number): Seen {
    const source = this.#numberOf(origin.address)
    const portAndIdentifier = (origin.port << 8) | packet.identifier
    const socketAndCode = (origin.socket << 8) | packet.code
    const bucket = bucketOf(source, portAndIdentifier, socketAndCode)
    const known = this.#find(bucket, source, portAndIdentifier, socketAndCode)
    if (known !== NONE) {
      const fresh = now - this.#since[known]! < KEEP_MS
      const wasProved = this.#proved[known] === 1
      if (fresh && wasProved && !proved) return NO_PLACE
      if (fresh && wasProved === proved && this.#sameAuthenticator(known, packet.datagram))
        return this.#told(known)
      this.#empty(known)
    }
    const place = this.#arrivals++
    const slot = place % MOST
    this.#empty(slot)
    this.#number[slot] = place
    this.#since[slot] = now
    this.#source[slot] = source
    this.#portAndIdentifier[slot] = portAndIdentifier
    this.#socketAndCode[slot] = socketAndCode
    this.#proved[slot] = proved ? 1 : 0
    this.#replyOctets[slot] = IN_PROGRESS
    const { datagram } = packet
    const at = slot * AUTHENTICATOR_OCTETS
    for (let i = 0; i < AUTHENTICATOR_OCTETS; i++)
      this.#authenticators[at + i] = datagram[AUTHENTICATOR_AT + i] as number
    this.#next[slot] = this.#buckets[bucket]!
    this.#buckets[bucket] = slot
    return place
  }

  /** Remembers what was answered to the request at a place. */
  answered(place: number, reply: Buffer): void {
    const slot = place % MOST
    if (place === NO_PLACE || this.#number[slot] !== place) return
    if (reply.length <= REPLY_OCTETS) {
      this.#replies.set(reply, slot * REPLY_OCTETS)
      this.#replyOctets[slot] = reply.length
    } else {
      this.#keepAside(slot, reply)
      this.#replyOctets[slot] = ASIDE
    }
  }

  /** Forgets a request that got no answer, so that its retransmission is new work. */
  forget(place: number): void {
    const slot = place % MOST
    if (place !== NO_PLACE && this.#number[slot] === place) this.#empty(slot)
  }

  /** Addresses as numbers. A NAS with a block may use many; past the bound all get new ones, and what they sent is new work. */
  #numberOf(address: string): number {
    const known = this.#sources.get(address)
    if (known !== undefined) return known
    if (this.#sources.size >= MOST) this.#sources.clear()
    this.#sources.set(address, ++this.#lastSource)
    return this.#lastSource
  }

  #keepAside(slot: number, reply: Buffer): void {
    for (const oldest of this.#aside.keys()) {
      if (this.#asideOctets + reply.length <= MOST_ASIDE) break
      this.#empty(oldest)
    }
    // Memory of its own: a piece of a pool would keep the whole pool from being freed.
    const copy = Buffer.allocUnsafeSlow(reply.length)
    copy.set(reply)
    this.#aside.set(slot, copy)
    this.#asideOctets += copy.length
  }

  #told(slot: number): Seen {
    const octets = this.#replyOctets[slot]!
    if (octets === IN_PROGRESS) return 'in-progress'
    if (octets === ASIDE) return this.#aside.get(slot)!
    // A copy: the slot may serve another request before the kernel has taken these bytes.
    return Buffer.from(this.#replies.subarray(slot * REPLY_OCTETS, slot * REPLY_OCTETS + octets))
  }

  #find(bucket: number, source: number, portAndIdentifier: number, socketAndCode: number): number {
    let slot = this.#buckets[bucket]!
    while (
      slot !== NONE &&
      (this.#source[slot] !== source ||
        this.#portAndIdentifier[slot] !== portAndIdentifier ||
        this.#socketAndCode[slot] !== socketAndCode)
    )
      slot = this.#next[slot]!
    return slot
  }

  #sameAuthenticator(slot: number, datagram: Buffer): boolean {
    const at = slot * AUTHENTICATOR_OCTETS
    for (let i = 0; i < AUTHENTICATOR_OCTETS; i++)
      if (this.#authenticators[at + i] !== datagram[AUTHENTICATOR_AT + i]) return false
    return true
  }

  /** Takes a slot out of its chain. */
  #empty(slot: number): void {
    if (this.#number[slot] === NONE) return
    this.#number[slot] = NONE
    const bucket = bucketOf(this.#source[slot]!, this.#portAndIdentifier[slot]!, this.#socketAndCode[slot]!)
    if (this.#buckets[bucket] === slot) this.#buckets[bucket] = this.#next[slot]!
    else {
      let before = this.#buckets[bucket]!
      while (this.#next[before] !== slot) before = this.#next[before]!
      this.#next[before] = this.#next[slot]!
    }
    if (this.#replyOctets[slot] === ASIDE) {
      this.#asideOctets -= this.#aside.get(slot)!.length
      this.#aside.delete(slot)
    }
  }
}

/** Sources and ports of one city are few and alike: every bit must move the bucket. */
function bucketOf(source: number, portAndIdentifier: number, socketAndCode: number): number {
  let hash = Math.imul(source ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(portAndIdentifier, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 15) ^ socketAndCode, 0x27d4eb2f)
  return (hash ^ (hash >>> 13)) & (BUCKETS - 1)
}
