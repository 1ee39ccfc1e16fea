import t from 'tap'
import { storesThere } from '../../../analytics/figures/stores.ts'
import { testPostgres, testRecords, testRedis, testStore } from '../../support/stores.ts'

const redis = await testRedis(t)
const postgres = await testPostgres(t)

t.test('a process that stands still for longer than its patience does not take it for theirs', async (t) => {
  const store = await testStore(t, redis)
  const records = await testRecords(t, postgres)
  await records.query('SELECT 1')
  const there = storesThere(store, records)
  // The questions leave before this turn of the loop ends; the answers wait at the sockets while nobody reads.
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2600))
  t.same(await there, { redis: true, postgresql: true })
})
