import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reconcileCity, type Reconciliation } from '../../core/records/city.ts'
import type { Records } from '../../core/records/database.ts'
import { addPerson, listPeople } from '../../core/records/people.ts'
import { republishNotices } from '../../core/records/notices.ts'
import { listVouchers } from '../../core/records/vouchers.ts'
import type { CityFile } from '../../core/process/city-file.ts'
import { endSessionsOf, publishCity } from '../../core/city/gateway-changes.ts'
import type { Keys } from '../../core/process/keys.ts'
import type { Store } from '../../core/store/redis.ts'
import { publishNotices } from '../../core/store/tables.ts'
import { VoucherStore } from '../../core/store/vouchers.ts'

const FIRST_PASSWORD = 'first-staff-password'
const FIRST_NAME = 'city'
/** PostgreSQL's code for a name that is taken. */
const UNIQUE_VIOLATION = '23505'

/** Brings the records up to the city file and the live store up to the records. */
export async function seed(parts: {
  records: Records
  store: Store
  keys: Keys
  file: CityFile
}): Promise<Reconciliation> {
  const { records, store, keys, file } = parts
  const changes = await reconcileCity(records, file, keys)
  await publishCity({ records, store, keys })
  await republishNotices({ records, publish: (notices) => publishNotices(store, notices) }, Date.now())
  for (const nas of changes.nas.removed) await endSessionsOf(store, nas)
  const vouchers = new VoucherStore(store, keys.voucher)
  await Promise.all(
    (await listVouchers(records, keys, null)).map(({ code, ...voucher }) => vouchers.publish(code, voucher)),
  )
  return changes
}

/** Makes the first person when there is none; where its password was written, or null when people exist. */
export async function firstPerson(records: Records, dataFolder: string): Promise<string | null> {
  if ((await listPeople(records)).length > 0) return null
  const password = randomBytes(15).toString('base64url')
  try {
    await addPerson(records, { name: FIRST_NAME, role: 'city', sites: [] }, password, { once: true })
  } catch (error) {
    // Another console that started at the same moment made that person, and has the password.
    if ((error as { code?: string }).code === UNIQUE_VIOLATION) return null
    throw error
  }
  const file = join(dataFolder, FIRST_PASSWORD)
  writeFileSync(file, `${FIRST_NAME} ${password}\n`, { mode: 0o600 })
  return file
}
