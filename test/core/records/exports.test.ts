import { readFileSync } from 'node:fs'
import t from 'tap'
import { addDays, dayBegins } from '../../../core/domain/day.ts'
import { LEAST_SHOWN, LEAST_SHOWN_CROSSED } from '../../../core/domain/k-anonymity.ts'
import { saveSite } from '../../../core/records/city.ts'
import type { Cell, ExportAsked } from '../../../core/records/exports/table.ts'
import { TABLE_NAMES, TABLES, type TableName } from '../../../core/records/exports/tables.ts'
import { tableText } from '../../../core/records/exports/text.ts'
import { readPositions } from '../../../core/records/positions.ts'
import { STREAMS } from '../../../analytics/collector/streams.ts'
import { collect } from '../../analytics/support/collect.ts'
import { crowd } from '../../analytics/support/crowd.ts'
import { DAY, siteOf } from '../../analytics/support/visits.ts'
import { readCsv } from '../../support/csv.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'

const records = await testRecords(t, await testPostgres(t))
const HOUR = 3_600_000
const SITES = ['lake', 'temple', 'gate', 'silk', 'vase', 'mill']
const EVENING = dayBegins(DAY) + 23 * HOUR

await readPositions(records, STREAMS)
for (const [i, site] of SITES.entries())
  await saveSite(
    records,
    siteOf(site, i < 3 ? 'tourist-site' : 'craft-village', { name: { vi: `=${site}`, en: site } }),
  )
// Many at the first sites, few at the last.
const crowds = SITES.map((site, i) =>
  crowd({
    seed: 20 + i,
    visits: 700 >> i,
    devices: 500 >> i,
    sites: i < 3 ? SITES.slice(0, i + 1) : [site],
    from: dayBegins(addDays(DAY, -1)),
    to: EVENING - 6 * HOUR,
  }),
)
await collect(
  records,
  crowds.flat().sort((a, b) => a.at - b.at),
  { until: EVENING },
)
for (const [site, lang, arm, devices, opened, visited] of [
  ['lake', 'vi', 'served', 900, 90, 50],
  ['lake', 'en', 'served', 300, 24, 30],
  ['silk', 'vi', 'served', 40, 3, 11],
  ['lake', 'vi', 'held', 120, 0, 26],
  ['lake', 'en', 'held', 30, 0, 4],
] as const)
  await records.query('INSERT INTO campaign_days VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [
    ...['tea', DAY, site, lang, arm, devices, opened, visited],
  ])
await records.query(
  'INSERT INTO campaign_totals SELECT campaign, arm, sum(devices), sum(opened), sum(visited) FROM campaign_days GROUP BY 1, 2',
)
await records.query(
  `INSERT INTO incidents (cause, subject, site, began_at, opened_at, closed_at, planned)
   VALUES ('site-down', 'lake', 'lake', $1, $2, NULL, false), ('platform-logins', 'platform', NULL, $1, $2, $2, false),
     ('site-down', 'lake', 'lake', 'epoch', 'epoch', 'epoch', false)`,
  [new Date(EVENING - HOUR), new Date(EVENING)],
)
await records.query('INSERT INTO site_availability VALUES ($1, $2, $3)', [
  ...['lake', DAY, `${'u'.repeat(144)}${'d'.repeat(72)}${'q'.repeat(72)}`],
])
await records.query(
  `INSERT INTO device_counts VALUES ('all', $1, 'flow', 'lake temple', 45), ('all', $1, 'flow', 'lake silk', 19)
   ON CONFLICT (scope, day, kind, value) DO UPDATE SET count = excluded.count`,
  [DAY],
)

const all: ExportAsked = { from: addDays(DAY, -1), to: DAY, sites: null, site: null }
type Row = Readonly<Record<string, Cell>>
async function rowsOf(name: TableName, asked: Partial<ExportAsked> = {}): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of TABLES[name].rows(records, { ...all, ...asked })) rows.push(row)
  return rows
}
async function textOf(name: TableName, format: 'csv' | 'json'): Promise<string> {
  let text = ''
  for await (const piece of tableText(records, TABLES[name], all, format)) text += piece
  return text
}
const sum = (rows: readonly Row[], column: string): number =>
  rows.reduce((total, row) => total + Number(row[column] ?? 0), 0)

