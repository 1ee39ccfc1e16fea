import { LEAST_SHOWN, LEAST_SHOWN_CROSSED, safeList, safeTable } from '../../domain/k-anonymity.ts'
import { blocksOf, rowsOf, type Query } from '../cursor.ts'
import { daysOf, isWanted, tableOf, type ExportAsked } from './table.ts'

/** What is withheld is worked out among the sites of a category on a day. */
interface OfSite {
  readonly day: string
  readonly category: string
  readonly site: string
}

const queries = (text: string, asked: ExportAsked): Query[] =>
  [...daysOf(asked)].map((day) => ({ text, values: [day, asked.sites] }))
const blockOf = ({ day, category }: OfSite): string => `${day} ${category}`

/** In SQL, of `device_counts c` on the day $1: the rows of sites that may be seen, with their categories. */
const SITE_COUNTS = `(SELECT substr(scope, 6) AS site, day, kind, value, count::float8 FROM device_counts
    WHERE scope LIKE 'site %') AS c LEFT JOIN sites ON sites.id = c.site
  WHERE ($2::text[] IS NULL OR c.site = ANY($2))`
const CATEGORY = "coalesce(sites.record->>'category', '')"

interface SiteDay extends OfSite {
  readonly visitors: number
  readonly new: number | null
  readonly returning: number | null
  readonly sessions: number
  readonly seconds: number
  readonly up: number
  readonly down: number
  readonly peak: number | null
}

/** In SQL, `came`: new and returning devices of all sites on a day, read once and not site by site. */
export const cameOn = (day: string): string => `(
    SELECT substr(scope, 6) AS site, sum(count) FILTER (WHERE value = 'new')::float8 AS new,
      sum(count) FILTER (WHERE value = 'returning')::float8 AS returning
    FROM device_counts WHERE day = ${day} AND kind = 'came' AND scope LIKE 'site %' GROUP BY scope) AS came`

const SITE_DAYS = `
  SELECT d.day, d.site, ${CATEGORY} AS category, coalesce(round(r.visitors), 0) AS visitors,
    came.new, came.returning, d.sessions::float8, d.seconds::float8,
    d.from_visitor_octets::float8 AS up, d.to_visitor_octets::float8 AS down, p.peak::float8
  FROM site_days d
  LEFT JOIN sites ON sites.id = d.site
  LEFT JOIN reach_sketches r ON r.period = 'day' AND r.starts_on = d.day AND r.site = d.site
  LEFT JOIN day_peaks p ON p.scope = 'site ' || d.site AND p.day = d.day
  LEFT JOIN ${cameOn('$1')} ON came.site = d.site
  WHERE d.day = $1 AND ($2::text[] IS NULL OR d.site = ANY($2))
  ORDER BY category, d.site`

/** New and returning visitors of sites, as they may be shown; where that was not counted, all are of one kind. */
export const safeVisitors = (
  rows: readonly {
    readonly visitors: number
    readonly new: number | null
    readonly returning: number | null
  }[],
) =>
  safeTable(
    rows.map((row) =>
      row.new === null && row.returning === null ? [row.visitors, 0] : [row.new ?? 0, row.returning ?? 0],
    ),
    LEAST_SHOWN,
  )

export const daily = tableOf({
  what: 'Days of sites',
  columns: {
    day: 'day',
    site: 'text',
    visitors: 'integer',
    new: 'integer',
    returning: 'integer',
    sessions: 'integer',
    seconds: 'number',
    from_visitor_octets: 'number',
    to_visitor_octets: 'number',
    peak: 'integer',
  },
  async *rows(records, asked) {
    for await (const block of blocksOf(rowsOf<SiteDay>(records, queries(SITE_DAYS, asked)), blockOf)) {
      const safe = safeVisitors(block)
      for (const [i, row] of block.entries()) {
        if (!isWanted(asked, row.site)) continue
        const isShown = safe.rowTotals[i] !== null && (row.visitors === 0 || row.visitors >= LEAST_SHOWN)
        // What few visitors did is withheld with how many they were, and so is what yesterday's moved after midnight.
        const ifMany = (figure: number | null): number | null => (isShown && row.visitors > 0 ? figure : null)
        const isCounted = row.new !== null || row.returning !== null
        yield {
          day: row.day,
          site: row.site,
          visitors: isShown ? row.visitors : null,
          new: isCounted && isShown ? safe.cells[i]![0]! : null,
          returning: isCounted && isShown ? safe.cells[i]![1]! : null,
          sessions: ifMany(row.sessions),
          seconds: ifMany(row.seconds),
          from_visitor_octets: ifMany(row.up),
          to_visitor_octets: ifMany(row.down),
          peak: ifMany(row.peak),
        }
      }
    }
  },
})

interface SiteHour extends OfSite {
  readonly hour: number
  readonly devices: number
}

