import t from 'tap'
import { addDays } from '../../../core/domain/day.ts'
import {
  campaignTotals,
  countCampaigns,
  forgetCampaignDevices,
  type ArrivedDevice,
  type MetDevice,
  type OpenedDevice,
} from '../../../core/records/campaign-counts.ts'
import { itemsOfMonth } from '../../../core/records/campaign-results.ts'
import { inTransaction, type Records } from '../../../core/records/database.ts'
import { remakeItems } from '../../../core/records/remake.ts'
import { periodOf, pseudonymsEnd } from '../../../core/records/periods.ts'
import { chances } from '../../analytics/support/crowd.ts'
import { DAY, NOON } from '../../analytics/support/visits.ts'
import { itemsAddedUp } from '../../support/item-parts.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'
import { itemOf } from '../domain/items.ts'

const postgres = await testPostgres(t)

const met = (n: number, more: Partial<MetDevice> = {}): MetDevice => ({
  day: DAY,
  device: BigInt(n),
  campaign: 'silk',
  held: false,
  at: NOON,
  site: 'lake',
  lang: 'vi',
  ...more,
})
const opened = (n: number, more: Partial<OpenedDevice> = {}): OpenedDevice => ({
  day: DAY,
  device: BigInt(n),
  campaign: 'silk',
  site: 'lake',
  lang: 'vi',
  ...more,
})
const arrived = (n: number, more: Partial<ArrivedDevice> = {}): ArrivedDevice => ({
  day: DAY,
  device: BigInt(n),
  site: 'site-of-silk',
  at: NOON + 3_600_000,
  ...more,
})

async function newRecords(t: Parameters<typeof testRecords>[0]): Promise<Records> {
  const records = await testRecords(t, postgres)
  await records.query("INSERT INTO campaigns (id, record, origin) VALUES ('silk', $1, 'file')", [
    itemOf('silk'),
  ])
  return records
}

type Counted = Partial<Parameters<typeof countCampaigns>[1]>
const count = (records: Records, counted: Counted): Promise<void> =>
  inTransaction(records, (transaction) =>
    countCampaigns(transaction, { met: [], opened: [], arrived: [], ...counted }),
  )
const totals = async (records: Records): Promise<string[]> =>
  (await campaignTotals(records)).map((row) => Object.values(row).join(' '))
const days = async (records: Records): Promise<string[]> => {
  const { rows } = await records.query<object>(
    'SELECT campaign, day, site, lang, arm, devices, opened, visited FROM campaign_days ORDER BY 1, 2, 3, 4, 5',
  )
  return rows.map((row) => Object.values(row).join(' '))
}

t.test('a device counts once a day and item, where it met the item first', async (t) => {
  const records = await newRecords(t)
  await count(records, { met: [met(1), met(1, { site: 'silk', lang: 'en' }), met(2, { lang: 'en' })] })
  await count(records, { met: [met(1, { site: 'park' }), met(3, { held: true })] })
  await count(records, { met: [met(1, { day: addDays(DAY, 1) }), met(1, { campaign: 'vase' })] })
  t.same(await days(records), [
    `silk ${DAY} lake en served 1 0 0`,
    `silk ${DAY} lake vi held 1 0 0`,
    `silk ${DAY} lake vi served 1 0 0`,
    `silk ${addDays(DAY, 1)} lake vi served 1 0 0`,
    `vase ${DAY} lake vi served 1 0 0`,
  ])
  t.same(await totals(records), ['silk held 1 0 0', 'silk served 3 0 0', 'vase served 1 0 0'])
})

t.test('an opened page counts once, in the group that the device is in', async (t) => {
  const records = await newRecords(t)
  await count(records, { met: [met(1), met(2, { held: true })] })
  const all = [opened(1, { site: 'park' }), opened(1), opened(2), opened(3)]
  await count(records, { opened: all })
  await count(records, { opened: all })
  t.same(await totals(records), ['silk held 1 1 0', 'silk other 0 1 0', 'silk served 1 1 0'])
  t.same(
    await days(records),
    [`silk ${DAY} lake vi held 1 1 0`, `silk ${DAY} lake vi other 0 1 0`, `silk ${DAY} lake vi served 1 1 0`],
    'a click counts where the item was met, so that no rate passes 1',
  )
})

t.test(
  'who opened the page before he met the item is in a group from then on, without that click',
  async (t) => {
    const records = await newRecords(t)
    await count(records, { opened: [opened(1, { lang: 'en' })] })
    await count(records, { met: [met(1)] })
    await count(records, { opened: [opened(1)], met: [met(1)] })
    t.same(await days(records), [`silk ${DAY} lake en other 0 1 0`, `silk ${DAY} lake vi served 1 0 0`])
  },
)

