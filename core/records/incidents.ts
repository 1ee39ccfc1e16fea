import type { Finding, ToldCause, Watch } from '../domain/incident.ts'
import type { Records, Transaction } from './database.ts'

/** Something that was wrong for long enough. Times are epoch ms; `closedAt` null is open. */
export interface Incident {
  readonly id: string
  readonly cause: ToldCause
  readonly subject: string
  /** Null where it is of the whole platform. */
  readonly site: string | null
  readonly detail: Finding['detail']
  /** When the first of its bad slots began. */
  readonly beganAt: number
  readonly openedAt: number
  readonly closedAt: number | null
  /** Planned work covered it all along. */
  readonly planned: boolean
}

interface IncidentRow {
  id: string
  cause: ToldCause
  subject: string
  site: string | null
  detail: Finding['detail']
  began_at: Date
  opened_at: Date
  closed_at: Date | null
  planned: boolean
}

const MOST = 1000

/** Incidents that are open now, the oldest first. */
export async function openIncidents(records: Records | Transaction): Promise<Incident[]> {
  const { rows } = await records.query<IncidentRow>(
    'SELECT * FROM incidents WHERE closed_at IS NULL ORDER BY began_at, id',
  )
  return rows.map(incidentOf)
}

/** Incidents of a time (epoch ms, `to` exclusive), also those that began before it, of all sites or one; the latest first, 1,000 at most. */
export async function listIncidents(
  records: Records,
  { from, to, site = null }: { readonly from: number; readonly to: number; readonly site?: string | null },
): Promise<Incident[]> {
  const { rows } = await records.query<IncidentRow>(
    `SELECT * FROM incidents
     WHERE began_at < $2 AND (closed_at IS NULL OR closed_at > $1) AND ($3::text IS NULL OR site = $3 OR site IS NULL)
     ORDER BY began_at DESC, id DESC LIMIT ${MOST}`,
    [new Date(from), new Date(to), site],
  )
  return rows.map(incidentOf)
}

const incidentOf = (row: IncidentRow): Incident => ({
  id: row.id,
  cause: row.cause,
  subject: row.subject,
  site: row.site,
  detail: row.detail,
  beganAt: row.began_at.getTime(),
  openedAt: row.opened_at.getTime(),
  closedAt: row.closed_at?.getTime() ?? null,
  planned: row.planned,
})

type Named = Pick<Finding, 'cause' | 'subject'>

/** What tells one watch from another. */
export const watchName = ({ cause, subject }: Named): string => `${cause} ${subject}`

/** All that is counted, by `watchName`. */
export async function readWatches(transaction: Transaction): Promise<Map<string, Watch & Named>> {
  const { rows } = await transaction.query<
    Named & { bad: number; good: number; bad_since: Date | null; is_open: boolean }
  >(
    `SELECT cause, subject, coalesce(bad, 0) AS bad, coalesce(good, 0) AS good, bad_since, opened.id IS NOT NULL AS is_open
     FROM incident_watches FULL JOIN (SELECT id, cause, subject FROM incidents WHERE closed_at IS NULL AND cause <> 'alert') AS opened
     USING (cause, subject)`,
  )
  return new Map(
    rows.map(({ bad_since, is_open, ...row }) => [
      watchName(row),
      { ...row, badSince: bad_since?.getTime() ?? null, isOpen: is_open },
    ]),
  )
}

/** Replaces what is counted; what is nothing is left out. */
export async function keepWatches(
  transaction: Transaction,
  watches: readonly (Watch & Named)[],
): Promise<void> {
  await transaction.query('DELETE FROM incident_watches')
  await transaction.query(
    `INSERT INTO incident_watches (cause, subject, bad, good, bad_since)
     SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::timestamptz[])`,
    [
      watches.map(({ cause }) => cause),
      watches.map(({ subject }) => subject),
      watches.map(({ bad }) => bad),
      watches.map(({ good }) => good),
      watches.map(({ badSince }) => (badSince === null ? null : new Date(badSince))),
    ],
  )
}

/** Opens an incident. */
export async function openIncident(
  transaction: Transaction,
  { cause, subject, site, detail }: Finding,
  { beganAt, at, planned }: { readonly beganAt: number; readonly at: number; readonly planned: boolean },
): Promise<void> {
  await transaction.query(
    `INSERT INTO incidents (cause, subject, site, detail, began_at, opened_at, planned)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [cause, subject, site, JSON.stringify(detail), new Date(beganAt), new Date(at), planned],
  )
}

/** Closes the open incident of a cause and subject. */
export async function closeIncident(transaction: Transaction, named: Named, at: number): Promise<void> {
  await transaction.query(
    'UPDATE incidents SET closed_at = $3 WHERE cause = $1 AND subject = $2 AND closed_at IS NULL',
    [named.cause, named.subject, new Date(at)],
  )
}

/** From now on the open incident of a cause and subject is no matter of planned work alone. */
export async function outlastPlan(transaction: Transaction, named: Named): Promise<void> {
  await transaction.query(
    'UPDATE incidents SET planned = false WHERE cause = $1 AND subject = $2 AND closed_at IS NULL AND planned',
    [named.cause, named.subject],
  )
}