t.test('the document has every table and column, in their order, and no other', async (t) => {
  const [, exports = ''] = readFileSync('docs/reach.md', 'utf8').split('\n## Exports\n')
  const sections = exports.split('\n## ')[0]!.split('\n### ').slice(1)
  t.same(
    sections.map((section) => [
      section.split('\n')[0],
      ...[...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name),
    ]),
    TABLE_NAMES.map((name) => [name, ...Object.keys(TABLES[name].columns)]),
  )
})

t.test('every table has rows, of its columns alone, and is the same as CSV and as JSON', async (t) => {
  for (const name of TABLE_NAMES) {
    const columns = Object.keys(TABLES[name].columns)
    const rows = JSON.parse(await textOf(name, 'json')) as Row[]
    t.ok(rows.length > 0, name)
    t.same(Object.keys(rows[0]!), columns, name)
    const [head, ...lines] = readCsv(await textOf(name, 'csv'))
    t.same(head, columns, name)
    t.same(
      lines,
      rows.map((row) =>
        columns.map((column) => {
          const cell = row[column] ?? null
          return typeof cell === 'string' && cell.startsWith('=') ? `'${cell}` : String(cell ?? '')
        }),
      ),
      name,
    )
  }
  t.equal(await textOf('sites', 'csv').then((text) => text.includes("lake,'=lake,lake,")), true)
})

t.test('a table without a row is whole, too', async (t) => {
  const none = { ...all, from: '2020-01-01', to: '2020-01-02' }
  for (const format of ['csv', 'json'] as const) {
    let text = ''
    for await (const piece of tableText(records, TABLES.daily, none, format)) text += piece
    t.equal(
      format === 'csv' ? readCsv(text).length : (JSON.parse(text) as Row[]).length,
      format === 'csv' ? 1 : 0,
    )
  }
})

const counted: [name: TableName, column: string, least: number][] = [
  ['daily', 'visitors', LEAST_SHOWN],
  ['daily', 'new', LEAST_SHOWN],
  ['daily', 'returning', LEAST_SHOWN],
  ['hourly', 'devices', LEAST_SHOWN],
  ['visitors', 'visitors', LEAST_SHOWN],
  ['funnel', 'touch', LEAST_SHOWN],
  ['funnel', 'online', LEAST_SHOWN],
  ['flows', 'devices', LEAST_SHOWN_CROSSED],
  ['languages', 'devices', LEAST_SHOWN_CROSSED],
  ['devices', 'devices', LEAST_SHOWN_CROSSED],
  ['campaigns', 'opened', LEAST_SHOWN],
]

t.test(
  'nothing that leaves is of fewer devices than may be shown, and what is left out is no small part',
  async (t) => {
    for (const [name, column, least] of counted) {
      const cells = (await rowsOf(name)).map((row) => row[column])
      const shown = cells.filter((cell) => cell !== null)
      t.ok(shown.length > 0, `${name}.${column} is not all withheld`)
      t.ok(
        shown.every((cell) => cell === 0 || Number(cell) >= least),
        `${name}.${column}`,
      )
      if (name !== 'flows') t.ok(cells.includes(null), `${name}.${column} has something to withhold`)
    }
  },
)

t.test('what is shown is what the records hold', async (t) => {
  const days = await rowsOf('daily')
  for (const { day, site, visitors, sessions, peak } of days.filter((row) => row['visitors'] !== null)) {
    const { rows } = await records.query(
      `SELECT visitors, sessions::int, peak::int FROM reach_sketches r JOIN site_days d ON d.site = r.site AND d.day = r.starts_on
       JOIN day_peaks p ON p.scope = 'site ' || r.site AND p.day = d.day
       WHERE period = 'day' AND starts_on = $1 AND r.site = $2`,
      [day, site],
    )
    t.same(rows, [{ visitors, sessions, peak }], `${day} ${site}`)
  }
  t.ok(
    days.every(
      ({ visitors, sessions, seconds, peak }) => visitors !== null || (sessions ?? seconds ?? peak) === null,
    ),
    'of visitors that are withheld nothing is told',
  )
  t.ok(
    days.every(
      (row) =>
        row['new'] === null ||
        row['returning'] === null ||
        sum([row], 'new') + sum([row], 'returning') === row['visitors'],
    ),
  )
  const hours = (await rowsOf('hourly')).filter((row) => row['site'] === 'lake' && row['devices'] !== null)
  const { rows } = await records.query<{ count: number }>(
    `SELECT sum(count)::float8 AS count FROM device_counts WHERE scope = 'site lake' AND kind = 'hour'
       AND day + value::int / 24 || ' ' || value::int % 24 = ANY($1)`,
    [hours.map(({ day, hour }) => `${day} ${hour}`)],
  )
  t.equal(rows[0]?.count, sum(hours, 'devices'))
  for (const { touch, splash, tap, online } of await rowsOf('funnel'))
    t.ok(
      Number(touch ?? Infinity) >= Number(splash ?? 0) &&
        Number(splash ?? Infinity) >= Number(tap ?? 0) &&
        Number(tap ?? Infinity) >= Number(online ?? 0),
    )
})

