import type { OwnPage, OwnPageState } from '../domain/own-page.ts'
import { withOwnPage } from '../domain/own-page.ts'
import type { Site } from '../domain/site.ts'
import { audit } from './audit.ts'
import { oneCityAtATime } from './city.ts'
import type { Records, Transaction } from './database.ts'
import type { Asked } from './lists.ts'
import type { Step } from './notices.ts'

/** A version of a site's page, and who did what with it. Times are epoch ms. */
export interface RecordedPage {
  readonly site: string
  readonly version: number
  readonly state: OwnPageState
  readonly page: OwnPage
  readonly writtenBy: string
  readonly writtenAt: number
  readonly sentBy: string | null
  readonly sentAt: number | null
  readonly decidedBy: string | null
  readonly decidedAt: number | null
  /** Why it was refused. */
  readonly reason: string | null
}

/** What is on the splash, and what is being worked on. */
export interface SitePages {
  readonly live: RecordedPage | null
  readonly inWork: RecordedPage | null
  /** The number of the last version, 0 before the first. */
  readonly latest: number
}

/** Where pages are recorded, and how the live store is told of a site whose page has changed. */
export interface PageDesk {
  readonly records: Records
  readonly publish: (site: Site) => Promise<void>
}

export type PageChanged =
  | { readonly kind: 'done'; readonly version: number }
  /** Somebody else saved meanwhile, it is not in the state for this, or it needs another person than who wrote it. */
  | { readonly kind: 'refused'; readonly reason: 'changed' | 'not-now' | 'needs-two-people' }

const COLUMNS = `site, version, state, page, written_by AS "writtenBy",
  (extract(epoch FROM written_at) * 1000)::float8 AS "writtenAt", sent_by AS "sentBy",
  (extract(epoch FROM sent_at) * 1000)::float8 AS "sentAt", decided_by AS "decidedBy",
  (extract(epoch FROM decided_at) * 1000)::float8 AS "decidedAt", reason`

/** The pages of a site. */
export async function pagesOf(records: Records | Transaction, site: string): Promise<SitePages> {
  const { rows } = await records.query<RecordedPage>(
    `SELECT ${COLUMNS} FROM own_pages WHERE site = $1 AND state <> 'past'`,
    [site],
  )
  const { rows: last } = await records.query<{ version: number | null }>(
    'SELECT max(version) AS version FROM own_pages WHERE site = $1',
    [site],
  )
  return {
    live: rows.find(({ state }) => state === 'live') ?? null,
    inWork: rows.find(({ state }) => state !== 'live') ?? null,
    latest: last[0]?.version ?? 0,
  }
}

/** Versions of his sites' pages that are not past, by site and version; `after` is a cursor of `pageKey`. */
export async function ownPagesPage(
  records: Records,
  {
    sites,
    after,
    limit,
    state = null,
    site = null,
  }: Asked & { readonly state?: OwnPageState | null; readonly site?: string | null },
): Promise<RecordedPage[]> {
  const [afterSite, version] = after?.split(' ') ?? []
  const { rows } = await records.query<RecordedPage>(
    `SELECT ${COLUMNS} FROM own_pages
     WHERE ($1::text[] IS NULL OR site = ANY($1)) AND state <> 'past' AND ($2::text IS NULL OR state = $2)
       AND ($3::text IS NULL OR (site, version) > ($3, $4::int)) AND ($6::text IS NULL OR site = $6)
     ORDER BY site, version LIMIT $5`,
    [sites, state, afterSite ?? null, version === undefined ? 0 : Number(version), limit, site],
  )
  return rows
}

/** Where a list of pages goes on after this one. */
export const pageKey = ({ site, version }: RecordedPage): string => `${site} ${version}`