t.test(
  'a visit counts once: at the place of the item, later that day, in either order of events',
  async (t) => {
    const records = await newRecords(t)
    await count(records, { met: [met(1), met(2, { held: true }), met(3), met(4)] })
    await count(records, {
      arrived: [
        arrived(1),
        arrived(1, { at: NOON + 7_200_000 }),
        arrived(2),
        arrived(3, { site: 'park' }),
        arrived(4, { at: NOON - 1 }),
        arrived(5),
        arrived(6, { day: addDays(DAY, 1) }),
      ],
    })
    await count(records, { arrived: [arrived(1)], met: [met(5, { held: true }), met(6)] })
    t.same(await totals(records), ['silk held 2 0 2', 'silk served 4 0 1'])
    await count(records, { arrived: [arrived(4)] })
    t.same(await totals(records), ['silk held 2 0 2', 'silk served 4 0 2'], 'it came back there after all')
  },
)

t.test('a month is added up as it is counted, whatever comes in which order', async (t) => {
  const records = await newRecords(t)
  const chance = chances(11)
  const pick = <T>(...of: readonly T[]): T => of[Math.floor(chance() * of.length)]!
  const days = ['2026-09-29', '2026-09-30', '2026-10-01', '2026-10-02', '2026-11-01']
  for (let batch = 0; batch < 40; batch++) {
    const some = Array.from({ length: Math.floor(chance() * 25) }, () => {
      const place = {
        day: pick(...days),
        campaign: pick('silk', 'vase', 'tea'),
        lang: pick('vi', 'en', 'ko'),
      }
      return { device: Math.floor(chance() * 30), held: chance() < 0.3, ...place, site: pick('lake', 'park') }
    })
    await count(records, {
      met: some.filter(() => chance() < 0.5).map(({ device, ...each }) => met(device, each)),
      opened: some.filter(() => chance() < 0.3).map(({ device, held: _, ...each }) => opened(device, each)),
      arrived: some.filter(() => chance() < 0.3).map(({ device, day }) => arrived(device, { day })),
    })
  }
  for (const [month, to] of [
    ['2026-09-01', '2026-09-30'],
    ['2026-10-01', '2026-10-31'],
    ['2026-11-01', '2026-11-30'],
  ] as const) {
    const expected = await itemsAddedUp(records, { from: month, to })
    t.equal(expected.length, 3)
    t.same(await itemsOfMonth(records, month), expected, month)
  }
  const range = { from: '2026-09-30', to: '2026-10-01' }
  const same = await inTransaction(records, (transaction) => remakeItems(transaction, range))
  t.match(same, [
    { table: 'campaign_day_parts', rows: 36, different: 0 },
    { table: 'campaign_month_parts', rows: 36, different: 0 },
    { table: 'campaign_totals', rows: Number, different: 0 },
  ])
  await records.query(
    "UPDATE campaign_month_parts SET most_opened = 0, visited = visited + 1 WHERE by = 'all'",
  )
  await records.query("UPDATE campaign_totals SET opened = opened + 1 WHERE arm = 'served'")
  const mended = await inTransaction(records, (transaction) => remakeItems(transaction, range))
  t.same(
    mended.map(({ different }) => different),
    [0, 12, 6],
    'three items in two months, and since the beginning, each row gone and come',
  )
})

t.test('arrivals are kept only of places that an item points to', async (t) => {
  const records = await newRecords(t)
  await count(records, { arrived: [arrived(1), arrived(1, { site: 'lake' })] })
  const { rows } = await records.query('SELECT site FROM campaign_arrivals')
  t.same(rows, [{ site: 'site-of-silk' }])
})

t.test('pseudonyms of all 64 bits are kept apart, and go when their key does; counts stay', async (t) => {
  const records = await newRecords(t)
  const greatest = (1n << 64n) - 1n
  await count(records, {
    met: [met(0, { device: greatest }), met(0, { device: greatest >> 1n })],
    arrived: [arrived(0, { device: greatest })],
  })
  t.same(await totals(records), ['silk served 2 0 1'])
  const kept = async (): Promise<number> =>
    Number(
      (
        await records.query<{ count: string }>(
          'SELECT (SELECT count(*) FROM campaign_devices) + (SELECT count(*) FROM campaign_arrivals) AS count',
        )
      ).rows[0]!.count,
    )
  const end = pseudonymsEnd(periodOf('day', DAY))
  await forgetCampaignDevices(records, end - 1)
  t.equal(await kept(), 3)
  await forgetCampaignDevices(records, end)
  t.equal(await kept(), 0)
  t.same(await totals(records), ['silk served 2 0 1'])
})
