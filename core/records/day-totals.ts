import type { Transaction } from './database.ts'

/** By how much a site's figures of one city day grow. `ended` is negative when a session was found alive after all. */
export interface DayGrowth {
  readonly site: string
  readonly day: string
  sessions: number
  ended: number
  seconds: number
  fromVisitorOctets: bigint
  toVisitorOctets: bigint
}

export type CountKind = 'funnel' | 'refusal' | 'method'

/** By how much one counted thing of a site's city day grows: a funnel step, a reason, how a session began. */
export interface CountGrowth {
  readonly site: string
  readonly day: string
  readonly kind: CountKind
  readonly value: string
  count: number
}

const FIGURES = ['sessions', 'ended', 'seconds', 'from_visitor_octets', 'to_visitor_octets'] as const
/** What is kept of scopes: how many are open now is asked of sites alone. */
const SCOPED = FIGURES.filter((each) => each !== 'ended')
const grown = (table: string, figures: readonly string[] = FIGURES): string =>
  figures.map((each) => `${each} = ${table}.${each} + excluded.${each}`).join(', ')
/** Joins rows of sites `t` with every scope `s` that they count in beside their own. */
const IN_SCOPES = `CROSS JOIN LATERAL (
  SELECT 'all' AS scope UNION ALL SELECT scope FROM site_scopes WHERE site_scopes.site = t.site) AS s`

/** Adds to the figures of days, of sites and of their scopes, and to those since the beginning. One row a site and day in `growth`. */
export async function growDays(transaction: Transaction, growth: readonly DayGrowth[]): Promise<void> {
  if (growth.length === 0) return
  const columns = [
    growth.map((g) => g.sessions),
    growth.map((g) => g.ended),
    growth.map((g) => g.seconds),
    growth.map((g) => String(g.fromVisitorOctets)),
    growth.map((g) => String(g.toVisitorOctets)),
  ]
  const sites = growth.map((g) => g.site)
  await transaction.query(
    `INSERT INTO site_days (site, day, ${FIGURES.join(', ')})
     SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[], $5::numeric[], $6::numeric[], $7::numeric[])
     ON CONFLICT (site, day) DO UPDATE SET ${grown('site_days')}`,
    [sites, growth.map((g) => g.day), ...columns],
  )
  await transaction.query(
    `INSERT INTO site_totals (site, ${FIGURES.join(', ')})
     SELECT site, ${FIGURES.map((each) => `sum(${each})`).join(', ')}
     FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::numeric[], $5::numeric[], $6::numeric[])
       AS t (site, ${FIGURES.join(', ')}) GROUP BY site
     ON CONFLICT (site) DO UPDATE SET ${grown('site_totals')}`,
    [sites, ...columns],
  )
  await transaction.query(
    `INSERT INTO scope_days (scope, day, ${SCOPED.join(', ')})
     SELECT s.scope, day, ${SCOPED.map((each) => `sum(${each})`).join(', ')}
     FROM unnest($1::text[], $2::date[], $3::bigint[], $4::numeric[], $5::numeric[], $6::numeric[])
       AS t (site, day, ${SCOPED.join(', ')}) ${IN_SCOPES} GROUP BY s.scope, day
     ON CONFLICT (scope, day) DO UPDATE SET ${grown('scope_days', SCOPED)}`,
    [sites, growth.map((g) => g.day), columns[0], ...columns.slice(2)],
  )
}

/**
 * Adds to the counts of days, of sites and of their scopes, and, but for methods, to those since the beginning. One row a site,
 * day, kind and value in `growth`.
 */
export async function growCounts(transaction: Transaction, growth: readonly CountGrowth[]): Promise<void> {
  if (growth.length === 0) return
  const columns = [
    growth.map((g) => g.site),
    growth.map((g) => g.kind),
    growth.map((g) => g.value),
    growth.map((g) => g.count),
  ]
  await transaction.query(
    `INSERT INTO site_day_counts (site, kind, value, count, day)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::double precision[], $5::date[])
     ON CONFLICT (site, day, kind, value) DO UPDATE SET count = site_day_counts.count + excluded.count`,
    [...columns, growth.map((g) => g.day)],
  )
  await transaction.query(
    `INSERT INTO site_total_counts (site, kind, value, count)
     SELECT site, kind, value, sum(count)
     FROM unnest($1::text[], $2::text[], $3::text[], $4::double precision[]) AS t (site, kind, value, count)
     WHERE kind <> 'method' GROUP BY site, kind, value
     ON CONFLICT (site, kind, value) DO UPDATE SET count = site_total_counts.count + excluded.count`,
    columns,
  )
  await transaction.query(
    `INSERT INTO scope_day_counts (scope, day, kind, value, count)
     SELECT s.scope, day, kind, value, sum(count)
     FROM unnest($1::text[], $2::text[], $3::text[], $4::double precision[], $5::date[]) AS t (site, kind, value, count, day)
     ${IN_SCOPES} GROUP BY s.scope, day, kind, value
     ON CONFLICT (scope, day, kind, value) DO UPDATE SET count = scope_day_counts.count + excluded.count`,
    [...columns, growth.map((g) => g.day)],
  )
}

/** Makes the figures and counts of scopes from those of their sites; there must be none of these days yet. */
export async function sumScopes(
  transaction: Transaction,
  table: 'scope_days' | 'scope_day_counts',
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const [source, keys, sums] =
    table === 'scope_days' ? ['site_days', 'day', SCOPED] : ['site_day_counts', 'day, kind, value', ['count']]
  await transaction.query(
    `INSERT INTO ${table} (scope, ${keys}, ${sums.join(', ')})
     SELECT s.scope, ${keys}, ${sums.map((each) => `sum(${each})`).join(', ')}
     FROM ${source} t ${IN_SCOPES} WHERE day BETWEEN $1 AND $2 GROUP BY s.scope, ${keys}`,
    [from, to],
  )
}
