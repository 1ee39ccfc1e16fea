import { addDays, cityDay, dayBegins } from '../domain/day.ts'
import { sumParts } from './campaign-parts.ts'
import type { Transaction } from './database.ts'
import { sumScopes } from './day-totals.ts'
import { foldDay, forgetMinutes, markStale, MINUTE_DAYS } from './peaks.ts'
import type { PeriodStart } from './periods.ts'
import type { ReachPart } from './reach-parts.ts'
import { EVENT_DAYS } from './session-events.ts'

/** City days, both included. */
export interface DayRange {
  readonly from: string
  readonly to: string
}

/** A table that was made again: how many rows of it there are now, and how many were not as they had been. */
export interface Remade {
  readonly table: string
  readonly rows: number
  readonly different: number
}

/** The first day that the records can be made again from: what happened on it is still kept, every event of it. */
export async function firstCompleteDay(transaction: Transaction, now: number): Promise<string> {
  const { rows } = await transaction.query<{ day: string }>('SELECT day FROM complete_since')
  const kept = addDays(cityDay(now), 1 - EVENT_DAYS)
  const since = rows[0]?.day ?? kept
  return since > kept ? since : kept
}

/** Rows of a table and how to tell whether they are as they were. */
interface Rows {
  readonly table: string
  /** What is compared; all columns unless told. */
  readonly columns?: string
  readonly where: string
  readonly values?: readonly unknown[]
}

/** Deletes the rows, lets `make` make them again and says how many differ. */
export async function remake(
  transaction: Transaction,
  { table, columns = '*', where, values = [] }: Rows,
  make: () => Promise<unknown>,
): Promise<Remade> {
  // A prepared statement cannot make a table: its rows come after.
  const was = `was_${table}`
  await transaction.query(
    `CREATE TEMP TABLE ${was} ON COMMIT DROP AS SELECT ${columns} FROM ${table} WHERE false`,
  )
  await transaction.query(`INSERT INTO ${was} SELECT ${columns} FROM ${table} WHERE ${where}`, [...values])
  await transaction.query(`DELETE FROM ${table} WHERE ${where}`, [...values])
  await make()
  const is = `SELECT ${columns} FROM ${table} WHERE ${where}`
  const { rows } = await transaction.query<{ rows: string; different: string }>(
    `SELECT (SELECT count(*) FROM (${is}) AS n) AS rows,
       (SELECT count(*) FROM (SELECT * FROM ${was} EXCEPT ALL (${is})) AS gone)
         + (SELECT count(*) FROM ((${is}) EXCEPT ALL SELECT * FROM ${was}) AS come) AS different`,
    [...values],
  )
  await transaction.query(`DROP TABLE ${was}`)
  return { table, rows: Number(rows[0]?.rows), different: Number(rows[0]?.different) }
}

/** Makes days of sites, and what they add up to, from what each event added. */
export async function remakeSiteDays(transaction: Transaction, { from, to }: DayRange): Promise<Remade[]> {
  const range = { where: 'day BETWEEN $1 AND $2', values: [from, to] }
  const days = await remake(transaction, { table: 'site_days', ...range }, () =>
    transaction.query(
      `INSERT INTO site_days (site, day, sessions, ended, seconds, from_visitor_octets, to_visitor_octets)
       SELECT l.site, e.day, count(e.started_at), coalesce(sum(e.ended), 0), coalesce(sum(e.seconds), 0),
         coalesce(sum(e.from_visitor_octets), 0), coalesce(sum(e.to_visitor_octets), 0)
       FROM session_events e
       -- The two columns differ in collation: unless one is named, the log is read whole for each event.
       JOIN LATERAL (SELECT site FROM session_log WHERE id = e.session_id COLLATE "default" ORDER BY started_at LIMIT 1) AS l ON true
       WHERE e.day BETWEEN $1 AND $2 GROUP BY l.site, e.day`,
      [from, to],
    ),
  )
  const counts = await remake(transaction, { table: 'site_day_counts', ...range }, () =>
    transaction.query(
      `WITH begun AS (
         SELECT l.site, e.day, l.method, l.by_visit
         FROM session_events e JOIN session_log l ON l.id = e.session_id AND l.started_at = e.started_at
         WHERE e.day BETWEEN $1 AND $2
       )
       INSERT INTO site_day_counts (site, day, kind, value, count)
       SELECT site, day, kind, value, count(*) FROM (
         SELECT site, day, kind, value FROM portal_events WHERE day BETWEEN $1 AND $2
         UNION ALL SELECT site, day, 'method', coalesce(method, 'unknown') FROM begun
         UNION ALL SELECT site, day, 'funnel', 'online' FROM begun WHERE by_visit
       ) AS counted GROUP BY site, day, kind, value`,
      [from, to],
    ),
  )
  const totals = await remake(transaction, { table: 'site_totals', where: 'true' }, () =>
    transaction.query(
      `INSERT INTO site_totals (site, sessions, ended, seconds, from_visitor_octets, to_visitor_octets)
       SELECT site, sum(sessions), sum(ended), sum(seconds), sum(from_visitor_octets), sum(to_visitor_octets)
       FROM site_days GROUP BY site`,
    ),
  )
  const totalCounts = await remake(transaction, { table: 'site_total_counts', where: 'true' }, () =>
    transaction.query(
      `INSERT INTO site_total_counts (site, kind, value, count)
       SELECT site, kind, value, sum(count) FROM site_day_counts WHERE kind <> 'method' GROUP BY site, kind, value`,
    ),
  )
  const scopes = await remake(transaction, { table: 'scope_days', ...range }, () =>
    sumScopes(transaction, 'scope_days', { from, to }),
  )
  const scopeCounts = await remake(transaction, { table: 'scope_day_counts', ...range }, () =>
    sumScopes(transaction, 'scope_day_counts', { from, to }),
  )
  return [days, counts, totals, totalCounts, scopes, scopeCounts]
}

