import { addDays, cityDay, dayStart } from '../domain/day.ts'
import type { Records, Transaction } from './database.ts'

/** Tables that lose whole days or months at once. */
type Partitioned = 'session_events' | 'portal_events' | 'device_days' | 'device_months'

/** Makes the partition of a city day for the moments in it. @throws RangeError for a day that no clock of ours shows. */
export async function haveDayOf(transaction: Transaction, table: Partitioned, at: number): Promise<void> {
  const start = dayStart(at)
  const instants = [start, start + 86_400_000].map((each) => new Date(each).toISOString())
  await have(transaction, table, cityDay(start), instants)
}

/** Makes the partition for the dates from one to the one before another. */
export async function haveDates(
  transaction: Transaction,
  table: Partitioned,
  [from, to]: readonly [from: string, to: string],
): Promise<void> {
  await have(transaction, table, from, [from, to])
}

async function have(
  transaction: Transaction,
  table: Partitioned,
  day: string,
  [from, to]: readonly string[],
): Promise<void> {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new RangeError(`no day of ${table}: ${day}`)
  await transaction.query(
    `CREATE TABLE IF NOT EXISTS ${nameOf(table, day)} PARTITION OF ${table} FOR VALUES FROM ('${from}') TO ('${to}')`,
  )
}

/** Drops the partitions that begin before a date. */
export async function dropBefore(records: Records, table: Partitioned, day: string): Promise<void> {
  const { rows } = await records.query<{ name: string }>(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass',
    [table],
  )
  for (const { name } of rows.filter((row) => row.name < nameOf(table, day)))
    await records.query(`DROP TABLE IF EXISTS ${name}`)
}

/** The first date of a table that keeps `days` days. */
export const firstKept = (days: number, now: number): string => addDays(cityDay(now), -days)

const nameOf = (table: Partitioned, day: string): string => `${table}_${day.replaceAll('-', '')}`
