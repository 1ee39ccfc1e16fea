import type { Reply } from './redis.ts'

/** What Redis said against a command; the rest of the line goes on. */
export class RedisRefusal extends Error {
  override readonly name = 'RedisRefusal'
}

/** Commands as the server reads them, lists of strings with their lengths in octets (RESP 2), until they are sent. */
export class CommandWriter {
  #text = ''
  #ascii = true
  #count = 0

  /** How many commands wait. */
  get count(): number {
    return this.#count
  }

  add(command: string, args: readonly (string | number)[]): void {
    let text = `*${args.length + 1}\r\n$${command.length}\r\n${command}\r\n`
    for (const arg of args) {
      const value = typeof arg === 'number' ? String(arg) : arg
      const octets = Buffer.byteLength(value)
      if (octets !== value.length) this.#ascii = false
      text += `$${octets}\r\n${value}\r\n`
    }
    this.#text += text
    this.#count++
  }

  /** All that was added since, and how it is encoded: text of one octet a character needs no encoder. */
  take(): [text: string, encoding: 'latin1' | 'utf8'] {
    const text = this.#text
    const encoding = this.#ascii ? 'latin1' : 'utf8'
    this.#text = ''
    this.#ascii = true
    this.#count = 0
    return [text, encoding]
  }
}

const CR = 13
const PLUS = 43
const MINUS = 45
const COLON = 58
const DOLLAR = 36
const STAR = 42

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
