import t from 'tap'
import type { Session } from '../../../core/domain/session.ts'
import { inTransaction, type Records } from '../../../core/records/database.ts'
import { logSessions, sessionsOf } from '../../../core/records/session-log.ts'
import { sessionsTogether } from '../../../core/records/sessions-together.ts'
import { keysOf } from '../../../core/process/keys.ts'
import { testKeys, testPostgres, testRecords } from '../../support/stores.ts'
import { macOf, NOON, sessionOf } from '../../analytics/support/visits.ts'

const postgres = await testPostgres(t)
const HOUR = 3_600_000
const multiSessionId = '02AABBCCDD01-5f00'
const walk = (id: string, hours: number, given: Partial<Session> = {}): Session => {
  const startedAt = NOON + hours * HOUR
  return sessionOf({ id, multiSessionId, startedAt, heardAt: startedAt, ...given })
}

async function together(records: Records, id: string, { moment = Infinity, keys = testKeys } = {}) {
  const [session] = await sessionsOf(records, id)
  return sessionsTogether(records, keys, { session: session!, moment })
}

t.test(
  'the sessions of a walk that its gateway says belong together are found from each of them',
  async (t) => {
    const records = await testRecords(t, postgres)
    const others = [
      walk('another id', 1, { multiSessionId: 'another' }),
      walk('no id', 1, { multiSessionId: null }),
      walk('another phone', 1, { mac: macOf(2) }),
      walk('another gateway', 1, { nas: 'nas-other' }),
      walk('days before', -25),
      walk('days after', 28),
    ]
    await inTransaction(records, (transaction) =>
      logSessions(transaction, testKeys, [walk('third', 3), walk('first', 0), walk('second', 1), ...others]),
    )
    t.same(await together(records, 'first'), ['second', 'third'])
    t.same(await together(records, 'second'), ['first', 'third'])
    t.same(await together(records, 'second', { moment: NOON + 2 * HOUR }), ['first'], 'as it was known then')
    for (const alone of ['another id', 'no id', 'another phone', 'another gateway'])
      t.same(await together(records, alone), [], alone)
  },
)

t.test('without the key nothing is together, and nothing fails', async (t) => {
  const records = await testRecords(t, postgres)
  await inTransaction(records, (transaction) =>
    logSessions(transaction, testKeys, [walk('first', 0), walk('second', 1)]),
  )
  const keys = keysOf(Buffer.alloc(32, 9).toString('base64'))
  t.same(await together(records, 'first', { keys }), [])
  const { rows } = await records.query('SELECT * FROM session_log')
  t.notMatch(JSON.stringify(rows), multiSessionId, 'it stands nowhere in the open')
})
