import t from 'tap'
import { inTransaction } from '../../../core/records/database.ts'
import { forgetRejects, keepRejects, listRejects } from '../../../core/records/rejects.ts'
import { testKeys, testPostgres, testRecords } from '../../support/stores.ts'
import { NOON } from '../../analytics/support/visits.ts'

const postgres = await testPostgres(t)
const THIRTY_DAYS = 30 * 86_400_000

t.test('rejects are kept sealed, cut to a size, for thirty days', async (t) => {
  const records = await testRecords(t, postgres)
  const reject = { stream: 's', entryId: '1-0', reason: 'bad at', payload: 'secret '.repeat(10_000) }
  for (const at of [NOON, NOON + 5])
    await inTransaction(records, (transaction) =>
      keepRejects(transaction, testKeys, {
        rejects: [reject, { ...reject, entryId: '2-0', payload: 'x' }],
        at,
      }),
    )
  const kept = await listRejects(records, testKeys, 10)
  t.match(kept, [
    { entryId: '2-0', payload: 'x', at: NOON },
    { entryId: '1-0', reason: 'bad at', at: NOON },
  ])
  t.equal(kept[1]?.payload.length, 16_384)
  const { rows } = await records.query<{ payload_sealed: string }>(
    'SELECT payload_sealed FROM collector_rejects',
  )
  t.notOk(rows.some((row) => row.payload_sealed.includes('secret')))
  await forgetRejects(records, NOON + THIRTY_DAYS)
  t.equal((await listRejects(records, testKeys, 10)).length, 2)
  await forgetRejects(records, NOON + THIRTY_DAYS + 1)
  t.equal((await listRejects(records, testKeys, 10)).length, 0)
})
