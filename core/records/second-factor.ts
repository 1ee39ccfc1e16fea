import { randomBytes } from 'node:crypto'
import { randomSymbols, readSymbols } from '../domain/crockford.ts'
import { keyedHash } from '../domain/keyed-hash.ts'
import { stepOfCode } from '../domain/totp.ts'
import type { Keys } from '../process/keys.ts'
import type { Records } from './database.ts'

const SEALED_FOR = 'second factor'
const RECOVERY_CODES = 10
/** Fifty random bits, checked five times a quarter of an hour at most. */
const RECOVERY_LENGTH = 10

/** A fresh secret of 160 bits, the length of the digest (RFC 4226 §4). */
export const newFactorSecret = (): Buffer => randomBytes(20)

/**
 * Makes an app's secret a person's second factor, if the code that was typed is one of it. Recovery codes, which are
 * shown this once, or null when the code is wrong.
 */
export async function enrol(
  records: Records,
  sealing: Keys,
  { person, secret, typed, now }: { person: string; secret: Buffer; typed: string; now: number },
): Promise<string[] | null> {
  const step = stepOfCode(secret, typed, now)
  if (step === null) return null
  const codes = Array.from({ length: RECOVERY_CODES }, () => randomSymbols(RECOVERY_LENGTH))
  await records.query(
    'UPDATE people SET totp_sealed = $2, totp_step = $3, recovery_digests = $4 WHERE id = $1',
    [
      person,
      sealing.seal(secret.toString('base64'), `${SEALED_FOR} ${person}`),
      step,
      codes.map((code) => digestOf(sealing, person, code)),
    ],
  )
  return codes
}

/** Uses up a code of a person's app, or one of the recovery codes; null when it is neither, or was used. */
export async function useFactor(
  records: Records,
  sealing: Keys,
  { person, typed, now }: { person: string; typed: string; now: number },
): Promise<'app' | 'recovery' | null> {
  const { rows } = await records.query<{ totp_sealed: string | null }>(
    'SELECT totp_sealed FROM people WHERE id = $1',
    [person],
  )
  const sealed = rows[0]?.totp_sealed
  if (!sealed) return null
  const secret = Buffer.from(sealing.unseal(sealed, `${SEALED_FOR} ${person}`), 'base64')
  const step = stepOfCode(secret, typed, now)
  if (step !== null) {
    // One statement, so that of two who type the same code one gets in.
    const used = await records.query('UPDATE people SET totp_step = $2 WHERE id = $1 AND totp_step < $2', [
      person,
      step,
    ])
    return used.rowCount === 1 ? 'app' : null
  }
  const code = readSymbols(typed)
  if (code?.length !== RECOVERY_LENGTH) return null
  const used = await records.query(
    `UPDATE people SET recovery_digests = array_remove(recovery_digests, $2)
     WHERE id = $1 AND $2 = ANY(recovery_digests)`,
    [person, digestOf(sealing, person, code)],
  )
  return used.rowCount === 1 ? 'recovery' : null
}

/** How many recovery codes a person has left. */
export async function recoveryLeft(records: Records, person: string): Promise<number> {
  const { rows } = await records.query<{ left: number }>(
    'SELECT cardinality(recovery_digests) AS left FROM people WHERE id = $1',
    [person],
  )
  return rows[0]?.left ?? 0
}

/** Takes the second factor of the person with a name; his id, or null when there is none. */
export async function resetFactor(records: Records, name: string): Promise<string | null> {
  const { rows } = await records.query<{ id: string }>(
    "UPDATE people SET totp_sealed = NULL, recovery_digests = '{}' WHERE name = $1 RETURNING id",
    [name],
  )
  return rows[0]?.id ?? null
}

const digestOf = (sealing: Keys, person: string, code: string): string =>
  keyedHash(sealing.staff, `recovery\n${person}\n${code}`)
