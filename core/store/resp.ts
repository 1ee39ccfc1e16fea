import { codeAt } from '../domain/code-at.ts'
import type { Argument, Reply } from './redis.ts'

/** What Redis said against a command; the rest of the line goes on. */
export class RedisRefusal extends Error {
  override readonly name = 'RedisRefusal'
}

const CR = 13
const LF = 10
const PLUS = 43
const MINUS = 45
const COLON = 58
const DOLLAR = 36
const STAR = 42
const ZERO = 48

/** Room for what a busy turn asks; more makes more. */
const SHEET_OCTETS = 64 * 1024
/** Sheets that are kept: one is written on while another is on its way. */
const MOST_SPARE = 4
/** Longer texts are written by Node: below it, its call costs more. */
const LONG = 64
/** Digits and line ends around an argument. */
const AROUND_OCTETS = 24

/**
 * Commands as the server reads them, lists of strings with their lengths in octets (RESP 2), until they are sent. They are
 * written where they stay: text put together piece by piece would be copied again, and be the collector's work.
 */
export class CommandWriter {
  #octets: Buffer = Buffer.allocUnsafeSlow(SHEET_OCTETS)
  #used = 0
  #count = 0
  readonly #spare: Buffer[] = []

  /** How many commands wait. */
  get count(): number {
    return this.#count
  }

  add(command: string, args: readonly Argument[]): void {
    this.#head(STAR, args.length + 1)
    this.#bulk(command)
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!
      // Of numbers most are flags and small counts, which need no text.
      if (typeof arg === 'string') this.#bulk(arg)
      else if (arg >= 0 && arg < 10 && Number.isInteger(arg)) this.#digit(arg)
      else this.#bulk(String(arg))
    }
    this.#count++
  }

  /** All that was added since. The octets stay as they are until they are given back. */
  take(): Buffer {
    const taken = this.#octets.subarray(0, this.#used)
    this.#octets = this.#spare.pop() ?? Buffer.allocUnsafeSlow(SHEET_OCTETS)
    this.#used = 0
    this.#count = 0
    return taken
  }

  /** Octets that were sent, to be written on again. */
  giveBack(taken: Buffer): void {
    const { buffer } = taken
    if (buffer.byteLength === SHEET_OCTETS && this.#spare.length < MOST_SPARE)
      this.#spare.push(Buffer.from(buffer))
  }

  #head(kind: number, count: number): void {
    this.#makeRoom(AROUND_OCTETS)
    const octets = this.#octets
    let at = this.#used
    octets[at++] = kind
    if (count < 10) octets[at++] = ZERO + count
    else if (count < 100) {
      octets[at++] = ZERO + ((count / 10) | 0)
      octets[at++] = ZERO + (count % 10)
    } else at += octets.write(String(count), at, 'latin1')
    octets[at++] = CR
    octets[at++] = LF
    this.#used = at
  }

  #digit(value: number): void {
    this.#head(DOLLAR, 1)
    const octets = this.#octets
    octets[this.#used] = ZERO + value
    octets[this.#used + 1] = CR
    octets[this.#used + 2] = LF
    this.#used += 3
  }

  #bulk(text: string): void {
    const { length } = text
    this.#makeRoom(length + 2 * AROUND_OCTETS)
    const before = this.#used
    this.#head(DOLLAR, length)
    const octets = this.#octets
    let at = this.#used
    if (length > LONG) {
      // The one reads and the other writes a long text faster than we can, if each character is one octet.
      if (octets.write(text, at) !== length) return this.#wide(text, before)
      octets[at + length] = CR
      octets[at + length + 1] = LF
      this.#used = at + length + 2
      return
    }
    for (let i = 0; i < length; i++) {
      const code = codeAt(text, i)
      if (code > 0x7f) return this.#wide(text, before)
      octets[at++] = code
    }
    octets[at] = CR
    octets[at + 1] = LF
    this.#used = at + 2
  }

  /** Text of more than one octet a character, in the place of what was begun at `from`. */
  #wide(text: string, from: number): void {
    const length = Buffer.byteLength(text)
    this.#used = from
    this.#makeRoom(length + 2 * AROUND_OCTETS)
    this.#head(DOLLAR, length)
    this.#used += this.#octets.write(text, this.#used)
    this.#octets[this.#used] = CR
    this.#octets[this.#used + 1] = LF
    this.#used += 2
  }

  #makeRoom(octets: number): void {
    if (this.#used + octets <= this.#octets.length) return
    const larger = Buffer.allocUnsafeSlow(2 * (this.#used + octets))
    larger.set(this.#octets.subarray(0, this.#used))
    this.#octets = larger
  }
}

/** Takes replies out of a stream of octets, in whatever pieces it comes. */
export class ReplyReader {
  readonly #take: (reply: Reply | RedisRefusal) => void
  #octets: Buffer = Buffer.alloc(0)
  #at = 0
  #whole = true

  constructor(take: (reply: Reply | RedisRefusal) => void) {
    this.#take = take
  }

  /** @throws Error when the octets are not RESP: nothing after them can be trusted. */
  push(chunk: Buffer): void {
    // The chunk is the socket's, who reads the next one into it.
    this.#octets = this.#octets.length === 0 ? chunk : Buffer.concat([this.#octets, chunk])
    this.#at = 0
    let done = 0
    while (done < this.#octets.length) {
      this.#whole = true
      const reply = this.#read()
      if (!this.#whole) break
      done = this.#at
      this.#take(reply)
    }
    // What is left over is the beginning of a reply; a copy, so that it does not keep the whole chunk alive.
    this.#octets = done === this.#octets.length ? NOTHING : Buffer.from(this.#octets.subarray(done))
  }

  #read(): Reply | RedisRefusal {
    const octets = this.#octets
    const kind = octets[this.#at] ?? 0
    const start = this.#at + 1
    let end = start
    while (end < octets.length && octets[end] !== CR) end++
    if (end + 2 > octets.length) return this.#broken()
    this.#at = end + 2
    switch (kind) {
      case PLUS:
        return octets.toString('latin1', start, end)
      case MINUS:
        return new RedisRefusal(octets.toString('utf8', start, end))
      case COLON:
        return this.#number(start, end)
      case DOLLAR:
        return this.#bulk(this.#number(start, end))
      case STAR:
        return this.#list(this.#number(start, end))
      default:
        throw new Error('the server does not speak RESP')
    }
  }

  #bulk(length: number): Reply {
    if (length < 0) return null
    const start = this.#at
    if (start + length + 2 > this.#octets.length) return this.#broken()
    this.#at = start + length + 2
    return this.#octets.toString('utf8', start, start + length)
  }

  /** A list with a refusal in it is that refusal: none of its readers could use the rest. */
  #list(length: number): Reply | RedisRefusal {
    if (length < 0) return null
    const items: Reply[] = []
    let refusal: RedisRefusal | undefined
    for (let i = 0; i < length; i++) {
      if (this.#at >= this.#octets.length) return this.#broken()
      const item = this.#read()
      if (!this.#whole) return null
      if (item instanceof RedisRefusal) refusal = item
      else items.push(item)
    }
    return refusal ?? items
  }

  #number(start: number, end: number): number {
    let value = 0
    const negative = this.#octets[start] === MINUS
    for (let at = negative ? start + 1 : start; at < end; at++) value = value * 10 + (this.#octets[at]! - 48)
    return negative ? -value : value
  }

  #broken(): null {
    this.#whole = false
    return null
  }
}

const NOTHING = Buffer.alloc(0)
