import { addDays, cityDay, monthOf } from '../domain/day.ts'
import type { Records, Transaction } from './database.ts'
import { dropBefore, haveDates } from './partitions.ts'
import { pseudonymsEnd } from './periods.ts'

/** A device on a day: its pseudonym of that day, 64 bits. */
export interface DeviceRef {
  readonly day: string
  readonly device: bigint
}

/** What is kept of a device's day; `facts` is the text that analytics makes of it. */
export interface KeptDeviceDay extends DeviceRef {
  readonly facts: string
}

/** A device in a month and the days on which it got online: bit 0 is the first. */
export interface DeviceMonth {
  readonly month: string
  readonly device: bigint
  readonly days: number
}

/** Pseudonyms are unsigned, PostgreSQL's numbers are not. */
const signed = (device: bigint): string => String(BigInt.asIntN(64, device))
const unsigned = (device: string): bigint => BigInt.asUintN(64, BigInt(device))

/** The days that are kept of these devices. */
export async function readDeviceDays(
  transaction: Transaction,
  refs: readonly DeviceRef[],
): Promise<readonly KeptDeviceDay[]> {
  if (refs.length === 0) return []
  const { rows } = await transaction.query<{ day: string; device: string; facts: string }>(
    `SELECT d.day, d.device, d.facts FROM unnest($1::date[], $2::bigint[]) AS t (day, device)
     JOIN device_days d ON d.day = t.day AND d.device = t.device`,
    [refs.map(({ day }) => day), refs.map(({ device }) => signed(device))],
  )
  return rows.map((row) => ({ ...row, device: unsigned(row.device) }))
}

/** Writes days of devices. */
export async function saveDeviceDays(
  transaction: Transaction,
  kept: readonly KeptDeviceDay[],
): Promise<void> {
  if (kept.length === 0) return
  for (const day of new Set(kept.map((each) => each.day)))
    await haveDates(transaction, 'device_days', [day, addDays(day, 1)])
  await transaction.query(
    `INSERT INTO device_days (day, device, facts) SELECT * FROM unnest($1::date[], $2::bigint[], $3::text[])
     ON CONFLICT (day, device) DO UPDATE SET facts = excluded.facts`,
    [kept.map(({ day }) => day), kept.map(({ device }) => signed(device)), kept.map(({ facts }) => facts)],
  )
}

/** What every device did on a day, a thousand devices at a time. */
export async function* deviceDaysOf(transaction: Transaction, day: string): AsyncGenerator<string[]> {
  let after: string | null = null
  for (;;) {
    const { rows }: { rows: { device: string; facts: string }[] } = await transaction.query(
      `SELECT device, facts FROM device_days WHERE day = $1 AND ($2::bigint IS NULL OR device > $2)
       ORDER BY device LIMIT 1000`,
      [day, after],
    )
    if (rows.length === 0) return
    yield rows.map(({ facts }) => facts)
    after = rows.at(-1)!.device
  }
}

/** The months that are kept of these devices. */
export async function readDeviceMonths(
  transaction: Transaction,
  refs: readonly Omit<DeviceMonth, 'days'>[],
): Promise<readonly DeviceMonth[]> {
  if (refs.length === 0) return []
  const { rows } = await transaction.query<{ month: string; device: string; days: number }>(
    `SELECT d.month, d.device, d.days FROM unnest($1::date[], $2::bigint[]) AS t (month, device)
     JOIN device_months d ON d.month = t.month AND d.device = t.device`,
    [refs.map(({ month }) => month), refs.map(({ device }) => signed(device))],
  )
  return rows.map((row) => ({ ...row, device: unsigned(row.device) }))
}

/** Writes months of devices. */
export async function saveDeviceMonths(
  transaction: Transaction,
  kept: readonly DeviceMonth[],
): Promise<void> {
  if (kept.length === 0) return
  for (const month of new Set(kept.map((each) => each.month)))
    await haveDates(transaction, 'device_months', [month, monthOf(addDays(month, 31))])
  await transaction.query(
    `INSERT INTO device_months (month, device, days) SELECT * FROM unnest($1::date[], $2::bigint[], $3::integer[])
     ON CONFLICT (month, device) DO UPDATE SET days = excluded.days`,
    [kept.map(({ month }) => month), kept.map(({ device }) => signed(device)), kept.map(({ days }) => days)],
  )
}

/** Drops the days and months whose key is over: what is in them means nothing any more. */
export async function forgetDevices(records: Records, now: number): Promise<void> {
  const today = cityDay(now)
  const isOver = (period: 'day' | 'month', startsOn: string): boolean =>
    pseudonymsEnd({ period, startsOn }) <= now
  const days = [addDays(today, -2), addDays(today, -1), today]
  await dropBefore(records, 'device_days', days.find((day) => !isOver('day', day)) ?? today)
  const months = [monthOf(addDays(today, -62)), monthOf(addDays(today, -31)), monthOf(today)]
  await dropBefore(
    records,
    'device_months',
    months.find((month) => !isOver('month', month)) ?? monthOf(today),
  )
}
