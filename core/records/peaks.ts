import { addDays, cityDay, dayBegins } from '../domain/day.ts'
import { inTransaction, type Records, type Transaction } from './database.ts'

/** By how much the number of open sessions of a site changes at a minute (epoch ms, a whole minute). */
export interface MinuteGrowth {
  readonly site: string
  readonly at: number
  readonly change: number
}

/** Reports come up to a week late; what is later still changes no peak. */
export const MINUTE_DAYS = 35
/** Any number that nobody else uses: one process at a time looks for peaks. */
const PEAKS_LOCK = 7_202_613

const MINUTE_MS = 60_000

/** The first minute at which a session that began, or was over, at a moment is seen to be (start ≤ t < stop). */
export const minuteFrom = (at: number): number => Math.ceil(at / MINUTE_MS) * MINUTE_MS

/** Adds to the minutes, and marks their days. A minute without a change has no row. */
export async function growMinutes(transaction: Transaction, growth: readonly MinuteGrowth[]): Promise<void> {
  const changed = growth.filter(({ change }) => change !== 0)
  if (changed.length === 0) return
  const keys = [changed.map(({ at }) => new Date(at).toISOString()), changed.map(({ site }) => site)]
  await transaction.query(
    `INSERT INTO site_minutes (at, site, change) SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::integer[])
     ON CONFLICT (at, site) DO UPDATE SET change = site_minutes.change + excluded.change`,
    [...keys, changed.map(({ change }) => change)],
  )
  await transaction.query(
    `DELETE FROM site_minutes m USING unnest($1::timestamptz[], $2::text[]) AS t (at, site)
     WHERE m.at = t.at AND m.site = t.site AND m.change = 0`,
    keys,
  )
  await markStale(transaction, [...new Set(changed.map(({ at }) => cityDay(at)))])
}

/** Marks days whose peaks are to be found again. */
export async function markStale(transaction: Transaction, days: readonly string[]): Promise<void> {
  // An update, and not nothing: it waits for whoever is about to take the mark away.
  await transaction.query(
    `INSERT INTO stale_days (day) SELECT unnest($1::date[]) ORDER BY 1
     ON CONFLICT (day) DO UPDATE SET revision = nextval('stale_revisions')`,
    [days],
  )
}

/** Finds the peaks of the days that changed, and of those after them, which began with what the day before left open. */
export async function foldPeaks(records: Records, now: number): Promise<void> {
  const marked = await records.query('SELECT FROM stale_days LIMIT 1')
  if (marked.rowCount === 0) return
  await inTransaction(records, (transaction) => foldStale(transaction, now))
}

/** The same within a transaction. Days whose minutes are gone keep their peaks. */
export async function foldStale(transaction: Transaction, now: number): Promise<void> {
  await transaction.query('SELECT pg_advisory_xact_lock($1)', [PEAKS_LOCK])
  const { rows: marks } = await transaction.query<{ day: string; revision: string }>(
    'SELECT day, revision FROM stale_days ORDER BY day',
  )
  const first = marks.map(({ day }) => day).find((day) => day >= addDays(cityDay(now), -MINUTE_DAYS))
  if (first !== undefined) {
    const { rows } = await transaction.query<{ day: string }>(
      'SELECT day FROM day_peaks WHERE day >= $1 UNION SELECT unnest($2::date[]) ORDER BY 1',
      [first, marks.map(({ day }) => day)],
    )
    for (const { day } of rows.filter((row) => row.day >= first)) await foldDay(transaction, day)
  }
  await transaction.query(
    `DELETE FROM stale_days s USING unnest($1::date[], $2::bigint[]) AS t (day, revision)
     WHERE s.day = t.day AND s.revision = t.revision`,
    [marks.map(({ day }) => day), marks.map(({ revision }) => revision)],
  )
}

/** The peaks of one day in every scope, from its minutes and what was open when it began. */
export async function foldDay(transaction: Transaction, day: string): Promise<void> {
  await transaction.query('DELETE FROM day_peaks WHERE day = $1', [day])
  await transaction.query(
    `WITH opened AS (
       SELECT known.site, coalesce(b.open, 0) AS open
       FROM (SELECT site FROM site_totals UNION SELECT site FROM site_minutes WHERE at >= $2::timestamptz AND at < $3::timestamptz) AS known
       LEFT JOIN LATERAL (SELECT open_before + change AS open FROM day_peaks
         WHERE scope = 'site ' || known.site AND day < $1::date ORDER BY day DESC LIMIT 1) AS b ON true
     ), scoped AS (
       SELECT opened.site, opened.open, s.scope FROM opened LEFT JOIN sites ON sites.id = opened.site
       CROSS JOIN LATERAL (VALUES ('all'), ('site ' || opened.site), (sites.record->>'category'),
         ('operator ' || (sites.record->>'operator'))) AS s (scope)
       WHERE s.scope IS NOT NULL
     ), base AS (
       SELECT scope, sum(open) AS open FROM scoped GROUP BY scope
     ), steps AS (
       SELECT s.scope, m.at, sum(m.change) AS change
       FROM site_minutes m JOIN scoped s ON s.site = m.site WHERE m.at >= $2 AND m.at < $3 GROUP BY s.scope, m.at
     ), running AS (
       SELECT scope, at, sum(change) OVER (PARTITION BY scope ORDER BY at) AS more FROM steps
       UNION ALL SELECT scope, $2::timestamptz, 0 FROM base
       WHERE NOT EXISTS (SELECT FROM steps WHERE steps.scope = base.scope AND steps.at = $2)
     ), best AS (
       SELECT DISTINCT ON (scope) scope, at, more FROM running ORDER BY scope, more DESC, at
     )
     INSERT INTO day_peaks (scope, day, peak, peak_at, open_before, change)
     SELECT base.scope, $1::date, base.open + best.more, best.at, base.open,
       coalesce((SELECT sum(change) FROM steps WHERE steps.scope = base.scope), 0)
     FROM base JOIN best ON best.scope = base.scope
     WHERE EXISTS (SELECT FROM steps)
       AND (base.open <> 0 OR EXISTS (SELECT FROM steps WHERE steps.scope = base.scope))`,
    [day, new Date(dayBegins(day)), new Date(dayBegins(addDays(day, 1)))],
  )
}

/** Removes minutes of days past. */
export async function forgetMinutes(records: Records | Transaction, now: number): Promise<void> {
  await records.query('DELETE FROM site_minutes WHERE at < $1', [
    new Date(dayBegins(addDays(cityDay(now), -MINUTE_DAYS))),
  ])
}
