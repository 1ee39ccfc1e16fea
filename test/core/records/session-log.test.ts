import t from 'tap'
import { inTransaction } from '../../../core/records/database.ts'
import {
  endLogged,
  forgetSessions,
  loggedSessions,
  logKey,
  logSessions,
  silentSessions,
} from '../../../core/records/session-log.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import type { Session } from '../../../core/domain/session.ts'
import { keysOf } from '../../../core/process/keys.ts'
import type { Records } from '../../../core/records/database.ts'
import { testKeys, testPostgres, testRecords } from '../../support/stores.ts'
import { macOf, NOON, sessionOf } from '../../analytics/support/visits.ts'

const postgres = await testPostgres(t)
const log = (records: Records, ...sessions: Session[]): Promise<void> =>
  inTransaction(records, (transaction) => logSessions(transaction, testKeys, sessions))
const known = (records: Records, ids: string[]) =>
  inTransaction(records, (transaction) => loggedSessions(transaction, ids))

const session = sessionOf({
  id: 's1',
  mac: '02AABBCCDDEE' as Mac,
  seconds: 5,
  toVisitorOctets: (1n << 63n) - 1n,
})

t.test('a session is one row that only a later version changes', async (t) => {
  const records = await testRecords(t, postgres)
  await log(records, { ...session, version: 3, seconds: 30 })
  await log(records, { ...session, version: 2, seconds: 20 })
  await log(records, { ...session, version: 4, seconds: 40, endedAt: NOON + 40_000, cause: 'Idle-Timeout' })
  const { rows } = await records.query('SELECT * FROM session_log')
  t.match(rows, [
    {
      id: 's1',
      nas: 'nas-lake',
      site: 'lake',
      method: 'click-through',
      lang: 'vi',
      os: 'Android',
      device_randomised: true,
      started_at: new Date(NOON),
      ended_at: new Date(NOON + 40_000),
      cause: 'Idle-Timeout',
      seconds: '40',
      to_visitor_octets: '9223372036854775807',
      version: 4,
    },
  ])
  t.equal(rows.length, 1)
})

t.test('the log says which version it holds, how long the session is and whether it is over', async (t) => {
  const records = await testRecords(t, postgres)
  const again = { ...session, startedAt: NOON + 1 }
  await log(records, session, { ...again, version: 7, endedAt: NOON + 9 })
  t.same(
    await known(records, ['s1', 's2']),
    new Map([
      [logKey(session), { version: 1, endedAt: null, heardAt: NOON, seconds: 5 }],
      [logKey(again), { version: 7, endedAt: NOON + 9, heardAt: NOON, seconds: 5 }],
    ]),
  )
})

t.test('silent sessions are found with what the live store knows them by', async (t) => {
  const records = await testRecords(t, postgres)
  await log(
    records,
    sessionOf({ id: 'old', mac: macOf(3), heardAt: NOON - 10 }),
    sessionOf({ id: 'over', heardAt: NOON - 10, endedAt: NOON }),
    sessionOf({ id: 'fresh', heardAt: NOON }),
  )
  const silent = await silentSessions(records, testKeys, { before: NOON, most: 10 })
  t.match(silent, [
    { id: 'old', mac: macOf(3), acctSessionId: 'acct-old', nas: 'nas-lake', heardAt: NOON - 10 },
  ])
  t.equal(silent.length, 1)
})

t.test('a silent session is ended once, and not when it was heard of since', async (t) => {
  const records = await testRecords(t, postgres)
  const end = (heardAt: number): Promise<boolean> =>
    inTransaction(records, (transaction) =>
      endLogged(transaction, { id: 's1', startedAt: NOON, heardAt }, 'Lost-Silence'),
    )
  await log(records, session)
  t.equal(await end(NOON - 1), false)
  t.equal(await end(NOON), true)
  t.equal(await end(NOON), false)
  t.match(await known(records, ['s1']), new Map([[logKey(session), { version: 1, endedAt: NOON }]]))
})

t.test('a session is kept for twelve months and forgotten with what is sealed in it', async (t) => {
  const records = await testRecords(t, postgres)
  await log(records, session)
  const YEAR = 365 * 86_400_000
  await forgetSessions(records, NOON + YEAR)
  t.equal((await records.query('SELECT 1 FROM session_log')).rowCount, 1)
  await forgetSessions(records, NOON + YEAR + 3 * 86_400_000)
  t.equal((await records.query('SELECT 1 FROM session_log')).rowCount, 0)
})

t.test(
  'all IPv6 addresses are sealed beside the other, and nothing of them can be read without the key',
  async (t) => {
    const records = await testRecords(t, postgres)
    const ipv6 = ['2001:db8::7', '2001:db8:1::/64']
    await log(records, { ...session, ipv6 })
    t.same(await sealedOf(records), { ...PERSONAL, ipv6 })
    const { rows } = await records.query('SELECT * FROM session_log')
    t.notMatch(JSON.stringify(rows), /2001:db8/)
  },
)

t.test('a session without IPv6 seals what it always did', async (t) => {
  const records = await testRecords(t, postgres)
  await log(records, session)
  t.same(await sealedOf(records), PERSONAL)
})

t.test(
  'late word of a session whose live record is gone takes nothing away from what is sealed',
  async (t) => {
    const records = await testRecords(t, postgres)
    const known = { ...session, ap: macOf(9), ipv6: ['2001:db8::7', '2001:db8::8'], multiSessionId: 'walk' }
    const stripped = { ...session, ip: null, ap: null, userName: null }
    await log(records, known, { ...session, id: 's2', ipv6: ['2001:db8::5'] })
    await log(records, {
      ...stripped,
      version: 2,
      heardAt: NOON + 3 * 86_400_000,
      ip: '10.9.9.9',
      ipv6: ['2001:db8::9', '2001:db8::8'],
    })
    t.same(await sealedOf(records), {
      ...PERSONAL,
      ap: macOf(9),
      ip: '10.9.9.9',
      ipv6: ['2001:db8::7', '2001:db8::8', '2001:db8::9'],
      multiSessionId: 'walk',
    })
  },
)

t.test('what another master key sealed stands in the way of nothing', async (t) => {
  const records = await testRecords(t, postgres)
  const other = keysOf(Buffer.alloc(32, 9).toString('base64'))
  await inTransaction(records, (transaction) => logSessions(transaction, other, [session]))
  await log(records, { ...session, version: 2, heardAt: NOON + 3 * 86_400_000, ipv6: ['2001:db8::7'] })
  t.same(await sealedOf(records), { ...PERSONAL, ipv6: ['2001:db8::7'] })
})

const PERSONAL = {
  mac: session.mac,
  acctSessionId: session.acctSessionId,
  userName: session.userName,
  ip: session.ip,
  ap: null,
  visit: null,
  subject: null,
}

/** What is sealed of the session `s1`. */
async function sealedOf(records: Records): Promise<unknown> {
  const { rows } = await records.query<{ sealed: string }>(`SELECT sealed FROM session_log WHERE id = 's1'`)
  return JSON.parse(testKeys.unseal(rows[0]!.sealed, 'session-log'))
}
