import { cityDay } from '../../core/domain/day.ts'
import type { ItemOpenedEvent, ItemsMetEvent, PlatformEvent, SessionEvent } from '../../core/domain/event.ts'
import type { Mac } from '../../core/domain/mac.ts'
import type { Session } from '../../core/domain/session.ts'
import type { CountGrowth, CountKind, DayGrowth } from '../../core/records/day-totals.ts'
import { logKey, type LoggedState } from '../../core/records/session-log.ts'

/** A device that got online at a site. */
export interface Online {
  readonly site: string
  readonly mac: Mac
  readonly day: string
  readonly startedAt: number
  readonly lang: string
  readonly os: string
}

/** What a run of events adds up to. */
export interface Tally {
  /** Each session once, as its last event left it. */
  readonly sessions: readonly Session[]
  /** Those of the events that changed a session. */
  readonly changes: ReadonlySet<PlatformEvent>
  readonly days: readonly DayGrowth[]
  readonly counts: Counts
  /** In the order of the events. */
  readonly online: readonly Online[]
  /** What pages told of items, in the order of the events. */
  readonly met: readonly ItemsMetEvent[]
  readonly opened: readonly ItemOpenedEvent[]
}

/** What no visit told. */
const UNKNOWN = 'unknown'

/**
 * Adds events up. `logged` says what the log holds of their sessions: an event no newer than that is there already. A
 * session that the log has never heard of begins with its first event here, whichever that is.
 */
export function tally(events: readonly PlatformEvent[], logged: ReadonlyMap<string, LoggedState>): Tally {
  const sessions = new Map<string, Session>()
  const changes = new Set<PlatformEvent>()
  const days = new Days()
  const counts = new Counts()
  const online: Online[] = []
  const met: ItemsMetEvent[] = []
  const opened: ItemOpenedEvent[] = []
  for (const event of events) {
    const day = cityDay(event.at)
    if (event.kind === 'funnel') counts.add(event.site, day, 'funnel', event.step, 1)
    if (event.kind === 'refusal') counts.add(event.site, day, 'refusal', event.reason, 1)
    if (event.kind === 'items-met') met.push(event)
    if (event.kind === 'item-opened') opened.push(event)
    if (event.kind !== 'session') continue
    const { session } = event
    const key = logKey(session)
    const before = stateOf(sessions.get(key)) ?? logged.get(key)
    if (before && session.version <= before.version) continue
    sessions.set(key, session)
    changes.add(event)
    days.add(day, event, before)
    if (before) continue
    counts.add(session.site, day, 'method', session.method ?? UNKNOWN, 1)
    if (session.visit !== null) counts.add(session.site, day, 'funnel', 'online', 1)
    const { site, mac, startedAt } = session
    online.push({ site, mac, day, startedAt, lang: session.lang ?? UNKNOWN, os: session.os ?? UNKNOWN })
  }
  return { sessions: [...sessions.values()], changes, days: days.growth(), counts, online, met, opened }
}

const stateOf = (session: Session | undefined): LoggedState | undefined =>
  session && { version: session.version, open: session.endedAt === null }

/** Figures of days, one row a site and day. */
class Days {
  readonly #rows = new Map<string, DayGrowth>()

  add(day: string, { session, delta }: SessionEvent, before: LoggedState | undefined): void {
    const key = `${session.site} ${day}`
    const row = this.#rows.get(key) ?? emptyDay(session.site, day)
    this.#rows.set(key, row)
    const wasOpen = before?.open ?? true
    const isOpen = session.endedAt === null
    row.sessions += before ? 0 : 1
    // A Stop after the end ends nothing; a session that is found alive takes its end back.
    row.ended += Number(wasOpen) - Number(isOpen)
    row.seconds += delta.seconds
    row.fromVisitorOctets += delta.fromVisitorOctets
    row.toVisitorOctets += delta.toVisitorOctets
  }

  growth(): DayGrowth[] {
    return [...this.#rows.values()]
  }
}

const emptyDay = (site: string, day: string): DayGrowth => ({
  site,
  day,
  sessions: 0,
  ended: 0,
  seconds: 0,
  fromVisitorOctets: 0n,
  toVisitorOctets: 0n,
})

/** Counted things, one row a site, day, kind and value. */
export class Counts {
  readonly #rows = new Map<string, CountGrowth>()

  add(site: string, day: string, kind: CountKind, value: string, count: number): void {
    const key = `${site} ${day} ${kind} ${value}`
    const row = this.#rows.get(key)
    if (row) row.count += count
    else this.#rows.set(key, { site, day, kind, value, count })
  }

  growth(): CountGrowth[] {
    return [...this.#rows.values()]
  }
}
