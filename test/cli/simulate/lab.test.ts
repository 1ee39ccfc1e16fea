import t from 'tap'
import { parseCity, readCityFile, type CityFile } from '../../../core/process/city-file.ts'
import { chooseLab } from '../../../cli/simulate/lab.ts'
import { cityJson } from './stage.ts'

const cityOf = (
  change: (city: { sites: Record<string, unknown>[]; nas: Record<string, unknown>[] }) => void,
): CityFile => {
  const json = structuredClone(cityJson(['coova-chilli', 'mikrotik', 'opennds'])) as {
    sites: Record<string, unknown>[]
    nas: Record<string, unknown>[]
  }
  change(json)
  const parsed = parseCity(json, {})
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  return parsed.city
}
const chosen = (city: CityFile, count: number): string[] => chooseLab(city, count).map(({ nas }) => nas.id)

t.test('the first live sites with a gateway to play are chosen', async (t) => {
  t.same(
    chosen(
      cityOf(() => {}),
      2,
    ),
    ['nas-1', 'nas-2'],
  )
  t.same(
    chosen(
      cityOf(({ sites }) => void (sites[0]!.state = 'planned')),
      2,
    ),
    ['nas-2', 'nas-3'],
  )
})

t.test('what is not on loopback, or of another vendor, is left alone', async (t) => {
  const city = cityOf(({ nas }) => {
    nas[0]!.addresses = ['10.1.0.1/32']
    nas[1]!.gateway = 'unifi'
  })
  t.same(chosen(city, 1), ['nas-3'])
  t.throws(() => chooseLab(city, 2), { code: 'too-few-sites', message: /ask for --sites 1/ })
})

t.test('the city file of Hà Nội has a laboratory of every vendor played', async (t) => {
  const file = new URL('../../../config/hanoi.json', import.meta.url).pathname
  const labs = chooseLab(readCityFile(file, {}), 12)
  t.same(new Set(labs.map(({ nas }) => nas.gateway)), new Set(['coova-chilli', 'mikrotik', 'opennds']))
})
