import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'tap'
import {
  hasDemoSecret,
  parseCity,
  parseNas,
  parseSite,
  readCityFile,
  shortSecrets,
} from '../../../core/process/city-file.ts'
import { isLoopbackBlock } from '../../../core/process/addresses.ts'

const file = resolve(import.meta.dirname, '../../../config/hanoi.json')
const hanoi = (): {
  city: unknown
  operators: unknown[]
  categories: Record<string, Record<string, unknown>>
  sites: Record<string, unknown>[]
  nas: Record<string, unknown>[]
} => JSON.parse(readFileSync(file, 'utf8')) as never

const faultsOf = (change: (city: ReturnType<typeof hanoi>) => void): string[] => {
  const city = hanoi()
  change(city)
  const parsed = parseCity(city, {})
  return 'faults' in parsed ? parsed.faults.map(({ path, message }) => `${path}: ${message}`) : []
}

test('the city file of Hà Nội holds seventy real sites and a loopback lab NAS for each live one', (t) => {
  const { sites, nas, operators } = readCityFile(file, {})
  t.equal(sites.length, 70)
  t.equal(sites.filter((site) => site.state === 'planned').length, 2)
  t.same([...new Set(sites.map((site) => site.category))].sort(), [
    'craft-village',
    'industrial-park',
    'tourist-site',
  ])
  for (const site of sites) {
    t.ok(site.promo?.vi && site.promo.en && operators.some(({ id }) => id === site.operator), site.id)
    t.ok(
      site.lat > 20.5 && site.lat < 21.5 && site.lng > 105.2 && site.lng < 106.1,
      `${site.id} lies in Hà Nội`,
    )
  }
  const live = sites.filter((site) => site.state === 'live')
  t.equal(nas.length, live.length)
  nas.forEach((each, i) => {
    t.same(each.addresses, [`127.10.0.${i + 1}/32`])
    t.ok(hasDemoSecret(each) && each.addresses.every(isLoopbackBlock), `${each.id} is a demo on loopback`)
  })
  t.same(nas.map((each) => each.site).sort(), live.map((site) => site.id).sort())
  t.end()
})

test('each fault is told with its JSON path', (t) => {
  t.match(
    faultsOf((c) => (c.sites[3]!.lat = 'north')),
    [/^\$\.sites\[3\]\.lat: /],
  )
  t.match(
    faultsOf((c) => (c.sites[0]!.category = 'beach')),
    [/^\$\.sites\[0\]\.category: /],
  )
  t.match(
    faultsOf((c) => delete c.nas[1]!.secret),
    [/^\$\.nas\[1\]\.secret: /],
  )
  t.match(
    faultsOf((c) => (c.nas[0]!.secret = '')),
    [/^\$\.nas\[0\]\.secret: .*never empty/],
  )
  t.match(
    faultsOf((c) => (c.nas[2]!.addresses = ['127.10.0.300'])),
    [/^\$\.nas\[2\]\.addresses\[0\]: an address or CIDR/],
  )
  t.match(
    faultsOf((c) => (c.nas[2]!.interimSeconds = 30)),
    [/^\$\.nas\[2\]\.interimSeconds: /],
    'RFC 2869 §5.16: at least 60',
  )
  t.match(
    faultsOf((c) => (c.sites[0]!.opertor = 'x')),
    [/^\$\.sites\[0\]: .*opertor/],
    'a misspelt field is no silent default',
  )
  t.end()
})

// RFC 7542 §2.2
test('realms are read in one spelling, and what is none by the grammar is a fault', (t) => {
  const parsed = parseCity({ ...hanoi(), realms: ['Free.HaNoi.vn', 'wifi-1.hànội.vn', 'free.hanoi.vn'] }, {})
  t.same('city' in parsed && parsed.city.realms, ['free.hanoi.vn', 'wifi-1.hànội.vn'])
  t.same('city' in parsed && readCityFile(file, {}).realms, [], 'without them a city has none')
  for (const realm of [
    'hanoi',
    '',
    '.vn',
    'hanoi.',
    'a..vn',
    '-a.vn',
    'a-.vn',
    'a_b.vn',
    '@hanoi.vn',
    'a b.vn',
    `${'a'.repeat(250)}.vn`,
  ])
    t.match(
      faultsOf((c) => Object.assign(c, { realms: ['hanoi.vn', realm] })),
      [/^\$\.realms\[1\]: a realm of RFC 7542/],
      realm,
    )
  t.end()
})

/** The site of a small city: what the category says, and what the site says itself. */
function siteOf(category: object, own: object) {
  const parsed = parseCity(
    {
      city: { id: 'c', name: { vi: 'C', en: 'C' }, timeZone: 'Asia/Ho_Chi_Minh' },
      operators: [{ id: 'op', name: 'Operator' }],
      categories: { 'tourist-site': category },
      sites: [{ ...SITE, ...own }],
      nas: [],
    },
    {},
  )
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  return parsed.city.sites[0]!
}
const SITE = {
  id: 's',
  name: { vi: 'S', en: 'S' },
  category: 'tourist-site',
  state: 'live',
  operator: 'op',
  lat: 21,
  lng: 105.8,
  login: ['click-through'],
}
const EVENING = [{ days: ['fri', 'sat'], from: '18:00', to: '02:00' }]
const MORNING = [{ days: ['sun'], from: '06:00', to: '24:00' }]

