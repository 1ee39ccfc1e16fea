import t from 'tap'
import { entranceOf, stateOf } from '../../../core/domain/session-story.ts'
import type { SessionChange } from '../../../core/domain/accounting.ts'
import type { Session } from '../../../core/domain/session.ts'
import { inTransaction, type Records } from '../../../core/records/database.ts'
import { forgetSessionEvents, keepFacts } from '../../../core/records/session-events.ts'
import { logSessions } from '../../../core/records/session-log.ts'
import { lookBack } from '../../../core/records/session-past.ts'
import { testKeys, testPostgres, testRecords } from '../../support/stores.ts'
import { NOON, sessionOf } from '../../analytics/support/visits.ts'

const postgres = await testPostgres(t)
const MINUTE = 60_000
const NOW = NOON + 90 * MINUTE

/** Keeps a change of a session as the collector does, known a second after it happened. */
async function keep(records: Records, change: SessionChange, session: Session, at: number): Promise<void> {
  await inTransaction(records, async (transaction) => {
    await logSessions(transaction, testKeys, [session])
    const entrance = change === 'started' ? entranceOf(session) : null
    const fact = {
      kind: 'change',
      knownAt: at + 1000,
      at,
      change,
      state: stateOf(session),
      entrance,
    } as const
    await keepFacts(transaction, [{ session: session.id, stream: 0, seq: 0, fact }])
  })
}

const first = sessionOf({ id: 'session-1' })
const counted = { ...first, version: 2, seconds: 600, toVisitorOctets: 5n }
const ended = { ...counted, version: 3, endedAt: NOON + 20 * MINUTE, cause: 'User-Request' }

async function withLife(t: Parameters<typeof testRecords>[0]): Promise<Records> {
  const records = await testRecords(t, postgres)
  await keep(records, 'started', first, NOON)
  await keep(records, 'counted', counted, NOON + 10 * MINUTE)
  await keep(records, 'ended', ended, NOON + 20 * MINUTE)
  return records
}

const look = async (records: Records, at: string | null, id = 'session-1', now = NOW) => {
  const past = await lookBack(records, id, { at, now, keys: testKeys })
  return past.kind === 'found'
    ? `version ${past.state.version}, ${past.facts.length} facts`
    : `${past.reason}: ${past.sentence}`
}

t.test('a session is found as it was at any moment', async (t) => {
  const records = await withLife(t)
  t.equal(await look(records, null), 'version 3, 3 facts')
  t.equal(await look(records, '12:05'), 'version 1, 3 facts')
  t.equal(await look(records, '12:10:01'), 'version 2, 3 facts')
  t.equal(await look(records, '2026-10-14 12:19'), 'version 2, 3 facts')
  t.equal(await look(records, '2026-10-14T05:21:00Z'), 'version 3, 3 facts')
  t.match(await lookBack(records, 'session-1', { at: '12:05', now: NOW, keys: testKeys }), {
    session: { id: 'session-1', nas: 'nas-lake', site: 'lake', method: 'click-through', startedAt: NOON },
    moment: NOON + 5 * MINUTE,
  })
})

t.test(
  'a session that was taken for lost and came back was over in between, and open again since',
  async (t) => {
    const records = await testRecords(t, postgres)
    await keep(records, 'started', first, NOON)
    const lost = { ...counted, endedAt: NOON + 10 * MINUTE, cause: 'Lost-Silence' }
    await keep(records, 'ended', lost, NOON + 20 * MINUTE)
    await keep(records, 'reopened', { ...counted, version: 3 }, NOON + 40 * MINUTE)
    const endedAt = async (at: string): Promise<number | null | undefined> => {
      const past = await lookBack(records, 'session-1', { at, now: NOW, keys: testKeys })
      return past.kind === 'found' ? past.state.endedAt : undefined
    }
    t.equal(await endedAt('12:15'), null, 'nobody knew yet')
    t.equal(await endedAt('12:30'), NOON + 10 * MINUTE)
    t.equal(await endedAt('12:41'), null)
  },
)

