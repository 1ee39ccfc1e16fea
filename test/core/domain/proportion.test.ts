import t from 'tap'
import { differenceOf, shareOf, type Interval } from '../../../core/domain/proportion.ts'

const to4 = (value: number): number => Math.round(value * 10_000) / 10_000
const ends = ({ low, high }: Interval): number[] => [to4(low), to4(high)]

t.test('shares have the intervals of table I in Newcombe 1998, method 3', async (t) => {
  const published: [count: number, of: number, low: number, high: number][] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ]
  for (const [count, of, ...interval] of published) t.same(ends(shareOf({ count, of })), interval)
})

t.test('differences have the intervals of table II in Newcombe 1998, method 10', async (t) => {
  type Case = [a: number, ofA: number, b: number, ofB: number, low: number, high: number]
  const published: Case[] = [
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ]
  for (const [a, ofA, b, ofB, ...interval] of published)
    t.same(
      ends(differenceOf({ count: a, of: ofA }, { count: b, of: ofB })),
      interval,
      `${a}/${ofA} − ${b}/${ofB}`,
    )
})

/** Chances of 0 to `of` in `of` trials. */
function binomial(of: number, chance: number): number[] {
  const logs = [of * Math.log(1 - chance)]
  for (let k = 1; k <= of; k++)
    logs.push(logs[k - 1]! + Math.log((of - k + 1) / k) + Math.log(chance / (1 - chance)))
  return logs.map(Math.exp)
}

const holds = ({ low, high }: Interval, truth: number): boolean => low <= truth && truth <= high

t.test('over all that can happen, the intervals hold the truth as often as they promise', async (t) => {
  const shares: number[] = []
  const differences: number[] = []
  for (const chance of [0.01, 0.02, 0.05, 0.1, 0.25, 0.5]) {
    const served = binomial(400, chance + 0.02)
    shares.push(
      served.reduce((sum, p, count) => sum + (holds(shareOf({ of: 400, count }), chance + 0.02) ? p : 0), 0),
    )
    const held = binomial(100, chance)
    let covered = 0
    for (const [count, p] of served.entries())
      for (const [other, q] of held.entries())
        if (p * q > 1e-9 && holds(differenceOf({ of: 400, count }, { of: 100, count: other }), 0.02))
          covered += p * q
    differences.push(covered)
  }
  for (const covered of [...shares, ...differences])
    t.ok(covered > 0.93 && covered < 0.985, to4(covered).toString())
  const mean = (all: readonly number[]): number => all.reduce((sum, each) => sum + each, 0) / all.length
  for (const all of [shares, differences]) t.ok(Math.abs(mean(all) - 0.95) < 0.015, to4(mean(all)).toString())
})
