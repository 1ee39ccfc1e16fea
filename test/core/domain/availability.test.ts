import fc from 'fast-check'
import t from 'tap'
import { availabilityOf, SLOT_MS, slotOfDay, slotStart } from '../../../core/domain/availability.ts'

const MIDNIGHT = Date.parse('2026-10-14T00:00:00+07:00')
const hours = (of: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: 24 }, (_, hour) => of[hour] ?? 0)
const NOBODY = new Map<string, number[]>()

t.test('slots are those of the city’s day', async (t) => {
  t.equal(slotOfDay(MIDNIGHT), 0)
  t.equal(slotOfDay(MIDNIGHT + SLOT_MS), 1)
  t.equal(slotOfDay(MIDNIGHT - 1), 287)
  t.equal(slotStart(MIDNIGHT + SLOT_MS + 1), MIDNIGHT + SLOT_MS)
})

t.test('a day with 24 of 288 slots down at one of two sites is 1 − 24 / 576', async (t) => {
  const slots = { lake: 'd'.repeat(12) + 'w'.repeat(12) + 'u'.repeat(264), silk: 'u'.repeat(288) }
  const sites = Object.entries(slots).map(([site, each]) => ({ site, slots: each }))
  const found = availabilityOf(sites, MIDNIGHT, NOBODY)
  t.match(found, { all: 576, down: 24, plannedDown: 12, quiet: 0, unseen: 0, share: 1 - 24 / 576 })
  t.match(found.sites, [
    { site: 'lake', down: 24, plannedDown: 12, share: 1 - 24 / 288 },
    { site: 'silk', down: 0, share: 1 },
  ])
  t.equal(found.weighted, null, 'nobody was ever there')
})

t.test('weighted by visitors an hour counts as much as people come in it', async (t) => {
  // The first hour is down, the second half so, the third is up.
  const slots = 'd'.repeat(12) + 'uw'.repeat(6) + 'u'.repeat(12)
  const visitors = new Map([['lake', hours({ 0: 10, 1: 20, 2: 70 })]])
  const { weighted, share } = availabilityOf([{ site: 'lake', slots }], MIDNIGHT, visitors)
  t.equal(weighted, (0.5 * 20 + 70) / 100)
  t.equal(share, 0.5)
})

t.test('what is quiet or unseen is no outage, and nothing is said where there is nothing else', async (t) => {
  t.match(availabilityOf([{ site: 'lake', slots: 'qq-ud' }], MIDNIGHT, NOBODY), {
    all: 5,
    quiet: 2,
    unseen: 1,
    share: 0.8,
  })
  const visitors = new Map([['lake', hours({ 0: 1 })]])
  t.match(availabilityOf([{ site: 'lake', slots: 'qq--' }], MIDNIGHT, visitors), {
    share: null,
    weighted: null,
  })
  t.match(availabilityOf([], MIDNIGHT, visitors), { all: 0, share: null, sites: [] })
})

t.test('with the same visitors at all hours both figures are the same', async () => {
  const visitors = new Map([
    ['a', hours(Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [hour, 7])))],
  ])
  const letters = fc.array(fc.constantFrom('u', 'd', 'w', 'q', '-'), { minLength: 1, maxLength: 600 })
  fc.assert(
    fc.property(letters, fc.nat(287), (slots, first) => {
      const from = MIDNIGHT + first * SLOT_MS
      const found = availabilityOf([{ site: 'a', slots: slots.join('') }], from, visitors)
      if (found.share === null) return found.weighted === null
      return Math.abs(found.share - found.weighted!) < 1e-9
    }),
  )
})
