import t from 'tap'
import { hash } from 'node:crypto'
import { TABLE_NAMES } from '../../core/records/exports/tables.ts'
import { ROLES, type Role } from '../../core/records/people.ts'
import { createToken, SCOPES, type ApiScope } from '../../core/records/tokens.ts'
import { saveSite } from '../../core/records/city.ts'
import { Browser } from './browser.ts'
import { PAGES } from './page-roles.ts'
import { routesOf } from './routes.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'
import { clearTwoSites, fillTwoSites } from './two-sites.ts'

/** Who may use each route of the console, and whose rows he gets: the whole of it, held against the app's own list. */

const stage = await startStage()
t.teardown(() => stage.stop())

const RUNNING = ['city', 'operator', 'site-manager'] as const
const EVERY = ROLES
const API: Readonly<Record<string, readonly Role[]>> = {
  'GET /api/v1/openapi.json': EVERY,
  'GET /api/v1/sites': EVERY,
  'GET /api/v1/sites/:id': EVERY,
  'GET /api/v1/sites/:id/access-points': EVERY,
  'GET /api/v1/sessions/:id': EVERY,
  'GET /api/v1/vouchers': [...RUNNING, 'auditor'],
  'POST /api/v1/vouchers': RUNNING,
  'DELETE /api/v1/vouchers/:id': RUNNING,
  'GET /api/v1/vouchers/batches': [...RUNNING, 'auditor'],
  'GET /api/v1/vouchers/batches/:id': [...RUNNING, 'auditor'],
  'GET /api/v1/vouchers/batches/:id/codes': RUNNING,
  'DELETE /api/v1/vouchers/batches/:id': RUNNING,
  'GET /api/v1/nas': ['city', 'operator', 'auditor'],
  'GET /api/v1/nas/:id': ['city', 'operator', 'auditor'],
  'POST /api/v1/nas': ['city', 'operator'],
  'DELETE /api/v1/nas/:id': ['city', 'operator'],
  'GET /api/v1/notices': EVERY,
  'POST /api/v1/notices': ['city', 'operator'],
  'POST /api/v1/notices/:id/approve': ['city', 'operator'],
  'POST /api/v1/notices/:id/end': ['city', 'operator'],
  'GET /api/v1/campaigns': EVERY,
  'GET /api/v1/campaigns/:id': EVERY,
  'GET /api/v1/campaigns/:id/preview': EVERY,
  'POST /api/v1/campaigns': ['city', 'editor'],
  'POST /api/v1/campaigns/:id': ['city', 'editor'],
  'POST /api/v1/campaigns/:id/approve': ['city', 'editor'],
  'POST /api/v1/campaigns/:id/pause': ['city', 'editor'],
  'POST /api/v1/campaigns/:id/resume': ['city', 'editor'],
  'POST /api/v1/campaigns/:id/end': ['city', 'editor'],
  'POST /api/v1/campaigns/:id/discard': ['city', 'editor'],
  'GET /api/v1/pages': EVERY,
  'GET /api/v1/pages/:id/preview': EVERY,
  'POST /api/v1/pages/:id': [...RUNNING, 'editor'],
  'POST /api/v1/pages/:id/send': [...RUNNING, 'editor'],
  'POST /api/v1/pages/:id/approve': ['city', 'editor'],
  'POST /api/v1/pages/:id/reject': ['city', 'editor'],
  'GET /api/v1/incidents': EVERY,
  'POST /api/v1/incidents/:id/acknowledge': RUNNING,
  'GET /api/v1/sites/:id/people': EVERY,
  ...Object.fromEntries(TABLE_NAMES.map((name) => [`GET /api/v1/figures/${name}`, EVERY])),
  'GET /api/v1/reports/:month': EVERY,
  'GET /api/v1/people': ['city'],
  'POST /api/v1/people': ['city'],
  'GET /api/v1/people/:id': ['city'],
  'POST /api/v1/people/:id/role': ['city'],
  'POST /api/v1/people/:id/password': ['city'],
  'POST /api/v1/people/:id/reset-factor': ['city'],
  'DELETE /api/v1/people/:id': ['city'],
  'GET /api/v1/audit': ['city', 'auditor'],
  'GET /api/v1/settings': ['city', 'auditor'],
  'GET /api/v1/visitors': EVERY,
  'GET /api/v1/annotations': EVERY,
  'POST /api/v1/annotations': RUNNING,
  'DELETE /api/v1/annotations/:id': RUNNING,
  'GET /api/v1/tokens': EVERY,
  'POST /api/v1/tokens': EVERY,
  'DELETE /api/v1/tokens/:id': EVERY,
}

