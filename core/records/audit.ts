import type { Records } from './database.ts'

/** Notes who did what to which thing. `detail` never holds a secret or a person's data. */
export async function audit(
  records: Records,
  who: string,
  what: string,
  target: string,
  detail: object = {},
): Promise<void> {
  await records.query('INSERT INTO audit (who, what, target, detail) VALUES ($1, $2, $3, $4)', [
    who,
    what,
    target,
    JSON.stringify(detail),
  ])
}
