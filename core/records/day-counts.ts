import type { FunnelStep } from '../domain/event.ts'
import { scopeName } from '../domain/scope.ts'
import type { Records } from './database.ts'
import type { CountKind } from './day-totals.ts'

/** A value and how often it was counted. */
export interface Counted {
  readonly value: string
  readonly count: number
}

/** What one city day was made of. Lists begin with the most frequent. */
export interface DayCounts {
  /** Events, not devices: one phone may arrive often. `online` is sessions that a visit led to. */
  readonly funnel: Readonly<Record<FunnelStep | 'online', number>>
  readonly refusals: readonly Counted[]
  /** Sessions by how their visitors logged in. */
  readonly methods: readonly Counted[]
  /** Devices online that day, each once, by language and by system; `unknown` where no visit told. */
  readonly languages: readonly Counted[]
  readonly devices: readonly Counted[]
}

/** The counts of a day (`YYYY-MM-DD`) at a site or (null) of the whole city. Exact: pages apply k-anonymity. */
export async function dayCounts(
  records: Records,
  { site, day }: { site: string | null; day: string },
): Promise<DayCounts> {
  const scope = scopeName(site === null ? { kind: 'city' } : { kind: 'site', site })
  const { rows } = await records.query<{
    kind: CountKind | 'language' | 'device'
    value: string
    count: number
  }>(
    `SELECT kind, value, round(sum(count)) AS count FROM site_day_counts
     WHERE day = $1 AND ($2::text IS NULL OR site = $2) GROUP BY kind, value
     UNION ALL SELECT kind, value, count::float8 FROM device_counts
     WHERE scope = $3 AND day = $1 AND kind IN ('language', 'device')
     ORDER BY count DESC, value`,
    [day, site, scope],
  )
  const list = (kind: (typeof rows)[number]['kind']): Counted[] =>
    rows.filter((row) => row.kind === kind).map(({ value, count }) => ({ value, count }))
  const funnel = new Map(list('funnel').map(({ value, count }) => [value, count]))
  const step = (name: FunnelStep | 'online'): number => funnel.get(name) ?? 0
  return {
    funnel: {
      arrival: step('arrival'),
      splash: step('splash'),
      tap: step('tap'),
      granted: step('granted'),
      online: step('online'),
    },
    refusals: list('refusal'),
    methods: list('method'),
    languages: list('language'),
    devices: list('device'),
  }
}
