import { CITY_TIME_FORMS, cityTime, readCityTime } from '../domain/city-time.ts'
import { cityDay } from '../domain/day.ts'
import type { OpeningHours } from '../domain/hours.ts'
import { stateAt, type SessionFact, type SessionState } from '../domain/session-story.ts'
import type { Keys } from '../process/keys.ts'
import type { Records } from './database.ts'
import { EVENT_DAYS, sessionFacts } from './session-events.ts'
import { sessionsOf, type LoggedSession } from './session-log.ts'
import { sessionsTogether } from './sessions-together.ts'

/** A session as it was known at a moment (epoch ms), and all that is known of it. */
export interface PastSession {
  readonly session: LoggedSession
  readonly moment: number
  readonly state: SessionState
  readonly facts: readonly SessionFact[]
  /** Of its site as they are now. */
  readonly hours: readonly OpeningHours[] | undefined
  /** The ids of the sessions that its gateway says belong together with it. */
  readonly together: readonly string[]
}

/** What a look into a session's past finds, or why it finds nothing, in one English sentence. */
export type LookBack =
  | ({ readonly kind: 'found' } & PastSession)
  | {
      readonly kind: 'nothing'
      readonly reason: 'no-session' | 'bad-time' | 'to-come' | 'not-yet' | 'events-gone'
      readonly sentence: string
      /** The session that was meant, if there is one. */
      readonly session: LoggedSession | null
    }

/**
 * Looks at a session as the platform knew it at a time that somebody wrote, or as it is known now. A clock time alone
 * is of the day on which the session began.
 */
export async function lookBack(
  records: Records,
  id: string,
  { at, now, keys }: { readonly at: string | null; readonly now: number; readonly keys: Keys },
): Promise<LookBack> {
  const sessions = SESSION_ID.test(id) ? await sessionsOf(records, id) : []
  const latest = sessions.at(-1)
  if (!latest)
    return none('no-session', `There is no session "${id}" in the records of the last twelve months.`)
  const moment = at === null ? now : readCityTime(at, cityDay(latest.startedAt))
  if (moment === null) return none('bad-time', `"${at}" is no time: write ${CITY_TIME_FORMS}.`, latest)
  if (moment > now) return none('to-come', `${cityTime(moment)} is still to come.`, latest)
  const session = sessions.findLast(({ startedAt }) => startedAt <= moment) ?? sessions[0]!
  const facts = factsOf(session, await sessionFacts(records, id))
  const [first] = facts
  if (!first) return none('events-gone', eventsGone(session), session)
  const state = stateAt(facts, moment)
  if (state) {
    const hours = await hoursOf(records, session)
    const together = await sessionsTogether(records, keys, { session, moment })
    return { kind: 'found', session, moment, state, facts, hours, together }
  }
  const begins = `Session ${id} began at ${cityTime(session.startedAt)}`
  const heard = cityTime(first.knownAt)
  if (!(first.kind === 'change' && first.change === 'started') && moment >= session.startedAt)
    return none('events-gone', `${begins}; what happened before ${heard} is no longer kept.`, session)
  return none(
    'not-yet',
    `${begins} and was first heard of at ${heard}: ${cityTime(moment)} is before that.`,
    session,
  )
}

/** Nobody else's ids: those of the platform have sixteen characters. */
const SESSION_ID = /^[\w-]{1,64}$/

async function hoursOf(records: Records, { site }: LoggedSession): Promise<PastSession['hours']> {
  const { rows } = await records.query<{ hours: OpeningHours[] | null }>(
    `SELECT record->'hours' AS hours FROM sites WHERE id = $1`,
    [site],
  )
  return rows[0]?.hours ?? undefined
}

/** Of two sessions with one id, the facts of this one. */
function factsOf({ startedAt }: LoggedSession, facts: readonly SessionFact[]): SessionFact[] {
  const own = facts.filter((fact) => fact.kind !== 'change' || fact.state.startedAt === startedAt)
  const first = own.findIndex(({ kind }) => kind === 'change')
  return first < 0 ? [] : own.slice(first)
}

function eventsGone({ id, startedAt, endedAt }: LoggedSession): string {
  const end = endedAt === null ? 'is open' : `ended at ${cityTime(endedAt)}`
  return `There are no events of session ${id}, which began at ${cityTime(startedAt)} and ${end}: they are kept for ${EVENT_DAYS} days.`
}

const none = (
  reason: (LookBack & { kind: 'nothing' })['reason'],
  sentence: string,
  session: LoggedSession | null = null,
): LookBack => ({ kind: 'nothing', reason, sentence, session })
