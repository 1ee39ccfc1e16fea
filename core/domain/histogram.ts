/** A value read from a histogram is within this share of the true one. */
export const HISTOGRAM_ERROR = 0.025

/** Each bucket ends this many times higher than the one below it. */
const GROWTH = (1 + HISTOGRAM_ERROR) / (1 - HISTOGRAM_ERROR)
const LOG_GROWTH = Math.log(GROWTH)

/**
 * The bucket of a value of at least 1; less counts as 1. Buckets are a scale of their own, so histograms of sites and days
 * add up bucket by bucket. @see Masson, Rim and Lee, "DDSketch", VLDB 2019
 */
export const bucketOf = (value: number): number =>
  value <= 1 ? 0 : Math.ceil(Math.log(value) / LOG_GROWTH - 1e-9)

/** The value that stands for a bucket: no value in it is further away than HISTOGRAM_ERROR. */
export const valueOf = (bucket: number): number => (2 * GROWTH ** bucket) / (GROWTH + 1)

/** The ⌈q·n⌉-th smallest of n values, from how many there are in each bucket; null when there are none. */
export function quantile(counts: ReadonlyMap<number, number>, q: number): number | null {
  const sorted = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b)
  const rank = Math.ceil(q * sorted.reduce((sum, [, count]) => sum + count, 0))
  let passed = 0
  for (const [bucket, count] of sorted) {
    passed += count
    if (passed >= Math.max(1, rank)) return valueOf(bucket)
  }
  return null
}
