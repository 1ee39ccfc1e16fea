import { Sketch } from '../domain/sketch.ts'
import { scopeName, type Scope } from '../domain/scope.ts'
import type { Category } from '../domain/site.ts'
import { inTransaction, type Records, type Transaction } from './database.ts'
import type { Period, PeriodStart } from './periods.ts'

/** The devices that got online at one site in one period. */
export interface SiteReach extends PeriodStart {
  readonly site: string
  readonly sketch: Sketch
}

/** A row of reach without its sketch. */
export type ReachRef = Omit<SiteReach, 'sketch'>

interface SketchRow {
  period: Period
  starts_on: string
  sketch: Buffer
}

/** The sketches of these rows, empty where there is none yet, in the same order. */
export async function readReach(
  transaction: Transaction,
  refs: readonly ReachRef[],
): Promise<readonly SiteReach[]> {
  if (refs.length === 0) return []
  const { rows } = await transaction.query<{ place: string; sketch: Buffer }>(
    `SELECT t.place, r.sketch
     FROM unnest($1::text[], $2::date[], $3::text[]) WITH ORDINALITY AS t (period, starts_on, site, place)
     JOIN reach_sketches r ON r.period = t.period AND r.starts_on = t.starts_on AND r.site = t.site`,
    [refs.map((r) => r.period), refs.map((r) => r.startsOn), refs.map((r) => r.site)],
  )
  const known = new Map(rows.map((row) => [Number(row.place) - 1, row.sketch]))
  return refs.map((ref, place) => {
    const bytes = known.get(place)
    return { ...ref, sketch: bytes ? Sketch.from(bytes) : new Sketch() }
  })
}

/** Writes sketches and what they say. */
export async function saveReach(transaction: Transaction, reach: readonly SiteReach[]): Promise<void> {
  if (reach.length === 0) return
  await transaction.query(
    `INSERT INTO reach_sketches AS r (period, starts_on, site, sketch, visitors, exact)
     SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::bytea[], $5::double precision[], $6::boolean[])
     ON CONFLICT (period, starts_on, site) DO UPDATE SET sketch = excluded.sketch, visitors = excluded.visitors,
       exact = excluded.exact, revision = excluded.revision`,
    [
      reach.map((r) => r.period),
      reach.map((r) => r.startsOn),
      reach.map((r) => r.site),
      ...sketchColumns(reach.map((r) => r.sketch)),
    ],
  )
}

/** How many sites' sketches one transaction merges. */
export const A_FOLD = 200

/**
 * Merges the sketches that changed since the last call into those of their category, their operator and the city. A site that
 * changes its category counts in both until the period ends.
 */
export async function foldReach(records: Records): Promise<void> {
  for (;;) {
    const folded = await inTransaction(records, foldSome)
    if (folded < A_FOLD) return
  }
}

/** The same for some of them within a transaction; returns how many. */
export async function foldSome(transaction: Transaction): Promise<number> {
  const { rows } = await transaction.query<
    SketchRow & { category: Category | null; operator: string | null; revision: string }
  >(
    `SELECT r.period, r.starts_on, r.sketch, r.revision, sites.record->>'category' AS category,
       sites.record->>'operator' AS operator
     FROM (SELECT revision FROM reach_folded FOR UPDATE) AS folded
     JOIN reach_sketches r ON r.revision > folded.revision
     LEFT JOIN sites ON sites.id = r.site ORDER BY r.revision LIMIT $1`,
    [A_FOLD],
  )
  const last = rows.at(-1)
  if (!last) return 0
  const parts = new Map<string, { place: [Period, string, string]; sketch: Sketch }>()
  for (const row of rows) {
    const site = Sketch.from(row.sketch)
    const scopes: Scope[] = [{ kind: 'city' }]
    if (row.category !== null) scopes.push({ kind: 'category', category: row.category })
    if (row.operator !== null) scopes.push({ kind: 'operator', operator: row.operator })
    for (const category of scopes.map(scopeName)) {
      const key = `${row.period} ${row.starts_on} ${category}`
      const part = parts.get(key) ?? { place: [row.period, row.starts_on, category], sketch: new Sketch() }
      part.sketch.merge(site)
      parts.set(key, part)
    }
  }
  await mergeTotals(transaction, [...parts.values()])
  await transaction.query('UPDATE reach_folded SET revision = $1', [last.revision])
  return rows.length
}

async function mergeTotals(
  transaction: Transaction,
  parts: readonly { place: [Period, string, string]; sketch: Sketch }[],
): Promise<void> {
  const place = (parts: readonly { place: [Period, string, string] }[]) =>
    [0, 1, 2].map((i) => parts.map((part) => part.place[i]!))
  const { rows } = await transaction.query<SketchRow & { category: string }>(
    `SELECT r.period, r.starts_on, r.category, r.sketch FROM reach_totals r
     JOIN unnest($1::text[], $2::date[], $3::text[]) AS t (period, starts_on, category)
       ON r.period = t.period AND r.starts_on = t.starts_on AND r.category = t.category`,
    place(parts),
  )
  const known = new Map(rows.map((row) => [`${row.period} ${row.starts_on} ${row.category}`, row.sketch]))
  const changed = parts.flatMap((part) => {
    const bytes = known.get(part.place.join(' '))
    const sketch = bytes ? Sketch.from(bytes) : new Sketch()
    return sketch.merge(part.sketch) ? [{ ...part, sketch }] : []
  })
  if (changed.length === 0) return
  await transaction.query(
    `INSERT INTO reach_totals AS r (period, starts_on, category, sketch, visitors, exact)
     SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::bytea[], $5::double precision[], $6::boolean[])
     ON CONFLICT (period, starts_on, category) DO UPDATE SET sketch = excluded.sketch, visitors = excluded.visitors,
       exact = excluded.exact`,
    [...place(changed), ...sketchColumns(changed.map((part) => part.sketch))],
  )
}

const sketchColumns = (sketches: readonly Sketch[]): [Buffer[], number[], boolean[]] => [
  sketches.map((sketch) => sketch.toBuffer()),
  sketches.map((sketch) => sketch.estimate()),
  sketches.map((sketch) => sketch.exact),
]
