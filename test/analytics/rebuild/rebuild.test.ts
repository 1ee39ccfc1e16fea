import t from 'tap'
import { addDays, dayBegins } from '../../../core/domain/day.ts'
import type { PlatformEvent } from '../../../core/domain/event.ts'
import { saveSite } from '../../../core/records/city.ts'
import type { Records } from '../../../core/records/database.ts'
import { forgetDevices } from '../../../core/records/device-days.ts'
import { readPositions } from '../../../core/records/positions.ts'
import { destroyKeys } from '../../../core/records/pseudonym-keys.ts'
import { STREAMS } from '../../../analytics/collector/streams.ts'
import { rebuildFigures } from '../../../analytics/rebuild/rebuild.ts'
import { testKeys, testPostgres, testRecords } from '../../support/stores.ts'
import { collect } from '../support/collect.ts'
import { crowd } from '../support/crowd.ts'
import { itemOf } from '../../core/domain/items.ts'
import { DAY, siteOf } from '../support/visits.ts'

const postgres = await testPostgres(t)
const SITES = ['lake', 'temple', 'silk', 'pottery']
const EVENING = dayBegins(DAY) + 22 * 3_600_000

/** Every table that is added up, all of it but what only counts changes. */
const ROLLED_UP: Readonly<Record<string, string>> = {
  site_days: 'site, day',
  site_day_counts: 'site, day, kind, value',
  site_totals: 'site',
  scope_days: 'scope, day',
  scope_day_counts: 'scope, day, kind, value',
  site_total_counts: 'site, kind, value',
  device_counts: 'scope, day, kind, value',
  site_minutes: 'at, site',
  day_peaks: 'day, scope',
  campaign_day_parts: 'day, campaign, by, value',
  campaign_month_parts: 'month, campaign, by, value',
  reach_part_totals: 'period, starts_on, category, part',
  reach_totals: 'period, starts_on, category',
}

async function rolledUp(records: Records): Promise<Record<string, string[]>> {
  const text = async (query: string): Promise<string[]> =>
    (await records.query<{ text: string }>(query)).rows.map((row) => row.text)
  const found: Record<string, string[]> = {
    reach_sketches: await text(
      `SELECT ROW(period, starts_on, site, sketch, visitors, exact)::text AS text FROM reach_sketches
       ORDER BY period, starts_on, site`,
    ),
    reach_parts: await text(
      `SELECT ROW(period, starts_on, site, part, sketch)::text AS text FROM reach_parts
       ORDER BY period, starts_on, site, part`,
    ),
  }
  for (const [table, order] of Object.entries(ROLLED_UP))
    found[table] = await text(`SELECT t::text AS text FROM ${table} t ORDER BY ${order}`)
  return found
}

async function city(t: Parameters<typeof testRecords>[0]): Promise<Records> {
  const records = await testRecords(t, postgres)
  await readPositions(records, STREAMS)
  const category = (site: string) => (SITES.indexOf(site) < 2 ? 'tourist-site' : 'craft-village')
  for (const site of SITES)
    await saveSite(
      records,
      siteOf(site, category(site), { operator: `op-${site}`, limits: { idleSeconds: 300 } }),
    )
  await records.query("INSERT INTO campaigns (id, record, origin) VALUES ('vase', $1, 'file')", [
    itemOf('vase', { site: 'pottery' }),
  ])
  return records
}

/** Each page with items on it, of which every fourth visitor opens one. */
const withItems = (event: PlatformEvent, i: number): PlatformEvent[] => {
  if (event.kind !== 'funnel' || event.step !== 'splash') return [event]
  const { at, nas, site, mac, lang } = event
  const of = { at, nas, site, mac, lang: lang ?? 'vi' }
  const met = { kind: 'items-met', ...of, served: ['vase'], held: ['drum'] } as const
  return [event, met, ...(i % 4 === 0 ? [{ kind: 'item-opened', ...of, item: 'vase' } as const] : [])]
}

const events = crowd({
  seed: 7,
  visits: 900,
  devices: 250,
  sites: SITES,
  from: dayBegins(addDays(DAY, -3)),
  to: EVENING - 6 * 3_600_000,
}).flatMap(withItems)

