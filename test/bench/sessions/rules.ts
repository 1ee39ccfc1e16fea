import {
  applyAccounting,
  type AccountingRecord,
  type SessionOrigin,
} from '../../../core/domain/accounting.ts'
import type { Session } from '../../../core/domain/session.ts'
import { OCTETS_A_SESSION, reportsOf, SECONDS_A_SESSION, type Manner } from './lives.ts'

export interface Measured {
  readonly manner: Manner
  readonly sessions: number
  readonly reports: number
  readonly microsecondsAReport: number
}

/** So many are open at once: what a city has. */
const AT_ONCE = 50_000

/** Takes so many sessions through the rules, a city's at a time. @throws Error when a session comes out wrong. */
export function measure(manner: Manner, sessions: number): Measured {
  let [reports, microseconds] = [0, 0]
  for (let first = 0; first < sessions; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, sessions - first)
    const lives = Array.from({ length: count }, (_, i) => reportsOf(manner, first + i))
    const origins = lives.map((_, i) => originOf(first + i))
    const known: (Session | null)[] = lives.map(() => null)
    const turns = lives[0]!.length
    // The processor's time, not the clock's: others may use the machine, and what is measured waits for nothing.
    const started = process.cpuUsage()
    for (let turn = 0; turn < turns; turn++)
      for (let i = 0; i < count; i++) known[i] = next(known[i]!, lives[i]![turn]!, origins[i]!)
    const { user, system } = process.cpuUsage(started)
    microseconds += user + system
    reports += turns * count
    for (const session of known) check(session)
  }
  return { manner, sessions, reports, microsecondsAReport: microseconds / reports }
}

function next(current: Session | null, record: AccountingRecord, origin: SessionOrigin): Session | null {
  const applied = applyAccounting(current, record, origin)
  return applied.kind === 'nothing' ? current : applied.steps.at(-1)!.session
}

const originOf = (number: number): SessionOrigin => ({
  id: number.toString(36).padStart(16, '0'),
  visit: null,
  subject: 'm.device',
  method: 'click-through',
  lang: 'vi',
  os: 'android',
})

function check(session: Session | null): void {
  const octets = session === null ? 0n : session.fromVisitorOctets + session.toVisitorOctets
  if (session?.endedAt === null || session?.seconds !== SECONDS_A_SESSION || octets !== OCTETS_A_SESSION)
    throw new Error(`a session came out with ${session?.seconds} s and ${octets} octets`)
}