test('a site may be named in every language of the pages, and must be in Vietnamese and English', (t) => {
  const name = { vi: 'Hồ', en: 'Lake', ko: '호수', 'zh-Hant': '湖' }
  t.same(siteOf({}, { name, promo: { ...name, ru: 'Озеро' } }).name, name)
  const faults = (name: object) => faultsOf((c) => (c.sites[0]!.name = name))
  t.match(faults({ vi: 'Hồ', ko: '호수' }), [/^\$\.sites\[0\]\.name\.en: /])
  t.match(faults({ ...name, ja: '' }), [/^\$\.sites\[0\]\.name\.ja: /])
  t.match(faults({ ...name, de: 'See' }), [/^\$\.sites\[0\]\.name: .*"de"/])
  t.end()
})

test('a site has the limits and the hours of its category, within which it may have its own', (t) => {
  const category = { limits: { dailySeconds: 7200, sessionOctets: 5000, devices: 2 }, hours: EVENING }
  t.match(siteOf(category, {}), { limits: category.limits, hours: EVENING })
  const own = { limits: { dailySeconds: 600, idleSeconds: 60 }, hours: MORNING }
  t.match(siteOf(category, own), {
    limits: { dailySeconds: 600, idleSeconds: 60, sessionOctets: 5000, devices: 2 },
    hours: MORNING,
  })
  t.same(siteOf({}, {}).limits, {})
  t.notOk('hours' in siteOf({}, {}), 'without hours it is always open')
  t.same(siteOf({ limits: { devices: 2 } }, { category: 'craft-village' }).limits, {}, 'of another category')
  const { sites, categories } = readCityFile(file, {})
  t.same(Object.keys(categories).sort(), ['craft-village', 'industrial-park', 'tourist-site'])
  t.ok(
    sites.every(({ hours }) => hours === undefined),
    'nobody has said when the places of Hà Nội close',
  )
  t.end()
})

test('what is wrong with limits and hours is told with its path', (t) => {
  t.match(
    faultsOf((c) => (c.sites[2]!.limits = { dailySeconds: 7201, devices: 2 })),
    [/^\$\.sites\[2\]\.limits\.dailySeconds: 7201 is more than the 7200 of its category "tourist-site"/],
  )
  const wrong = (hours: unknown): string[] => faultsOf((c) => (c.sites[1]!.hours = hours))
  t.match(wrong([]), [/^\$\.sites\[1\]\.hours: .*always open/])
  t.match(wrong([{ ...EVENING[0], days: [] }]), [/^\$\.sites\[1\]\.hours\[0\]\.days: /])
  t.match(wrong([{ ...EVENING[0], days: ['monday'] }]), [/^\$\.sites\[1\]\.hours\[0\]\.days\[0\]: /])
  t.match(wrong([{ ...EVENING[0], from: '24:00' }]), [/^\$\.sites\[1\]\.hours\[0\]\.from: a time is wanted/])
  t.match(wrong([{ ...EVENING[0], to: '2:00' }]), [/^\$\.sites\[1\]\.hours\[0\]\.to: a time is wanted/])
  t.match(wrong([{ ...EVENING[0], to: '18:00' }]), [/^\$\.sites\[1\]\.hours\[0\]: .*00:00 to 24:00/])
  t.match(
    faultsOf((c) => (c.categories['tourist-site']!.hours = [])),
    [/^\$\.categories\.tourist-site\.hours: /],
  )
  t.match(
    faultsOf((c) => (c.categories.beach = {})),
    [/^\$\.categories.*: .*beach/],
  )
  t.end()
})

test('a site that staff add is held to its category', (t) => {
  const rules = { 'tourist-site': { limits: { dailySeconds: 7200 }, hours: EVENING as never } }
  t.match(parseSite(SITE, rules), { site: { limits: { dailySeconds: 7200 }, hours: EVENING } })
  t.match(parseSite({ ...SITE, limits: { dailySeconds: 9000 } }, rules), {
    faults: [{ path: '$.limits.dailySeconds' }],
  })
  t.match(parseSite({ ...SITE, limits: { dailySeconds: 9000 } }), {
    site: { limits: { dailySeconds: 9000 } },
  })
  t.end()
})

test('several faults are told at once', (t) => {
  const faults = faultsOf((c) => {
    c.sites[1]!.lng = 999
    c.nas[4]!.gateway = 'toaster'
  })
  t.match(faults.join('\n'), /\$\.sites\[1\]\.lng/)
  t.match(faults.join('\n'), /\$\.nas\[4\]\.gateway/)
  t.end()
})

