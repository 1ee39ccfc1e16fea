import t from 'tap'
import { createRandom } from '../../../cli/simulate/random.ts'
import { chooseItems, drawItems } from '../../../core/domain/campaign.ts'
import { itemResult, type ItemCounts } from '../../../core/domain/campaign-result.ts'
import type { Interval } from '../../../core/domain/proportion.ts'
import { siteOf } from '../../analytics/support/visits.ts'
import { itemOf } from './items.ts'

const counts: ItemCounts = {
  served: 1000,
  held: 110,
  opened: 40,
  openedOtherwise: 7,
  visited: 60,
  visitedHeld: 3,
}
const round = (interval: Interval | null): number[] =>
  interval ? [interval.value, interval.low, interval.high].map((each) => Number(each.toFixed(4))) : []

t.test(
  'the rate is of those served; the lift compares who came with who would have come anyway',
  async (t) => {
    const { rate, lift } = itemResult(counts)
    t.same(round(rate), [0.04, 0.0295, 0.054])
    t.same(round(lift), [0.0327, -0.0188, 0.0571], 'chance may be all of it')
  },
)

t.test('under a hundred nothing is said, nor of what is withheld', async (t) => {
  t.same(itemResult({ ...counts, served: 99 }), { rate: null, lift: null })
  t.match(itemResult({ ...counts, served: 100 }), { rate: { value: 0.4 }, lift: {} })
  t.match(itemResult({ ...counts, held: 99 }), { rate: {}, lift: null })
  t.match(itemResult({ ...counts, opened: null }), { rate: null, lift: {} })
  for (const name of ['held', 'visited', 'visitedHeld'])
    t.match(itemResult({ ...counts, [name]: null }), { rate: {}, lift: null }, name)
  t.same(itemResult({ ...counts, served: null }), { rate: null, lift: null })
})

t.test(
  'devices drawn by the real hold-out, an item that moves 4 in 100: the interval holds that as promised',
  async (t) => {
    const here = siteOf('here', 'tourist-site')
    const items = ['a', 'b', 'c'].map((id) => itemOf(id, { holdOut: 0.5 }))
    const sites = new Map(
      [here, ...items.map(({ site }) => siteOf(site, 'craft-village'))].map((each) => [each.id, each]),
    )
    const context = { sites, key: Buffer.alloc(32, 9) }
    const random = createRandom(20261122)
    const [runs, devices, base, truth] = [240, 600, 0.06, 0.04]
    let held = 0
    for (let run = 0; run < runs; run++) {
      const seen = { served: 0, held: 0, opened: 0, openedOtherwise: 0, visited: 0, visitedHeld: 0 }
      for (let device = 0; device < devices; device++) {
        const who = { here, lang: 'vi', day: '2026-11-21', device: `${run} ${device}` }
        const { served } = chooseItems(drawItems(items, who, context), new Map())
        const isServed = served.some(({ item }) => item.id === 'a')
        const comes = random.chance(base + (isServed ? truth : 0))
        seen[isServed ? 'served' : 'held']++
        if (comes) seen[isServed ? 'visited' : 'visitedHeld']++
      }
      const { lift } = itemResult(seen)
      if (lift && lift.low <= truth && truth <= lift.high) held++
    }
    t.ok(held / runs > 0.91 && held / runs < 0.985, `${held} of ${runs}`)
  },
)
