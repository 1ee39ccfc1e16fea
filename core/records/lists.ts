import type { Nas } from '../domain/nas.ts'
import type { NoticeDraft } from '../domain/notice.ts'
import type { Category, Operator, Site } from '../domain/site.ts'
import type { Records } from './database.ts'

/** Which rows somebody may see, and which of them are asked for. */
export interface Asked {
  /** Ids of his sites; null is all. What is not among them never leaves the database. */
  readonly sites: readonly string[] | null
  /** The key of the last row that he has; null begins. */
  readonly after: string | null
  /** At most so many rows. */
  readonly limit: number
}

/** What of a site's record sites are asked for by; left out, any. */
export interface SitesAsked {
  readonly category?: Category | undefined
  readonly ward?: string | undefined
  readonly operator?: string | undefined
}

/** Sites by id; a limit of null is all of them. */
export async function sitesPage(
  records: Records,
  asked: Omit<Asked, 'limit'> & SitesAsked & { readonly limit: number | null },
): Promise<Site[]> {
  const { rows } = await records.query<{ record: Site }>(
    `SELECT record FROM sites WHERE ($1::text[] IS NULL OR id = ANY($1)) AND ($2::text IS NULL OR id > $2)
       AND ($4::text IS NULL OR record->>'category' = $4) AND ($5::text IS NULL OR record->>'ward' = $5)
       AND ($6::text IS NULL OR record->>'operator' = $6)
     ORDER BY id LIMIT $3`,
    [asked.sites, asked.after, asked.limit, asked.category, asked.ward, asked.operator],
  )
  return rows.map(({ record }) => record)
}

