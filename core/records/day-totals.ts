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
const grown = (table: string): string =>
  FIGURES.map((each) => `${each} = ${table}.${each} + excluded.${each}`).join(', ')

/** Adds to the figures of days, and to those since the beginning. One row a site and day in `growth`. */
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
}

/** Adds to the counts of days and, but for methods, to those since the beginning. One row a site, day, kind and value in `growth`. */
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
}
