import t from 'tap'
import { nas, site } from './sample-city.ts'
import { startStage, THURSDAY } from './stage.ts'

/** The open data, as anybody gets it. */

const stage = await startStage()
t.teardown(() => stage.stop())

interface Row {
  period: string
  startsOn: string
  endsOn: string
  scope: string
  id: string
  visitors: number
}

async function reach(
  period: 'day' | 'week' | 'month',
  startsOn: string,
  counts: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [scope, visitors] of Object.entries(counts)) {
    const isTotal = ['all', 'tourist-site', 'craft-village', 'operator x'].includes(scope)
    await stage.records.query(
      `INSERT INTO ${isTotal ? 'reach_totals' : 'reach_sketches'}
         (period, starts_on, ${isTotal ? 'category' : 'site'}, sketch, visitors, exact) VALUES ($1, $2, $3, '', $4, $5)`,
      [period, startsOn, scope, visitors, visitors <= 2000],
    )
  }
}

let address = 0
const ask = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  stage.app.inject({ url: `/api/v1/open${url}`, remoteAddress: `10.1.0.${1 + (address++ % 250)}`, headers })
const rows = async (query: string): Promise<Row[]> =>
  (await ask(`/reach.json?${query}`)).json<{ rows: Row[] }>().rows

t.beforeEach(async () => {
  await stage.clear()
  // What everybody may know is kept for ten minutes.
  stage.now = THURSDAY + (address += 1) * 3_600_000
  await stage.publish(
    [
      site('lake', {
        ward: 'Phường Hoàn Kiếm',
        hours: [{ days: ['mon', 'sun'], from: '05:00', to: '23:00' }],
      }),
      site('kilns', { category: 'craft-village' }),
      site('park', { category: 'industrial-park', state: 'planned' }),
    ],
    [nas('gw-secret', 'lake', { gatewayUrl: 'http://10.9.8.7:3990', addresses: ['10.9.8.7/32'] })],
  )
})

t.test('hotspots are told with where they are, and nothing of their gateways', async (t) => {
  const answer = await ask('/hotspots.geojson')
  t.equal(answer.headers['content-type'], 'application/geo+json; charset=utf-8')
  const { type, features } = answer.json<{ type: string; features: { properties: { id: string } }[] }>()
  t.equal(type, 'FeatureCollection')
  t.same(
    features.find(({ properties }) => properties.id === 'lake'),
    {
      type: 'Feature',
      id: 'lake',
      geometry: { type: 'Point', coordinates: [105.8523, 21.0287] },
      properties: {
        id: 'lake',
        name: { vi: 'Điểm lake', en: 'Site lake' },
        category: 'tourist-site',
        ward: 'Phường Hoàn Kiếm',
        vpostcode: null,
        state: 'in-service',
        hours: [{ days: ['mon', 'sun'], from: '05:00', to: '23:00' }],
      },
    },
  )
  t.match(
    features.find(({ properties }) => properties.id === 'park'),
    { properties: { state: 'planned' } },
  )
  t.notMatch(answer.body, /gw-secret|10\.9\.8\.7|operator|limits|accessPoints|demo-secret/)
})

t.test('reach is rounded, small counts are left out, and an operator is nobody’s business', async (t) => {
  await reach('day', '2026-03-09', {
    lake: 1234,
    kilns: 7,
    all: 1239,
    'tourist-site': 1234,
    'operator x': 1239,
  })
  const [first, ...others] = await rows('period=day')
  t.same(first, {
    period: 'day',
    startsOn: '2026-03-09',
    endsOn: '2026-03-09',
    scope: 'site',
    id: 'lake',
    visitors: 1200,
    low: 1150,
    high: 1249,
    estimated: false,
  })
  t.same(
    others.map(({ scope, id, visitors }) => [scope, id, visitors]),
    [
      ['category', 'tourist-site', 1200],
      ['city', 'hanoi', 1200],
    ],
  )
  const { body } = await ask('/reach.json')
  t.notMatch(body, /1234|1239|operator|kilns/)
  t.match(JSON.parse(body), { leastShown: 10, license: /^https:/, method: { vi: /thiết bị/, en: /devices/ } })
  const csv = await ask('/reach.csv')
  t.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present')
  t.same(csv.body.split('\r\n').slice(0, 2), [
    'period,startsOn,endsOn,scope,id,visitors,low,high,estimated',
    'day,2026-03-09,2026-03-09,site,lake,1200,1150,1249,false',
  ])
})

