import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { calendar, crowdFactor } from '../../../../cli/simulate/twin/calendar.ts'
import { PLACE_COUNT, twinCity } from '../../../../cli/simulate/twin/city.ts'
import { phoneOn } from '../../../../cli/simulate/twin/people.ts'
import { isOff, MINUTE, planTwin } from '../../../../cli/simulate/twin/plan.ts'
import { createRandom } from '../../../../cli/simulate/random.ts'
import { dayBegins } from '../../../../core/domain/day.ts'
import { isRandomisedMac } from '../../../../core/domain/mac.ts'
import { parseCity } from '../../../../core/process/city-file.ts'
import { ROOT } from '../../../support/platform.ts'

const real: unknown = JSON.parse(readFileSync(join(ROOT, 'config/hanoi.json'), 'utf8'))
const NOW = Date.parse('2026-11-22T09:00:00+07:00')

function planned(count: number, visitsADay: number) {
  const random = createRandom(7)
  const days = calendar(count, { now: NOW, random: random.fork('calendar') })!
  const { places } = twinCity(real, { count: PLACE_COUNT.most, block: '127.20.0' })
  const scale = visitsADay / places.reduce((sum, each) => sum + each.visitsADay, 0)
  return { random, places, ...planTwin(days, { places, scale, random }) }
}

test('the twin’s city is a city file, Hoàn Kiếm with its 31 access points', (t) => {
  const { json } = twinCity(real, { count: PLACE_COUNT.least, block: '127.20.0' })
  const parsed = parseCity(json, {})
  if (!('city' in parsed)) return t.fail(JSON.stringify(parsed.faults))
  const { city } = parsed
  t.equal(city.sites.length, PLACE_COUNT.least)
  t.equal(city.sites.find(({ id }) => id === 'ho-hoan-kiem')?.accessPoints.length, 31)
  t.equal(city.campaigns.length, 2, 'both items have their places')
  t.same([...new Set(city.nas.map(({ gateway }) => gateway))].sort(), ['coova-chilli', 'mikrotik'])
  t.end()
})

test('a play begins on a Monday to come and has Tết in it', (t) => {
  for (const count of [7, 30]) {
    const days = calendar(count, { now: NOW, random: createRandom(1) })!
    t.equal(new Date(`${days[0]!.day}T00:00:00Z`).getUTCDay(), 1)
    t.ok(dayBegins(days[0]!.day) > NOW)
    t.ok(days.some(({ sinceTet }) => sinceTet === 0))
  }
  t.equal(
    calendar(7, { now: Date.parse('2036-01-01'), random: createRandom(1) }),
    null,
    'until the list ends',
  )
  const usual = { day: '2027-01-12', weekend: false, rain: false, sinceTet: -25 }
  t.ok(crowdFactor('tourist-site', { ...usual, weekend: true }) > crowdFactor('tourist-site', usual))
  t.ok(crowdFactor('industrial-park', { ...usual, weekend: true }) < crowdFactor('industrial-park', usual))
  t.ok(crowdFactor('tourist-site', { ...usual, rain: true }) < crowdFactor('tourist-site', usual))
  t.end()
})

test('the same seed plans the same visits', (t) => {
  const of = () => planned(7, 60).visits.map(({ at, place, person }) => `${at} ${place} ${person.phone.mac}`)
  t.same(of(), of())
  t.end()
})

test('subscribers come about 3.3 times in four months, and nobody twice a day by himself', (t) => {
  const { visits } = planned(120, 200)
  const subscribers = new Set(visits.map(({ person }) => person)).size
  const each = visits.length / subscribers
  t.ok(each > 2.8 && each < 3.8, `${each.toFixed(2)} visits each`)
  const days = new Set(visits.map(({ day, person }) => `${day} ${person.id}`))
  t.equal(days.size, visits.length)
  t.end()
})

test('iPhones change their address after a fortnight, Androids keep theirs', (t) => {
  const { visits, random } = planned(30, 60)
  const people = [...new Set(visits.map(({ person }) => person))]
  const addresses = (of: (typeof people)[number]) =>
    new Set(Array.from({ length: 30 }, (_, day) => phoneOn(of, day, random).mac))
  for (const person of people) {
    const { size } = addresses(person)
    if (person.phone.model.os === 'Android' || person.phone.model.os === 'Windows') t.equal(size, 1)
    else if (person.rotatesAfter !== null) t.ok(size === 3 || size === 4, `${size} addresses`)
  }
  const iphones = people.filter(({ phone }) => phone.model.os === 'iOS')
  t.ok(
    iphones.some(({ rotatesAfter }) => rotatesAfter === 14) &&
      iphones.every(({ phone }) => isRandomisedMac(phone.mac)),
  )
  t.end()
})

test('nobody begins a visit where a place is off but the one by whom it is noticed', (t) => {
  const { visits, outages } = planned(30, 100)
  t.equal(outages.length, 30)
  t.same([...new Set(outages.map(({ kind }) => kind))].sort(), ['access-point', 'planned', 'site'])
  for (const { at, place } of visits.filter((each) => isOff(outages, each.place, each.at)))
    t.ok(outages.some((each) => each.place === place && each.from === at + MINUTE))
  t.end()
})
