import type { SessionEvent } from './event.ts'
import type { Vendor } from './nas.ts'

/** What a gateway's accounting is held to, session by session, after the accounting checks of the WBA. */
export const GATEWAY_CHECKS = [
  'session-id',
  'start',
  'interim',
  'interval',
  'usage',
  'stop',
  'stop-highest',
  'class',
  'gigawords',
] as const
export type GatewayCheck = (typeof GATEWAY_CHECKS)[number]

/** How many of the sessions that a check asks of kept it. */
export interface CheckResult {
  readonly check: GatewayCheck
  readonly kept: number
  readonly of: number
}

/** False for gateways that report their sessions in words of their own. */
export const reportsByRadius = (vendor: Vendor): boolean => vendor !== 'opennds'

/** For how many days back a report may look. */
export const CHECKED_DAYS = 7

/** Two reports may be so many intervals apart before one counts as left out. */
export const LATE_INTERVALS = 1.5
/** So many times the reports that were asked for are too many. */
export const OFTEN = 2

/** One bit for each thing that was found wrong with a session's reports. */
export const FAULT = { noStart: 1, noClass: 2, fell: 4, fellAtStop: 8 } as const

/** What an event adds to what is known of its session's reports; `heardBefore` is null for the first of a session. */
export function seenIn(
  { change, session, notes = [] }: SessionEvent,
  heardBefore: number | null,
): { faults: number; interims: number; gapSeconds: number } {
  const fell = change === 'ended' ? FAULT.fellAtStop : FAULT.fell
  const faults =
    (notes.includes('start-missed') ? FAULT.noStart : 0) |
    (notes.includes('no-visit') ? FAULT.noClass : 0) |
    (notes.includes('went-back') ? fell : 0)
  // A report over midnight is several events, of which the last alone is later than what was known.
  const gapMs = heardBefore === null ? 0 : session.heardAt - heardBefore
  const isLate = heardBefore !== null && gapMs <= 0
  const isFirstOfAll = change === 'started' && (faults & FAULT.noStart) === 0
  const isInterim = change !== 'ended' && session.endedAt === null && !isLate && !isFirstOfAll
  return { faults, interims: isInterim ? 1 : 0, gapSeconds: Math.round(Math.max(0, gapMs) / 1000) }
}