interface Needs {
  token: readonly ApiScope[]
}

const OPEN = [
  'GET /api/v1/open/',
  'GET /api/v1/open/hotspots.geojson',
  'GET /api/v1/open/reach.json',
  'GET /api/v1/open/reach.csv',
]

/** Alertmanager has a token of its own: alerts.test.ts. */
const ALERTS = 'POST /alerts'

t.test('the matrix has a line for every route, and no other', async (t) => {
  const all = [...Object.keys(PAGES), ...Object.keys(API), ...OPEN, ALERTS]
  t.same(routesOf(stage.app).sort(), all.sort())
})

t.test('the document of the API describes every route of the API, and no other', async (t) => {
  await stage.clear()
  const answer = await (await stage.enter('auditor')).get('/api/v1/openapi.json')
  const { openapi, paths } = answer.json<{ openapi: string; paths: Record<string, Record<string, object>> }>()
  t.equal(openapi, '3.1.0')
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(
      (method) => `${method.toUpperCase()} /api/v1${path.replace(/\{(\w+)\}/g, ':$1')}`,
    ),
  )
  t.same(
    described.sort(),
    [...Object.keys(API), ...OPEN].filter((each) => !each.endsWith('/openapi.json')).sort(),
  )
})

const split = (line: string): [method: 'GET' | 'POST' | 'DELETE', path: string] => {
  const [method, path] = line.split(' ') as ['GET' | 'POST' | 'DELETE', string]
  return [method, path.replace(/:id|:name/, 'none')]
}

t.test('whoever is not signed in comes to the door, on every page', async (t) => {
  await stage.clear()
  for (const [line, who] of Object.entries(PAGES)) {
    const [method, path] = split(line)
    const stranger = new Browser(stage.app)
    await stranger.get('/sign-in')
    const answer = method === 'GET' ? await stranger.get(path) : await stranger.post(path)
    const isDoor = answer.statusCode === 303 && answer.headers.location!.startsWith('/sign-in')
    t.equal(isDoor && who === 'anyone' && !/sign-/.test(path), false, line)
    if (who !== 'anyone') t.ok(isDoor, line)
  }
})

t.test('the open data is there for everybody, and for nobody otherwise than for others', async (t) => {
  await stage.clear()
  const staff = await stage.enter('site-manager', [])
  for (const line of OPEN) {
    const [method, path] = split(line)
    const answer = await call(method, path, null)
    t.equal(answer.statusCode, 200, line)
    t.equal((await call(method, path, 'hnwifi_none')).body, answer.body, `${line} with a token of nobody`)
    t.equal((await staff.get(path)).body, answer.body, `${line} for staff`)
  }
})

/** Of what has no end. */
async function statusOfStream(url: string, { cookies }: Browser): Promise<number> {
  const cookie = `hotspot-staff=${cookies.get('hotspot-staff')!}`
  const answer = await stage.app.inject({ url, headers: { cookie }, payloadAsStream: true })
  answer.stream().destroy()
  return answer.statusCode
}

