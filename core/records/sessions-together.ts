import type { Keys } from '../process/keys.ts'
import type { Records } from './database.ts'
import { unsealedPersonal, type LoggedSession, type Personal } from './session-log.ts'

/** Gateways use their ids again, so what began further apart than this does not belong together. */
const APART_MS = 24 * 3_600_000
/** A bound on what one look may unseal, some tenths of a second; the nearest are looked at first. */
const MOST_UNSEALED = 20_000

/**
 * The ids of the sessions that a gateway says belong together with one of its sessions, in the order in which they began:
 * those of the same device with the same Acct-Multi-Session-Id, known at the moment (epoch ms). They are found by
 * unsealing, so that nothing in the log ties two sessions to one another. @see RFC 2866 §5.11
 */
export async function sessionsTogether(
  records: Records,
  keys: Keys,
  { session, moment }: { session: LoggedSession; moment: number },
): Promise<readonly string[]> {
  const { id, site, nas, startedAt } = session
  const own = await records.query<{ sealed: string }>(
    'SELECT sealed FROM session_log WHERE id = $1 AND started_at = $2',
    [id, instant(startedAt)],
  )
  const personal = own.rows[0] && unsealedPersonal(keys, own.rows[0].sealed)
  if (personal?.multiSessionId === undefined) return []
  const { rows } = await records.query<{ id: string; started_at: Date; sealed: string }>(
    `SELECT id, started_at, sealed FROM session_log
     WHERE site = $1 AND started_at BETWEEN $2 AND $3 AND nas = $4 AND id <> $5
     ORDER BY abs(extract(epoch FROM started_at - $6::timestamptz)) LIMIT ${MOST_UNSEALED}`,
    [
      site,
      instant(startedAt - APART_MS),
      instant(Math.min(startedAt + APART_MS, moment)),
      nas,
      id,
      instant(startedAt),
    ],
  )
  return rows
    .filter(({ sealed }) => isTogether(personal, unsealedPersonal(keys, sealed)))
    .sort((a, b) => a.started_at.getTime() - b.started_at.getTime())
    .map((row) => row.id)
}

const isTogether = (one: Personal, other: Personal | null): boolean =>
  other !== null && other.mac === one.mac && other.multiSessionId === one.multiSessionId

const instant = (at: number): string => new Date(at).toISOString()
