/** A figure, and between what the truth is in 95 of 100 cases. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** How many of how many. */
export interface Part {
  readonly of: number
  readonly count: number
}

/** 95 of 100 values of a normal variable lie within so many standard deviations. */
const Z = 1.959964

/**
 * A share from 0 to 1 with Wilson's score interval, which holds what it promises for small shares, too; `of` is at least 1.
 * @see Newcombe 1998, Statistics in Medicine 17:857, method 3
 */
export function shareOf({ of, count }: Part): Interval {
  const value = count / of
  const squared = Z * Z
  const middle = count + squared / 2
  const spread = Z * Math.sqrt(squared / 4 + count * (1 - value))
  return {
    value,
    low: count === 0 ? 0 : (middle - spread) / (of + squared),
    high: count === of ? 1 : (middle + spread) / (of + squared),
  }
}

/**
 * By how much the share of `first` is greater than that of `second`, with Newcombe's hybrid score interval.
 * @see Newcombe 1998, Statistics in Medicine 17:873, method 10
 */
export function differenceOf(first: Part, second: Part): Interval {
  const [a, b] = [shareOf(first), shareOf(second)]
  const value = a.value - b.value
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.high - b.value),
    high: value + Math.hypot(a.high - a.value, b.value - b.low),
  }
}