t.test('made again from the records, every figure is what it was, to the byte', async (t) => {
  const records = await city(t)
  await collect(records, events, { until: EVENING })
  const before = await rolledUp(records)
  for (const [table, rows] of Object.entries(before))
    t.ok(rows.length > 3, `${table} has ${rows.length} rows`)
  const { tables } = await rebuildFigures(records, { check: true, keys: testKeys, now: EVENING })
  t.same(
    tables.filter(({ different }) => different > 0),
    [],
  )
  t.ok(tables.length > 12, 'all of them were compared')
  t.same(
    tables.filter(({ rows }) => rows === 0),
    [],
  )

  for (const [table, what] of [
    ['site_days', 'sessions = sessions + 1'],
    ['site_day_counts', 'count = 0'],
    ['site_totals', 'seconds = 0'],
    ['device_counts', 'count = count * 2'],
    ['day_peaks', 'peak = 0, change = change + 1'],
    ['reach_totals', 'visitors = 1'],
    ['reach_part_totals', 'visitors = 1'],
    ['scope_days', 'sessions = sessions + 1'],
    ['scope_day_counts', 'count = 0'],
    ['campaign_day_parts', 'opened = opened + 1'],
    ['campaign_month_parts', 'most_visited = 0'],
    ['reach_sketches', "sketch = decode('01', 'hex')"],
  ])
    await records.query(`UPDATE ${table} SET ${what}`)
  await records.query('DELETE FROM reach_parts')
  await records.query('DELETE FROM site_minutes')
  const checked = await rebuildFigures(records, { check: true, keys: testKeys, now: EVENING })
  t.ok(checked.tables.filter(({ different }) => different > 0).length > 10, 'a check tells what is wrong')
  t.notSame(await rolledUp(records), before, 'and leaves it')
  await rebuildFigures(records, { check: false, keys: testKeys, now: EVENING })
  const after = await rolledUp(records)
  // What was counted under a key that is destroyed cannot be counted again.
  const LIVES = [`,${DAY},`, `,${addDays(DAY, -1)},`, '(week,2026-10-12,', '(month,2026-10-01,']
  const alive = (rows: string[]): string[] => rows.filter((row) => LIVES.some((part) => row.includes(part)))
  for (const table of Object.keys(before)) {
    const whole = !table.startsWith('reach') && table !== 'device_counts'
    const rows = whole ? (each: string[]) => each : alive
    t.same(rows(after[table]!), rows(before[table]!), table)
  }
})

t.test('batches may be cut anywhere: the figures are the same', async (t) => {
  const [one, other] = [await city(t), await city(t)]
  await collect(one, events.slice(0, 1500), { seed: 3, until: EVENING })
  await collect(other, events.slice(0, 700), { seed: 4, until: EVENING })
  await collect(other, events.slice(700, 1500), { seed: 5, until: EVENING })
  const [a, b] = [await rolledUp(one), await rolledUp(other)]
  for (const table of Object.keys(a).filter((each) => !each.startsWith('reach')))
    t.same(a[table], b[table], table)
})

t.test(
  'with its keys destroyed a figure of devices stays as it is, and the others are still made again',
  async (t) => {
    const records = await city(t)
    await collect(records, events, { until: EVENING })
    const later = EVENING + 60 * 86_400_000
    await destroyKeys(records, later)
    await forgetDevices(records, later)
    const before = await rolledUp(records)
    await records.query('UPDATE site_days SET sessions = 0')
    const { tables } = await rebuildFigures(records, { check: false, keys: testKeys, now: later })
    t.same(
      tables.filter(({ different }) => different > 0).map(({ table }) => table),
      ['site_days'],
    )
    const after = await rolledUp(records)
    t.same(after, { ...before, site_minutes: [] }, 'minutes are kept for 35 days')
    t.same((await records.query('SELECT FROM device_days')).rowCount, 0)
    t.same((await records.query('SELECT FROM device_months')).rowCount, 0)
  },
)

t.test('days of which not every event is kept are left alone', async (t) => {
  const records = await city(t)
  await collect(records, events.slice(0, 400), { until: EVENING })
  const range = { from: '2020-01-01', to: '2030-01-01', check: true, keys: testKeys, now: EVENING }
  t.match(await rebuildFigures(records, range), { from: addDays(DAY, -89), to: DAY })
  await records.query('UPDATE complete_since SET day = $1', [addDays(DAY, -1)])
  t.match(await rebuildFigures(records, range), { from: addDays(DAY, -1), to: DAY })
  t.same((await rebuildFigures(records, { ...range, to: addDays(DAY, -2) })).tables, [])
})
