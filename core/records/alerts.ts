import { alertChanges, UNHEARD_MS, type Alert } from '../domain/alert.ts'
import { inTransaction, type Records, type Transaction } from './database.ts'

/** Any number that nobody else uses: deliveries are recorded one after the other. */
const ALERTS_LOCK = 7_202_614

/** Opens and closes incidents by what Alertmanager told (`alertChanges`); a site that is in no record is none. */
export async function keepAlerts(records: Records, told: readonly Alert[], now: number): Promise<void> {
  if (told.length === 0) return
  await inTransaction(records, async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [ALERTS_LOCK])
    const { rows } = await transaction.query<{
      fingerprint: string
      starts_at: Date
      opened_at: Date
      closed_at: Date | null
    }>('SELECT fingerprint, starts_at, opened_at, closed_at FROM incidents WHERE fingerprint = ANY($1)', [
      [...new Set(told.map(({ fingerprint }) => fingerprint))],
    ])
    const known = rows.map(({ fingerprint, ...row }) => ({
      fingerprint,
      startsAt: row.starts_at.getTime(),
      openedAt: row.opened_at.getTime(),
      closedAt: row.closed_at?.getTime() ?? null,
    }))
    const { opened, closed } = alertChanges(known, told, now)
    await transaction.query(
      `INSERT INTO incidents (cause, subject, site, detail, began_at, opened_at, closed_at, planned, fingerprint, starts_at, heard_at)
       SELECT 'alert', subject, sites.id, detail, began_at, opened_at, closed_at, false, fingerprint, starts_at, $9
       FROM unnest($1::text[], $2::text[], $3::jsonb[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::text[],
         $8::timestamptz[]) AS t (subject, site, detail, began_at, opened_at, closed_at, fingerprint, starts_at)
       LEFT JOIN sites ON sites.id = t.site`,
      [
        opened.map(({ alert }) => alert.name),
        opened.map(({ alert }) => alert.site),
        opened.map(({ alert }) => JSON.stringify(alert.detail)),
        ...moments(opened, ['beganAt', 'openedAt', 'closedAt']),
        opened.map(({ fingerprint }) => fingerprint),
        ...moments(opened, ['startsAt']),
        new Date(now),
      ],
    )
    await transaction.query(
      `UPDATE incidents AS i SET closed_at = t.closed_at
       FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS t (fingerprint, starts_at, closed_at)
       WHERE i.fingerprint = t.fingerprint AND i.starts_at = t.starts_at AND i.closed_at IS NULL`,
      [closed.map(({ fingerprint }) => fingerprint), ...moments(closed, ['startsAt', 'closedAt'])],
    )
    await hear(transaction, told, now)
  })
}

const hear = (transaction: Transaction, told: readonly Alert[], now: number) =>
  transaction.query(
    `UPDATE incidents AS i SET heard_at = $3 FROM unnest($1::text[], $2::timestamptz[]) AS t (fingerprint, starts_at)
     WHERE i.fingerprint = t.fingerprint AND i.starts_at = t.starts_at AND i.closed_at IS NULL`,
    [told.map(({ fingerprint }) => fingerprint), ...moments(told, ['startsAt']), new Date(now)],
  )

const moments = <Name extends string>(
  all: readonly Readonly<Record<Name, number | null>>[],
  names: readonly Name[],
): (Date | null)[][] =>
  names.map((name) =>
    all.map((each) => {
      const at = each[name]
      return at === null ? null : new Date(at)
    }),
  )

/** Closes alerts that nobody repeats any more: their end was told while nobody could hear it. */
export async function closeUnheard(records: Records, now: number): Promise<void> {
  await records.query(
    `UPDATE incidents SET closed_at = greatest(opened_at, heard_at)
     WHERE cause = 'alert' AND closed_at IS NULL AND heard_at < $1`,
    [new Date(now - UNHEARD_MS)],
  )
}
