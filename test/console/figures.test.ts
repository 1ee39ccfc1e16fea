import t from 'tap'
import { ROLES, type Role } from '../../core/records/people.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { saveSite } from '../../core/records/city.ts'
import { readCsv } from '../support/csv.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
const { records } = stage
t.teardown(() => stage.stop())

async function tokenOf(role: Role, sites: readonly string[]): Promise<string> {
  await records.query('DELETE FROM people')
  await stage.enter(role, sites)
  const expiresAt = stage.now + 3_600_000
  return (await createToken(records, 'p1', { name: 'test', scopes: SCOPES, expiresAt }, stage.now)).token
}
const get = (path: string, token: string) =>
  stage.app.inject({ url: `/api/v1/figures/${path}`, headers: { authorization: `Bearer ${token}` } })

const day = async (of: string, visitors: number): Promise<void> => {
  await records.query("INSERT INTO site_days VALUES ($1, '2026-03-12', $2, 0, 60, 1, 2)", [of, visitors * 2])
  await records.query(
    "INSERT INTO reach_sketches (period, starts_on, site, sketch, visitors, exact) VALUES ('day', '2026-03-12', $1, '', $2, true)",
    [of, visitors],
  )
}

t.test('tables of few', async (t) => {
  await stage.clear()
  for (const [id, visitors] of [
    ['many', 120],
    ['more', 30],
    ['few', 4],
    ['other', 50],
  ] as const) {
    await saveSite(records, site(id))
    await day(id, visitors)
  }
  t.teardown(() => records.query('TRUNCATE sites CASCADE'))

  t.test('come as CSV or as JSON, to be kept as a file, and small cells are empty', async (t) => {
    const token = await tokenOf('city', [])
    const csv = await get('daily?format=csv', token)
    t.equal(csv.statusCode, 200)
    t.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present')
    t.equal(
      csv.headers['content-disposition'],
      'attachment; filename="hanoi-wifi-daily-2026-02-11-2026-03-12.csv"',
    )
    t.equal(csv.headers['cache-control'], 'no-store')
    const [head, ...lines] = readCsv(csv.body)
    t.same(head!.slice(0, 3), ['day', 'site', 'visitors'])
    t.same(
      lines.map((line) => line.slice(1, 3).concat(line[5]!)),
      [
        ['few', '', ''],
        ['many', '120', '240'],
        ['more', '', ''],
        ['other', '50', '100'],
      ],
      'the next smallest is empty with it, and of both what they did',
    )
    const json = await get('daily?from=2026-03-12&to=2026-03-12', token)
    t.match(json.headers['content-type'], /^application\/json/)
    t.match(json.json(), [{ site: 'few', visitors: null }, { day: '2026-03-12', visitors: 120 }, {}, {}])
    t.match(
      (await get('daily?site=more', token)).json(),
      [{ visitors: null }],
      'asked for alone it is no other',
    )
  })

  t.test('are of the sites of whoever asks, whatever his role', async (t) => {
    for (const role of ROLES) {
      const token = await tokenOf(role, ['many', 'other'])
      const isAll = role === 'city' || role === 'auditor'
      const sites = (await get('daily', token)).json<{ site: string }[]>().map((row) => row.site)
      t.same(sites, isAll ? ['few', 'many', 'more', 'other'] : ['many', 'other'], role)
      t.equal((await get('daily?site=more', token)).statusCode, isAll ? 200 : 403, role)
      t.equal((await get('daily?site=none', token)).statusCode, isAll ? 404 : 403, role)
    }
  })

  t.test('are in the audit, each time, with who asked for what', async (t) => {
    await records.query('TRUNCATE audit')
    await get('sites?format=csv', await tokenOf('auditor', []))
    const { rows } = await records.query('SELECT who, what, target, detail FROM audit')
    t.match(rows, [
      {
        who: 'linh',
        what: 'figures.export',
        target: 'sites',
        detail: { format: 'csv', address: '127.0.0.1' },
      },
    ])
  })

  t.test('are refused where the days make no sense, or are too many', async (t) => {
    const token = await tokenOf('city', [])
    for (const query of [
      'from=2026-02-30',
      'to=yesterday',
      'from=2026-03-12&to=2026-03-11',
      'from=2025-03-11&to=2026-03-12',
      'format=xls',
      'site=%00',
    ]) {
      const answer = await get(`daily?${query}`, token)
      t.equal(answer.statusCode, 400, query)
      t.match(answer.headers['content-type'], /^application\/problem\+json/)
    }
    t.equal((await get('nothing', token)).statusCode, 404)
  })

  t.test('a session of the console may have them, too', async (t) => {
    await records.query('DELETE FROM people')
    t.match((await (await stage.enter('editor', ['many'])).get('/api/v1/figures/sites')).json(), [
      { site: 'many' },
    ])
  })

  t.test('a fault before the first row is a problem, and leaves no connection behind', async (t) => {
    const token = await tokenOf('city', [])
    await records.query('ALTER TABLE site_days RENAME TO elsewhere')
    const answer = await get('daily', token)
    await records.query('ALTER TABLE elsewhere RENAME TO site_days')
    t.equal(answer.statusCode, 500)
    t.match(answer.json(), { code: 'fault' })
    t.equal((await get('daily', token)).statusCode, 200)
    t.equal(records.idleCount, records.totalCount)
  })
})
