import { createHash } from 'node:crypto'
import t from 'tap'
import { saveSite } from '../../../core/records/city.ts'
import { inTransaction, type Records } from '../../../core/records/database.ts'
import { readReach, saveReach } from '../../../core/records/reach.ts'
import { foldReach } from '../../../core/records/reach-totals.ts'
import { Sketch, STANDARD_ERROR } from '../../../core/domain/sketch.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'
import { DAY, siteOf } from '../../analytics/support/visits.ts'

const postgres = await testPostgres(t)

/** Devices `from` to `to` were at a site today. */
async function seen(records: Records, site: string, from: number, to: number): Promise<void> {
  await inTransaction(records, async (transaction) => {
    const [reach] = await readReach(transaction, [{ period: 'day', startsOn: DAY, site }])
    for (let n = from; n < to; n++)
      reach!.sketch.add(createHash('sha256').update(String(n)).digest().readBigUInt64BE())
    await saveReach(transaction, [reach!])
  })
}

async function totals(records: Records): Promise<Record<string, number>> {
  const { rows } = await records.query<{ category: string; visitors: number }>(
    "SELECT category, visitors FROM reach_totals WHERE period = 'day' AND starts_on = $1",
    [DAY],
  )
  return Object.fromEntries(rows.map((row) => [row.category, row.visitors]))
}

async function city(records: Records): Promise<void> {
  await saveSite(records, siteOf('lake', 'tourist-site'))
  await saveSite(records, siteOf('temple', 'tourist-site'))
  await saveSite(records, siteOf('silk', 'craft-village'))
}

t.test('sketches come back as they were saved, empty where there were none', async (t) => {
  const records = await testRecords(t, postgres)
  await seen(records, 'lake', 0, 10)
  const refs = ['silk', 'lake'].map((site) => ({ period: 'day' as const, startsOn: DAY, site }))
  const read = await inTransaction(records, (transaction) => readReach(transaction, refs))
  t.same(
    read.map(({ site, sketch }) => [site, sketch.estimate()]),
    [
      ['silk', 0],
      ['lake', 10],
    ],
  )
})

t.test('a device at two places is one in their category and one in the city', async (t) => {
  const records = await testRecords(t, postgres)
  await city(records)
  await seen(records, 'lake', 0, 10)
  await seen(records, 'temple', 5, 15)
  await seen(records, 'silk', 14, 20)
  await foldReach(records)
  t.same(await totals(records), { all: 20, 'tourist-site': 15, 'craft-village': 6, 'operator op': 20 })
})

t.test('only what changed is merged again, and nothing is lost or counted twice', async (t) => {
  const records = await testRecords(t, postgres)
  await city(records)
  await seen(records, 'lake', 0, 10)
  await foldReach(records)
  await foldReach(records)
  await seen(records, 'lake', 5, 12)
  await seen(records, 'unlisted', 0, 13)
  await Promise.all([foldReach(records), foldReach(records), foldReach(records)])
  t.same(
    await totals(records),
    { all: 13, 'tourist-site': 12, 'operator op': 12 },
    'a site outside the city file is in the city',
  )
  const { rows } = await records.query(
    'SELECT revision = (SELECT max(revision) FROM reach_sketches) AS up_to_date FROM reach_folded',
  )
  t.same(rows, [{ up_to_date: true }])
})

t.test('more sites than one turn takes are all merged', async (t) => {
  const records = await testRecords(t, postgres)
  await inTransaction(records, async (transaction) => {
    const reach = Array.from({ length: 450 }, (_, n) => {
      const sketch = new Sketch()
      sketch.add(BigInt(n))
      return { period: 'week' as const, startsOn: '2026-10-12', site: `site-${n}`, sketch }
    })
    await saveReach(transaction, reach)
  })
  await foldReach(records)
  const { rows } = await records.query('SELECT period, category, visitors, exact FROM reach_totals')
  t.same(rows, [{ period: 'week', category: 'all', visitors: 450, exact: true }])
})

t.test('past 2,000 the merged figure is an estimate within its error', async (t) => {
  const records = await testRecords(t, postgres)
  await city(records)
  await seen(records, 'lake', 0, 1900)
  await seen(records, 'temple', 1000, 9000)
  await foldReach(records)
  const { all = 0 } = await totals(records)
  t.ok(Math.abs(all / 9000 - 1) < 3 * STANDARD_ERROR, `${all}`)
})
