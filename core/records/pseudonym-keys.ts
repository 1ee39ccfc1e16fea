import { randomBytes } from 'node:crypto'
import type { Keys } from '../process/keys.ts'
import type { Records, Transaction } from './database.ts'
import { pseudonymsEnd, type PeriodStart } from './periods.ts'

const SEALED_FOR = 'pseudonym-key'
const KEY_BYTES = 32

/** The key of a period, made at first use; null once it is destroyed or past its end: it never comes back. */
export async function pseudonymKey(
  transaction: Transaction,
  sealing: Keys,
  { period, now }: { period: PeriodStart; now: number },
): Promise<Buffer | null> {
  const end = pseudonymsEnd(period)
  if (now >= end) return null
  const of = [period.period, period.startsOn]
  await transaction.query(
    `INSERT INTO pseudonym_keys (period, starts_on, key_sealed, destroy_after) VALUES ($1, $2, $3, $4)
     ON CONFLICT (period, starts_on) DO NOTHING`,
    [...of, sealing.seal(randomBytes(KEY_BYTES).toString('base64'), SEALED_FOR), new Date(end)],
  )
  const { rows } = await transaction.query<{ key_sealed: string | null }>(
    'SELECT key_sealed FROM pseudonym_keys WHERE period = $1 AND starts_on = $2',
    of,
  )
  const sealed = rows[0]?.key_sealed ?? null
  return sealed === null ? null : Buffer.from(sealing.unseal(sealed, SEALED_FOR), 'base64')
}

/** Destroys every key whose time has come, and returns how many. What it named can be told to nobody any more. */
export async function destroyKeys(records: Records, now: number): Promise<number> {
  const { rowCount } = await records.query(
    'UPDATE pseudonym_keys SET key_sealed = NULL WHERE key_sealed IS NOT NULL AND destroy_after <= $1',
    [new Date(now)],
  )
  // An update leaves the old row in its page until a vacuum.
  if (rowCount) await records.query('VACUUM pseudonym_keys')
  return rowCount ?? 0
}

/** Which periods, as `day 2026-10-14`, have a key that lives (true), and which had one (false). */
export async function keysOfPeriods(
  transaction: Transaction,
  now: number,
): Promise<ReadonlyMap<string, boolean>> {
  const { rows } = await transaction.query<{ name: string; lives: boolean }>(
    `SELECT period || ' ' || to_char(starts_on, 'YYYY-MM-DD') AS name,
       key_sealed IS NOT NULL AND destroy_after > $1 AS lives
     FROM pseudonym_keys`,
    [new Date(now)],
  )
  return new Map(rows.map(({ name, lives }) => [name, lives]))
}
