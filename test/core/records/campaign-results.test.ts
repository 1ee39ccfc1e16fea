import t from 'tap'
import { ITEM_COUNTS, itemResult } from '../../../core/domain/campaign-result.ts'
import { campaignParts, campaignsCounted } from '../../../core/records/campaign-results.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'

const records = await testRecords(t, await testPostgres(t))
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
