import { scopeName, type Scope } from '../domain/scope.ts'
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
     ON CONFLICT (period, starts_on, site, part) DO UPDATE SET sketch = excluded.sketch, revision = excluded.revision`,
    [...columns(parts), parts.map(({ sketch }) => sketch.toBuffer())],
  )
}

/** How many devices are in a part: what was counted, or an estimate. */
export interface PartFigure extends PeriodStart {
  readonly part: ReachPart
  readonly visitors: number
  readonly exact: boolean
}

/** The parts of a scope's weeks or months that begin between two dates; a part that nobody is in is absent. */
export async function partFigures(
  records: Records,
  scope: Scope,
  { period, from, to }: { readonly period: Period; readonly from: string; readonly to: string },
): Promise<PartFigure[]> {
  if (scope.kind === 'site') {
    const { rows } = await records.query<{ starts_on: string; part: ReachPart; sketch: Buffer }>(
      `SELECT starts_on, part, sketch FROM reach_parts
       WHERE site = $4 AND period = $1 AND starts_on BETWEEN $2 AND $3`,
      [period, from, to, scope.site],
    )
    return rows.map((row) => {
      const sketch = Sketch.from(row.sketch)
      const { starts_on: startsOn, part } = row
      return { period, startsOn, part, visitors: sketch.estimate(), exact: sketch.exact }
    })
  }
  const { rows } = await records.query<Omit<PartFigure, keyof PeriodStart> & { starts_on: string }>(
    `SELECT starts_on, part, visitors, exact FROM reach_part_totals
     WHERE category = $4 AND period = $1 AND starts_on BETWEEN $2 AND $3`,
    [period, from, to, scopeName(scope)],
  )
  return rows.map(({ starts_on: startsOn, ...row }) => ({ period, startsOn, ...row }))
}
