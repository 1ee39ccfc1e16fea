import t from 'tap'
import type { Nas } from '../../../core/domain/nas.ts'
import type { Site } from '../../../core/domain/site.ts'
import { coverage, type Heard } from '../../../analytics/figures/coverage.ts'
import { macOf, nasOf, NOON, siteOf } from '../support/visits.ts'

const tables = (sites: readonly Site[], nas: readonly Nas[]) => ({
  sites: new Map(sites.map((each) => [each.id, each])),
  nas: new Map(nas.map((each) => [each.id, each])),
  notices: [],
})
const heard = (gateway: number | null, accessPoints: Record<string, number> = {}): Heard => ({
  gateway,
  accessPoints: new Map(Object.entries(accessPoints)),
})
const ap = (n: number) => ({ mac: macOf(n), name: `AP ${n}` })
/** Three intervals of five minutes. */
const LIMIT = 900_000

const lake = siteOf('lake', 'tourist-site', { accessPoints: [ap(1), ap(2), ap(3)] })
const city = tables(
  [lake, siteOf('later', 'tourist-site', { state: 'planned' })],
  [nasOf('a', 'lake'), nasOf('b', 'lake')],
)

t.test(
  'an access point is live within three intervals, and silent after that while its gateway is heard',
  async (t) => {
    const times = heard(NOON, { [macOf(1)]: NOON - LIMIT, [macOf(2)]: NOON - LIMIT - 1 })
    t.same(coverage(city, new Map([['a', times]]), NOON), [
      { site: 'lake', up: true, accessPoints: { live: 1, silent: 2, unknown: 0 } },
    ])
  },
)

t.test(
  'when no gateway is heard nothing is known of access points: a quiet night is no outage',
  async (t) => {
    const times = heard(NOON - LIMIT - 1, { [macOf(1)]: NOON - LIMIT - 1 })
    t.same(coverage(city, new Map([['a', times]]), NOON), [
      { site: 'lake', up: false, accessPoints: { live: 0, silent: 0, unknown: 3 } },
    ])
    t.match(coverage(city, new Map(), NOON), [{ up: false, accessPoints: { unknown: 3 } }])
  },
)

t.test('a site is up when any of its gateways is heard, each by its own interval', async (t) => {
  const slow = tables([lake], [nasOf('a', 'lake'), nasOf('b', 'lake', { interimSeconds: 600 })])
  const at = NOON - 2 * LIMIT
  t.match(coverage(slow, new Map([['a', heard(at)]]), NOON), [{ up: false }])
  t.match(coverage(slow, new Map([['b', heard(at, { [macOf(3)]: at })]]), NOON), [
    { up: true, accessPoints: { live: 1, silent: 2 } },
  ])
})

t.test('access points that no record names do not count, planned sites are not covered', async (t) => {
  const found = coverage(city, new Map([['a', heard(NOON, { [macOf(99)]: NOON })]]), NOON)
  t.same(found, [{ site: 'lake', up: true, accessPoints: { live: 0, silent: 3, unknown: 0 } }])
})

t.test('where a gateway names no access point at all, nothing is known of them', async (t) => {
  t.match(coverage(city, new Map([['a', heard(NOON)]]), NOON), [
    { up: true, accessPoints: { silent: 0, unknown: 3 } },
  ])
})
