import type { Scope } from '../domain/scope.ts'
import type { Records } from './database.ts'

/** The sites of a scope as they are now; null for the whole city, sites of the past among them. */
export async function sitesIn(records: Records, scope: Scope): Promise<readonly string[] | null> {
  if (scope.kind === 'city') return null
  if (scope.kind === 'site') return [scope.site]
  const [field, value] =
    scope.kind === 'category' ? ['category', scope.category] : ['operator', scope.operator]
  const { rows } = await records.query<{ id: string }>(
    'SELECT id FROM sites WHERE record->>$1 = $2 ORDER BY id',
    [field, value],
  )
  return rows.map(({ id }) => id)
}
