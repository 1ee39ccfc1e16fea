import type { Category } from '../domain/site.ts'
import type { Transaction } from './database.ts'

/** What figures ask of a site. */
export interface SitePlace {
  readonly category: Category
  readonly operator: string
  /** After how long without traffic its gateway ends a session; null where nothing says so. */
  readonly idleSeconds: number | null
}

/** These sites, as far as they are known. */
export async function readPlaces(
  transaction: Transaction,
  sites: readonly string[],
): Promise<ReadonlyMap<string, SitePlace>> {
  if (sites.length === 0) return new Map()
  const { rows } = await transaction.query<SitePlace & { id: string }>(
    `SELECT id, record->>'category' AS category, record->>'operator' AS operator,
       (record->'limits'->>'idleSeconds')::float8 AS "idleSeconds"
     FROM sites WHERE id = ANY($1)`,
    [sites],
  )
  return new Map(rows.map(({ id, ...place }) => [id, place]))
}
