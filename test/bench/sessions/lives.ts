import type { AccountingRecord } from '../../../core/domain/accounting.ts'
import { nextMidnight } from '../../../core/domain/day.ts'
import type { Mac } from '../../../core/domain/mac.ts'

/** Interim-Updates between Start and Stop. */
const INTERIMS = 4
const INTERVAL_SECONDS = 300
const UP = 1_000_000n
const DOWN = 9_000_000n

/** What a session is told to have moved when its Stop has come, both ways. */
export const OCTETS_A_SESSION = BigInt(INTERIMS + 1) * (UP + DOWN)
export const SECONDS_A_SESSION = (INTERIMS + 1) * INTERVAL_SECONDS

/**
 * How a session's reports arrive. `plain`: each in its turn. `troubled`: each twice, the second copies late and in
 * reverse, counters of 32 bits, and midnight in the middle of it.
 */
export type Manner = 'plain' | 'troubled'
export const MANNERS: readonly Manner[] = ['plain', 'troubled']

/** The reports of one session, in the order of their arrival. */
export function reportsOf(manner: Manner, number: number): AccountingRecord[] {
  const noon = Date.parse('2026-03-12T05:00:00Z')
  const start = manner === 'plain' ? noon : nextMidnight(noon) - 700_000
  const reports = Array.from({ length: INTERIMS + 2 }, (_, turn) =>
    reportAt(start + number, turn, number, manner),
  )
  if (manner === 'plain') return reports
  const late = reports.map((report) => ({ ...report, receivedAt: report.at + 3_000_000 }))
  return [...reports, ...late.reverse()]
}

function reportAt(start: number, turn: number, number: number, manner: Manner): AccountingRecord {
  const isStart = turn === 0
  const isStop = turn > INTERIMS
  const at = start + turn * INTERVAL_SECONDS * 1000
  return {
    status: isStart ? 'start' : isStop ? 'stop' : 'interim',
    nas: `nas-${number % 1000}`,
    site: `site-${number % 1000}`,
    acctSessionId: number.toString(16),
    mac: (0x02_00_00_00_00_00 + number).toString(16).toUpperCase().padStart(12, '0') as Mac,
    at,
    receivedAt: at,
    fromVisitorOctets: isStart ? null : UP * BigInt(turn),
    toVisitorOctets: isStart ? null : DOWN * BigInt(turn),
    gigawords: manner === 'plain',
    seconds: isStart ? null : turn * INTERVAL_SECONDS,
    cause: isStop ? 'User-Request' : null,
    userName: 'g1.visitor',
    visit: null,
    ip: '10.1.2.3',
    ap: '021000000102' as Mac,
    interimSeconds: INTERVAL_SECONDS,
    classSession: null,
  }
}
