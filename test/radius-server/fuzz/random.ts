/** Random choices that a seed repeats, so that a case that fails can be run again. */
export interface Random {
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number
  /** True once in `times`. */
  oneIn(times: number): boolean
  pick<T>(list: readonly T[]): T
  octets(length: number): Buffer
}

/** Mulberry32: good enough to spread choices, and the same everywhere. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit)
  return {
    below,
    oneIn: (times) => below(times) === 0,
    pick(list) {
      if (list.length === 0) throw new Error('there is nothing to pick from')
      return list[below(list.length)]!
    },
    octets(length) {
      const octets = Buffer.allocUnsafe(length)
      for (let at = 0; at < length; at++) octets[at] = below(256)
      return octets
    },
  }
}

/** `--name=12` of the command line as a number. */
export function optionOf(name: string, fallback: number): number {
  const word = process.argv.find((each) => each.startsWith(`--${name}=`))
  if (word === undefined) return fallback
  const value = Number(word.slice(name.length + 3))
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${word}: a whole number is wanted`)
  return value
}