/** Saves a draft as a new version; `basedOn` is the last version that its writer saw. It must have no faults. */
export function savePage(
  records: Records,
  { site, page, basedOn }: { readonly site: string; readonly page: OwnPage; readonly basedOn: number },
  { who, now }: Step,
): Promise<PageChanged> {
  return oneCityAtATime(records, async (transaction): Promise<PageChanged> => {
    const { latest } = await pagesOf(transaction, site)
    if (latest !== basedOn) return refused('changed')
    const version = latest + 1
    await transaction.query(
      "UPDATE own_pages SET state = 'past' WHERE site = $1 AND state IN ('draft', 'waiting', 'rejected')",
      [site],
    )
    await transaction.query(
      `INSERT INTO own_pages (site, version, state, page, written_by, written_at) VALUES ($1, $2, 'draft', $3, $4, $5)`,
      [site, version, JSON.stringify(page), who, new Date(now)],
    )
    await audit(transaction, who, 'page.save', site, { version })
    return { kind: 'done', version }
  })
}

/** Sends a draft to those who approve. */
export const sendPage = (
  records: Records,
  site: string,
  version: number,
  { who, now }: Step,
): Promise<PageChanged> =>
  step(records, { site, version, from: 'draft' }, async (transaction) => {
    await transaction.query(
      "UPDATE own_pages SET state = 'waiting', sent_by = $3, sent_at = $4 WHERE site = $1 AND version = $2",
      [site, version, who, new Date(now)],
    )
    await audit(transaction, who, 'page.send', site, { version })
    return null
  })

/** Refuses a page that waits, with a reason that its writer reads. */
export const rejectPage = (
  records: Records,
  { site, version, reason }: { readonly site: string; readonly version: number; readonly reason: string },
  { who, now }: Step,
): Promise<PageChanged> =>
  step(records, { site, version, from: 'waiting' }, async (transaction) => {
    await transaction.query(
      `UPDATE own_pages SET state = 'rejected', decided_by = $3, decided_at = $4, reason = $5
       WHERE site = $1 AND version = $2`,
      [site, version, who, new Date(now), reason],
    )
    await audit(transaction, who, 'page.reject', site, { version })
    return null
  })

/**
 * Puts a page that waits on the splash: every portal shows it within a second. It needs another person than who wrote it,
 * unless `alone`, which the audit tells.
 */
export const approvePage = (
  { records, publish }: PageDesk,
  site: string,
  version: number,
  { who, now, alone = false }: Step & { readonly alone?: boolean },
): Promise<PageChanged> =>
  step(records, { site, version, from: 'waiting' }, async (transaction, waiting) => {
    const onOneWord = waiting.writtenBy === who
    if (onOneWord && !alone) return 'needs-two-people'
    const { rows } = await transaction.query<{ record: Site }>('SELECT record FROM sites WHERE id = $1', [
      site,
    ])
    // A site that has left the city has nothing to show it on.
    if (!rows[0]) return 'not-now'
    await transaction.query("UPDATE own_pages SET state = 'past' WHERE site = $1 AND state = 'live'", [site])
    await transaction.query(
      "UPDATE own_pages SET state = 'live', decided_by = $3, decided_at = $4 WHERE site = $1 AND version = $2",
      [site, version, who, new Date(now)],
    )
    await audit(transaction, who, 'page.approve', site, { version, onOneWord })
    await publish(withOwnPage(rows[0].record, waiting.page))
    return null
  })

const refused = (reason: Extract<PageChanged, { kind: 'refused' }>['reason']): PageChanged => ({
  kind: 'refused',
  reason,
})

/** One change at a time, of the very version that somebody looked at; recorded only if it could be published. */
function step(
  records: Records,
  { site, version, from }: { readonly site: string; readonly version: number; readonly from: OwnPageState },
  change: (
    transaction: Transaction,
    page: RecordedPage,
  ) => Promise<Extract<PageChanged, { kind: 'refused' }>['reason'] | null>,
): Promise<PageChanged> {
  return oneCityAtATime(records, async (transaction): Promise<PageChanged> => {
    const { inWork } = await pagesOf(transaction, site)
    if (inWork?.version !== version) return refused('changed')
    if (inWork.state !== from) return refused('not-now')
    const reason = await change(transaction, inWork)
    return reason ? refused(reason) : { kind: 'done', version }
  })
}
