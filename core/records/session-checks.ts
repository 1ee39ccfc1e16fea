import { LOST, NAS_REBOOT } from '../domain/accounting.ts'
import { CHECKED_DAYS, FAULT, LATE_INTERVALS, OFTEN, type CheckResult } from '../domain/gateway-checks.ts'
import type { Records, Transaction } from './database.ts'

/** What reports showed of a session since it was last written. */
export interface SeenOfSession {
  readonly id: string
  readonly startedAt: number
  readonly nas: string
  /** A keyed digest of what the gateway calls the session. */
  readonly acct: string
  faults: number
  interims: number
  longestGapSeconds: number
  interimSeconds: number
  gigawords: boolean
}

const DAY_MS = 86_400_000

/** Adds what reports showed, within the transaction that holds what else they changed. */
export async function keepChecks(transaction: Transaction, seen: readonly SeenOfSession[]): Promise<void> {
  if (seen.length === 0) return
  const column = <T>(of: (each: SeenOfSession) => T): T[] => seen.map(of)
  await transaction.query(
    `INSERT INTO session_checks AS known (session_id, started_at, nas, acct, faults, interims, longest_gap_seconds,
       interim_seconds, gigawords)
     SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::smallint[], $6::integer[],
       $7::integer[], $8::integer[], $9::boolean[])
     ON CONFLICT (session_id, started_at) DO UPDATE SET faults = known.faults | excluded.faults,
       interims = known.interims + excluded.interims,
       longest_gap_seconds = greatest(known.longest_gap_seconds, excluded.longest_gap_seconds),
       interim_seconds = excluded.interim_seconds, gigawords = known.gigawords OR excluded.gigawords`,
    [
      column(({ id }) => id),
      column(({ startedAt }) => new Date(startedAt).toISOString()),
      column(({ nas }) => nas),
      column(({ acct }) => acct),
      column(({ faults }) => faults),
      column(({ interims }) => interims),
      column(({ longestGapSeconds }) => Math.min(longestGapSeconds, MOST_SECONDS)),
      column(({ interimSeconds }) => interimSeconds),
      column(({ gigawords }) => gigawords),
    ],
  )
}

const MOST_SECONDS = 2 ** 31 - 1

/** How a gateway's sessions that began since an instant (epoch ms) kept each check. */
export async function gatewayChecks(records: Records, nas: string, since: number): Promise<CheckResult[]> {
  const { rows } = await records.query<Record<string, string>>(
    `WITH told AS (
       SELECT acct, faults, interims, longest_gap_seconds AS gap, interim_seconds AS every, gigawords, cause, seconds,
         ended_at IS NOT NULL AND cause <> ALL($3) AS ended, greatest(from_visitor_octets, to_visitor_octets) AS octets
       FROM session_checks JOIN session_log ON id = session_id AND session_log.started_at = session_checks.started_at
       WHERE session_checks.nas = $1 AND session_checks.started_at >= $2
     ), asked AS (
       SELECT *, ended AND cause <> $4 AS stopped, faults & $5 = 0 AS has_start, faults & $6 = 0 AS has_class,
         faults & $7 = 0 AS rose, faults & $8 = 0 AS rose_to_stop, octets >= 4294967296 AS is_large FROM told
     )
     SELECT count(*) AS all, count(DISTINCT acct) AS ids, count(*) FILTER (WHERE has_start) AS started,
       count(*) FILTER (WHERE has_class) AS classed,
       count(*) FILTER (WHERE ended) AS ended, count(*) FILTER (WHERE stopped) AS stopped,
       count(*) FILTER (WHERE stopped AND rose_to_stop) AS highest,
       count(*) FILTER (WHERE stopped AND seconds >= every * $9::float) AS long,
       count(*) FILTER (WHERE stopped AND seconds >= every * $9::float AND interims > 0) AS reported,
       count(*) FILTER (WHERE stopped AND interims > 0) AS paced,
       count(*) FILTER (WHERE stopped AND interims > 0 AND gap <= every * $9::float
         AND interims <= $10::float * (seconds / every + 1)) AS in_time,
       count(*) FILTER (WHERE interims > 0) AS counted, count(*) FILTER (WHERE interims > 0 AND rose) AS rose,
       count(*) FILTER (WHERE is_large) AS large, count(*) FILTER (WHERE is_large AND gigawords) AS whole
     FROM asked`,
    [
      nas,
      new Date(since).toISOString(),
      // Ends of ours that say nothing of what the gateway would have sent.
      [NAS_REBOOT, 'NAS-Removed'],
      LOST,
      FAULT.noStart,
      FAULT.noClass,
      FAULT.fell,
      FAULT.fellAtStop,
      LATE_INTERVALS,
      OFTEN,
    ],
  )
  const figure = (name: string): number => Number(rows[0]![name])
  const result = (check: CheckResult['check'], kept: string, of: string): CheckResult => ({
    check,
    kept: figure(kept),
    of: figure(of),
  })
  return [
    result('session-id', 'ids', 'all'),
    result('start', 'started', 'all'),
    result('interim', 'reported', 'long'),
    result('interval', 'in_time', 'paced'),
    result('usage', 'rose', 'counted'),
    result('stop', 'stopped', 'ended'),
    result('stop-highest', 'highest', 'stopped'),
    result('class', 'classed', 'all'),
    result('gigawords', 'whole', 'large'),
  ]
}

/** Removes what is too old for any report. */
export async function forgetChecks(records: Records, now: number): Promise<void> {
  const from = new Date(now - (CHECKED_DAYS + 1) * DAY_MS).toISOString()
  await records.query('DELETE FROM session_checks WHERE started_at < $1', [from])
}
