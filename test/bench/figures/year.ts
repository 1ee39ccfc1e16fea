import type { Site } from '../../../core/domain/site.ts'
import { CATEGORIES } from '../../../core/domain/site.ts'
import { addDays, dayBegins } from '../../../core/domain/day.ts'
import { bucketOf } from '../../../core/domain/histogram.ts'
import { Sketch } from '../../../core/domain/sketch.ts'
import { weighHours } from '../../../core/records/availability.ts'
import { inTransaction, type Records } from '../../../core/records/database.ts'
import { sumScopes } from '../../../core/records/day-totals.ts'
import { periodOf, PERIODS } from '../../../core/records/periods.ts'
import { addUpItems } from '../../support/item-parts.ts'

/** A year that is the same in every run: its last day, and how much of it there is. */
export interface Year {
  readonly to: string
  readonly days: number
  readonly sites: number
}

/** How much at once: so many days are one statement. */
const STEP = 7
/** Of a site's visitors, as they are spread over what is counted of devices. */
const SPREAD: readonly [kind: string, value: string, share: number][] = [
  ...spread('language', { vi: 0.6, en: 0.2, ko: 0.1, 'zh-Hans': 0.05, ja: 0.03, fr: 0.02 }),
  ...spread('device', { Android: 0.55, iOS: 0.4, Windows: 0.05 }),
  ...spread('family', { mobile: 0.95, tablet: 0.05 }),
  ...spread('address', { randomised: 0.8, fixed: 0.2 }),
  ...spread('came', { new: 0.7, returning: 0.3 }),
  ...spread('step', { touch: 1.5, splash: 1.3, tap: 1.1, online: 1 }),
  ...spread('outcome', { online: 1, 'gave-up': 0.2, code: 0.05, radius: 0.05 }),
  ...Array.from({ length: 16 }, (_, i) => ['hour', String(7 + i), 0.12] as [string, string, number]),
  ...Array.from(
    { length: 12 },
    (_, i) => ['dwell', String(bucketOf(300 * 1.3 ** i)), 0.08] as [string, string, number],
  ),
  ...Array.from(
    { length: 12 },
    (_, i) => ['octets', String(bucketOf(1e6 * 2 ** i)), 0.08] as [string, string, number],
  ),
]

function spread(kind: string, shares: Readonly<Record<string, number>>): [string, string, number][] {
  return Object.entries(shares).map(([value, share]) => [kind, value, share])
}

/** Visitors of a site on a day, in SQL: the same each time, few at some sites and many at others. */
const VISITORS = '(3 + abs(hashtext(id)) % 60 + abs(hashtext(id || day)) % 30)'

/** Fills empty records with roll-ups of a year, as collecting leaves them. */
export async function fillYear(records: Records, { to, days, sites }: Year): Promise<void> {
  const from = addDays(to, 1 - days)
  await records.query(
    "INSERT INTO sites (id, record, origin) SELECT *, 'file' FROM unnest($1::text[], $2::jsonb[])",
    columns(
      Array.from({ length: sites }, (_, i) => siteOf(i)).map((site) => [site.id, JSON.stringify(site)]),
    ),
  )
  await withoutIndexes(
    records,
    ['device_counts', 'site_day_counts', 'site_days', 'site_availability'],
    async () => {
      for (let first = from; first <= to; first = addDays(first, STEP)) {
        const last = [addDays(first, STEP - 1), to].sort()[0]!
        await fillDays(records, first, last)
      }
    },
  )
  await inTransaction(records, async (transaction) => {
    for (const table of ['scope_days', 'scope_day_counts'] as const)
      await sumScopes(transaction, table, { from, to })
  })
  await fillReach(records, from, to)
  await fillTotals(records)
  await fillHours(records, to)
  await weighHours(records, dayBegins(to))
  await fillCampaigns(records, from, to)
  await records.query(
    `INSERT INTO incidents (cause, subject, site, began_at, opened_at, closed_at, planned)
     SELECT 'site-down', id, id, day, day + interval '10 minutes', day + interval '1 hour', false
     FROM sites, generate_series($1::date, $2::date, interval '30 days') AS day`,
    [from, to],
  )
  await records.query('VACUUM ANALYZE')
}

