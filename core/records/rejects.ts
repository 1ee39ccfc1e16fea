import type { Keys } from '../process/keys.ts'
import type { Records, Transaction } from './database.ts'

/** An entry of a stream that no event could be read from, and why. */
export interface Reject {
  readonly stream: string
  readonly entryId: string
  readonly reason: string
  readonly payload: string
}

const SEALED_FOR = 'collector-reject'
/** What is longer than any event is cut: it is kept to be looked at, not to be replayed. */
const MOST_CHARACTERS = 16_384
const KEPT_MS = 30 * 86_400_000

/** Keeps rejects, sealed, as they may hold personal data. */
export async function keepRejects(
  transaction: Transaction,
  sealing: Keys,
  { rejects, at }: { rejects: readonly Reject[]; at: number },
): Promise<void> {
  if (rejects.length === 0) return
  await transaction.query(
    `INSERT INTO collector_rejects (stream, entry_id, at, reason, payload_sealed)
     SELECT stream, entry_id, $5, reason, payload
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS t (stream, entry_id, reason, payload)
     ON CONFLICT DO NOTHING`,
    [
      rejects.map((each) => each.stream),
      rejects.map((each) => each.entryId),
      rejects.map((each) => each.reason),
      rejects.map((each) => sealing.seal(each.payload.slice(0, MOST_CHARACTERS), SEALED_FOR)),
      new Date(at),
    ],
  )
}

/** Kept rejects, newest first, with their payloads in the clear. */
export async function listRejects(
  records: Records,
  sealing: Keys,
  most: number,
): Promise<(Reject & { at: number })[]> {
  const { rows } = await records.query<{
    stream: string
    entry_id: string
    at: Date
    reason: string
    payload_sealed: string
  }>(
    'SELECT stream, entry_id, at, reason, payload_sealed FROM collector_rejects ORDER BY at DESC, entry_id DESC LIMIT $1',
    [most],
  )
  return rows.map((row) => ({
    stream: row.stream,
    entryId: row.entry_id,
    at: row.at.getTime(),
    reason: row.reason,
    payload: sealing.unseal(row.payload_sealed, SEALED_FOR),
  }))
}

/** Removes rejects of more than thirty days ago. */
export async function forgetRejects(records: Records, now: number): Promise<void> {
  await records.query('DELETE FROM collector_rejects WHERE at < $1', [new Date(now - KEPT_MS)])
}
