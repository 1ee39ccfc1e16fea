import { cityDay } from '../../core/domain/day.ts'
import type {
  FunnelStep,
  ItemOpenedEvent,
  ItemsMetEvent,
  PlatformEvent,
  SessionEvent,
} from '../../core/domain/event.ts'
import type { Mac } from '../../core/domain/mac.ts'
import type { Session } from '../../core/domain/session.ts'
import type { CountGrowth, CountKind, DayGrowth } from '../../core/records/day-totals.ts'
import { minuteFrom, type MinuteGrowth } from '../../core/records/peaks.ts'
import type { AddedToDay } from '../../core/records/session-events.ts'
import { logKey, type LoggedState } from '../../core/records/session-log.ts'
import type { Touch } from '../devices/touch.ts'

/** A device that got online at a site. */
export interface Online {
  readonly site: string
  readonly mac: Mac
  readonly startedAt: number
}

/** What a run of events adds up to. */
export interface Tally {
  /** Each session once, as its last event left it. */
  readonly sessions: readonly Session[]
  /** Those of the events that changed a session, and what they added to its site's day. */
  readonly changes: ReadonlyMap<PlatformEvent, AddedToDay>
  readonly days: readonly DayGrowth[]
  readonly counts: readonly CountGrowth[]
  readonly minutes: readonly MinuteGrowth[]
  /** What devices did. */
  readonly touches: readonly Touch[]
  /** Those whose session the log had not heard of. */
  readonly online: readonly Online[]
  /** What pages told of items, in the order of the events. */
  readonly met: readonly ItemsMetEvent[]
  readonly opened: readonly ItemOpenedEvent[]
}

/** What no visit told. */
const UNKNOWN = 'unknown'
/** What of a refusal or step tells how far a device came. */
const STEPS: ReadonlySet<string> = new Set<FunnelStep>(['arrival', 'splash', 'tap', 'granted'])

/**
 * Adds events up. `logged` says what the log holds of their sessions: an event no newer than that is there already. A
 * session that the log has never heard of begins with its first event here, whichever that is.
 */
export function tally(events: readonly PlatformEvent[], logged: ReadonlyMap<string, LoggedState>): Tally {
  const sessions = new Map<string, Session>()
  const changes = new Map<PlatformEvent, AddedToDay>()
  const days = new Days()
  const counts = new Counts()
  const minutes = new Minutes()
  const touches: Touch[] = []
  const online: Online[] = []
  const met: ItemsMetEvent[] = []
  const opened: ItemOpenedEvent[] = []
  for (const event of events) {
    const day = cityDay(event.at)
    if (event.kind === 'items-met') met.push(event)
    if (event.kind === 'item-opened') opened.push(event)
    if (event.kind === 'funnel') {
      const { site, mac, at, step } = event
      counts.add(site, day, 'funnel', step)
      if (STEPS.has(step)) touches.push({ kind: 'step', site, mac, at, step, family: event.device.family })
    }
    if (event.kind === 'refusal') {
      const { site, mac, at, reason } = event
      counts.add(site, day, 'refusal', reason)
      if (mac !== undefined) touches.push({ kind: 'refusal', site, mac, at, reason })
    }
    if (event.kind !== 'session') continue
    const { session } = event
    const key = logKey(session)
    const before = sessions.get(key) ?? logged.get(key)
    if (before && session.version <= before.version) continue
    sessions.set(key, session)
    const added = addedBy(event, day, before)
    changes.set(event, added)
    days.add(session.site, added)
    minutes.move(session, before)
    if (before) continue
    counts.add(session.site, day, 'method', session.method ?? UNKNOWN)
    if (session.visit !== null) counts.add(session.site, day, 'funnel', 'online')
  }
  for (const [key, session] of sessions) {
    const before = logged.get(key)
    const { site, mac, startedAt } = session
    if (!before) online.push({ site, mac, startedAt })
    if (before && isOnAsBefore(session, before)) continue
    touches.push({ kind: 'session', session, isNew: !before })
  }
  return {
    sessions: [...sessions.values()],
    changes,
    days: days.growth(),
    counts: counts.growth(),
    minutes: minutes.growth(),
    touches,
    online,
    met,
    opened,
  }
}

function addedBy({ session, delta }: SessionEvent, day: string, before: LoggedState | undefined): AddedToDay {
  const wasOpen = before === undefined || before.endedAt === null
  // A Stop after the end ends nothing; a session that is found alive takes its end back.
  const ended = Number(wasOpen) - Number(session.endedAt === null)
  return { day, startedAt: before ? null : session.startedAt, ended, ...delta }
}

/** True while it is open within the same hour: then nothing is new that is counted of its device. */
function isOnAsBefore(session: Session, before: LoggedState): boolean {
  const hour = (seconds: number): number => Math.floor((session.startedAt / 1000 + seconds) / 3600)
  if (session.endedAt !== null || before.endedAt !== null) return false
  return hour(session.seconds) === hour(before.seconds)
}

/** Figures of days, one row a site and day. */
class Days {
  readonly #rows = new Map<string, DayGrowth>()

  add(site: string, added: AddedToDay): void {
    const { day } = added
    const key = `${site} ${day}`
    const row = this.#rows.get(key) ?? emptyDay(site, day)
    this.#rows.set(key, row)
    row.sessions += added.startedAt === null ? 0 : 1
    row.ended += added.ended
    row.seconds += added.seconds
    row.fromVisitorOctets += added.fromVisitorOctets
    row.toVisitorOctets += added.toVisitorOctets
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
class Counts {
  readonly #rows = new Map<string, CountGrowth>()

  add(site: string, day: string, kind: CountKind, value: string): void {
    const key = `${site} ${day} ${kind} ${value}`
    const row = this.#rows.get(key)
    if (row) row.count++
    else this.#rows.set(key, { site, day, kind, value, count: 1 })
  }

  growth(): CountGrowth[] {
    return [...this.#rows.values()]
  }
}

/** By how much the number of open sessions changes, minute by minute. */
class Minutes {
  readonly #rows = new Map<string, { site: string; at: number; change: number }>()

  move(session: Session, before: LoggedState | undefined): void {
    const { site, startedAt, endedAt } = session
    const was = before?.endedAt ?? null
    if (!before) this.#add(site, startedAt, 1)
    if (was === endedAt) return
    if (was !== null) this.#add(site, was, 1)
    if (endedAt !== null) this.#add(site, endedAt, -1)
  }

  growth(): MinuteGrowth[] {
    return [...this.#rows.values()]
  }

  #add(site: string, moment: number, change: number): void {
    const at = minuteFrom(moment)
    const key = `${site} ${at}`
    const row = this.#rows.get(key) ?? { site, at, change: 0 }
    this.#rows.set(key, row)
    row.change += change
  }
}