test('what no schema can say is checked too', (t) => {
  t.match(
    faultsOf((c) => (c.sites[5]!.id = c.sites[2]!.id)),
    [/^\$\.sites\[5\]\.id: .*\$\.sites\[2\]/, /there is no site/],
  )
  t.match(
    faultsOf((c) => (c.nas[0]!.site = 'atlantis')),
    [/^\$\.nas\[0\]\.site: there is no site "atlantis"/],
  )
  t.match(
    faultsOf((c) => (c.nas[1]!.addresses = ['127.10.0.1/32'])),
    [/^\$\.nas\[1\]\.addresses\[0\]: .*already belongs to the NAS "lab-ho-hoan-kiem"/],
  )
  t.match(
    faultsOf((c) => delete c.nas[3]!.fasKey),
    [/^\$\.nas\[3\]\.fasKey: openNDS needs/],
  )
  t.end()
})

test('beyond loopback a short secret is refused (standards A1.4)', (t) => {
  const nas = { id: 'n', site: 's', gateway: 'coova-chilli', addresses: ['10.1.0.1/32'], secret: 'short' }
  t.match(parseNas(nas, {}), { faults: [{ path: '$.secret' }] })
  t.match(parseNas({ ...nas, secret: 'x'.repeat(16) }, {}), {
    nas: { id: 'n', identifier: 'n', gatewayUrl: 'http://10.1.0.1:3990' },
  })
  t.match(parseNas({ ...nas, addresses: ['127.0.0.1'] }, {}), { nas: { id: 'n' } }, 'on loopback it may be')
  t.end()
})

test('secrets shorter than is advised are named beyond loopback, by their NAS and never by themselves', (t) => {
  const nasWith = (id: string, secret: string, address = '10.1.0.1') => {
    const parsed = parseNas({ id, site: 's', gateway: 'mikrotik', addresses: [address], secret }, {})
    if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
    return parsed.nas
  }
  const short = nasWith('gw-1', 'x'.repeat(23))
  const letters = nasWith('gw-2', 'ệ'.repeat(8))
  t.equal(shortSecrets([nasWith('gw-3', 'x'.repeat(24)), letters]), null, 'octets are counted, not letters')
  t.equal(shortSecrets([nasWith('gw-4', 'short', '127.0.0.1')]), null, 'on loopback it may be short')
  t.equal(shortSecrets([nasWith('gw-5', 'demo-secret')]), null, 'a demo secret is told of elsewhere')
  const told = shortSecrets([short, letters, nasWith('gw-6', 'y'.repeat(16))])
  t.match(told, /fewer than 24 octets: gw-1, gw-6\. `openssl rand/)
  t.notMatch(told, /xxx|yyy/)
  const many = Array.from({ length: 12 }, (_, i) => nasWith(`gw-${i + 1}`, 'x'.repeat(16)))
  t.match(shortSecrets(many), /gw-10 and 2 more\./)
  t.end()
})

test('what a NAS may leave out is filled in: the careful way', (t) => {
  const nas = { id: 'n', site: 's', gateway: 'mikrotik', addresses: ['10.1.0.1'], secret: 'x'.repeat(24) }
  t.match(parseNas(nas, {}), {
    nas: {
      messageAuthenticator: 'auto',
      limitProxyState: true,
      statusServer: true,
      acctSwapOctets: false,
      macAuth: false,
      interimSeconds: 300,
    },
  })
  const other = { limitProxyState: false, statusServer: false, acctSwapOctets: true, macAuth: true }
  t.match(parseNas({ ...nas, ...other }, {}), { nas: other })
  t.match(parseNas({ ...nas, limitProxyState: 'no' }, {}), { faults: [{ path: '$.limitProxyState' }] })
  t.match(parseNas({ ...nas, statusServer: 1 }, {}), { faults: [{ path: '$.statusServer' }] })
  t.end()
})

test('a secret may come from the environment, and a missing one is named', (t) => {
  const nas = {
    id: 'n',
    site: 's',
    gateway: 'mikrotik',
    addresses: ['10.1.0.1'],
    secret: { env: 'NAS_SECRET' },
  }
  const parsed = parseNas(nas, { NAS_SECRET: 'a secret of some length' })
  t.equal('nas' in parsed && parsed.nas.secret.reveal(), 'a secret of some length')
  t.match(parseNas(nas, {}), { faults: [{ path: '$.secret', message: /NAS_SECRET is not set/ }] })
  t.end()
})

test('secrets that everybody knows are demo secrets', (t) => {
  for (const secret of ['demo-radius-secret-001', 'testing123', 'Secret', 'changeme']) {
    const parsed = parseNas({ id: 'n', site: 's', gateway: 'mikrotik', addresses: ['10.1.0.1'], secret }, {})
    t.ok('nas' in parsed && hasDemoSecret(parsed.nas), secret)
  }
  t.end()
})

test('a file that is missing or no JSON is one clear sentence', (t) => {
  t.throws(
    () => readCityFile('/nowhere/city.json', {}),
    /The city file \/nowhere\/city.json cannot be read: set HOTSPOT_CONFIG/,
  )
  t.throws(() => readCityFile(join(import.meta.dirname, 'city-file.test.ts'), {}), {
    code: 'bad-city-file',
    message: /\$: not JSON/,
  })
  t.end()
})