t.test('periods have their interval, and days of sites are told once', async (t) => {
  const rows = await rowsOf('visitors')
  t.match(
    rows.find((row) => row['period'] === 'day'),
    { category: String, site: '', exact: true },
  )
  t.notOk(rows.some((row) => row['period'] === 'day' && row['site'] !== ''))
  const month = rows.find((row) => row['period'] === 'month' && row['category'] === '')
  t.match(month, { site: '', starts_on: `${DAY.slice(0, 7)}-01`, visitors: Number, low: month?.['visitors'] })
})

t.test('an item’s rate and lift come with their intervals, and not of what is withheld', async (t) => {
  const [item, ...parts] = await rowsOf('campaigns')
  t.match(item, {
    campaign: 'tea',
    language: '',
    site: '',
    served: 1240,
    opened: 117,
    visited: 91,
    visited_held: 30,
  })
  t.ok(Number(item!['rate_low']) < 117 / 1240 && Number(item!['rate_high']) > 117 / 1240)
  t.equal(item!['lift'], 91 / 1240 - 30 / 150)
  t.match(
    parts.map(({ language, site, served, opened, rate }) => [language, site, served, opened, rate]),
    [
      ['en', '', 300, 24, 24 / 300],
      ['vi', '', 940, 93, 93 / 940],
      ['', 'lake', 1200, null, null],
      ['', 'silk', 40, null, null],
    ],
    'three at one site would be told by the rest',
  )
})

t.test('coverage, incidents and ways are those of the days', async (t) => {
  t.same(await rowsOf('coverage'), [
    {
      day: DAY,
      site: 'lake',
      availability: 0.75,
      slots: 288,
      down: 72,
      planned_down: 0,
      quiet: 72,
      unseen: 0,
    },
  ])
  t.match(await rowsOf('incidents'), [
    { cause: 'site-down', site: 'lake', closed_at: null },
    { cause: 'platform-logins', site: null, closed_at: new Date(EVENING).toISOString() },
  ])
  t.match(
    (await rowsOf('flows'))
      .filter((row) => row['from_site'] === 'lake' && row['day'] === DAY)
      .map((row) => row['to_site']),
    ['temple'],
  )
})

t.test('who has some sites gets these alone, and a site is as it is among all', async (t) => {
  const of = (row: Row): Cell[] =>
    ['site', 'from_site', 'to_site'].map((name) => row[name] ?? '').filter((each) => each !== '')
  for (const name of TABLE_NAMES) {
    const his = await rowsOf(name, { sites: ['silk', 'vase'] })
    t.ok(
      his.flatMap(of).every((site) => site === 'silk' || site === 'vase'),
      name,
    )
    if (name === 'visitors')
      t.ok(
        his.every((row) => row['site'] !== ''),
        'and no sum over others',
      )
    const one = await rowsOf(name, { site: 'silk' })
    const among = (await rowsOf(name)).filter(
      (row) => of(row).includes('silk') || (name === 'incidents' && row['site'] === null),
    )
    t.same(one, among, name)
    t.same((await rowsOf(name, { sites: ['vase'], site: 'silk' })).flatMap(of), [], `${name}: not his`)
  }
})

t.test('a reader that goes away leaves no connection behind', async (t) => {
  for await (const row of TABLES.daily.rows(records, all)) {
    t.ok(row)
    break
  }
  t.equal(records.idleCount, records.totalCount)
})
