import fc from 'fast-check'
import t from 'tap'
import { bucketOf, HISTOGRAM_ERROR, quantile, valueOf } from '../../../core/domain/histogram.ts'

const always = { seed: 20261014, numRuns: 300 }

t.test('what is read from a bucket is within the stated error of what was put in', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e15, noNaN: true }), (value) => {
        const error = Math.abs(valueOf(bucketOf(value)) / value - 1)
        return error <= HISTOGRAM_ERROR + 1e-6
      }),
      always,
    ),
  )
  t.equal(bucketOf(0), bucketOf(1), 'less than 1 counts as 1')
})

t.test('quantiles are those of the sorted values, within the error, and parts add up', async (t) => {
  const values = fc.array(fc.integer({ min: 60, max: 43_200 }), { minLength: 1, maxLength: 200 })
  const histogram = (some: readonly number[]): Map<number, number> => {
    const counts = new Map<number, number>()
    for (const each of some) counts.set(bucketOf(each), (counts.get(bucketOf(each)) ?? 0) + 1)
    return counts
  }
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(values, values, fc.constantFrom(0.1, 0.5, 0.9, 1), (a, b, q) => {
        const merged = histogram(a)
        for (const [bucket, count] of histogram(b)) merged.set(bucket, (merged.get(bucket) ?? 0) + count)
        const sorted = [...a, ...b].sort((x, y) => x - y)
        const exact = sorted[Math.ceil(q * sorted.length) - 1]!
        return Math.abs(quantile(merged, q)! / exact - 1) <= HISTOGRAM_ERROR + 1e-6
      }),
      always,
    ),
  )
  t.equal(quantile(new Map(), 0.5), null)
  t.equal(quantile(new Map([[7, 0]]), 0.5), null)
})
