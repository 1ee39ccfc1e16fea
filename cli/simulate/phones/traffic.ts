import type { Random } from '../random.ts'

/** Totals of a session so far; `from` is what the visitor sent. */
export interface Octets {
  readonly from: bigint
  readonly to: bigint
}

/** Octets that may be moved: by the visitor, to the visitor, both together. Absent is unlimited. */
export interface Quota {
  readonly from?: bigint | undefined
  readonly to?: bigint | undefined
  readonly both?: bigint | undefined
}

/** How much a visitor moves while online: a function of simulated seconds alone, however often it is read. */
export interface Traffic {
  /** Totals at the end of a second. Never less than at an earlier one. */
  at(second: number): Octets
  /** The first second, up to `last`, at whose end a quota is used up; null when it lasts. */
  reaches(quota: Quota, last: number): number | null
}

/** A visitor's habits: mean rates in octets a second. */
interface Habit {
  readonly share: number
  readonly down: readonly [number, number]
  readonly up: readonly [number, number]
}

const HABITS: readonly Habit[] = [
  { share: 0.55, down: [8_000, 40_000], up: [0.08, 0.2] },
  { share: 0.35, down: [80_000, 280_000], up: [0.03, 0.08] },
  { share: 0.1, down: [300_000, 520_000], up: [0.02, 0.3] },
]
const SLOT_SECONDS = 60

/** @param appetite 1 for a usual visit; less for a short look. */
export function drawTraffic(random: Random, appetite = 1): Traffic {
  const habit = random.weighted(HABITS)
  const down = random.between(...habit.down) * appetite
  const up = down * random.between(...habit.up)
  const rates: { from: bigint; to: bigint }[] = []
  const before: Octets[] = [{ from: 0n, to: 0n }]
  // Each minute has a pace of its own, drawn in order, so that reading further never changes what was read.
  const minute = (index: number): void => {
    while (rates.length <= index) {
      const pace = random.between(0.1, 1.9)
      const rate = { from: BigInt(Math.round(up * pace)), to: BigInt(Math.round(down * pace)) }
      const start = before[rates.length]!
      const seconds = BigInt(SLOT_SECONDS)
      before.push({ from: start.from + rate.from * seconds, to: start.to + rate.to * seconds })
      rates.push(rate)
    }
  }
  const at = (second: number): Octets => {
    const index = Math.floor(second / SLOT_SECONDS)
    minute(index)
    const start = before[index]!
    const into = BigInt(Math.floor(second) - index * SLOT_SECONDS)
    return { from: start.from + rates[index]!.from * into, to: start.to + rates[index]!.to * into }
  }
  return {
    at,
    reaches(quota, last) {
      if (!isUsedUp(quota, at(last))) return null
      let [low, high] = [0, last]
      while (low < high) {
        const middle = (low + high) >>> 1
        if (isUsedUp(quota, at(middle))) high = middle
        else low = middle + 1
      }
      return low
    },
  }
}

const isUsedUp = ({ from, to, both }: Quota, used: Octets): boolean =>
  (from !== undefined && used.from >= from) ||
  (to !== undefined && used.to >= to) ||
  (both !== undefined && used.from + used.to >= both)
