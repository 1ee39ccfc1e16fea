import t from 'tap'
import { audit, auditDisconnects } from '../../../core/records/audit.ts'
import { inTransaction } from '../../../core/records/database.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'
import { NOON } from '../../analytics/support/visits.ts'

const postgres = await testPostgres(t)

t.test('who did what, and what gateways answered, stands in the audit in order', async (t) => {
  const records = await testRecords(t, postgres)
  await audit(records, 'city', 'nas.add', 'gw-1', { site: 'lake' })
  const answer = {
    kind: 'coa',
    at: NOON,
    nas: 'gw-1',
    site: 'lake',
    session: 's1',
    reason: 'visitor',
    result: 'ack',
  } as const
  await inTransaction(records, (transaction) =>
    auditDisconnects(transaction, [answer, { ...answer, session: 's2', result: 'timeout' }]),
  )
  await inTransaction(records, (transaction) => auditDisconnects(transaction, []))
  const { rows } = await records.query('SELECT who, what, target, detail FROM audit ORDER BY id')
  t.same(rows, [
    { who: 'city', what: 'nas.add', target: 'gw-1', detail: { site: 'lake' } },
    {
      who: 'visitor',
      what: 'session.disconnect-answer',
      target: 's1',
      detail: { nas: 'gw-1', result: 'ack' },
    },
    {
      who: 'visitor',
      what: 'session.disconnect-answer',
      target: 's2',
      detail: { nas: 'gw-1', result: 'timeout' },
    },
  ])
})