for (const role of ROLES)
  t.test(`a person with the role ${role} may use his pages, and is refused the others`, async (t) => {
    await stage.clear()
    await stage.publish([site('mine')], [])
    const staff = await stage.enter(role, ['mine'])
    for (const [line, who] of Object.entries(PAGES).filter(([, each]) => each !== 'anyone')) {
      const [method, path] = split(line.replace('/sites/:id', '/sites/mine'))
      if (method !== 'GET') await staff.get('/account')
      const statusCode = path.endsWith('/live')
        ? await statusOfStream(path, staff)
        : (method === 'GET' ? await staff.get(path) : await staff.post(path)).statusCode
      if (who.includes(role)) t.not(statusCode, 403, line)
      else t.equal(statusCode, 403, line)
    }
  })

const enterByToken = async (
  role: Role,
  sites: readonly string[],
  scopes: readonly ApiScope[] = SCOPES,
): Promise<string> => {
  await stage.records.query('DELETE FROM people')
  await stage.enter(role, sites)
  const expiresAt = stage.now + 3_600_000
  return (await createToken(stage.records, 'p1', { name: 'test', scopes, expiresAt }, stage.now)).token
}
/** So that no address asks for more than one may in a minute. */
let calls = 0
const call = (method: 'GET' | 'POST' | 'DELETE', url: string, token: string | null, payload?: object) =>
  stage.app.inject({
    method,
    url,
    remoteAddress: `10.0.0.${1 + Math.floor(calls++ / 200)}`,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...(payload && { payload }),
  })

for (const role of ROLES)
  t.test(`a token of the role ${role} may use what the role may, and is refused the rest`, async (t) => {
    await stage.clear()
    const token = await enterByToken(role, ['mine'])
    for (const [line, who] of Object.entries(API)) {
      const [method, path] = split(line)
      const answer = await call(method, path, token)
      const { code } =
        answer.statusCode >= 400 ? answer.json<{ code: string; detail: string }>() : { code: '' }
      const isRefusedByRole = answer.statusCode === 403 && answer.body.includes('Your role may not')
      t.equal(isRefusedByRole, !who.includes(role), `${line} ${code}`)
      t.equal((await call(method, path, null)).statusCode, 401, `${line} without a token`)
      t.ok(answer.statusCode < 500, line)
    }
  })

t.test('a token without the scope is refused, on every route that needs one', async (t) => {
  await stage.clear()
  const document = await call('GET', '/api/v1/openapi.json', await enterByToken('city', []))
  const { paths } = document.json<{ paths: Record<string, Record<string, { security: [Needs] }>> }>()
  for (const [line] of Object.entries(API).filter(([each]) => !each.endsWith('/openapi.json'))) {
    const [method, path] = split(line)
    const described = line.replace(/^\w+ \/api\/v1/, '').replaceAll(/:(\w+)/g, '{$1}')
    const needed = paths[described]![method.toLowerCase()]!.security[0].token
    t.equal(needed.length, 1, line)
    const scopes = SCOPES.filter((scope) => !needed.includes(scope))
    const answer = await call(method, path, await enterByToken('city', [], scopes))
    t.equal(answer.statusCode, 403, line)
    t.match(answer.json(), { code: 'no-scope' }, line)
    t.match(answer.headers['www-authenticate'], 'insufficient_scope', line)
  }
})

