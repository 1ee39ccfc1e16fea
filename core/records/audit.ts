import type { CoaEvent } from '../domain/event.ts'
import type { Records, Transaction } from './database.ts'

/** Notes who did what to which thing. `detail` never holds a secret or a person's data. */
export async function audit(
  records: Records | Transaction,
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

/** Notes what gateways answered when they were asked to end sessions. */
export async function auditDisconnects(
  transaction: Transaction,
  answers: readonly CoaEvent[],
): Promise<void> {
  if (answers.length === 0) return
  await transaction.query(
    `INSERT INTO audit (at, who, what, target, detail)
     SELECT to_timestamp(a.at / 1000.0), a.reason, 'session.disconnect-answer', a.session, jsonb_build_object('nas', a.nas, 'result', a.result)
     FROM jsonb_to_recordset($1::jsonb) AS a (at double precision, reason text, session text, nas text, result text)`,
    [JSON.stringify(answers)],
  )
}

/** A line of the audit. */
export interface AuditRow {
  readonly id: string
  readonly at: Date
  readonly who: string
  readonly what: string
  readonly target: string
  readonly detail: object
}

/** Lines of the audit, the latest first: at most `limit` of those before the line `before`, of one name or of all. */
export async function auditPage(
  records: Records,
  {
    before,
    limit,
    who = null,
  }: { readonly before: string | null; readonly limit: number; readonly who?: string | null },
): Promise<AuditRow[]> {
  const { rows } = await records.query<AuditRow>(
    `SELECT id, at, who, what, target, detail FROM audit WHERE ($1::bigint IS NULL OR id < $1::bigint)
       AND ($3::text IS NULL OR who = $3) ORDER BY id DESC LIMIT $2`,
    [before, limit, who],
  )
  return rows
}
