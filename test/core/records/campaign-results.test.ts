import t from 'tap'
import { ITEM_COUNTS, itemResult } from '../../../core/domain/campaign-result.ts'
import { campaignParts, campaignsCounted, itemsOfMonth } from '../../../core/records/campaign-results.ts'
import { openRecords } from '../../../core/records/database.ts'
import { addUpItems, itemsAddedUp } from '../../support/item-parts.ts'
import { testPostgres } from '../../support/stores.ts'

const url = await (await testPostgres(t)).newDatabase()
const records = await openRecords(url)
t.teardown(() => records.end())
const keep = (...row: readonly [string, string, string, string, string, number, number, number]) =>
  records.query('INSERT INTO campaign_days VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [...row])

await keep('silk', '2026-11-20', 'lake', 'vi', 'served', 150, 6, 12)
await keep('silk', '2026-11-21', 'lake', 'en', 'served', 100, 9, 4)
await keep('silk', '2026-11-21', 'park', 'vi', 'served', 50, 2, 1)
await keep('silk', '2026-11-21', 'lake', 'vi', 'held', 30, 1, 2)
await keep('silk', '2026-11-21', 'lake', 'vi', 'other', 5, 5, 0)
await keep('silk', '2026-11-22', 'lake', 'vi', 'served', 1000, 1000, 1000)
await keep('vase', '2026-11-21', 'park', 'vi', 'served', 1, 0, 0)

await records.query(
  'INSERT INTO campaign_totals SELECT campaign, arm, sum(devices), sum(opened), sum(visited) FROM campaign_days GROUP BY 1, 2',
)

const days = { from: '2026-11-20', to: '2026-11-21', sites: null }

t.test('an item’s device-days by arm, of all pages, by language and by site', async (t) => {
  t.same(await campaignsCounted(records, days), ['silk', 'vase'])
  const parts = await campaignParts(records, 'silk', days)
  t.same(
    parts.map(({ by, value, counts }) => [by, value, ...ITEM_COUNTS.map((name) => counts[name])]),
    [
      ['all', '', 300, 30, 17, 6, 17, 2],
      ['language', 'en', 100, 0, 9, 0, 4, 0],
      ['language', 'vi', 200, 30, 8, 6, 13, 2],
      ['site', 'lake', 250, 30, 15, 6, 16, 2],
      ['site', 'park', 50, 0, 2, 0, 1, 0],
    ],
  )
  t.match(parts[0]?.atLeast, { served: 150, opened: 11, visited: 12 }, 'of the largest day')
  t.match(itemResult(parts[0]!.counts), { rate: { value: 17 / 300 }, lift: null })
})

t.test('who has some sites gets what was counted on their pages alone', async (t) => {
  const his = { ...days, sites: ['park'] }
  t.same(
    (await campaignParts(records, 'silk', his)).map(({ by, value, counts }) => [by, value, counts.served]),
    [
      ['all', '', 50],
      ['language', 'vi', 50],
      ['site', 'park', 50],
    ],
  )
  t.same(await campaignsCounted(records, { ...days, sites: [] }), [])
})

t.test(
  'a month of every item is what its days are, the largest of them told, and no other month’s',
  async (t) => {
    await keep('silk', '2026-10-31', 'lake', 'vi', 'served', 7, 1, 1)
    await keep('silk', '2026-12-01', 'park', 'ko', 'held', 3000, 0, 3)
    await addUpItems(records, { from: '2026-10-01', to: '2026-12-31' })
    for (const [month, to] of [
      ['2026-09-01', '2026-09-30'],
      ['2026-10-01', '2026-10-31'],
      ['2026-11-01', '2026-11-30'],
      ['2026-12-01', '2026-12-31'],
    ] as const)
      t.same(await itemsOfMonth(records, month), await itemsAddedUp(records, { from: month, to }), month)
    const [silk, vase] = await itemsOfMonth(records, '2026-11-01')
    t.match(silk, { id: 'silk', parts: [{ by: 'all', counts: { served: 1300 }, atLeast: { served: 1000 } }] })
    t.match(vase, { id: 'vase', parts: [{ counts: { served: 1 } }, { value: 'vi' }, { value: 'park' }] })
  },
)

t.test(
  'days that were counted before parts were kept are added up when the schema is brought up to date',
  async (t) => {
    const parts = async (): Promise<unknown[]> =>
      Promise.all(
        ['campaign_day_parts', 'campaign_month_parts'].map(
          async (table) => (await records.query<object>(`SELECT * FROM ${table} ORDER BY 1, 2, 3, 4`)).rows,
        ),
      )
    const before = await parts()
    await records.query('DROP TABLE campaign_day_parts, campaign_month_parts')
    await records.query("DELETE FROM migrations WHERE name = '0064-item-months.sql'")
    await (await openRecords(url)).end()
    t.same(await parts(), before)
  },
)