t.test('whoever has some sites gets their rows alone, of every list; who has all gets all', async (t) => {
  await stage.clear()
  const { records } = stage
  t.teardown(() => clearTwoSites(stage))
  await fillTwoSites(stage)
  const lists = [
    '/sites',
    '/vouchers',
    '/vouchers/batches',
    '/nas',
    '/notices',
    '/campaigns',
    '/pages',
    '/incidents',
  ]
  for (const role of ROLES) {
    const token = await enterByToken(role, ['mine'])
    for (const path of lists) {
      const answer = await call('GET', `/api/v1${path}`, token)
      if (answer.statusCode === 403) continue
      t.equal(answer.statusCode, 200, `${role} ${path}`)
      t.match(answer.body, /mine/, `${role} ${path}`)
      t.equal(/other/.test(answer.body), role === 'city' || role === 'auditor', `${role} ${path}`)
    }
    const points = await call('GET', '/api/v1/sites/other/access-points', token)
    t.equal(points.statusCode, role === 'city' || role === 'auditor' ? 200 : 403, `${role}: another's site`)
  }
  const token = await enterByToken('operator', ['mine'])
  const idOf = async (table: string): Promise<string> =>
    (
      await records.query<{ id: string }>(
        table === 'vouchers'
          ? "SELECT id FROM vouchers WHERE site = 'other'"
          : "SELECT id FROM notices WHERE notice#>>'{places,ids,0}' = 'other'",
      )
    ).rows[0]!.id
  const [voucher, notice] = [await idOf('vouchers'), await idOf('notices')]
  t.equal((await call('DELETE', `/api/v1/vouchers/${voucher}`, token)).statusCode, 403)
  for (const step of ['approve', 'end'])
    t.equal((await call('POST', `/api/v1/notices/${notice}/${step}`, token)).statusCode, 403, step)
  t.equal((await call('POST', '/api/v1/vouchers', token, { site: 'other', count: 1 })).statusCode, 403)
  const text = { vi: 'Tin', en: 'News' }
  const all = { kind: 'info', places: { kind: 'all' }, title: text, body: text }
  t.equal((await call('POST', '/api/v1/notices', token, all)).statusCode, 403)
  const { rows } = await records.query('SELECT FROM vouchers WHERE revoked_at IS NOT NULL')
  t.equal(rows.length, 0, 'and nothing has changed')
  t.notMatch((await call('GET', '/api/v1/nas', token)).body, /secret/i)

  const own = await call('POST', '/api/v1/vouchers', token, { site: 'mine', count: 2 })
  t.equal(own.statusCode, 201)
  const { items } = own.json<{ items: { id: string; code: string }[] }>()
  t.match(items[0]!.code, /^[0-9A-Z]{8}$/)
  t.match((await call('DELETE', `/api/v1/vouchers/${items[0]!.id}`, token)).json(), { sessions: 0 })
  t.match((await call('DELETE', `/api/v1/vouchers/${items[0]!.id}`, token)).json(), { code: 'revoked' })

  const city = await enterByToken('city', [])
  const drafted = (await call('POST', '/api/v1/notices', city, all)).json<{ id: string }>()
  t.match((await call('POST', `/api/v1/notices/${drafted.id}/approve`, city)).json(), {
    code: 'needs-two-people',
  })
  await records.query("UPDATE notices SET drafted_by = 'lan' WHERE id = $1", [drafted.id])
  t.equal((await call('POST', `/api/v1/notices/${drafted.id}/approve`, city)).statusCode, 200)
  t.match((await call('GET', '/api/v1/notices', city)).body, '"published"')

  const first = (await call('GET', '/api/v1/sites?limit=1', city)).json<{
    items: { id: string }[]
    next: string
  }>()
  t.same([first.items.map(({ id }) => id), typeof first.next], [['mine'], 'string'])
  const second = (await call('GET', `/api/v1/sites?limit=1&cursor=${first.next}`, city)).json<{
    next: null
  }>()
  t.match(second, { items: [{ id: 'other' }], next: null })
})

t.test(
  'a token is kept as a digest alone, runs out, ends with its owner, and makes none that can do more',
  async (t) => {
    await stage.clear()
    const token = await enterByToken('site-manager', ['mine'], ['sites:read', 'tokens:write', 'tokens:read'])
    const { rows } = await stage.records.query<{ digest: string }>('SELECT * FROM tokens')
    t.equal(rows[0]!.digest, hash('sha256', token, 'base64url'))
    t.notOk(JSON.stringify(rows).includes(token.slice(7)))
    const more = { name: 'more', scopes: ['vouchers:write'], days: 1 }
    t.match((await call('POST', '/api/v1/tokens', token, more)).json(), { code: 'no-scope' })
    const less = await call('POST', '/api/v1/tokens', token, { ...more, scopes: ['sites:read'] })
    t.equal(less.statusCode, 201)
    const made = less.json<{ id: string; token: string; expiresAt: string }>()
    t.equal(Date.parse(made.expiresAt), stage.now + 3_600_000, 'no longer than the one shown')
    t.equal((await call('GET', '/api/v1/sites', made.token)).statusCode, 200)
    t.match((await call('DELETE', `/api/v1/tokens/${made.id}`, token)).statusCode, 200)
    t.match((await call('GET', '/api/v1/sites', made.token)).json(), { code: 'bad-token' })
    stage.now += 3_600_001
    t.match((await call('GET', '/api/v1/sites', token)).json(), { code: 'bad-token' })
    stage.now -= 3_600_001
    await stage.records.query('DELETE FROM people')
    t.equal((await call('GET', '/api/v1/sites', token)).statusCode, 401)
    for (const odd of ['', 'x', `${token}x`, 'hnwifi_\u00e9'])
      t.equal((await call('GET', '/api/v1/sites', odd)).statusCode, 401)
  },
)

