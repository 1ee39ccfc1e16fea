import type { LookBefore } from '../domain/gateway-state.ts'
import type { Records, Transaction } from './database.ts'

/** What a gateway was like at a look. */
export interface GatewayLook extends LookBefore {
  readonly nas: string
}

/** True for the first who asks for this minute (of the epoch), or a later one than all before; it is kept to the transaction's end. */
export async function takeMinute(transaction: Transaction, minute: number): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `INSERT INTO coverage_looks AS last (id, minute) VALUES (1, $1)
     ON CONFLICT (id) DO UPDATE SET minute = excluded.minute WHERE last.minute < excluded.minute`,
    [minute],
  )
  return rowCount === 1
}

/** The last look at each gateway, by its id. */
export async function lastLooks(records: Records | Transaction): Promise<Map<string, GatewayLook>> {
  const { rows } = await records.query<{
    nas: string
    looked_at: Date
    heard_at: Date | null
    open_sessions: number
    silent: boolean
  }>('SELECT * FROM gateway_looks')
  return new Map(
    rows.map((row) => [
      row.nas,
      {
        nas: row.nas,
        lookedAt: row.looked_at.getTime(),
        heardAt: row.heard_at?.getTime() ?? null,
        openSessions: row.open_sessions,
        silent: row.silent,
      },
    ]),
  )
}

/** Replaces the last look at each of these, and forgets gateways that are no more. */
export async function keepLooks(transaction: Transaction, looks: readonly GatewayLook[]): Promise<void> {
  const names = looks.map(({ nas }) => nas)
  await transaction.query('DELETE FROM gateway_looks WHERE nas <> ALL ($1)', [names])
  await transaction.query(
    `INSERT INTO gateway_looks (nas, looked_at, heard_at, open_sessions, silent)
     SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::int[], $5::boolean[])
     ON CONFLICT (nas) DO UPDATE SET looked_at = excluded.looked_at, heard_at = excluded.heard_at,
       open_sessions = excluded.open_sessions, silent = excluded.silent`,
    [
      names,
      looks.map(({ lookedAt }) => new Date(lookedAt)),
      looks.map(({ heardAt }) => (heardAt === null ? null : new Date(heardAt))),
      looks.map(({ openSessions }) => openSessions),
      looks.map(({ silent }) => silent),
    ],
  )
}