t.test('the opening hours of its site come with it, since they may be why it ended', async (t) => {
  const records = await withLife(t)
  t.match(await lookBack(records, 'session-1', { at: null, now: NOW, keys: testKeys }), { hours: undefined })
  const hours = [{ days: ['wed'], from: '05:00', to: '12:20' }]
  await records.query('INSERT INTO sites (id, record, origin) VALUES ($1, $2, $3)', [
    'lake',
    { hours },
    'staff',
  ])
  t.match(await lookBack(records, 'session-1', { at: null, now: NOW, keys: testKeys }), { hours })
})

t.test('what cannot be told is told in one sentence', async (t) => {
  const records = await withLife(t)
  t.equal(
    await look(records, null, 'nobody'),
    'no-session: There is no session "nobody" in the records of the last twelve months.',
  )
  for (const id of ["'; DROP TABLE session_log; --", '\0', 'x'.repeat(65), ''])
    t.match(await look(records, null, id), /^no-session/)
  t.match(await look(records, 'noon'), /^bad-time: "noon" is no time: write 14:02, .*\.$/)
  t.equal(await look(records, '13:31'), 'to-come: 2026-10-14 13:31:00 is still to come.')
  const began = 'Session session-1 began at 2026-10-14 12:00:00'
  t.equal(
    await look(records, '11:59'),
    `not-yet: ${began} and was first heard of at 2026-10-14 12:00:01: 2026-10-14 11:59:00 is before that.`,
  )
  t.match(await look(records, '12:00:00'), /^not-yet/)
})

t.test('a session whose events are gone is still known to have been', async (t) => {
  const records = await withLife(t)
  const later = NOON + 100 * 86_400_000
  await forgetSessionEvents(records, later)
  t.equal(
    await look(records, null, 'session-1', later),
    'events-gone: There are no events of session session-1, which began at 2026-10-14 12:00:00 and ended at 2026-10-14 12:20:00: they are kept for 90 days.',
  )
})

t.test('of a session that is older than its events the rest is told', async (t) => {
  const records = await testRecords(t, postgres)
  const DAYS = 86_400_000
  await keep(records, 'started', first, NOON)
  await keep(records, 'counted', { ...counted, heardAt: NOON + 95 * DAYS }, NOON + 95 * DAYS)
  const now = NOON + 100 * DAYS
  await forgetSessionEvents(records, now)
  t.equal(await look(records, null, 'session-1', now), 'version 2, 1 facts')
  t.match(await look(records, '12:30', 'session-1', now), /^events-gone: .* no longer kept\.$/)
  t.match(await look(records, '11:30', 'session-1', now), /^not-yet/)
})

t.test('of two sessions with one id the one of that moment is told', async (t) => {
  const records = await withLife(t)
  const startedAt = NOON + 40 * MINUTE
  const second = { ...first, acctSessionId: 'another', startedAt, heardAt: startedAt, version: 1 }
  await keep(records, 'started', second, startedAt)
  t.equal(await look(records, null), 'version 1, 1 facts')
  t.equal(await look(records, '12:30'), 'version 3, 3 facts')
  t.match(await lookBack(records, 'session-1', { at: '12:41', now: NOW, keys: testKeys }), {
    session: { startedAt },
  })
})

t.test('what its gateway says belongs together with it is told, too', async (t) => {
  const records = await testRecords(t, postgres)
  const walk = { multiSessionId: 'walk' }
  await keep(records, 'started', { ...first, ...walk }, NOON)
  await keep(
    records,
    'started',
    { ...first, ...walk, id: 'session-2', startedAt: NOON + MINUTE },
    NOON + MINUTE,
  )
  const past = await lookBack(records, 'session-1', { at: null, now: NOW, keys: testKeys })
  t.match(past, { kind: 'found', together: ['session-2'] })
})