/** Makes minutes, where they are kept, and peaks from the sessions of the log. */
export async function remakePeaks(
  transaction: Transaction,
  { from, to }: DayRange,
  now: number,
): Promise<Remade[]> {
  await forgetMinutes(transaction, now)
  const [begin, end] = [dayBegins(from), dayBegins(addDays(to, 1))].map((at) => new Date(at))
  const kept = new Date(Math.max(begin!.getTime(), dayBegins(addDays(cityDay(now), -MINUTE_DAYS))))
  const minutes = await remake(
    transaction,
    { table: 'site_minutes', where: 'at >= $1 AND at < $2', values: [kept, end] },
    () =>
      transaction.query(
        `INSERT INTO site_minutes (at, site, change)
         SELECT at, site, sum(change) FROM (
           SELECT site, to_timestamp(ceil(extract(epoch FROM started_at) / 60) * 60) AS at, 1 AS change FROM session_log
           UNION ALL SELECT site, to_timestamp(ceil(extract(epoch FROM ended_at) / 60) * 60), -1
           FROM session_log WHERE ended_at IS NOT NULL
         ) AS changes WHERE at >= $1 AND at < $2 GROUP BY at, site HAVING sum(change) <> 0`,
        [begin, end],
      ),
  )
  const peaks = await remake(
    transaction,
    { table: 'day_peaks', where: 'day BETWEEN $1 AND $2', values: [from, to] },
    async () => {
      for (let day = from; day <= to; day = addDays(day, 1)) await foldDay(transaction, day)
    },
  )
  await forgetMinutes(transaction, now)
  if (peaks.different > 0 && to < cityDay(now)) await markStale(transaction, [addDays(to, 1)])
  return [minutes, peaks]
}

/** Makes what items did by day, by month and since the beginning from what is kept of their days for good. */
export async function remakeItems(transaction: Transaction, { from, to }: DayRange): Promise<Remade[]> {
  const values = [from, to]
  const days = { table: 'campaign_day_parts', where: 'day BETWEEN $1 AND $2', values } as const
  const months = {
    table: 'campaign_month_parts',
    where: "month BETWEEN date_trunc('month', $1::timestamp) AND $2::date",
    values,
  } as const
  return [
    await remake(transaction, days, () => sumParts(transaction, days.table, { from, to })),
    await remake(transaction, months, () => sumParts(transaction, months.table, { from, to })),
    await remake(transaction, { table: 'campaign_totals', where: 'true' }, () =>
      transaction.query(
        `INSERT INTO campaign_totals (campaign, arm, devices, opened, visited)
         SELECT campaign, arm, sum(devices), sum(opened), sum(visited) FROM campaign_days GROUP BY campaign, arm`,
      ),
    ),
  ]
}

const OF_PERIOD = 'period = $1 AND starts_on = $2'

/** Makes a period's sketches of sites, some parts of them, and what they merge into. */
export async function remakeReach(
  transaction: Transaction,
  of: PeriodStart,
  {
    parts,
    count,
    fold,
  }: {
    parts: readonly ReachPart[]
    count: () => Promise<void>
    fold: () => Promise<void>
  },
): Promise<Remade[]> {
  const values = [of.period, of.startsOn]
  const columns = (keys: string): string => `period, starts_on, ${keys}, sketch, visitors, exact`
  const parted: Remade[] = []
  const ofParts = { where: `${OF_PERIOD} AND part = ANY($3)`, values: [...values, parts] }
  const remakeParts = async (
    rows: Pick<Rows, 'table' | 'columns'>,
    make: () => Promise<void>,
  ): Promise<void> => {
    if (parts.length === 0) await make()
    else parted.push(await remake(transaction, { ...rows, ...ofParts }, make))
  }
  const sketches = { table: 'reach_sketches', columns: columns('site'), where: OF_PERIOD, values }
  const totals = { table: 'reach_totals', columns: columns('category'), where: OF_PERIOD, values }
  const partColumns = 'period, starts_on, site, part, sketch'
  const remade = [
    await remake(transaction, sketches, () =>
      remakeParts({ table: 'reach_parts', columns: partColumns }, count),
    ),
    await remake(transaction, totals, () => remakeParts({ table: 'reach_part_totals' }, fold)),
    ...parted,
  ]
  return remade.map((each) => ({ ...each, table: `${each.table} ${of.period} ${of.startsOn}` }))
}
