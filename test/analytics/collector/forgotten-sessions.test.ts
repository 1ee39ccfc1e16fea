import t from 'tap'
import { SessionStore } from '../../../core/store/sessions.ts'
import { sessionFacts } from '../../../core/records/session-events.ts'
import { readPositions } from '../../../core/records/positions.ts'
import { BatchWriter } from '../../../analytics/collector/batch-writer.ts'
import { endForgotten } from '../../../analytics/collector/forgotten-sessions.ts'
import { readAfter, STREAMS } from '../../../analytics/collector/streams.ts'
import { testKeys, testPostgres, testRecords, testRedis, testStore } from '../../support/stores.ts'
import { allTotals } from '../support/totals.ts'
import { macOf, NOON, report } from '../support/visits.ts'

const redis = await testRedis(t)
const postgres = await testPostgres(t)
const HOUR = 3_600_000

t.test('sessions that the live store forgot are ended when last heard of; the others go on', async (t) => {
  const [store, records] = [await testStore(t, redis), await testRecords(t, postgres)]
  await readPositions(records, STREAMS)
  const sessions = new SessionStore(store)
  const writer = new BatchWriter({ records, keys: testKeys, now: () => NOON })
  const collected = async (): Promise<void> => {
    await writer.write(await readAfter(store, await readPositions(records, STREAMS), 100))
  }
  const open = async (): Promise<unknown> =>
    (await records.query('SELECT sum(sessions - ended)::int AS open FROM site_totals')).rows[0]

  await sessions.record(report({ status: 'start', mac: macOf(1) }))
  await sessions.record(report({ status: 'start', mac: macOf(2) }))
  await collected()
  await store.flushall()
  t.equal(await endForgotten({ store, records, keys: testKeys, now: NOON + HOUR }), 0, 'an hour is no time')
  t.equal(await endForgotten({ store, records, keys: testKeys, now: NOON + 3 * HOUR }), 2)
  t.same(await open(), { open: 0 })
  t.equal(await endForgotten({ store, records, keys: testKeys, now: NOON + 3 * HOUR }), 0)
  t.match((await allTotals(records)).sessions, [
    { ended_at: new Date(NOON), cause: 'Lost-Silence' },
    { ended_at: new Date(NOON), cause: 'Lost-Silence' },
  ])
  const [id = ''] = (await records.query<{ id: string }>('SELECT id FROM session_log')).rows.map(
    (row) => row.id,
  )
  const facts = await sessionFacts(records, id)
  t.same(
    facts.filter(({ kind }) => kind !== 'change'),
    [{ kind: 'forgotten', knownAt: NOON + 3 * HOUR }],
    'and its story knows',
  )
  // One speaks again: for the live store that is a new session, and it counts as one.
  await sessions.record(report({ status: 'interim', mac: macOf(2), seconds: 7200, at: NOON + 4 * HOUR }))
  await collected()
  t.same(await open(), { open: 1 })
  t.equal(await endForgotten({ store, records, keys: testKeys, now: NOON + 9 * HOUR }), 0, 'it is open there')
  t.same(await open(), { open: 1 })
})
