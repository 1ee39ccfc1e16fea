import t from 'tap'
import { inTransaction, type Records } from '../../../core/records/database.ts'
import { periodOf, PERIODS, pseudonymsEnd, type PeriodStart } from '../../../core/records/periods.ts'
import { destroyKeys, pseudonymKey } from '../../../core/records/pseudonym-keys.ts'
import { testKeys, testPostgres, testRecords } from '../../support/stores.ts'
import { DAY, NOON } from '../../analytics/support/visits.ts'

const postgres = await testPostgres(t)
const today = periodOf('day', DAY)

const keyOf = (records: Records, period: PeriodStart, now = NOON): Promise<Buffer | null> =>
  inTransaction(records, (transaction) => pseudonymKey(transaction, testKeys, { period, now }))

t.test('each period has a random key of its own that stays', async (t) => {
  const records = await testRecords(t, postgres)
  const all = await Promise.all(PERIODS.map((period) => keyOf(records, periodOf(period, DAY))))
  t.equal(new Set(all.map((key) => key?.toString('hex'))).size, 3)
  t.ok(all.every((key) => key?.length === 32))
  t.same(await keyOf(records, today), all[0])
})

t.test('processes that ask at once get the same key', async (t) => {
  const records = await testRecords(t, postgres)
  const all = await Promise.all(Array.from({ length: 6 }, () => keyOf(records, today)))
  t.equal(new Set(all.map((key) => key?.toString('hex'))).size, 1)
})

t.test('keys are stored sealed', async (t) => {
  const records = await testRecords(t, postgres)
  const key = (await keyOf(records, today))!
  const { rows } = await records.query<{ key_sealed: string }>('SELECT key_sealed FROM pseudonym_keys')
  t.notOk(Buffer.from(rows[0]!.key_sealed, 'base64').includes(key))
  t.throws(() => testKeys.unseal(rows[0]!.key_sealed, 'voucher'), 'and for this use alone')
})

t.test('a key is destroyed when its time has come, not before, and never comes back', async (t) => {
  const records = await testRecords(t, postgres)
  for (const period of PERIODS) await keyOf(records, periodOf(period, DAY))
  const [day = 0, week = 0, month = 0] = PERIODS.map((period) => pseudonymsEnd(periodOf(period, DAY)))
  t.equal(await destroyKeys(records, day - 1), 0)
  t.equal(await destroyKeys(records, day), 1)
  t.equal(await destroyKeys(records, day), 0)
  const { rows } = await records.query("SELECT key_sealed FROM pseudonym_keys WHERE period = 'day'")
  t.same(rows, [{ key_sealed: null }])
  t.equal(await keyOf(records, today, day), null)
  t.equal(await keyOf(records, today, NOON), null, 'not even for a clock that is behind')
  t.ok(await keyOf(records, periodOf('week', DAY), day), 'the week goes on')
  t.equal(await destroyKeys(records, Math.max(week, month)), 2)
})

t.test('a period that ended long ago gets no key at all', async (t) => {
  const records = await testRecords(t, postgres)
  t.equal(await keyOf(records, periodOf('day', '2026-01-01')), null)
  t.equal((await records.query('SELECT 1 FROM pseudonym_keys')).rowCount, 0)
})
