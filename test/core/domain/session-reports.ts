import {
  applyAccounting,
  type AccountingRecord,
  type Applied,
  type Step,
} from '../../../core/domain/accounting.ts'
import { cityDay } from '../../../core/domain/day.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import type { Session } from '../../../core/domain/session.ts'

/** Ten in the morning in Hà Nội. */
export const T0 = Date.parse('2026-11-21T03:00:00Z')
export const HOUR = 3600

/** What a gateway tells after so many seconds of a session that began at T0. */
export const report = (
  status: AccountingRecord['status'],
  second: number,
  more: Partial<AccountingRecord> = {},
): AccountingRecord => ({
  status,
  nas: 'nas-1',
  site: 'site-1',
  acctSessionId: 'A1',
  mac: '02AABBCCDD01' as Mac,
  at: T0 + second * 1000,
  receivedAt: T0 + second * 1000,
  fromVisitorOctets: null,
  toVisitorOctets: null,
  gigawords: false,
  seconds: status === 'start' ? null : second,
  cause: status === 'stop' ? 'User-Request' : null,
  userName: null,
  visit: 'VVVVVVVVVVVVVVVV',
  ip: null,
  ap: null,
  interimSeconds: 300,
  classSession: null,
  ...more,
})

/** Octets that the visitor sent so far. */
export const up = (octets: bigint | number): Partial<AccountingRecord> => ({
  fromVisitorOctets: BigInt(octets),
  toVisitorOctets: 0n,
})

/** The same event in a packet that needed so long, and says so. */
export const late = (record: AccountingRecord, seconds: number): AccountingRecord => ({
  ...record,
  receivedAt: record.at + seconds * 1000,
})

export interface Played {
  session: Session | null
  readonly applied: Applied[]
  readonly steps: Step[]
  /** Seconds and octets, both ways, that steps added to each city day. */
  readonly days: Record<string, readonly [seconds: number, octets: number]>
}

/** What a run of reports makes of a session, from nothing or from what is known. */
export function play(records: readonly AccountingRecord[], known: Session | null = null): Played {
  const played: Played = { session: known, applied: [], steps: [], days: {} }
  for (const record of records) {
    const id = record.classSession ?? `session-${played.applied.length + 1}`
    const applied = applyAccounting(played.session, record, { ...NOBODY, id })
    played.applied.push(applied)
    if (applied.kind === 'nothing') continue
    for (const step of applied.steps) {
      played.session = step.session
      played.steps.push(step)
      const day = cityDay(step.at ?? record.at)
      const [seconds, octets] = played.days[day] ?? [0, 0]
      const moved = Number(step.delta.fromVisitorOctets + step.delta.toVisitorOctets)
      played.days[day] = [seconds + step.delta.seconds, octets + moved]
    }
  }
  return played
}

const NOBODY = { visit: null, subject: null, method: null, lang: null, os: null }

/** What became of the last report. */
export const outcomeOf = ({ applied }: Played): string => applied.at(-1)!.outcomes.join()

export const changesOf = ({ steps }: Played): string => steps.map(({ change }) => change).join()
