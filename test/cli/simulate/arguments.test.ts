import t from 'tap'
import { parseArguments } from '../../../cli/simulate/arguments.ts'

t.test('what is not said has a default', async (t) => {
  const parsed = parseArguments([], {}, '/clone')
  t.match(parsed, {
    kind: 'simulate',
    json: false,
    options: {
      visitors: 200,
      sites: 12,
      minutes: 60,
      speed: 60,
      dataFolder: '/clone/var',
      configFile: '/clone/config/hanoi.json',
      portalUrl: null,
      mischief: { loss: 0, duplicates: 0.02, reorder: 0.02 },
    },
  })
})

t.test('options and environment are read', async (t) => {
  const argv =
    '--visitors 5 --sites 2 --minutes 10 --speed 600 --seed 7 --json --loss 0.1 --data other'.split(' ')
  const environment = { HOTSPOT_DATA: '/data', HOTSPOT_CONFIG: '/city.json', PORTAL_URL: 'http://wifi.test' }
  t.match(parseArguments(argv, environment, '/clone'), {
    json: true,
    options: {
      visitors: 5,
      seed: 7,
      dataFolder: '/clone/other',
      configFile: '/city.json',
      portalUrl: 'http://wifi.test',
      mischief: { loss: 0.1 },
    },
  })
  t.match(parseArguments([], environment), { options: { dataFolder: '/data' } })
})

t.test('a seed that is not given is another each time', async (t) => {
  const seeds = [1, 2, 3].map(() => {
    const parsed = parseArguments([], {})
    return parsed.kind === 'simulate' && parsed.options.seed
  })
  t.equal(new Set(seeds).size, 3)
})

t.test('every wrong option is named', async (t) => {
  t.match(parseArguments(['--visitors', '0', '--speed', 'fast', '--loss', '2'], {}), {
    kind: 'usage',
    fault: /--visitors is "0".*--speed is "fast".*--loss is "2"/s,
  })
  t.match(parseArguments(['--nonsense'], {}), { kind: 'usage', fault: /nonsense/ })
  t.match(parseArguments(['word'], {}), { kind: 'usage' })
  t.same(parseArguments(['--help'], {}), { kind: 'help' })
})
