import { isRandomisedMac, type Mac } from '../domain/mac.ts'
import { allIpv6 } from '../domain/session-ipv6.ts'
import type { Session } from '../domain/session.ts'
import type { Keys } from '../process/keys.ts'
import type { Records, Transaction } from './database.ts'

/** What the log holds of a session already. */
export interface LoggedState {
  readonly version: number
  /** Epoch ms; null while it is open. */
  readonly endedAt: number | null
  /** When it was last heard of, epoch ms. */
  readonly heardAt: number
  readonly seconds: number
}

const SEALED_FOR = 'session-log'

/** What tells whose session it was: it is stored sealed only. */
export interface Personal {
  readonly mac: Mac
  readonly acctSessionId: string
  readonly userName: string | null
  readonly ip: string | null
  /** Absent where there are none. */
  readonly ipv6?: readonly string[]
  /** Absent where the gateway told none. */
  readonly multiSessionId?: string
  readonly ap: Mac | null
  readonly visit: string | null
  readonly subject: string | null
}

/** The log's own name of a session; the id alone may serve twice (see the migration). */
export const logKey = (session: Pick<Session, 'id' | 'startedAt'>): string =>
  `${session.id} ${session.startedAt}`

/** The sessions with these ids that the log knows, by `logKey`. */
export async function loggedSessions(
  transaction: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LoggedState>> {
  if (ids.length === 0) return new Map()
  const { rows } = await transaction.query<{
    id: string
    started_at: Date
    version: number
    ended_at: Date | null
    heard_at: Date
    seconds: string
  }>('SELECT id, started_at, version, ended_at, heard_at, seconds FROM session_log WHERE id = ANY($1)', [ids])
  return new Map(
    rows.map(({ id, started_at, version, ended_at, heard_at, seconds }) => [
      logKey({ id, startedAt: started_at.getTime() }),
      {
        version,
        endedAt: ended_at?.getTime() ?? null,
        heardAt: heard_at.getTime(),
        seconds: Number(seconds),
      },
    ]),
  )
}

/** Writes each session as it is now, unless the log holds a later version. */
export async function logSessions(
  transaction: Transaction,
  sealing: Keys,
  sessions: readonly Session[],
): Promise<void> {
  if (sessions.length === 0) return
  const sealedBefore = await personalOfLong(transaction, sealing, sessions)
  const column = <T>(of: (session: Session) => T): T[] => sessions.map(of)
  await transaction.query(
    `INSERT INTO session_log AS log (id, started_at, nas, site, method, lang, os, device_randomised, heard_at,
       ended_at, cause, seconds, from_visitor_octets, to_visitor_octets, version, sealed, by_visit)
     SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::boolean[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::bigint[], $13::bigint[],
       $14::bigint[], $15::integer[], $16::text[], $17::boolean[])
     ON CONFLICT (id, started_at) DO UPDATE SET heard_at = excluded.heard_at, ended_at = excluded.ended_at,
       cause = excluded.cause, seconds = excluded.seconds, from_visitor_octets = excluded.from_visitor_octets,
       to_visitor_octets = excluded.to_visitor_octets, version = excluded.version, sealed = excluded.sealed
     WHERE log.version < excluded.version`,
    [
      column((s) => s.id),
      column((s) => instant(s.startedAt)),
      column((s) => s.nas),
      column((s) => s.site),
      column((s) => s.method),
      column((s) => s.lang),
      column((s) => s.os),
      column((s) => isRandomisedMac(s.mac)),
      column((s) => instant(s.heardAt)),
      column((s) => (s.endedAt === null ? null : instant(s.endedAt))),
      column((s) => s.cause),
      column((s) => s.seconds),
      column((s) => String(s.fromVisitorOctets)),
      column((s) => String(s.toVisitorOctets)),
      column((s) => s.version),
      column((s) => sealing.seal(JSON.stringify(personalOf(s, sealedBefore.get(logKey(s)))), SEALED_FOR)),
      column((s) => s.visit !== null),
    ],
  )
}

/** A session of the log without what is sealed. Times are epoch ms. */
export interface LoggedSession {
  readonly id: string
  readonly startedAt: number
  readonly nas: string
  readonly site: string
  readonly method: string | null
  readonly endedAt: number | null
  readonly cause: string | null
}

/** The sessions with an id, in the order in which they began; nearly always one (see the migration). */
export async function sessionsOf(records: Records, id: string): Promise<LoggedSession[]> {
  const { rows } = await records.query<
    Omit<LoggedSession, 'startedAt' | 'endedAt'> & { started_at: Date; ended_at: Date | null }
  >(
    `SELECT id, started_at, nas, site, method, ended_at, cause FROM session_log WHERE id = $1 ORDER BY started_at`,
    [id],
  )
  return rows.map(({ started_at, ended_at, ...rest }) => ({
    ...rest,
    startedAt: started_at.getTime(),
    endedAt: ended_at?.getTime() ?? null,
  }))
}

/** A logged session that is open and has not been heard of for long. */
export interface SilentSession {
  readonly id: string
  readonly startedAt: number
  readonly nas: string
  readonly site: string
  readonly mac: Mac
  readonly acctSessionId: string
  readonly heardAt: number
}

/** Open sessions last heard of before an instant (epoch ms), the longest silent first. */
export async function silentSessions(
  records: Records,
  sealing: Keys,
  { before, most }: { before: number; most: number },
): Promise<SilentSession[]> {
  const { rows } = await records.query<{
    id: string
    started_at: Date
    nas: string
    site: string
    heard_at: Date
    sealed: string
  }>(
    `SELECT id, started_at, nas, site, heard_at, sealed FROM session_log
     WHERE ended_at IS NULL AND heard_at < $1 ORDER BY heard_at LIMIT $2`,
    [new Date(before), most],
  )
  return rows.map((row) => {
    const { mac, acctSessionId } = JSON.parse(sealing.unseal(row.sealed, SEALED_FOR)) as Personal
    return {
      id: row.id,
      startedAt: row.started_at.getTime(),
      nas: row.nas,
      site: row.site,
      mac,
      acctSessionId,
      heardAt: row.heard_at.getTime(),
    }
  })
}

/** A session that began, and whose it was. */
export interface BegunSession {
  readonly site: string
  readonly startedAt: number
  readonly mac: Mac
}

/** The sessions that began from one instant to before another (epoch ms), some thousands at a time. */
export async function* sessionsBegun(
  transaction: Transaction,
  sealing: Keys,
  { from, to }: { from: number; to: number },
): AsyncGenerator<BegunSession[]> {
  await transaction.query(
    `DECLARE begun NO SCROLL CURSOR FOR
     SELECT site, started_at, sealed FROM session_log WHERE started_at >= '${instant(from)}' AND started_at < '${instant(to)}'`,
  )
  for (;;) {
    const { rows } = await transaction.query<{ site: string; started_at: Date; sealed: string }>(
      'FETCH 5000 FROM begun',
    )
    if (rows.length === 0) break
    yield rows.map(({ site, started_at, sealed }) => ({
      site,
      startedAt: started_at.getTime(),
      mac: (JSON.parse(sealing.unseal(sealed, SEALED_FOR)) as Personal).mac,
    }))
  }
  await transaction.query('CLOSE begun')
}

/** Ends an open session at the moment it was last heard of; false when it is not open, or was heard of since. */
export async function endLogged(
  transaction: Transaction,
  session: Pick<SilentSession, 'id' | 'startedAt' | 'heardAt'>,
  cause: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE session_log SET ended_at = heard_at, cause = $4
     WHERE id = $1 AND started_at = $2 AND heard_at = $3 AND ended_at IS NULL`,
    [session.id, new Date(session.startedAt), new Date(session.heardAt), cause],
  )
  return rowCount === 1
}

/** Twelve months, which the cybersecurity law asks for, and a day for the time zones. */
export const LOG_DAYS = 367
const KEPT_MS = LOG_DAYS * 86_400_000

/** Removes sessions that began more than twelve months ago, with what is sealed in them. */
export async function forgetSessions(records: Records, now: number): Promise<void> {
  await records.query('DELETE FROM session_log WHERE started_at < $1', [instant(now - KEPT_MS)])
}

const instant = (at: number): string => new Date(at).toISOString()

const A_DAY = 86_400_000

/**
 * What is sealed already of sessions that were heard of a day or more after they began, by `logKey`. The live record of
 * such a one may have gone meanwhile, with names and addresses in it (core/store/lost-sessions.ts): here they stay.
 */
async function personalOfLong(
  transaction: Transaction,
  sealing: Keys,
  sessions: readonly Session[],
): Promise<ReadonlyMap<string, Personal>> {
  const long = sessions.filter(({ startedAt, heardAt }) => heardAt - startedAt >= A_DAY)
  if (long.length === 0) return new Map()
  const { rows } = await transaction.query<{ id: string; started_at: Date; sealed: string }>(
    'SELECT id, started_at, sealed FROM session_log WHERE id = ANY($1)',
    [long.map(({ id }) => id)],
  )
  return new Map(
    rows.flatMap(({ id, started_at, sealed }) => {
      const personal = unsealedPersonal(sealing, sealed)
      return personal ? [[logKey({ id, startedAt: started_at.getTime() }), personal] as const] : []
    }),
  )
}

/** What tells whose session it was; null for what was sealed under a master key that has been replaced. */
export function unsealedPersonal(sealing: Keys, sealed: string): Personal | null {
  try {
    return JSON.parse(sealing.unseal(sealed, SEALED_FOR)) as Personal
  } catch {
    return null
  }
}

function personalOf(session: Session, before: Personal | undefined): Personal {
  const { mac, acctSessionId, userName, ip, ap, visit, subject } = session
  const multiSessionId = session.multiSessionId ?? before?.multiSessionId
  const ipv6 = before?.ipv6 ? allIpv6(before.ipv6, session.ipv6) : session.ipv6
  return {
    mac,
    acctSessionId,
    userName: userName ?? before?.userName ?? null,
    ip: ip ?? before?.ip ?? null,
    ap: ap ?? before?.ap ?? null,
    visit,
    subject,
    ...(ipv6.length > 0 && { ipv6 }),
    ...(multiSessionId !== undefined && { multiSessionId }),
  }
}