/** Rows go in several times as fast where indexes are made afterwards. */
async function withoutIndexes(
  records: Records,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const { rows: keys } = await records.query<{ drop: string; make: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
     FROM pg_constraint WHERE contype = 'p' AND conrelid = ANY($1::regclass[])`,
    [tables],
  )
  const { rows: indexes } = await records.query<{ drop: string; make: string }>(
    `SELECT format('DROP INDEX %s', indexrelid::regclass) AS drop, pg_get_indexdef(indexrelid) AS make
     FROM pg_index WHERE NOT indisprimary AND indrelid = ANY($1::regclass[])`,
    [tables],
  )
  const all = [...keys, ...indexes]
  for (const { drop } of all) await records.query(drop)
  await work()
  await inTransaction(records, async (transaction) => {
    await transaction.query("SET LOCAL maintenance_work_mem = '512MB'")
    for (const { make } of all) await transaction.query(make)
  })
}

const columns = (rows: readonly (readonly unknown[])[]): unknown[][] =>
  (rows[0] ?? []).map((_, i) => rows.map((row) => row[i]))

const siteOf = (i: number): Site => ({
  id: `site-${String(i).padStart(4, '0')}`,
  name: { vi: `Điểm ${i}`, en: `Site ${i}` },
  category: CATEGORIES[i % CATEGORIES.length]!,
  state: 'live',
  operator: `operator-${i % 5}`,
  ward: null,
  vpostcode: null,
  lat: 20.9 + (i % 40) / 100,
  lng: 105.7 + (i % 25) / 100,
  promo: null,
  login: ['click-through'],
  limits: {},
  accessPoints: [],
})

/** The scopes that a site's devices count in. */
const SCOPES = `(VALUES ('site ' || id), ('all'), (record->>'category'), ('operator ' || (record->>'operator'))) AS s (scope)`

async function fillDays(records: Records, first: string, last: string): Promise<void> {
  const range = [first, last]
  const each = `sites CROSS JOIN LATERAL (SELECT day::date FROM generate_series($1::date, $2::date, interval '1 day') AS day) AS d`
  await records.query(
    `INSERT INTO site_days SELECT id, day, ${VISITORS} * 2, ${VISITORS} * 2, ${VISITORS} * 2400, ${VISITORS} * 4e6, ${VISITORS} * 6e7
     FROM ${each}`,
    range,
  )
  await records.query(
    `INSERT INTO site_day_counts SELECT id, day, kind, value, round(${VISITORS} * share)
     FROM ${each} CROSS JOIN (VALUES ('funnel', 'arrival', 2.2), ('funnel', 'splash', 1.9), ('funnel', 'tap', 1.5),
       ('funnel', 'granted', 1.3), ('funnel', 'online', 1.2), ('method', 'click-through', 1.1), ('method', 'voucher', 0.1),
       ('refusal', 'code-wrong', 0.1), ('refusal', 'quota-time', 0.05)) AS c (kind, value, share)`,
    range,
  )
  await records.query(
    `INSERT INTO device_counts
     SELECT scope, day, kind, value, sum(ceil(${VISITORS} * share))
     FROM ${each} CROSS JOIN LATERAL ${SCOPES}
     CROSS JOIN unnest($3::text[], $4::text[], $5::float8[]) AS c (kind, value, share)
     GROUP BY 1, 2, 3, 4`,
    [...range, ...columns(SPREAD)],
  )
  await records.query(
    `INSERT INTO device_counts SELECT 'all', a.day, 'flow', a.id || ' ' || b.id, 15 + abs(hashtext(a.id || b.id || a.day)) % 60
     FROM (SELECT * FROM ${each}) AS a JOIN sites b ON b.id <> a.id AND abs(hashtext(a.id || b.id)) % 500 = 0`,
    range,
  )
  await records.query(
    `INSERT INTO day_peaks SELECT scope, day, sum(ceil(${VISITORS} / 5.0)), min(day) + interval '12 hours', 0, 0
     FROM ${each} CROSS JOIN LATERAL ${SCOPES} GROUP BY scope, day`,
    range,
  )
  await records.query(
    `INSERT INTO site_availability SELECT id, day, repeat('q', 60) || repeat('u', 220) || repeat('d', 8) FROM ${each}`,
    range,
  )
}

/** Sketches of so many devices stand for those of all sites. */
const SKETCHES = 50

async function fillReach(records: Records, from: string, to: string): Promise<void> {
  const few = Array.from({ length: SKETCHES }, (_, i) => sketchOf(i, 150).toBuffer())
  const many = sketchOf(SKETCHES, 5000).toBuffer()
  const sketch = '($3::bytea[])[1 + abs(hashtext(id || starts_on)) % array_length($3::bytea[], 1)]'
  for (const [i, period] of PERIODS.entries()) {
    const starts = new Set<string>()
    for (let day = from; day <= to; day = addDays(day, 1)) starts.add(periodOf(period, day).startsOn)
    const visitors = `${VISITORS.replace('day', 'starts_on')} * ${[1, 5, 18][i]}`
    const each = 'sites CROSS JOIN unnest($2::date[]) AS starts_on'
    await records.query(
      `INSERT INTO reach_sketches (period, starts_on, site, sketch, visitors, exact)
       SELECT $1, starts_on, id, ${sketch}, ${visitors}, true FROM ${each}`,
      [period, [...starts], few],
    )
    if (period !== 'day')
      await records.query(
        `INSERT INTO reach_parts (period, starts_on, site, part, sketch)
         SELECT $1, starts_on, id, part, ${sketch} FROM ${each}
         CROSS JOIN (VALUES ('fixed'), ('returning')) AS p (part)`,
        [period, [...starts], few],
      )
    await records.query(
      `INSERT INTO reach_totals (period, starts_on, category, sketch, visitors, exact)
       SELECT $1, starts_on, scope, $3, sum(${visitors}) * 0.9, false FROM ${each} CROSS JOIN LATERAL ${SCOPES}
       WHERE scope NOT LIKE 'site %' GROUP BY starts_on, scope`,
      [period, [...starts], many],
    )
    if (period !== 'day')
      await records.query(
        `INSERT INTO reach_part_totals (period, starts_on, category, part, sketch, visitors, exact)
         SELECT period, starts_on, category, part, sketch, visitors * 0.3, exact FROM reach_totals
         CROSS JOIN (VALUES ('fixed'), ('returning')) AS p (part) WHERE period = $1`,
        [period],
      )
  }
}

function sketchOf(seed: number, devices: number): Sketch {
  const sketch = new Sketch()
  let hash = BigInt(seed + 1)
  for (let i = 0; i < devices; i++) {
    hash = BigInt.asUintN(64, hash * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n)
    sketch.add(hash ^ (hash >> 29n))
  }
  return sketch
}

async function fillTotals(records: Records): Promise<void> {
  await records.query(
    `INSERT INTO site_totals SELECT site, sum(sessions), sum(ended), sum(seconds), sum(from_visitor_octets), sum(to_visitor_octets)
     FROM site_days GROUP BY site`,
  )
  await records.query(
    `INSERT INTO site_total_counts SELECT site, kind, value, sum(count) FROM site_day_counts
     WHERE kind IN ('funnel', 'refusal') GROUP BY site, kind, value`,
  )
}

/** Five weeks of hours: what availability is weighted by. */
const fillHours = (records: Records, to: string) =>
  records.query(
    `INSERT INTO site_hours SELECT id, hour, 60, abs(hashtext(id || hour)) % 600
     FROM sites, generate_series($1::timestamptz, $2::timestamptz, interval '1 hour') AS hour`,
    [new Date(dayBegins(addDays(to, -34))), new Date(dayBegins(to))],
  )

/** Twenty items, each met at one in ten of the sites. */
async function fillCampaigns(records: Records, from: string, to: string): Promise<void> {
  await records.query(
    `INSERT INTO campaign_days
     SELECT 'item-' || item, day, id, lang, arm, CASE arm WHEN 'held' THEN 3 ELSE 27 END, CASE arm WHEN 'held' THEN 0 ELSE 2 END, 1
     FROM generate_series(1, 20) AS item, sites, generate_series($1::date, $2::date, interval '1 day') AS day,
       unnest(array['vi', 'en']) AS lang, unnest(array['served', 'held']) AS arm
     WHERE abs(hashtext(id || item)) % 10 = 0`,
    [from, to],
  )
  await records.query(
    `INSERT INTO campaign_totals SELECT campaign, arm, sum(devices), sum(opened), sum(visited) FROM campaign_days
     GROUP BY campaign, arm`,
  )
  await addUpItems(records, { from, to })
}