t.test('an answer that has not changed is not sent again', async (t) => {
  await stage.clear()
  const token = await enterByToken('city', [])
  const { headers } = await call('GET', '/api/v1/sites', token)
  const again = await stage.app.inject({
    url: '/api/v1/sites',
    headers: { authorization: `Bearer ${token}`, 'if-none-match': `W/"x", ${headers.etag as string}` },
  })
  t.equal(again.statusCode, 304)
  t.equal(again.body, '')
  await saveSite(stage.records, site('new'))
  t.teardown(() => stage.records.query('TRUNCATE sites CASCADE'))
  t.not((await call('GET', '/api/v1/sites', token)).headers.etag, headers.etag)
})

t.test('a token that calls without end is slowed down, another is not', async (t) => {
  await stage.clear()
  const token = await enterByToken('city', [])
  const { rows } = await stage.records.query<{ id: string }>('SELECT id FROM tokens')
  await stage.store.set(`hs:api-calls:${rows[0]!.id}:${Math.floor(stage.now / 60_000)}`, 300, 'EX', 60)
  const slowed = await call('GET', '/api/v1/sites', token)
  t.equal(slowed.statusCode, 429)
  t.match(slowed.headers['retry-after'], /^\d+$/)
  t.match(slowed.headers['content-type'], /^application\/problem\+json/)
  t.equal((await call('GET', '/api/v1/sites', await enterByToken('city', []))).statusCode, 200)
})

t.test('what cannot be read is a problem that says where, and never a fault', async (t) => {
  await stage.clear()
  const token = await enterByToken('city', [])
  const bodies: unknown[] = [
    {},
    { site: 'x', count: 0 },
    { site: 'x', count: 1, more: 1 },
    { site: '\0', count: 1 },
  ]
  for (const body of bodies) {
    const answer = await call('POST', '/api/v1/vouchers', token, body as object)
    t.ok([400, 404].includes(answer.statusCode), JSON.stringify(body))
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
  }
  for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=AA', 'cursor=', 'more=1'])
    t.equal((await call('GET', `/api/v1/sites?${query}`, token)).statusCode, 400, query)
  t.equal((await call('GET', '/api/v1/audit?cursor=eA', token)).statusCode, 400)
  t.equal((await call('GET', '/api/v1/sites/%00/access-points', token)).statusCode, 400)
  const form = await stage.app.inject({
    method: 'POST',
    url: '/api/v1/vouchers',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'site=x&count=1',
  })
  t.equal(form.statusCode, 415)
})

t.test('a session of the console reads, and changes nothing', async (t) => {
  await stage.clear()
  const staff = await stage.enter('city')
  t.equal((await staff.get('/api/v1/sites')).statusCode, 200)
  t.equal((await staff.post('/api/v1/vouchers')).statusCode, 415)
  const answer = await stage.app.inject({
    method: 'POST',
    url: '/api/v1/vouchers',
    headers: { cookie: `hotspot-staff=${staff.cookies.get('hotspot-staff')!}` },
    payload: { site: 'mine', count: 1 },
  })
  t.equal(answer.statusCode, 401)
})
