import type { Records, Transaction } from './database.ts'

/** Per stream, the id of the last entry that the records hold. */
export type Positions = ReadonlyMap<string, string>

interface PositionRow {
  stream: string
  last_id: string
}

/** How far the records have come; streams seen for the first time begin at `0-0`. */
export async function readPositions(records: Records, streams: readonly string[]): Promise<Positions> {
  await records.query(
    'INSERT INTO collector_positions (stream) SELECT unnest($1::text[]) ON CONFLICT (stream) DO NOTHING',
    [streams],
  )
  const { rows } = await records.query<PositionRow>('SELECT stream, last_id FROM collector_positions')
  return new Map(rows.map((row) => [row.stream, row.last_id]))
}

/** The same, and nobody else moves them until this transaction ends: whatever the events change, one writes at a time. */
export async function lockPositions(transaction: Transaction): Promise<Positions> {
  const { rows } = await transaction.query<PositionRow>(
    'SELECT stream, last_id FROM collector_positions ORDER BY stream FOR UPDATE',
  )
  return new Map(rows.map((row) => [row.stream, row.last_id]))
}

/** Moves the positions, within the transaction that holds what was read. */
export async function movePositions(transaction: Transaction, to: Positions): Promise<void> {
  await transaction.query(
    `UPDATE collector_positions AS p SET last_id = t.last_id
     FROM unnest($1::text[], $2::text[]) AS t (stream, last_id) WHERE p.stream = t.stream`,
    [[...to.keys()], [...to.values()]],
  )
}
