import { Sketch } from '../domain/sketch.ts'
import type { Records, Transaction } from './database.ts'
import type { Period, PeriodStart } from './periods.ts'

/** Of the devices of a site's week or month, those whose address is their own, and those that came again. */
export type ReachPart = 'fixed' | 'returning'

/** One part of a site's period. */
export interface SitePart extends PeriodStart {
  readonly site: string
  readonly part: ReachPart
  readonly sketch: Sketch
}

type PartRef = Omit<SitePart, 'sketch'>

const columns = (refs: readonly PartRef[]): string[][] => [
  refs.map(({ period }) => period),
  refs.map(({ startsOn }) => startsOn),
  refs.map(({ site }) => site),
  refs.map(({ part }) => part),
]

/** The sketches of these parts, empty where there is none yet, in the same order. */
export async function readParts(
  transaction: Transaction,
  refs: readonly PartRef[],
): Promise<readonly SitePart[]> {
  if (refs.length === 0) return []
  const { rows } = await transaction.query<{ place: string; sketch: Buffer }>(
    `SELECT t.place, r.sketch
     FROM unnest($1::text[], $2::date[], $3::text[], $4::text[]) WITH ORDINALITY AS t (period, starts_on, site, part, place)
     JOIN reach_parts r ON r.period = t.period AND r.starts_on = t.starts_on AND r.site = t.site AND r.part = t.part`,
    columns(refs),
  )
  const known = new Map(rows.map((row) => [Number(row.place) - 1, row.sketch]))
  return refs.map((ref, place) => {
    const bytes = known.get(place)
    return { ...ref, sketch: bytes ? Sketch.from(bytes) : new Sketch() }
  })
}

/** Writes parts. */
export async function saveParts(transaction: Transaction, parts: readonly SitePart[]): Promise<void> {
  if (parts.length === 0) return
  await transaction.query(
    `INSERT INTO reach_parts (period, starts_on, site, part, sketch)
     SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::bytea[])
     ON CONFLICT (period, starts_on, site, part) DO UPDATE SET sketch = excluded.sketch`,
    [...columns(parts), parts.map(({ sketch }) => sketch.toBuffer())],
  )
}

/** One part of a period at these sites (null: all of them) together. */
export async function mergedPart(
  records: Records,
  { period, startsOn }: { readonly period: Period; readonly startsOn: string },
  part: ReachPart,
  sites: readonly string[] | null,
): Promise<Sketch> {
  const { rows } = await records.query<{ sketch: Buffer }>(
    `SELECT sketch FROM reach_parts WHERE period = $1 AND starts_on = $2 AND part = $3
       AND ($4::text[] IS NULL OR site = ANY($4))`,
    [period, startsOn, part, sites],
  )
  const merged = new Sketch()
  for (const row of rows) merged.merge(Sketch.from(row.sketch))
  return merged
}
