// The rules as the live store uses them: one record under (NAS, Acct-Session-Id, MAC), one report at a time.
import {
  applyAccounting,
  delayedSince,
  endSession,
  LOST,
  mayHaveEndedAt,
  NAS_REBOOT,
  usedToday,
  type Outcome,
  type Step,
} from '../../core/domain/accounting.ts'
import { cityDay } from '../../core/domain/day.ts'
import type { Session } from '../../core/domain/session.ts'
import type { Used } from './model.ts'
import { isReport, recordOf, type Arrived } from './reports.ts'

/** One session as its steps told it. */
export interface Told {
  session: Session
  /** What its steps add up to, by the city day of each. */
  readonly days: Map<string, Used>
  readonly steps: Step[]
}

/** A live store without Redis. */
export class Platform {
  /** Every session that ever began, in the order of their beginnings. */
  readonly told: Told[] = []
  readonly outcomes: Outcome[] = []
  readonly #records = new Map<string, Told>()
  #minted = 0

  take(arrived: Arrived): void {
    const { says, nas, receivedAt, delaySeconds } = arrived
    if (!isReport(says)) return this.#restart(nas, delayedSince(receivedAt, delaySeconds) ?? receivedAt)
    const record = recordOf(arrived, says)
    const key = [nas, says.acctSessionId, says.mac].join(' ')
    const known = this.#records.get(key)
    const id = says.classSession ?? `minted ${++this.#minted}`
    const origin = { id, visit: null, subject: null, method: null, lang: null, os: null }
    const applied = applyAccounting(known?.session ?? null, record, origin)
    this.outcomes.push(...applied.outcomes)
    if (applied.kind === 'nothing') return
    let told = known
    for (const step of applied.steps) {
      if (step.change === 'started') {
        told = { session: step.session, days: new Map(), steps: [] }
        this.told.push(told)
        this.#records.set(key, told)
      }
      this.#keep(told!, step, record.at)
    }
  }

  /** The silence job at a moment: it ends what was not heard of for three intervals. */
  fallSilent(now = Infinity): void {
    for (const told of this.#records.values()) {
      const { session } = told
      const until = session.heardAt + 3 * session.interimSeconds * 1000
      if (session.endedAt === null && until <= now)
        this.#keep(told, endSession(session, LOST, session.heardAt), session.heardAt)
    }
  }

  #restart(nas: string, at: number): void {
    for (const told of this.#records.values())
      if (told.session.nas === nas && told.session.endedAt === null && mayHaveEndedAt(told.session, at))
        this.#keep(told, endSession(told.session, NAS_REBOOT, at), at)
  }

  #keep(told: Told, step: Step, at: number): void {
    told.session = step.session
    told.steps.push(step)
    const day = cityDay(step.at ?? at)
    const before = told.days.get(day) ?? { seconds: 0, from: 0n, to: 0n }
    const { seconds, fromVisitorOctets, toVisitorOctets } = step.delta
    told.days.set(day, {
      seconds: before.seconds + seconds,
      from: before.from + fromVisitorOctets,
      to: before.to + toVisitorOctets,
    })
  }
}

/** What the last day of a session used, as quotas count it. */
export const lastDay = ({ session }: Told): { day: string; seconds: number; octets: number } => ({
  day: session.day,
  ...usedToday(session),
})
