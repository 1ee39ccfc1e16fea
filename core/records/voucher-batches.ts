import type { Keys } from '../process/keys.ts'
import type { Records } from './database.ts'
import type { Asked } from './lists.ts'
import { unsealedCode } from './vouchers.ts'

/** A batch of codes: all of them have one plan. Times are epoch ms. */
export interface Batch {
  readonly id: string
  readonly site: string
  readonly label: string | null
  readonly madeBy: string | null
  readonly madeAt: number
  readonly count: number
  /** Neither revoked nor past their end. */
  readonly inForce: number
  readonly revoked: number
  readonly devices: number
  readonly seconds: number | null
  readonly octets: number | null
  readonly downBitsPerSecond: number | null
  readonly upBitsPerSecond: number | null
  readonly expiresAt: number | null
}

/** A code of a batch, in force or not. */
export interface BatchCode {
  readonly id: string
  /** Its text, for who may hand it out; whoever shows it decides who that is. */
  readonly code: string
  readonly state: 'in-force' | 'revoked' | 'expired'
}

const BATCH = `vouchers.batch AS id, min(site) AS site, min(label) AS label, min(made_by) AS "madeBy",
  (extract(epoch FROM min(created_at)) * 1000)::float8 AS "madeAt", count(*)::int AS count,
  (count(*) FILTER (WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)))::int AS "inForce",
  (count(*) FILTER (WHERE revoked_at IS NOT NULL))::int AS revoked, min(devices) AS devices,
  min(seconds)::float8 AS seconds, min(octets)::float8 AS octets,
  min(down_bits_per_second)::float8 AS "downBitsPerSecond", min(up_bits_per_second)::float8 AS "upBitsPerSecond",
  (extract(epoch FROM min(expires_at)) * 1000)::float8 AS "expiresAt"
  FROM vouchers LEFT JOIN voucher_batches ON voucher_batches.id = vouchers.batch`

/** Batches of his sites, or of one of them, the latest first; `after` is a cursor that `batchKey` made. */
export async function batchesPage(
  records: Records,
  { sites, after, limit, site = null }: Asked & { readonly site?: string | null },
  now: number,
): Promise<Batch[]> {
  const [at, id] = after?.split(' ') ?? []
  const { rows } = await records.query<Batch>(
    `SELECT * FROM (SELECT ${BATCH} WHERE ($1::text[] IS NULL OR site = ANY($1)) AND ($3::text IS NULL OR site = $3)
       GROUP BY batch) AS batches
     WHERE $4::float8 IS NULL OR ("madeAt", id) < ($4::float8, $5::text)
     ORDER BY "madeAt" DESC, id DESC LIMIT $6`,
    [sites, new Date(now), site, at === undefined ? null : Number(at), id ?? '', limit],
  )
  return rows
}

/** Where a list of batches goes on after this one. */
export const batchKey = ({ madeAt, id }: Batch): string => `${madeAt} ${id}`

/** One batch, if it is of his sites; null else. */
export async function findBatch(
  records: Records,
  id: string,
  sites: Asked['sites'],
  now: number,
): Promise<Batch | null> {
  const { rows } = await records.query<Batch>(
    `SELECT ${BATCH} WHERE ($1::text[] IS NULL OR site = ANY($1)) AND vouchers.batch = $3 GROUP BY batch`,
    [sites, new Date(now), id],
  )
  return rows[0] ?? null
}

/** Codes of a batch of his sites by id, those that are over among them unless `inForce`. */
export async function codesPage(
  records: Records,
  sealing: Keys,
  {
    batch,
    sites,
    after,
    limit,
    inForce = false,
  }: Asked & { readonly batch: string; readonly inForce?: boolean },
  now: number,
): Promise<BatchCode[]> {
  const { rows } = await records.query<Omit<BatchCode, 'code'> & { code_sealed: string }>(
    `SELECT id, code_sealed, CASE WHEN revoked_at IS NOT NULL THEN 'revoked'
         WHEN expires_at <= $2 THEN 'expired' ELSE 'in-force' END AS state
     FROM vouchers WHERE ($1::text[] IS NULL OR site = ANY($1)) AND batch = $3 AND ($4::text IS NULL OR id > $4)
       AND (NOT $6 OR (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)))
     ORDER BY id LIMIT $5`,
    [sites, new Date(now), batch, after, limit, inForce],
  )
  return rows.map(({ id, code_sealed, state }) => ({ id, state, code: unsealedCode(sealing, code_sealed) }))
}

/** Revokes what is in force of a batch of his sites; the ids and texts of those codes. */
export async function revokeBatch(
  records: Records,
  sealing: Keys,
  batch: string,
  sites: Asked['sites'],
): Promise<{ id: string; code: string }[]> {
  const { rows } = await records.query<{ id: string; code_sealed: string }>(
    `UPDATE vouchers SET revoked_at = now()
     WHERE batch = $1 AND ($2::text[] IS NULL OR site = ANY($2)) AND revoked_at IS NULL RETURNING id, code_sealed`,
    [batch, sites],
  )
  return rows.map(({ id, code_sealed }) => ({ id, code: unsealedCode(sealing, code_sealed) }))
}

/** Ids of all codes of a site's batches that are in force, by batch. */
export async function idsInForce(
  records: Records,
  batches: readonly string[],
  now: number,
): Promise<{ id: string; batch: string }[]> {
  const { rows } = await records.query<{ id: string; batch: string }>(
    `SELECT id, batch FROM vouchers
     WHERE batch = ANY($1) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`,
    [batches, new Date(now)],
  )
  return rows
}
