import t from 'tap'
import { entranceOf, stateOf } from '../../core/domain/session-story.ts'
import { annotate } from '../../core/records/annotations.ts'
import { inTransaction } from '../../core/records/database.ts'
import { keepFacts } from '../../core/records/session-events.ts'
import { logSessions } from '../../core/records/session-log.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { RIGHTS } from '../../console/access.ts'
import { sessionOf } from '../analytics/support/visits.ts'
import { routesOf } from './routes.ts'
import { startStage } from './stage.ts'
import { fillTwoSites } from './two-sites.ts'

/** Another's rows, on every route that names a thing or a site: who has some sites gets and changes nothing of others. */

const stage = await startStage()
t.teardown(() => stage.stop())
const { records } = stage
await stage.clear()
await fillTwoSites(stage)
await annotate(records, { day: '2026-03-11', site: 'other', vi: 'Mưa other', en: 'Rain other' }, 'lan')
const session = sessionOf({ id: 'session-other', site: 'other', startedAt: stage.now, heardAt: stage.now })
await inTransaction(records, async (transaction) => {
  await logSessions(transaction, stage.keys, [session])
  const fact = { kind: 'change', knownAt: stage.now, at: stage.now, change: 'started' } as const
  const told = { ...fact, state: stateOf(session), entrance: entranceOf(session) }
  await keepFacts(transaction, [{ session: session.id, stream: 0, seq: 0, fact: told }])
})
await records.query(
  "INSERT INTO people (id, name, role, sites, password_hash, totp_sealed) VALUES ('p2', 'lan', 'city', '{}', 'none', 'none')",
)
const life = { name: 'other', scopes: ['sites:read'], expiresAt: stage.now + 86_400_000 } as const
const hers = await createToken(records, 'p2', life, stage.now)

const idOf = async (sql: string): Promise<string> =>
  (await records.query<{ id: string }>(`SELECT (${sql})::text AS id`)).rows[0]!.id
const voucher = await idOf("SELECT id FROM vouchers WHERE site = 'other'")
const batch = await idOf("SELECT batch FROM vouchers WHERE site = 'other'")
const notice = await idOf("SELECT id FROM notices WHERE notice#>>'{places,ids,0}' = 'other'")
const incident = await idOf("SELECT id FROM incidents WHERE site = 'other'")
const annotation = await idOf("SELECT id FROM annotations WHERE site = 'other'")

/** The thing of the other site that a path names, by how the path begins; the longest beginning rules. */
const THINGS: Readonly<Record<string, string>> = {
  '/sites/:id': 'other',
  '/nas/:id': 'gw-other',
  '/notices/:id': notice,
  '/incidents/:id': incident,
  '/promotion/:id': 'item-other',
  '/campaigns/:id': 'item-other',
  '/pages/:id': 'other',
  '/vouchers/:id': voucher,
  '/vouchers/batches/:id': batch,
  '/sessions/:id': session.id,
  '/annotations/:id': annotation,
  '/tokens/:id': hers.id,
  '/people/:id': 'p2',
  '/reports/:month': '2026-02',
}
const TEXT = { vi: 'Tin', en: 'News' }
const ITEM = { category: 'event', site: 'other', picture: 'lotus', name: TEXT, line: TEXT, text: TEXT }
const WRITTEN = { ...ITEM, audience: {}, perDay: 6, weight: 1, holdOut: 0.1 }
/** Bodies that would do something at a site of one's own. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /incidents/:id/acknowledge': { note: 'x' },
  'POST /campaigns/:id': { ...WRITTEN, basedOn: 1 },
  'POST /pages/:id': { greeting: TEXT, basedOn: 1 },
  'POST /pages/:id/reject': { version: 1, reason: 'x' },
  'POST /vouchers': { site: 'other', count: 1 },
  'POST /nas': { id: 'gw-new', site: 'other', gateway: 'coova-chilli', addresses: ['10.9.9.9/32'] },
  'POST /notices': { kind: 'info', places: { kind: 'sites', ids: ['other'] }, title: TEXT, body: TEXT },
  'POST /campaigns': { ...WRITTEN, id: 'item-new' },
  'POST /annotations': { day: '2026-03-11', site: 'other', vi: 'x', en: 'x' },
}
const FORMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'POST /incidents/:id': { note: 'x' },
  'POST /promotion/:id': { do: 'approve', version: '1' },
  'POST /notices/:id': { do: 'end' },
  'POST /nas/:id': { sure: 'yes' },
}

const ROOT = '/api/v1'
const routes = routesOf(stage.app)
const isOfApi = (route: string): boolean => route.includes(` ${ROOT}/`)
const plain = (route: string): string => route.replace(ROOT, '')

/** The address of the other site's thing. */
function addressOf(route: string): string {
  const path = plain(route).split(' ')[1]!
  const begins = Object.keys(THINGS)
    .filter((each) => path === each || path.startsWith(`${each}/`))
    .sort((a, b) => b.length - a.length)[0]
  if (begins === undefined) throw new Error(`no thing of another site is known for ${route}`)
  const filled = path.replace(/:\w+/, THINGS[begins]!).replace(':batch', batch).replace(':month', '2026-02')
  return `${isOfApi(route) ? ROOT : ''}${filled}${path.startsWith('/reports/') ? '?site=other' : ''}`
}

