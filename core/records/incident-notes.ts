import type { ToldCause } from '../domain/incident.ts'
import { audit } from './audit.ts'
import { inTransaction, type Records } from './database.ts'
import type { Incident } from './incidents.ts'
import type { Asked } from './lists.ts'

/** What somebody wrote about an incident when he took note of it. */
export interface IncidentNote {
  readonly who: string
  /** Epoch ms. */
  readonly at: number
  readonly note: string
}

export interface NotedIncident extends Incident {
  readonly notes: readonly IncidentNote[]
}

/** Characters of a note. */
export const NOTE_MOST = 500

/**
 * Which incidents of a time (epoch ms, `to` exclusive) are asked for; those of the whole platform are everybody's, but for
 * alerts, which are of who may see all sites.
 */
export interface IncidentsAsked extends Asked {
  readonly site: string | null
  readonly from: number
  readonly to: number
  readonly open?: boolean | undefined
}

/** Incidents of his sites, open ones first, then the latest; `after` is a cursor of `incidentKey`. */
export async function incidentsPage(
  records: Records,
  { sites, site, from, to, after, limit, open }: IncidentsAsked,
): Promise<NotedIncident[]> {
  const [isOver, began, id] = after?.split(' ') ?? []
  const { rows } = await records.query<IncidentRow>(
    `SELECT *, coalesce((SELECT jsonb_agg(jsonb_build_object('who', who, 'note', note,
         'at', (extract(epoch FROM at) * 1000)::bigint) ORDER BY incident_notes.id)
       FROM incident_notes WHERE incident = told.id), '[]') AS notes
     FROM (SELECT id, cause, subject, site, detail, planned, (closed_at IS NOT NULL)::int AS is_over,
         (extract(epoch FROM began_at) * 1000)::float8 AS began,
         (extract(epoch FROM opened_at) * 1000)::float8 AS opened,
         (extract(epoch FROM closed_at) * 1000)::float8 AS closed FROM incidents
       WHERE ($1::text[] IS NULL OR site = ANY($1) OR (site IS NULL AND cause <> 'alert'))
         AND ($2::text IS NULL OR site = $2 OR (site IS NULL AND cause <> 'alert'))
         AND began_at < $4 AND (closed_at IS NULL OR closed_at > $3)
         AND ($5::boolean IS NULL OR (closed_at IS NULL) = $5)) AS told
     WHERE $6::int IS NULL OR is_over > $6 OR (is_over = $6 AND (began, id) < ($7::float8, $8::bigint))
     ORDER BY is_over, began DESC, id DESC LIMIT $9`,
    [
      ...[sites, site, new Date(from), new Date(to), open ?? null],
      ...[isOver === undefined ? null : Number(isOver), Number(began ?? 0), id ?? '0', limit],
    ],
  )
  return rows.map(({ began, opened, closed, is_over: _, ...row }) => ({
    ...row,
    beganAt: began,
    openedAt: opened,
    closedAt: closed,
  }))
}

interface IncidentRow {
  id: string
  cause: ToldCause
  subject: string
  site: string | null
  detail: Incident['detail']
  planned: boolean
  is_over: number
  began: number
  opened: number
  closed: number | null
  notes: IncidentNote[]
}

/** Where a list of incidents goes on after this one. */
export const incidentKey = ({ closedAt, beganAt, id }: Incident): string =>
  `${closedAt === null ? 0 : 1} ${beganAt} ${id}`

/**
 * Takes note of an incident of his sites (null: of any, and of the whole platform's); false when there is none.
 * @param note not empty, of `NOTE_MOST` characters at most.
 */
export function acknowledge(
  records: Records,
  { id, sites, note }: { readonly id: string; readonly sites: Asked['sites']; readonly note: string },
  { who, now }: { readonly who: string; readonly now: number },
): Promise<boolean> {
  return inTransaction(records, async (transaction) => {
    const { rowCount } = await transaction.query(
      `INSERT INTO incident_notes (incident, at, who, note)
       SELECT id, $3, $4, $5 FROM incidents WHERE id = $1::bigint AND ($2::text[] IS NULL OR site = ANY($2))`,
      [id, sites, new Date(now), who, note],
    )
    if (rowCount !== 1) return false
    await audit(transaction, who, 'incident.acknowledge', id)
    return true
  })
}
