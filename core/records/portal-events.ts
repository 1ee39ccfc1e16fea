import { dayStart } from '../domain/day.ts'
import type { Records, Transaction } from './database.ts'
import { dropBefore, firstKept, haveDayOf } from './partitions.ts'
import { EVENT_DAYS } from './session-events.ts'

/** A step on the portal or a refusal, without a word of whose. `knownAt` is when the platform came to know it, epoch ms. */
export interface PortalEvent {
  readonly knownAt: number
  readonly day: string
  readonly site: string
  readonly kind: 'funnel' | 'refusal'
  readonly value: string
}

/** Keeps events, within the transaction that counts them. */
export async function keepPortalEvents(
  transaction: Transaction,
  events: readonly PortalEvent[],
): Promise<void> {
  if (events.length === 0) return
  for (const start of new Set(events.map(({ knownAt }) => dayStart(knownAt))))
    await haveDayOf(transaction, 'portal_events', start)
  await transaction.query(
    `INSERT INTO portal_events (known_at, day, site, kind, value)
     SELECT * FROM unnest($1::timestamptz[], $2::date[], $3::text[], $4::text[], $5::text[])`,
    [
      events.map(({ knownAt }) => new Date(knownAt).toISOString()),
      events.map(({ day }) => day),
      events.map(({ site }) => site),
      events.map(({ kind }) => kind),
      events.map(({ value }) => value),
    ],
  )
}

/** Drops the days that are over ninety days old. */
export const forgetPortalEvents = (records: Records, now: number): Promise<void> =>
  dropBefore(records, 'portal_events', firstKept(EVENT_DAYS, now))