const named = routes.filter((route) => route.includes('/:') && !route.includes('/assets/'))
const all = async (): Promise<string> => {
  const tables = [
    'vouchers',
    'nas',
    'notices',
    'campaigns',
    'own_pages',
    'incidents',
    'annotations',
    'tokens',
    'people',
  ]
  const rows = await Promise.all(
    tables.map(
      async (table) =>
        (
          await records.query<object>(
            `SELECT * FROM ${table} AS t WHERE t::text !~ 'linh|p1' ORDER BY t::text`,
          )
        ).rows,
    ),
  )
  return JSON.stringify(rows)
}

let calls = 0
const remoteAddress = (): string => `10.3.0.${1 + Math.floor(calls++ / 200)}`

for (const role of ['operator', 'site-manager', 'editor'] as const)
  t.test(`a person with the role ${role} has no way to another's rows`, async (t) => {
    await records.query("DELETE FROM people WHERE id = 'p1'")
    const staff = await stage.enter(role, ['mine'])
    const made = await createToken(records, 'p1', { ...life, scopes: SCOPES }, stage.now)
    const headers = { authorization: `Bearer ${made.token}` }
    const before = await all()
    for (const route of named) {
      const [method, url] = [route.split(' ')[0] as 'GET' | 'POST' | 'DELETE', addressOf(route)]
      if (!isOfApi(route)) {
        if (method === 'POST') await staff.get('/account')
        const answer = method === 'GET' ? await staff.get(url) : await staff.post(url, FORMS[route] ?? {})
        t.ok([403, 404].includes(answer.statusCode), `${route}: ${answer.statusCode}`)
        t.notMatch(answer.body, /(Tin|News|Điểm|Site) other/, route)
        continue
      }
      const payload = BODIES[plain(route)] ?? (/\/campaigns|\/pages/.test(route) ? { version: 1 } : {})
      const answer = await stage.app.inject({
        method,
        url,
        headers,
        remoteAddress: remoteAddress(),
        ...(method === 'POST' && { payload }),
      })
      t.ok([403, 404].includes(answer.statusCode), `${route}: ${answer.statusCode} ${answer.body}`)
    }
    for (const route of [
      'POST /vouchers',
      'POST /nas',
      'POST /notices',
      'POST /campaigns',
      'POST /annotations',
    ]) {
      const url = `${ROOT}${route.split(' ')[1]}`
      const answer = await stage.app.inject({
        method: 'POST',
        url,
        headers,
        remoteAddress: remoteAddress(),
        payload: BODIES[route]!,
      })
      t.equal(answer.statusCode, 403, `${route}: ${answer.body}`)
    }
    t.equal(await all(), before, 'nothing of the other site has changed')
  })

t.test('whoever asks a list for another’s site by name gets none of its rows', async (t) => {
  const city = await stage.app.inject({
    url: `${ROOT}/openapi.json`,
    headers: { authorization: `Bearer ${hers.token}` },
    remoteAddress: remoteAddress(),
  })
  type Described = Record<
    string,
    { get?: { security: [{ token?: string[] }]; parameters: { name: string; in: string }[] } }
  >
  const { paths } = city.json<{ paths: Described }>()
  for (const role of ['operator', 'site-manager', 'editor'] as const) {
    await records.query("DELETE FROM people WHERE id = 'p1'")
    await stage.enter(role, ['mine'])
    const made = await createToken(records, 'p1', { ...life, scopes: SCOPES }, stage.now)
    for (const [path, { get }] of Object.entries(paths)) {
      if (path.includes('{') || !get?.parameters.some((each) => each.name === 'site')) continue
      const scope = get.security[0].token![0] as keyof typeof RIGHTS
      const answer = await stage.app.inject({
        url: `${ROOT}${path}?site=other`,
        headers: { authorization: `Bearer ${made.token}` },
        remoteAddress: remoteAddress(),
      })
      const refused = answer.statusCode === 403
      t.ok(
        refused || (answer.statusCode === 200 && RIGHTS[scope].includes(role)),
        `${role} ${path}: ${answer.statusCode}`,
      )
      if (!refused) t.same(answer.json<{ items: object[] }>().items, [], `${role} ${path}`)
    }
  }
})

t.test('what is asked there is really there: the city gets it', async (t) => {
  await records.query("DELETE FROM people WHERE id = 'p1'")
  const staff = await stage.enter('city')
  for (const route of named.filter((each) => each.startsWith('GET '))) {
    // A printer may be missing; a stream does not end; her token is hers.
    if (/\.pdf$|\/live$/.test(route)) continue
    const answer = await staff.get(addressOf(route))
    t.ok(answer.statusCode < 400, `${route}: ${answer.statusCode}`)
  }
})
