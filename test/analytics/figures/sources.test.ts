import t from 'tap'
import { startCollector } from '../../../analytics/collector/collector.ts'
import { figureSources } from '../../../analytics/figures/sources.ts'
import { followTables } from '../../../core/store/tables.ts'
import { silentLog, testKeys, testPostgres, testRecords, testRedis, testStore } from '../../support/stores.ts'

const redis = await testRedis(t)
const postgres = await testPostgres(t)

t.test('a process that stands still for longer than its patience has its figures all the same', async (t) => {
  const store = await testStore(t, redis)
  const records = await testRecords(t, postgres)
  const tables = await followTables(store, testKeys, { failed: (error) => t.fail(String(error)) })
  t.teardown(() => tables.stop())
  const collector = startCollector({ store, records, keys: testKeys, log: silentLog, now: Date.now })
  t.teardown(() => collector.stop())
  const parts = { store, records, tables, collector, log: silentLog, now: Date.now }
  const sources = figureSources(parts)
  t.not(await sources.incidents(), null, 'a connection is open')
  const asked = sources.incidents()
  // The question leaves before this turn of the loop ends; the answer waits at the socket while nobody reads.
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3600))
  t.not(await asked, null)
})
