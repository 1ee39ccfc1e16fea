import { codeAt } from '../domain/code-at.ts'

const TAB = 9
const MINUS = 45
const ZERO = 48
const LETTERS = 58
const LETTER_A = 97
/** So many digits of base 36 stay below 2^53. */
const MOST_EXACT = 10

/**
 * The fields of a record, a line of text with tabs between them, one after another. Numbers are read where they stand:
 * to split the line first would make a text of each. Past its end every field is empty.
 */
export class Fields {
  readonly #line: string
  #at: number

  constructor(line: string, at = 0) {
    this.#line = line
    this.#at = at
  }

  text(): string {
    const from = this.#at
    const end = this.#line.indexOf('\t', from)
    this.#at = end < 0 ? this.#line.length + 1 : end + 1
    return this.#line.slice(from, end < 0 ? undefined : end)
  }

  /** Text, or null where the field is empty. */
  word(): string | null {
    return this.text() || null
  }

  /** A number of base 36, 0 for none, NaN for what is no number. */
  number(): number {
    return this.limit() ?? 0
  }

  /** The same, undefined for none. */
  limit(): number | undefined {
    const line = this.#line
    const from = this.#at
    let at = from
    const isNegative = codeAt(line, at) === MINUS
    if (isNegative) at++
    let value = 0
    for (; at < line.length; at++) {
      const code = codeAt(line, at)
      if (code === TAB) break
      const digit = code < LETTERS ? code - ZERO : code - LETTER_A + 10
      value = digit < 0 || digit > 35 ? NaN : value * 36 + digit
    }
    this.#at = at + 1
    return at === from ? undefined : isNegative ? -value : value
  }

  /** A number of any size, 0 for none. */
  big(): bigint {
    const from = this.#at
    const value = this.number()
    if (this.#at - 1 - from <= MOST_EXACT) return BigInt(value)
    this.#at = from
    return big(this.text())
  }
}

/** Two digits at a time: what the engine has for it takes three times as long, and a report has a dozen numbers. */
const PAIRS = Array.from({ length: 36 ** 2 }, (_, pair) => pair.toString(36).padStart(2, '0'))

/** A number in base 36. */
export function base36(value: number | bigint): string {
  // Past what is exact, a number is none that is safe.
  let rest = Number(value)
  if (rest < 0 || !Number.isSafeInteger(rest)) return value.toString(36)
  let text = ''
  while (rest >= PAIRS.length) {
    const more = Math.floor(rest / PAIRS.length)
    text = PAIRS[rest - more * PAIRS.length]! + text
    rest = more
  }
  return (rest < 36 ? PAIRS[rest]!.charAt(1) : PAIRS[rest]!) + text
}

/** The number of a base 36 text, 0 for none, NaN for what is no number. */
export const number = (text: string): number => new Fields(text).number()

/** A number of base 36 of any size. */
export function big(text: string): bigint {
  if (text.length <= MOST_EXACT) return BigInt(number(text))
  if (text.startsWith('-')) return -big(text.slice(1))
  let value = 0n
  for (const digit of text) value = value * 36n + BigInt(parseInt(digit, 36))
  return value
}
