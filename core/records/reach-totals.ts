import { Sketch } from '../domain/sketch.ts'
import { scopeName, type Scope } from '../domain/scope.ts'
import type { Category } from '../domain/site.ts'
import { inTransaction, type Records, type Transaction } from './database.ts'
import type { Period } from './periods.ts'
import { sketchColumns } from './reach.ts'
import type { ReachPart } from './reach-parts.ts'

/** How many sites' sketches one transaction merges. */
export const A_FOLD = 200

/**
 * Merges the sketches that changed since the last call, and their parts, into those of their category, their operator and the
 * city. A site that changes its category counts in both until the period ends.
 */
export async function foldReach(records: Records): Promise<void> {
  for (;;) {
    const folded = await inTransaction(records, foldSome)
    if (folded < A_FOLD) return
  }
}

/** A sketch of a scope's period: of all its devices (`part` empty), or of a part of them. */
interface Total {
  readonly period: Period
  readonly startsOn: string
  readonly category: string
  readonly part: ReachPart | ''
  readonly sketch: Sketch
}

interface SiteRow {
  period: Period
  starts_on: string
  part: Total['part']
  sketch: Buffer
  revision: string
  category: Category | null
  operator: string | null
}

/** The same for some of them within a transaction; returns how many. */
export async function foldSome(transaction: Transaction): Promise<number> {
  const { rows: marks } = await transaction.query<{ revision: string }>(
    'SELECT revision FROM reach_folded FOR UPDATE',
  )
  const { rows } = await transaction.query<SiteRow>(
    `SELECT r.*, sites.record->>'category' AS category, sites.record->>'operator' AS operator
     FROM (SELECT period, starts_on, site, '' AS part, sketch, revision FROM reach_sketches WHERE revision > $1
       UNION ALL SELECT period, starts_on, site, part, sketch, revision FROM reach_parts WHERE revision > $1
       ORDER BY revision LIMIT $2) AS r
     LEFT JOIN sites ON sites.id = r.site ORDER BY r.revision`,
    [marks[0]?.revision, A_FOLD],
  )
  const last = rows.at(-1)
  if (!last) return 0
  const totals = new Map<string, Total>()
  for (const row of rows) {
    const site = Sketch.from(row.sketch)
    for (const category of scopesOf(row).map(scopeName)) {
      const { period, starts_on: startsOn, part } = row
      const key = keyOf({ period, startsOn, category, part })
      const total = totals.get(key) ?? { period, startsOn, category, part, sketch: new Sketch() }
      total.sketch.merge(site)
      totals.set(key, total)
    }
  }
  const all = [...totals.values()]
  await merge(
    transaction,
    'reach_totals',
    all.filter(({ part }) => part === ''),
  )
  await merge(
    transaction,
    'reach_part_totals',
    all.filter(({ part }) => part !== ''),
  )
  await transaction.query('UPDATE reach_folded SET revision = $1', [last.revision])
  return rows.length
}

const keyOf = ({ period, startsOn, category, part }: Omit<Total, 'sketch'>): string =>
  `${period} ${startsOn} ${part} ${category}`

function scopesOf({ category, operator }: SiteRow): Scope[] {
  const scopes: Scope[] = [{ kind: 'city' }]
  if (category !== null) scopes.push({ kind: 'category', category })
  if (operator !== null) scopes.push({ kind: 'operator', operator })
  return scopes
}

async function merge(
  transaction: Transaction,
  table: 'reach_totals' | 'reach_part_totals',
  totals: readonly Total[],
): Promise<void> {
  if (totals.length === 0) return
  // The table of whole periods has no column for a part.
  const part = table === 'reach_totals' ? '' : ', part'
  const keys = `period, starts_on, category${part}`
  const columns = (of: readonly Total[]): string[][] => [
    of.map(({ period }) => period),
    of.map(({ startsOn }) => startsOn),
    of.map(({ category }) => category),
    ...(part === '' ? [] : [of.map((each) => each.part)]),
  ]
  const types = ['text', 'date', 'text', ...(part === '' ? [] : ['text'])]
  const unnest = (more: readonly string[]): string =>
    `unnest(${[...types, ...more].map((type, i) => `$${i + 1}::${type}[]`).join(', ')})`
  const { rows } = await transaction.query<{
    period: Period
    starts_on: string
    category: string
    part?: ReachPart
    sketch: Buffer
  }>(`SELECT * FROM ${table} WHERE (${keys}) IN (SELECT * FROM ${unnest([])})`, columns(totals))
  const known = new Map(
    rows.map((row) => [keyOf({ ...row, startsOn: row.starts_on, part: row.part ?? '' }), row.sketch]),
  )
  const changed = totals.flatMap((total) => {
    const bytes = known.get(keyOf(total))
    const sketch = bytes ? Sketch.from(bytes) : new Sketch()
    return sketch.merge(total.sketch) ? [{ ...total, sketch }] : []
  })
  if (changed.length === 0) return
  await transaction.query(
    `INSERT INTO ${table} (${keys}, sketch, visitors, exact)
     SELECT * FROM ${unnest(['bytea', 'double precision', 'boolean'])}
     ON CONFLICT (${keys}) DO UPDATE SET sketch = excluded.sketch, visitors = excluded.visitors, exact = excluded.exact`,
    [...columns(changed), ...sketchColumns(changed.map(({ sketch }) => sketch))],
  )
}
