import t from 'tap'
import { parseCity } from '../../../core/process/city-file.ts'
import { listCampaigns } from '../../../core/records/campaigns.ts'
import { compareCity, readCity, reconcileCity } from '../../../core/records/city.ts'
import { itemOf } from '../domain/items.ts'
import { testKeys, testPostgres, testRecords } from '../../support/stores.ts'

const records = await testRecords(t, await testPostgres(t))

const parsed = parseCity(
  {
    city: { id: 'test', name: { vi: 'Thử', en: 'Test' }, timeZone: 'Asia/Ho_Chi_Minh' },
    operators: [{ id: 'op', name: 'Operator' }],
    sites: [
      {
        id: 'lake',
        name: { vi: 'Hồ', en: 'Lake' },
        category: 'tourist-site',
        state: 'live',
        operator: 'op',
        lat: 21,
        lng: 105.8,
        login: ['click-through'],
      },
    ],
    nas: [
      { id: 'gw-1', site: 'lake', gateway: 'mikrotik', addresses: ['10.1.0.1'], secret: 'x'.repeat(24) },
      {
        id: 'gw-2',
        site: 'lake',
        gateway: 'mikrotik',
        addresses: ['10.1.0.2'],
        secret: 'y'.repeat(24),
        limitProxyState: false,
      },
    ],
  },
  {},
)
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
const file = parsed.city

t.test('records that follow a file differ from it no more', async (t) => {
  const first = await reconcileCity(records, file, testKeys)
  t.same(first.nas.added, ['gw-1', 'gw-2'])
  t.same((await compareCity(records, file, testKeys)).nas, { added: [], changed: [], removed: [] })
  t.match((await readCity(records, testKeys)).nas, [{ limitProxyState: true }, { limitProxyState: false }])
})

t.test(
  'records of a version before count as changed only where the file says another than the default',
  async (t) => {
    await records.query(
      "UPDATE nas SET record = record - 'limitProxyState' - 'statusServer' - 'acctSwapOctets'",
    )
    t.match((await readCity(records, testKeys)).nas, [
      { limitProxyState: true, statusServer: true, acctSwapOctets: false },
      { limitProxyState: true, statusServer: true, acctSwapOctets: false },
    ])
    t.same((await compareCity(records, file, testKeys)).nas, { added: [], changed: ['gw-2'], removed: [] })
  },
)

t.test('realms follow the file', async (t) => {
  const realms = ['free.hanoi.vn', 'wifi.hanoi.vn']
  t.same((await reconcileCity(records, { ...file, realms }, testKeys)).realms.added, realms)
  t.same((await readCity(records, testKeys)).realms, realms)
  const fewer = { ...file, realms: ['wifi.hanoi.vn'] }
  t.same((await compareCity(records, fewer, testKeys)).realms, {
    added: [],
    changed: [],
    removed: ['free.hanoi.vn'],
  })
  await reconcileCity(records, fewer, testKeys)
  t.same((await readCity(records, testKeys)).realms, ['wifi.hanoi.vn'])
})

t.test('items follow the file; what staff drafted stays, and is not for visitors', async (t) => {
  const with_ = (...campaigns: ReturnType<typeof itemOf>[]) => ({ ...file, campaigns })
  const [silk, vase] = [itemOf('silk', { site: 'lake' }), itemOf('vase', { site: 'lake' })]
  t.same((await reconcileCity(records, with_(silk, vase), testKeys)).campaigns.added, ['silk', 'vase'])
  await records.query(
    "INSERT INTO campaigns (id, record, origin, state) VALUES ('tea', $1, 'staff', 'draft')",
    [itemOf('tea')],
  )
  t.same((await readCity(records, testKeys)).campaigns, [silk, vase])
  const changed = { ...silk, weight: 2 }
  t.same((await reconcileCity(records, with_(changed), testKeys)).campaigns, {
    added: [],
    changed: ['silk'],
    removed: ['vase'],
  })
  t.same((await readCity(records, testKeys)).campaigns, [changed])
  t.match(await listCampaigns(records), [{ id: 'silk' }, { id: 'tea', state: 'draft' }])
  t.same((await compareCity(records, with_(changed), testKeys)).campaigns, {
    added: [],
    changed: [],
    removed: [],
  })
  await reconcileCity(records, with_(changed, itemOf('tea', { site: 'lake' })), testKeys)
  t.match(
    (await listCampaigns(records))[1],
    { id: 'tea', origin: 'file', state: 'live' },
    'the file has the last word',
  )
})
