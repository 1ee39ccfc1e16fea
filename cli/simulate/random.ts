import { createHash } from 'node:crypto'

/** Chance that repeats itself: the same seed gives the same draws on every machine. Not for secrets. */
export interface Random {
  /** At least 0, below 1. */
  unit(): number
  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number
  between(least: number, most: number): number
  chance(share: number): boolean
  pick<T>(list: readonly T[]): T
  /** One entry, the likelier the larger its `share`; shares need not add up to 1. */
  weighted<T extends { readonly share: number }>(list: readonly T[]): T
  bytes(length: number): Buffer
  /** A stream of its own, the same for the same label however much was drawn here before. */
  fork(label: string): Random
}

export function createRandom(seed: number): Random {
  const draw = mulberry32(seed)
  const below = (limit: number): number => Math.floor(draw() * limit)
  return {
    unit: draw,
    below,
    between: (least, most) => least + draw() * (most - least),
    chance: (share) => draw() < share,
    pick: (list) => list[below(list.length)]!,
    weighted(list) {
      let left = draw() * list.reduce((sum, each) => sum + each.share, 0)
      return list.find((each) => (left -= each.share) < 0) ?? list[list.length - 1]!
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
    fork: (label) => createRandom(createHash('md5').update(`${seed}\n${label}`).digest().readUInt32LE(0)),
  }
}

/** Tommy Ettinger's mulberry32: 32 bits of state, uniform enough for a crowd. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