t.test('a figure is told once nothing can change it any more', async (t) => {
  stage.now = Date.parse('2026-03-12T07:05:00Z') + address * 86_400_000 * 365
  const day = new Date(stage.now + 7 * 3_600_000)
  const iso = (daysAgo: number): string =>
    new Date(day.getTime() - daysAgo * 86_400_000).toISOString().slice(0, 10)
  for (const daysAgo of [0, 1, 2]) await reach('day', iso(daysAgo), { lake: 40 })
  t.same(
    (await rows('period=day')).map(({ startsOn }) => startsOn),
    [iso(2)],
  )
  stage.now += 9 * 60_000
  await reach('day', iso(3), { lake: 40 })
  t.equal((await rows('period=day')).length, 1, 'kept for ten minutes')
  stage.now += 2 * 60_000
  t.equal((await rows('period=day')).length, 2)
})

t.test('days that are not all counted wait, however old they are', async (t) => {
  await reach('day', '2026-03-01', { lake: 40 })
  await reach('day', '2026-03-03', { lake: 40 })
  await stage.store.xadd('hs:{0}:events', `${Date.parse('2026-03-04T12:00:00+07:00')}-1`, 'e', '{}')
  t.same(
    (await rows('period=day&from=2026-02-01')).map(({ startsOn }) => startsOn),
    ['2026-03-01'],
  )
})

t.test('a week of two months and a month wait for their end', async (t) => {
  for (const week of ['2026-02-16', '2026-02-23', '2026-03-30']) await reach('week', week, { lake: 40 })
  for (const month of ['2026-02-01', '2026-03-01']) await reach('month', month, { lake: 50 })
  stage.now = Date.parse('2026-04-08T12:00:00+07:00')
  t.same(
    (await rows('period=week')).map(({ startsOn }) => startsOn),
    ['2026-02-16'],
  )
  t.same(
    (await rows('period=month')).map(({ startsOn }) => startsOn),
    ['2026-02-01'],
  )
  stage.now = Date.parse('2026-04-09T12:00:00+07:00')
  t.same(
    (await rows('period=month')).map(({ startsOn }) => startsOn),
    ['2026-02-01', '2026-03-01'],
  )
})

t.test('a month is told although its last week is not yet', async (t) => {
  for (let i = 1; i <= 28; i++) await reach('day', `2026-02-${String(i).padStart(2, '0')}`, { lake: 50 })
  for (const week of ['2026-01-26', '2026-02-02', '2026-02-09', '2026-02-16', '2026-02-23'])
    await reach('week', week, { lake: 300 })
  await reach('month', '2026-02-01', { lake: 1200 })
  t.match(await rows('period=month'), [{ id: 'lake', visitors: 1200 }])
  t.same(
    (await rows('period=week')).map(({ startsOn }) => startsOn),
    ['2026-02-02', '2026-02-09', '2026-02-16'],
  )
})

t.test('web pages of others may read it, shared caches may keep it, and nothing else may be', async (t) => {
  for (const path of ['/', '/hotspots.geojson', '/reach.json', '/reach.csv']) {
    const { headers, statusCode } = await ask(`${path}`, { origin: 'https://example.org' })
    t.equal(statusCode, 200, path)
    t.match(headers, {
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=600',
      link: /rel="license"/,
    })
    t.notOk(headers['set-cookie'], `${path} sets no cookie`)
    const again = await ask(path, { 'if-none-match': `W/${headers.etag as string}` })
    t.equal(again.statusCode, 304, path)
    t.equal(again.body, '')
  }
  const staff = await stage.enter('city')
  for (const path of ['/', '/api/v1/sites', '/sign-in', '/none', '/api/v1/none', '/assets/none'])
    t.notOk(
      (await staff.get(path, { origin: 'https://example.org' })).headers['access-control-allow-origin'],
      path,
    )
})

t.test('the catalogue names every feed, and its addresses hold no host', async (t) => {
  const { body } = await ask('/', { host: 'evil.example' })
  t.notMatch(body, /evil/)
  for (const [, path] of body.matchAll(/"accessURL":"([^"]+)"/g))
    t.equal((await stage.app.inject(path!)).statusCode, 200, path!)
})

t.test('what cannot be read is refused with a problem; who asks without end is slowed down', async (t) => {
  for (const query of ['period=year', 'from=x', 'from=2026-03-02&to=2026-03-01', 'more=1', 'lang=en']) {
    const answer = await ask(`/reach.json?${query}`)
    t.equal(answer.statusCode, 400, query)
    t.equal(answer.headers['cache-control'], 'no-store')
    t.match(answer.json(), { code: 'bad-request', detail: /^query/ })
  }
  const answers: number[] = []
  for (let i = 0; i < 61; i++)
    answers.push(
      (await stage.app.inject({ url: '/api/v1/open/', remoteAddress: '198.51.100.20' })).statusCode,
    )
  t.same(answers.slice(-2), [200, 429])
})
