import { Sketch } from '../domain/sketch.ts'
import type { Transaction } from './database.ts'
import type { PeriodStart } from './periods.ts'

/** The devices that got online at one site in one period. */
export interface SiteReach extends PeriodStart {
  readonly site: string
  readonly sketch: Sketch
}

/** A row of reach without its sketch. */
export type ReachRef = Omit<SiteReach, 'sketch'>

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

/** Sketches in columns: their bytes, what they say, and whether that is counted. */
export const sketchColumns = (sketches: readonly Sketch[]): [Buffer[], number[], boolean[]] => [
  sketches.map((sketch) => sketch.toBuffer()),
  sketches.map((sketch) => sketch.estimate()),
  sketches.map((sketch) => sketch.exact),
]
