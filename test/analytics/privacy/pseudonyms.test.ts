import { createHmac } from 'node:crypto'
import t from 'tap'
import { inTransaction } from '../../../core/records/database.ts'
import { periodOf, pseudonymsEnd } from '../../../core/records/periods.ts'
import { pseudonym, PseudonymKeys } from '../../../analytics/privacy/pseudonyms.ts'
import { testKeys, testPostgres, testRecords } from '../../support/stores.ts'
import { DAY, macOf, NOON } from '../support/visits.ts'

t.test('a pseudonym is the start of HMAC-SHA256 of the MAC under the key of its period', async (t) => {
  const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const whole = createHmac('sha256', key).update(macOf(7)).digest('hex')
  t.equal(pseudonym(key, macOf(7)).toString(16).padStart(16, '0'), whole.slice(0, 16))
  t.not(pseudonym(key, macOf(7)), pseudonym(key, macOf(8)))
  t.not(pseudonym(key, macOf(7)), pseudonym(other, macOf(7)), 'another period, another name')
})

t.test('a key in memory is overwritten when its time has come, and none is given after that', async (t) => {
  const records = await testRecords(t, await testPostgres(t))
  const today = periodOf('day', DAY)
  let now = NOON
  const keys = new PseudonymKeys(testKeys, () => now)
  const ask = () => inTransaction(records, (transaction) => keys.of(transaction, today))
  const key = (await ask())!
  t.equal(await ask(), key, 'read once')
  const copy = Buffer.from(key)
  now = pseudonymsEnd(today)
  t.equal(await ask(), null)
  t.ok(key.equals(Buffer.alloc(32)), 'the bytes are gone')
  now = NOON
  t.same(await ask(), copy, 'not destroyed in the records yet')
})
