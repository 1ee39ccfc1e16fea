import type { Transaction } from './database.ts'

/**
 * What is counted of devices a day: language, system (`device`) and kind (`family`) of those online, whether their address is
 * their own (`address`), whether they came before (`came`), how far they got (`step`) and what became of those who saw the
 * splash (`outcome`), the hours in which they were online (from their day's midnight: 24 is the next day's first); visits by
 * their length in seconds (`dwell`) and their octets (`octets`), as buckets of a histogram; and ways from one site to the next
 * (`flow`), only of the city.
 */
export type DeviceCountKind =
  | 'language'
  | 'device'
  | 'family'
  | 'address'
  | 'came'
  | 'step'
  | 'outcome'
  | 'hour'
  | 'dwell'
  | 'octets'
  | 'flow'

/** By how much one count of a scope's day grows; it may shrink as well. `scope` is a `scopeName`. */
export interface DeviceCountGrowth {
  readonly scope: string
  readonly day: string
  readonly kind: DeviceCountKind
  readonly value: string
  readonly count: number
}

/** Adds to the counts of days. One row a scope, day, kind and value in `growth`; a count of nobody has no row. */
export async function growDeviceCounts(
  transaction: Transaction,
  growth: readonly DeviceCountGrowth[],
): Promise<void> {
  const changed = growth.filter(({ count }) => count !== 0)
  if (changed.length === 0) return
  await transaction.query(
    `INSERT INTO device_counts (scope, day, kind, value, count)
     SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::bigint[])
     ON CONFLICT (scope, day, kind, value) DO UPDATE SET count = device_counts.count + excluded.count`,
    [...keyColumns(changed), changed.map(({ count }) => count)],
  )
  const shrunk = changed.filter(({ count }) => count < 0)
  if (shrunk.length === 0) return
  await transaction.query(
    `DELETE FROM device_counts d USING unnest($1::text[], $2::date[], $3::text[], $4::text[]) AS t (scope, day, kind, value)
     WHERE d.scope = t.scope AND d.day = t.day AND d.kind = t.kind AND d.value = t.value AND d.count = 0`,
    keyColumns(shrunk),
  )
}

const keyColumns = (growth: readonly DeviceCountGrowth[]): string[][] => [
  growth.map(({ scope }) => scope),
  growth.map(({ day }) => day),
  growth.map(({ kind }) => kind),
  growth.map(({ value }) => value),
]
