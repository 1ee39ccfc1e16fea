import { blake2sBlocks } from './blake2s-blocks.ts'
import { codeAt } from './code-at.ts'

/** Octets of a block and of a digest. */
const BLOCK = 64
const DIGEST = 32

/** A text of so many characters is written sooner by ourselves than by a call of node's. */
const SHORT = 24
/** What a character takes in UTF-8. */
const MOST_OCTETS = 3

/** What BLAKE2s begins a message with: nothing, or what it remembers of a key. */
export interface Blake2sState {
  readonly words: Int32Array
  readonly octets: number
  /** The state after a message of no octets, which has no block of its own where there is a key. */
  readonly ofNothing: Int32Array
}

/** @see RFC 7693 §2.6 */
// prettier-ignore
const IV = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
)

/**
 * What follows from a key of up to 32 octets, worked out once for all its messages; of no octets: from none. A digest of
 * fewer octets than 32 is another one, whose first octets count.
 * @throws RangeError when the key is longer. @see RFC 7693 §2.5, §3.3
 */
export function stateOf(key: Uint8Array, digestOctets = DIGEST): Blake2sState {
  if (key.length > DIGEST) throw new RangeError(`a key of ${key.length} octets is longer than ${DIGEST}`)
  const block = Buffer.alloc(BLOCK)
  block.set(key)
  const view = new DataView(block.buffer, block.byteOffset, BLOCK)
  const words = IV.slice()
  words[0]! ^= 0x01010000 ^ (key.length << 8) ^ digestOctets
  const octets = key.length && BLOCK
  const ofNothing = new Int32Array(words.length)
  blake2sBlocks(words, ofNothing, view, octets, 0, true)
  if (octets) blake2sBlocks(words, words, view, octets, 0, false)
  block.fill(0)
  return { words, octets, ofNothing }
}

const UNKEYED = stateOf(new Uint8Array())

const BASE64URL = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

/**
 * A sheet to write a message on and take its BLAKE2s of 32 octets, with or without a key; made once and used for every
 * message. node:crypto takes no key for it, and a call takes longer than a short message here. Not for two messages at once,
 * nor across an await. @see RFC 7693
 */
export class Blake2s {
  #message: Buffer
  #view: DataView
  #length = 0
  readonly #state = new Int32Array(DIGEST / 4)
  /** The last digest, and an octet so that its last group is whole. */
  readonly #digest = new Uint8Array(DIGEST + 1)
  readonly #digestView = new DataView(this.#digest.buffer)

  constructor() {
    this.#message = Buffer.alloc(0)
    this.#view = new DataView(this.#message.buffer)
    this.#makeRoom(1024)
  }

  /** Octets of the message so far. */
  get length(): number {
    return this.#length
  }

  /** Begins a message. */
  begin(): this {
    this.#length = 0
    return this
  }

  text(text: string): this {
    const { length } = text
    this.#makeRoom(MOST_OCTETS * length)
    const message = this.#message
    const at = this.#length
    let all = 0
    if (length <= SHORT)
      for (let i = 0; i < length; i++) {
        const code = codeAt(text, i)
        message[at + i] = code
        all |= code
      }
    this.#length += length <= SHORT && all <= 0x7f ? length : message.write(text, at)
    return this
  }

  octets(octets: Uint8Array, from = 0, to = octets.length): this {
    this.#makeRoom(to - from)
    const message = this.#message
    let at = this.#length
    for (let i = from; i < to; i++) message[at++] = octets[i] as number
    this.#length = at
    return this
  }

  /** Copies the message from an octet on to the beginning of `into`. */
  copyTo(into: Uint8Array, from: number): void {
    for (let i = from; i < this.#length; i++) into[i - from] = this.#message[i] as number
  }

  /** Takes the digest, under the key that a state was made of. */
  digest({ words, octets, ofNothing }: Blake2sState = UNKEYED): this {
    const length = this.#length
    const message = this.#view
    const state = this.#state
    const end = (length + BLOCK - 1) & -BLOCK
    // The last word goes up to three octets too far, which are nobody's.
    for (let at = length; at < end; at += 4) message.setInt32(at, 0)
    if (length > 0) blake2sBlocks(words, state, message, length, octets, true)
    else state.set(ofNothing)
    const digest = this.#digestView
    for (let i = 0; i < DIGEST / 4; i++) digest.setInt32(4 * i, state[i] as number, true)
    return this
  }

  /** Writes the first characters (at most 43) of the digest in base64url to `into` from `at` on. */
  write(characters: number, into: Uint8Array, at = 0): void {
    const digest = this.#digest
    for (let i = 0, from = 0; i < characters; i += 4, from += 3) {
      const group =
        ((digest[from] as number) << 16) | ((digest[from + 1] as number) << 8) | (digest[from + 2] as number)
      into[at + i] = BASE64URL[group >>> 18] as number
      if (i + 1 < characters) into[at + i + 1] = BASE64URL[(group >>> 12) & 63] as number
      if (i + 2 < characters) into[at + i + 2] = BASE64URL[(group >>> 6) & 63] as number
      if (i + 3 < characters) into[at + i + 3] = BASE64URL[group & 63] as number
    }
  }

  /** The first characters (at most 43) of the digest in base64url. */
  base64url(characters = 43): string {
    this.write(characters, written)
    return written.toString('latin1', 0, characters)
  }

  /** For so many octets more, and the zeros after them. */
  #makeRoom(octets: number): void {
    const needed = this.#length + octets + BLOCK
    if (needed <= this.#message.length) return
    const larger = Buffer.alloc(2 * needed)
    larger.set(this.#message.subarray(0, this.#length))
    this.#message = larger
    this.#view = new DataView(larger.buffer, larger.byteOffset, larger.length)
  }
}

const written = Buffer.alloc(44)

const sheet = new Blake2s()

/** The first characters (at most 43) of the BLAKE2s of a text in base64url. */
export const blake2sText = (text: string, characters: number): string =>
  sheet.begin().text(text).digest().base64url(characters)
