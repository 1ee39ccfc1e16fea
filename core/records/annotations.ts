import { audit } from './audit.ts'
import type { Records } from './database.ts'

/** Something that happened on a city day; `site` null is the whole city. */
export interface Annotation {
  readonly id: string
  /** `YYYY-MM-DD` */
  readonly day: string
  readonly site: string | null
  readonly vi: string
  readonly en: string
  readonly who: string
}

export const ANNOTATION_MOST = 120
const LISTED_MOST = 500

/** Notes on days (both included): of the whole city, and of his sites (null: all), in order; 500 at most. */
export async function annotationsOf(
  records: Records,
  {
    from,
    to,
    sites,
  }: { readonly from: string; readonly to: string; readonly sites: readonly string[] | null },
): Promise<Annotation[]> {
  const { rows } = await records.query<Annotation>(
    `SELECT id, day::text, site, vi, en, who FROM annotations
     WHERE day BETWEEN $1 AND $2 AND (site IS NULL OR $3::text[] IS NULL OR site = ANY($3))
     ORDER BY day, annotations.id LIMIT ${LISTED_MOST}`,
    [from, to, sites],
  )
  return rows
}

/** Notes something on a day. */
export async function annotate(
  records: Records,
  { day, site, vi, en }: Omit<Annotation, 'id' | 'who'>,
  who: string,
): Promise<{ id: string }> {
  const { rows } = await records.query<{ id: string }>(
    'INSERT INTO annotations (day, site, vi, en, who) VALUES ($1, $2, $3, $4, $5) RETURNING id',
    [day, site, vi, en, who],
  )
  await audit(records, who, 'annotation.add', rows[0]!.id, { day, site })
  return rows[0]!
}

/** Takes a note away; true when it was there and he may: of the whole city who has all sites, else of his own. */
export async function removeAnnotation(
  records: Records,
  id: string,
  { who, sites }: { readonly who: string; readonly sites: readonly string[] | null },
): Promise<boolean> {
  const { rowCount } = await records.query(
    'DELETE FROM annotations WHERE id = $1 AND ($2::text[] IS NULL OR site = ANY($2))',
    [id, sites],
  )
  if (rowCount === 1) await audit(records, who, 'annotation.remove', id)
  return rowCount === 1
}
