import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openRecords } from '../../../core/records/database.ts'
import { readCsv } from '../../support/csv.ts'
import { startPlatform, until } from '../../support/platform.ts'

interface Row {
  readonly table: string
  readonly rows: number
  readonly different: number
}

const platform = await startPlatform(t)
const databaseUrl = (): string =>
  (JSON.parse(readFileSync(join(platform.folder, 'services.json'), 'utf8')) as { databaseUrl: string })
    .databaseUrl
const check = () => platform.hotspot('figures', 'rebuild', '--check', '--json')
const different = (text: string): string[] =>
  (JSON.parse(text) as Row[]).filter((row) => row.different > 0).map(({ table }) => table)

t.test('figures of a day of visitors are the same when they are made again', async (t) => {
  const run = await platform.hotspot(
    ...['simulate', '--visitors', '60', '--sites', '3', '--minutes', '30', '--speed', '120'],
  )
  t.match(run, { code: 0 })
  await until('all events are counted', async () => (await platform.metric('hotspot_events_backlog')) === 0)
  const checked = await check()
  t.match(checked, { code: 0, stderr: '' })
  const rows = JSON.parse(checked.stdout) as Row[]
  t.match(
    [
      'site_days',
      'site_day_counts',
      'site_totals',
      'site_total_counts',
      'campaign_month_parts',
      'campaign_totals',
    ].map((name) => rows.find(({ table }) => table === name)),
    Array.from({ length: 6 }, () => ({ rows: Number, different: 0 })),
  )
  t.ok(rows.some(({ table, rows }) => table.startsWith('device_counts') && rows > 50))
  t.ok(rows.some(({ table, rows }) => table.startsWith('reach_sketches month') && rows > 0))
})

t.test('a check tells what is wrong and leaves it, making them again mends it', async (t) => {
  const records = await openRecords(databaseUrl(), 1)
  t.teardown(() => records.end())
  await records.query('UPDATE site_days SET sessions = sessions + 1')
  for (let turn = 0; turn < 2; turn++) {
    const { code, stdout } = await check()
    t.equal(code, 1)
    t.same(different(stdout), ['site_days'])
  }
  t.match(await platform.hotspot('figures', 'rebuild'), {
    code: 0,
    stdout: /^made again: .*site_days +\d+ +[1-9]/s,
  })
  t.match(await check(), { code: 0 })
  const { rows } = await records.query("SELECT who FROM audit WHERE what = 'figures.rebuild'")
  t.equal(rows.length, 1, 'it is in the audit once; a check is not')
})

t.test('a table is told as CSV or JSON, what few visitors did left out, and the audit has it', async (t) => {
  const csv = await platform.hotspot('figures', 'export', 'sites')
  t.match(csv, { code: 0, stderr: '' })
  const [head, ...lines] = readCsv(csv.stdout)
  t.same(head?.slice(0, 2), ['site', 'name_vi'])
  const one = lines[0]![0]!
  const json = await platform.hotspot('figures', 'export', 'sites', '--site', one, '--format', 'json')
  t.match(JSON.parse(json.stdout), [{ site: one, name_vi: lines[0]![1] }])
  const daily = await platform.hotspot('figures', 'export', 'daily', '--format', 'json')
  const shown = (JSON.parse(daily.stdout) as { visitors: number | null }[]).map(({ visitors }) => visitors)
  t.ok(shown.length > 0 && shown.every((visitors) => visitors === null || visitors === 0 || visitors >= 10))
  const records = await openRecords(databaseUrl(), 1)
  t.teardown(() => records.end())
  const { rows } = await records.query(
    "SELECT who, target FROM audit WHERE what = 'figures.export' ORDER BY id",
  )
  t.same(
    rows,
    ['sites', 'sites', 'daily'].map((target) => ({ who: 'command line', target })),
  )
})

t.test('a table, a site or a day that is none is a wrong use', async (t) => {
  for (const words of [
    [],
    ['users'],
    ['sites', 'daily'],
    ['sites', '--site', 'none'],
    ['sites', '--format', 'xls'],
    ['daily', '--from', '2999-01-01'],
  ])
    t.match(
      await platform.hotspot('figures', 'export', ...words),
      { code: 2, stderr: /usage/ },
      words.join(' '),
    )
  for (const words of [[], ['make'], ['rebuild', '--from', '2026-02-30'], ['rebuild', '--to', 'today']])
    t.match(await platform.hotspot('figures', ...words), { code: 2, stderr: /usage/ })
})
