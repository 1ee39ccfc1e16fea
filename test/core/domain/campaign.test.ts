import { test } from 'tap'
import {
  chooseItems,
  drawItems,
  isEligible,
  isInSeason,
  type Campaign,
  type Moment,
} from '../../../core/domain/campaign.ts'
import type { Site } from '../../../core/domain/site.ts'
import { siteOf } from '../../analytics/support/visits.ts'
import { itemOf } from './items.ts'

const key = Buffer.alloc(32, 3)
const here = siteOf('here', 'tourist-site', { lat: 21, lng: 105.8 })
const names = ['a', 'b', 'c', 'd', 'e', 'f']
const sites: ReadonlyMap<string, Site> = new Map(
  [
    here,
    ...names.map((name, i) => siteOf(`site-of-${name}`, 'craft-village', { lat: 21 + i / 100, lng: 105.8 })),
  ].map((site) => [site.id, site]),
)
const six = names.map((name) => itemOf(name))
const moment = (more: Partial<Moment> = {}): Moment => ({
  here,
  lang: 'vi',
  day: '2026-11-21',
  device: '02AABBCCDD01',
  ...more,
})
const choose = (
  items: readonly Campaign[],
  { met = new Map(), ...more }: Partial<Moment> & { met?: ReadonlyMap<string, number> } = {},
  under: Buffer = key,
): { served: Campaign[]; held: Campaign[] } => {
  const { served, held } = chooseItems(drawItems(items, moment(more), { sites, key: under }), met)
  return { served: served.map(({ item }) => item), held: held.map(({ item }) => item) }
}
const ids = (items: readonly Campaign[]): string[] => items.map(({ id }) => id)
const deviceOf = (n: number): string => n.toString(16).toUpperCase().padStart(12, '0')
const devices = (count: number): string[] => Array.from({ length: count }, (_, n) => deviceOf(n))

test('dates hold from their first day to their last, of one year or of each', (t) => {
  const once = { from: '2026-11-20', to: '2026-11-22' }
  for (const [day, isIn] of [
    ['2026-11-19', false],
    ['2026-11-20', true],
    ['2026-11-22', true],
    ['2026-11-23', false],
    ['2027-11-21', false],
  ] as const)
    t.equal(isInSeason(once, day), isIn, day)
  const winter = { from: '11-01', to: '01-20' }
  for (const [day, isIn] of [
    ['2026-10-31', false],
    ['2026-11-01', true],
    ['2026-12-31', true],
    ['2027-01-20', true],
    ['2027-01-21', false],
  ] as const)
    t.equal(isInSeason(winter, day), isIn, day)
  t.ok(isInSeason(undefined, '2026-11-21'))
  t.end()
})

test('an item is shown where, when and to whom its rules say', (t) => {
  const may = (more: Partial<Campaign>, at: Partial<Moment> = {}): boolean =>
    isEligible(itemOf('c', more), moment(at), sites)
  t.ok(may({}))
  t.notOk(may({ site: 'here' }), 'not at the place that it points to')
  t.notOk(may({ site: 'nowhere' }), 'not when that place is gone')
  t.ok(may({ audience: { sites: ['here'] } }))
  t.notOk(may({ audience: { sites: ['site-of-a'] } }))
  t.ok(may({ audience: { categories: ['tourist-site'] } }))
  t.notOk(may({ audience: { categories: ['industrial-park'] } }))
  t.ok(may({ audience: { languages: ['vi', 'ko'] } }))
  t.notOk(may({ audience: { languages: ['ko'] } }))
  // 0.02 degrees of latitude are 2.2 km.
  t.ok(may({ audience: { withinKilometres: 2.3 } }))
  t.notOk(may({ audience: { withinKilometres: 2.2 } }))
  t.notOk(may({ dates: { from: '12-01', to: '12-31' } }))
  t.end()
})

test('three slots are filled, alike all day for one device, otherwise for the next day and the next device', (t) => {
  const first = ids(choose(six).served)
  t.equal(first.length, 3)
  t.same(ids(choose([...six].reverse()).served), first)
  t.same(ids(choose(six, { lang: 'en' }).served), first)
  const others = new Set(devices(50).map((device) => ids(choose(six, { device }).served).join()))
  t.ok(others.size > 20, `${others.size} different choices for 50 devices`)
  const days = new Set(
    Array.from({ length: 20 }, (_, i) => ids(choose(six, { day: `2026-11-${i + 10}` }).served).join()),
  )
  t.ok(days.size > 10, `${days.size} different choices in 20 days`)
  t.same(choose([]), { served: [], held: [] })
  t.end()
})

test('an item of twice the weight comes first about twice as often', (t) => {
  const pair = [itemOf('a', { weight: 2 }), itemOf('b')]
  const firsts = devices(6000).filter((device) => choose(pair, { device }).served[0]!.id === 'a').length
  // 4,000 expected; five standard deviations are 183.
  t.ok(Math.abs(firsts - 4000) < 183, `${firsts} of 6000`)
  t.end()
})

test('an item that came as often as a day allows leaves its slot to another', (t) => {
  const [first = ''] = ids(choose(six).served)
  t.ok(ids(choose(six, { met: new Map([[first, 5]]) }).served).includes(first))
  const after = ids(choose(six, { met: new Map([[first, 6]]) }).served)
  t.notOk(after.includes(first))
  t.equal(after.length, 3)
  t.end()
})

test('a tenth of device-days is held back, and the next item takes the slot', (t) => {
  const held = [itemOf('a', { holdOut: 0.1, weight: 100 }), ...six.slice(1)]
  let count = 0
  for (const device of devices(20_000)) {
    const choice = choose(held, { device })
    if (!ids(choice.held).includes('a')) continue
    count++
    if (choice.served.length !== 3 || ids(choice.served).includes('a')) t.fail('its slot is not filled')
  }
  const reached = devices(20_000).filter((device) => {
    const { served, held: back } = choose(held, { device })
    return ids([...served, ...back]).includes('a')
  }).length
  // Five standard deviations of a binomial.
  t.ok(Math.abs(count - reached * 0.1) < 5 * Math.sqrt(reached * 0.09), `${count} of ${reached}`)
  t.end()
})

test('whether an item is reached does not hang on its own hold-out', (t) => {
  const reachedBy = (holdOut: number): string[] =>
    devices(2000).filter((device) => {
      const { served, held } = choose([itemOf('a', { holdOut }), ...six.slice(1)], { device })
      return ids([...served, ...held]).includes('a')
    })
  t.same(reachedBy(0.5), reachedBy(0))
  t.end()
})

test('a device is in one group all day, under a key that nobody outside has', (t) => {
  const half = [itemOf('a', { holdOut: 0.5 })]
  const heldBy = (with_: Buffer, lang = 'vi'): boolean[] =>
    devices(200).map((device) => choose(half, { device, lang }, with_).held.length === 1)
  t.same(heldBy(key), heldBy(key, 'en'))
  t.notSame(heldBy(key), heldBy(Buffer.alloc(32, 4)))
  t.end()
})

test('where no device is known nothing is held back', (t) => {
  const all = six.map((item) => ({ ...item, holdOut: 0.5 }))
  t.equal(choose(all, { device: null }).held.length, 0)
  t.equal(choose(all, { device: null }).served.length, 3)
  t.end()
})
