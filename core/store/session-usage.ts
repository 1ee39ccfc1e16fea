import { usedToday } from '../domain/accounting.ts'
import { cityDay, dayStart } from '../domain/day.ts'
import { octetsOf } from '../domain/endings.ts'
import { isOfCode } from '../domain/grants.ts'
import type { Mac } from '../domain/mac.ts'
import type { Session } from '../domain/session.ts'
import { keys } from './keys.ts'
import { Later } from './later.ts'
import type { SoFar, UsageStore } from './usage.ts'
import type { VisitStore } from './visits.ts'

/** Where a session's record is: what a NAS calls it. */
export interface SessionRef {
  readonly nas: string
  readonly acctSessionId: string
  readonly mac: Mac
}

/** Where a session's record is, in one word of the live store's own. */
export const placeOf = ({ nas, acctSessionId, mac }: SessionRef): string =>
  `${nas} ${keys.session(nas, acctSessionId, mac)}`

/** Tells of sessions what they are to others: which one is a visit's own, and what each has used of its subject's period. */
export class SessionUsage {
  readonly #visits: VisitStore
  readonly #usage: UsageStore

  constructor(visits: VisitStore, usage: UsageStore) {
    this.#visits = visits
    this.#usage = usage
  }

  /** A session that has just begun: its visit is told which one is its own. */
  began(session: Session): Later<unknown> {
    const { id, visit, subject, startedAt } = session
    const attached = visit === null ? Later.of(undefined) : this.#visits.attachSession(visit, session)
    if (subject === null) return attached
    const begun = this.#usage.begin(
      subject,
      isOfCode(subject) ? null : session.day,
      { id, startedAt, place: placeOf(session) },
      soFar(session, subject),
    )
    return begun.with(attached, () => undefined)
  }

  /** Counts what a session has used so far; not urgent, some milliseconds later at the latest. */
  count(session: Session, isUrgent = true): Later<void> {
    const { id, subject, day } = session
    if (subject === null) return Later.of(undefined)
    return this.#usage.count(subject, isOfCode(subject) ? null : day, id, soFar(session, subject), isUrgent)
  }
}

/** What a session has used of its subject's period, and since when. */
function soFar(session: Session, subject: string): SoFar {
  const { startedAt, seconds, day } = session
  if (isOfCode(subject)) return { since: startedAt, seconds, octets: octetsOf(session) }
  // On the days after its first a session is on from midnight. Noon of Greenwich is of the same date here.
  const since = cityDay(startedAt) === day ? startedAt : dayStart(Date.parse(`${day}T12:00:00Z`))
  return { since, ...usedToday(session) }
}