/** Names of these operators by id, as far as they are recorded. */
export async function operatorNames(
  records: Records,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await records.query<Operator>('SELECT id, name FROM operators WHERE id = ANY($1)', [ids])
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** One site, if it is among his; null else. */
export async function findSite(records: Records, id: string, sites: Asked['sites']): Promise<Site | null> {
  const { rows } = await records.query<{ record: Site }>(
    'SELECT record FROM sites WHERE id = $1 AND ($2::text[] IS NULL OR id = ANY($2))',
    [id, sites],
  )
  return rows[0]?.record ?? null
}

/** A gateway as its record has it, without anything that is sealed. */
export interface NasRow extends Omit<
  Nas,
  'secret' | 'uamSecret' | 'fasKey' | 'limitProxyState' | 'statusServer' | 'acctSwapOctets'
> {
  /** One of the city file comes back with the next start. */
  readonly origin: 'file' | 'staff'
}

const NAS = `id, site, origin, record->>'gateway' AS gateway, record->>'identifier' AS identifier,
  record->'addresses' AS addresses, record->>'gatewayUrl' AS "gatewayUrl", nullif(record->'coa', 'null') AS coa,
  record->>'messageAuthenticator' AS "messageAuthenticator", (record->>'macAuth')::bool AS "macAuth",
  (record->>'interimSeconds')::int AS "interimSeconds"`

/** Gateways by id. */
export async function nasPage(records: Records, { sites, after, limit }: Asked): Promise<NasRow[]> {
  const { rows } = await records.query<NasRow>(
    `SELECT ${NAS} FROM nas
     WHERE ($1::text[] IS NULL OR site = ANY($1)) AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [sites, after, limit],
  )
  return rows
}

/** One gateway, if it is at one of his sites; null else. */
export async function findNas(records: Records, id: string, sites: Asked['sites']): Promise<NasRow | null> {
  const { rows } = await records.query<NasRow>(
    `SELECT ${NAS} FROM nas WHERE id = $1 AND ($2::text[] IS NULL OR site = ANY($2))`,
    [id, sites],
  )
  return rows[0] ?? null
}

/** A code without its text: that is told once, when it is made. */
export interface VoucherRow {
  readonly id: string
  readonly batch: string
  readonly site: string
  readonly devices: number
  readonly seconds: number | null
  readonly octets: number | null
  readonly expiresAt: Date | null
}

/** Codes that still may be used, by id. */
export async function vouchersPage(records: Records, { sites, after, limit }: Asked): Promise<VoucherRow[]> {
  const { rows } = await records.query<VoucherRow>(
    `SELECT id, batch, site, devices, seconds::float8 AS seconds, octets::float8 AS octets, expires_at AS "expiresAt"
     FROM vouchers WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
       AND ($1::text[] IS NULL OR site = ANY($1)) AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [sites, after, limit],
  )
  return rows
}

/** True when a code is of one of his sites, in force or not. */
export async function ownsVoucher(records: Records, id: string, sites: Asked['sites']): Promise<boolean> {
  const { rowCount } = await records.query(
    'SELECT FROM vouchers WHERE id = $1 AND ($2::text[] IS NULL OR site = ANY($2))',
    [id, sites],
  )
  return rowCount === 1
}

const NOTICE = `id, notice, drafted_by AS "draftedBy", approved_by AS "approvedBy", approved_at AS "approvedAt",
  ended_at AS "endedAt"`
/** Of a notice that holds at a site among `$1`. */
const CONCERNS_HIM = `($1::text[] IS NULL OR notice#>>'{places,kind}' = 'all' OR notice#>'{places,ids}' ?| $1
  OR EXISTS (SELECT FROM sites WHERE sites.id = ANY($1) AND (record->>'category' = notice#>>'{places,category}'
    OR record->>'ward' = notice#>>'{places,ward}')))`

export interface NoticeRow {
  readonly id: string
  readonly notice: NoticeDraft
  readonly draftedBy: string
  readonly approvedBy: string | null
  readonly approvedAt: Date | null
  readonly endedAt: Date | null
}

/** Notices that hold at one of his sites, drafts and past ones among them, by id. */
export async function noticesPage(records: Records, { sites, after, limit }: Asked): Promise<NoticeRow[]> {
  const { rows } = await records.query<NoticeRow>(
    `SELECT ${NOTICE} FROM notices WHERE ${CONCERNS_HIM} AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [sites, after, limit],
  )
  return rows
}

/** Planned work at his sites, or at one, that was approved and touches a time (epoch ms, `to` exclusive); 100 at most, the latest first. */
export async function plannedWork(
  records: Records,
  { sites, site, from, to }: Pick<Asked, 'sites'> & { site: string | null; from: number; to: number },
): Promise<NoticeRow[]> {
  const { rows } = await records.query<NoticeRow>(
    `SELECT ${NOTICE} FROM notices WHERE ${CONCERNS_HIM} AND notice->>'kind' = 'maintenance' AND approved_at IS NOT NULL
       AND (notice->>'from')::float8 < $3
       AND least((notice->>'until')::float8, extract(epoch FROM ended_at) * 1000, 'infinity') > $2
     ORDER BY (notice->>'from')::float8 DESC, id LIMIT 100`,
    [site === null ? sites : [site], from, to],
  )
  return rows
}

/** A notice with who took each step, and when (epoch ms). */
export interface LatestNotice {
  readonly id: string
  readonly notice: NoticeDraft
  readonly draftedBy: string
  readonly draftedAt: number
  readonly approvedBy: string | null
  readonly approvedAt: number | null
  readonly endedBy: string | null
  readonly endedAt: number | null
}

/** The last notices that hold at one of his sites: those that nobody ended first, of each the latest first. */
export async function latestNotices(
  records: Records,
  sites: Asked['sites'],
  limit: number,
): Promise<LatestNotice[]> {
  const { rows } = await records.query<LatestNotice>(
    `SELECT id, notice, drafted_by AS "draftedBy", ${epochMs('drafted_at')} AS "draftedAt",
       approved_by AS "approvedBy", ${epochMs('approved_at')} AS "approvedAt",
       ended_by AS "endedBy", ${epochMs('ended_at')} AS "endedAt"
     FROM notices WHERE ${CONCERNS_HIM} ORDER BY ended_at IS NULL DESC, drafted_at DESC, id LIMIT $2`,
    [sites, limit],
  )
  return rows
}

const epochMs = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`

/** True when a notice holds at his sites and nowhere else, so that he may approve and end it. */
export async function ownsNotice(records: Records, id: string, sites: Asked['sites']): Promise<boolean> {
  const { rowCount } = await records.query(
    `SELECT FROM notices WHERE id = $1 AND ($2::text[] IS NULL OR notice#>'{places,ids}' <@ to_jsonb($2::text[]))`,
    [id, sites],
  )
  return rowCount === 1
}
