import t from 'tap'
import { createVouchers, listVouchers, revokeVoucher } from '../../../core/records/vouchers.ts'
import { testKeys, testPostgres, testRecords } from '../../support/stores.ts'

const postgres = await testPostgres(t)

t.test('a batch of codes is kept sealed, with all that its plan says, until it is revoked', async (t) => {
  const records = await testRecords(t, postgres)
  await records.query(`INSERT INTO sites (id, record, origin) VALUES ('lake', '{}', 'staff')`)
  const plan = {
    site: 'lake',
    seconds: 3600,
    octets: 5_000_000_000,
    devices: 2,
    expiresAt: Date.now() + 60_000,
  }
  const fast = { ...plan, downBitsPerSecond: 20_000_000, upBitsPerSecond: 5_000_000 }
  const made = [
    ...(await createVouchers(records, testKeys, { ...plan, count: 1 })),
    ...(await createVouchers(records, testKeys, { ...fast, count: 2 })),
  ]
  const listed = await listVouchers(records, testKeys, 'lake')
  t.match(
    listed.find(({ id }) => id === made[0]!.id),
    plan,
  )
  t.equal(listed.find(({ id }) => id === made[0]!.id)?.downBitsPerSecond, undefined, 'the site’s speed')
  for (const { id, code } of made.slice(1))
    t.match(
      listed.find((each) => each.id === id),
      { ...fast, code },
    )
  const { rows } = await records.query<{ code_sealed: string }>('SELECT code_sealed FROM vouchers')
  t.notOk(rows.some(({ code_sealed }) => made.some(({ code }) => code_sealed.includes(code))))
  t.equal(await revokeVoucher(records, testKeys, made[0]!.id), made[0]!.code)
  t.equal(await revokeVoucher(records, testKeys, made[0]!.id), null, 'once')
  t.equal((await listVouchers(records, testKeys, null)).length, 2)
})