/** Hours past a day's midnight are of the next day. */
const SITE_HOURS = `
  SELECT $1::date AS day, ${CATEGORY} AS category, c.site, c.value::integer % 24 AS hour, sum(c.count) AS devices
  FROM ${SITE_COUNTS} AND c.kind = 'hour' AND c.day BETWEEN $1::date - 1 AND $1::date
    AND c.day + c.value::integer / 24 = $1::date
  GROUP BY 2, 3, 4 ORDER BY category, hour, c.site`

export const hourly = tableOf({
  what: 'Hours of sites',
  columns: { day: 'day', hour: 'integer', site: 'text', devices: 'integer' },
  async *rows(records, asked) {
    const rows = rowsOf<SiteHour>(records, queries(SITE_HOURS, asked))
    for await (const block of blocksOf(rows, (row) => `${blockOf(row)} ${row.hour}`)) {
      const { cells } = safeList(
        block.map(({ devices }) => devices),
        LEAST_SHOWN,
      )
      for (const [i, { day, hour, site }] of block.entries())
        if (isWanted(asked, site)) yield { day, hour, site, devices: cells[i]! }
    }
  },
})

interface SiteValue extends OfSite {
  readonly value: string
  readonly count: number
}

/** Devices of sites by what `kind` says of them. Of a site with too few of them altogether there is no row. */
async function* byValue(
  records: Parameters<typeof daily.rows>[0],
  asked: ExportAsked,
  kind: 'language' | 'device',
): AsyncGenerator<{ day: string; site: string; value: string; devices: number | null }, void> {
  const text = `SELECT c.day, ${CATEGORY} AS category, c.site, c.value, c.count
    FROM ${SITE_COUNTS} AND c.day = $1 AND c.kind = '${kind}' ORDER BY category, c.site, c.value`
  for await (const block of blocksOf(rowsOf<SiteValue>(records, queries(text, asked)), blockOf)) {
    const sites = [...new Set(block.map(({ site }) => site))]
    const values = [...new Set(block.map(({ value }) => value))].sort()
    const counts = new Map(block.map(({ site, value, count }) => [`${site} ${value}`, count]))
    const grid = sites.map((site) => values.map((value) => counts.get(`${site} ${value}`) ?? 0))
    const safe = safeTable(grid, LEAST_SHOWN_CROSSED)
    for (const [i, site] of sites.entries()) {
      if (!isWanted(asked, site) || safe.rowTotals[i] === null) continue
      for (const [j, value] of values.entries())
        if (grid[i]![j]! > 0) yield { day: block[0]!.day, site, value, devices: safe.cells[i]![j]! }
    }
  }
}

export const languages = tableOf({
  what: 'Languages of devices by day and site',
  columns: { day: 'day', site: 'text', language: 'text', devices: 'integer' },
  async *rows(records, asked) {
    for await (const { value: language, ...row } of byValue(records, asked, 'language'))
      yield { ...row, language }
  },
})

export const devices = tableOf({
  what: 'Operating systems of devices by day and site',
  columns: { day: 'day', site: 'text', system: 'text', devices: 'integer' },
  async *rows(records, asked) {
    for await (const { value: system, ...row } of byValue(records, asked, 'device')) yield { ...row, system }
  },
})

const STEPS = ['touch', 'splash', 'tap', 'online'] as const
interface SiteSteps extends OfSite {
  readonly steps: readonly number[]
}

const SITE_STEPS = `
  SELECT c.day, ${CATEGORY} AS category, c.site,
    array[${STEPS.map((step) => `coalesce(sum(c.count) FILTER (WHERE c.value = '${step}'), 0)`).join()}] AS steps
  FROM ${SITE_COUNTS} AND c.day = $1 AND c.kind = 'step' GROUP BY 1, 2, 3 ORDER BY category, c.site`

export const funnel = tableOf({
  what: 'How far devices got by day and site',
  columns: {
    day: 'day',
    site: 'text',
    touch: 'integer',
    splash: 'integer',
    tap: 'integer',
    online: 'integer',
  },
  async *rows(records, asked) {
    for await (const block of blocksOf(rowsOf<SiteSteps>(records, queries(SITE_STEPS, asked)), blockOf)) {
      // Each device stands at the last step that it came to, so that nobody is told by how much a step is less.
      const grid = block.map(({ steps }) =>
        steps.map((count, step) => Math.max(0, count - (steps[step + 1] ?? 0))),
      )
      const safe = safeTable(grid, LEAST_SHOWN)
      for (const [i, { day, site, steps }] of block.entries()) {
        if (!isWanted(asked, site)) continue
        const isHidden = (from: number, to: number): boolean => safe.cells[i]!.slice(from, to).includes(null)
        const [touch, splash, tap, online] = steps.map((count, step) =>
          isHidden(step, STEPS.length) && (safe.rowTotals[i] === null || isHidden(0, step)) ? null : count,
        )
        yield { day, site, touch: touch!, splash: splash!, tap: tap!, online: online! }
      }
    }
  },
})
