import { join } from 'node:path'
import { test } from 'tap'
import { LANGUAGES } from '../../../core/domain/language.ts'
import { parseCity, readCityFile } from '../../../core/process/city-file.ts'

const site = {
  id: 'lake',
  name: { vi: 'Hồ', en: 'Lake' },
  category: 'tourist-site',
  state: 'live',
  operator: 'op',
  lat: 21,
  lng: 105.8,
  login: ['click-through'],
}
const words = { vi: 'Chữ', en: 'Words' }
const item = {
  id: 'silk',
  category: 'craft',
  site: 'lake',
  picture: 'silk',
  name: words,
  line: words,
  text: words,
}
const cityWith = (campaigns: unknown) =>
  parseCity(
    {
      city: { id: 'test', name: words, timeZone: 'Asia/Ho_Chi_Minh' },
      operators: [{ id: 'op', name: 'Operator' }],
      sites: [site],
      nas: [],
      campaigns,
    },
    {},
  )
const faultsOf = (campaigns: unknown): string[] => {
  const parsed = cityWith(campaigns)
  return 'faults' in parsed ? parsed.faults.map(({ path }) => path) : []
}

test('the catalogue of Hà Nội speaks every language, and something is in season each day', (t) => {
  const file = join(import.meta.dirname, '../../../config/hanoi.json')
  const { campaigns } = readCityFile(file, {})
  t.ok(campaigns.length >= 8, `${campaigns.length} items`)
  for (const { id, name, line, text, when = null } of campaigns)
    for (const words of [name, line, text, when])
      if (words) t.same(Object.keys(words).sort(), [...LANGUAGES].sort(), id)
  t.same(
    new Set(campaigns.map(({ category }) => category)),
    new Set(['heritage', 'craft', 'event', 'invest']),
  )
  t.ok(campaigns.filter(({ dates }) => !dates).length >= 6, 'slots and hold-outs are filled all year')
  t.end()
})

test('what an item leaves out has a default, the share held back that of its catalogue', (t) => {
  const parsed = cityWith({ items: [item, { ...item, id: 'b', holdOut: 0 }] })
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  t.match(parsed.city.campaigns, [
    { id: 'silk', holdOut: 0.1, perDay: 6, weight: 1, audience: {} },
    { id: 'b', holdOut: 0 },
  ])
  t.match(cityWith({ holdOut: 0.2, items: [item] }), { city: { campaigns: [{ holdOut: 0.2 }] } })
  t.match(cityWith(undefined), { city: { campaigns: [] } }, 'a city may have none')
  t.end()
})

test('each fault is named by its path', (t) => {
  const of = (more: object): string[] => faultsOf({ items: [{ ...item, ...more }] })
  const at = '$.campaigns.items[0]'
  t.same(of({}), [])
  t.same(of({ name: { vi: 'Lụa' } }), [`${at}.name.en`])
  t.same(of({ name: { ...words, de: 'Seide' } }), [`${at}.name`])
  t.same(of({ text: { ...words, ko: '' } }), [`${at}.text.ko`])
  t.same(of({ line: { ...words, fr: 'x'.repeat(121) } }), [`${at}.line.fr`])
  t.same(of({ category: 'sport' }), [`${at}.category`])
  t.same(of({ picture: 'photo' }), [`${at}.picture`])
  t.same(of({ holdOut: 0.6 }), [`${at}.holdOut`])
  t.same(of({ perDay: 0 }), [`${at}.perDay`])
  t.same(of({ audience: { withinKilometres: -1 } }), [`${at}.audience.withinKilometres`])
  t.same(of({ audience: { languages: ['de'] } }), [`${at}.audience.languages[0]`])
  t.same(of({ site: 'sea' }), [`${at}.site`])
  t.same(of({ audience: { sites: ['lake', 'sea'] } }), [`${at}.audience.sites[1]`])
  t.same(of({ id: 'lake' }), [`${at}.id`], 'a site has that address')
  t.same(faultsOf({ items: [item, item] }), ['$.campaigns.items[1].id'])
  for (const dates of [
    { from: '2026-02-30', to: '2026-03-01' },
    { from: '02-29', to: '2026-03-01' },
    { from: '13-01', to: '12-01' },
    { from: '2026-03-02', to: '2026-03-01' },
  ])
    t.same(of({ dates }), [`${at}.dates`], JSON.stringify(dates))
  t.same(of({ dates: { from: '11-01', to: '02-29' } }), [])
  t.end()
})

test('no id carries a word that phones hide in an address', (t) => {
  for (const id of ['ads', 'big-ad', 'top.banner', 'sponsor_1', 'promo', 'campaign-1'])
    t.same(faultsOf({ items: [{ ...item, id }] }), ['$.campaigns.items[0].id'], id)
  for (const id of ['lady', 'bat-trang', 'roads', 'promontory'])
    t.same(faultsOf({ items: [{ ...item, id }] }), [], id)
  t.end()
})
