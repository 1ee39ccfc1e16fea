import { nextLook, reasonToEnd, type MustEnd, type NextLook, type Standing } from '../domain/endings.ts'
import { periodOf } from '../domain/grants.ts'
import { openingAt } from '../domain/hours.ts'
import type { Usage } from '../domain/limits.ts'
import type { Nas } from '../domain/nas.ts'
import { siteNow } from '../domain/notice.ts'
import { askedFor } from '../domain/session-story.ts'
import type { Session } from '../domain/session.ts'
import type { Site } from '../domain/site.ts'
import { requestDeauth, requestDisconnect } from './commands.ts'
import { appendEvent } from './events.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Store } from './redis.ts'
import { placeOf } from './session-usage.ts'
import type { SessionStore } from './sessions.ts'
import type { Tables } from './tables.ts'
import type { UsageStore } from './usage.ts'
import type { KnownRight, VisitStore } from './visits.ts'

export interface EndingParts {
  readonly store: Store
  readonly sessions: SessionStore
  readonly visits: VisitStore
  readonly usage: UsageStore
  readonly tables: { readonly current: Tables }
  /** How a NAS is asked to end a session; undefined where it cannot be asked. */
  readonly wayTo: (nas: Nas) => 'coa' | 'reporter' | undefined
}

/** Within so many of its intervals accounting has told that a session has ended, or it is asked for again. */
const INTERVALS = 2
/** How many are taken up in a turn; the rest waits for the next. */
const MOST_A_TURN = 500

/**
 * Ends sessions that their gateways should have ended: each is asked for once, whoever finds it, and is remembered until
 * accounting tells that it has ended. While that does not come, it is asked for again.
 */
export class Endings {
  readonly #parts: EndingParts

  constructor(parts: EndingParts) {
    this.#parts = parts
  }

  /** Ends an open session if it must end, and all that share its quota once that is used up; when to look at it again. */
  async look(session: Session, now: number): Promise<NextLook> {
    const used = await this.#used(session, now)
    const standing = await this.#standing(session, used, now)
    const reason = reasonToEnd(standing, now)
    if (reason === null) return nextLook(standing, now)
    await this.#ask(session, reason, now)
    if (reason === 'quota-time' || reason === 'quota-data')
      for (const other of await this.#parts.sessions.openOf(session.subject!)) {
        // Each is held to the allowance of its own site.
        const reasonToo =
          other.id === session.id ? null : reasonToEnd(await this.#standing(other, used, now), now)
        if (reasonToo) await this.#ask(other, reasonToo, now)
      }
    return { at: now + patienceMs(session), octets: Infinity }
  }

  /** Asks for what is still open at sites that are closed. */
  async atClosing(now: number): Promise<void> {
    const { store, sessions, tables } = this.#parts
    const { nas } = tables.current
    const closed = [...nas.values()].filter(({ site }) => !openingAt(this.#site(site, now)?.hours, now).open)
    const open = (await Promise.all(closed.map(({ id }) => sessions.open(id)))).flat()
    if (open.length === 0) return
    const asked = await store.zmscore(keys.endings, ...open.map(placeOf))
    for (const ref of open.filter((_, i) => asked[i] === null).slice(0, MOST_A_TURN)) {
      const session = await sessions.find(ref)
      if (session?.endedAt === null) await this.#ask(session, 'hours', now)
    }
  }

  /** Forgets those that have ended, or may go on after all; asks again for the others and tells of them. */
  async confirm(now: number, stillOpen: (session: Session, reason: MustEnd) => void): Promise<void> {
    const { store, sessions } = this.#parts
    for (const place of await store.zrangebyscore(keys.endings, '-inf', now, 'LIMIT', 0, MOST_A_TURN)) {
      const session = await sessions.findAt(place)
      const reason = session?.endedAt === null ? await this.reason(session, now) : null
      if (!session || reason === null) {
        await store.zrem(keys.endings, place)
        continue
      }
      await store.zadd(keys.endings, now + patienceMs(session), place)
      await this.#request(session, reason, now)
      stillOpen(session, reason)
    }
  }

  /** Why a session must end, or null. */
  async reason(session: Session, now: number): Promise<MustEnd | null> {
    return reasonToEnd(await this.#standing(session, await this.#used(session, now), now), now)
  }

  async #ask(session: Session, reason: MustEnd, now: number): Promise<void> {
    const { store } = this.#parts
    if (this.#wayTo(session) === undefined) return
    // Remembered first: should we die here, it is found still open and asked for then.
    if ((await store.zadd(keys.endings, 'NX', now + patienceMs(session), placeOf(session))) === 0) return
    await store.expire(keys.endings, LIFETIME.endings)
    await appendEvent(store, askedFor(session, reason, now))
    await this.#request(session, reason, now)
  }

  async #request(session: Session, reason: MustEnd, now: number): Promise<void> {
    if (this.#wayTo(session) === 'coa') await requestDisconnect(this.#parts.store, session, reason, now)
    else await requestDeauth(this.#parts.store, session)
  }

  #wayTo(session: Session): 'coa' | 'reporter' | undefined {
    const nas = this.#parts.tables.current.nas.get(session.nas)
    return nas && this.#parts.wayTo(nas)
  }

  async #used({ subject }: Session, now: number): Promise<Usage> {
    return subject === null ? NOTHING : this.#parts.usage.used(subject, periodOf(subject, now))
  }

  async #standing(session: Session, used: Usage, now: number): Promise<Standing> {
    const { visits } = this.#parts
    const right = session.visit === null ? NO_RIGHT : await visits.right(session.visit)
    const site = this.#site(session.site, now)
    return { session, right, used, hours: site?.hours, lifts: site?.lifts }
  }

  #site(id: string, now: number): Site | undefined {
    const { sites, notices } = this.#parts.tables.current
    const site = sites.get(id)
    return site && siteNow(site, notices, now)
  }
}

const NOTHING: Usage = { seconds: 0, octets: 0 }
const NO_RIGHT: KnownRight = { grant: null, revoked: false, acceptedAt: null }
const patienceMs = ({ interimSeconds }: Session): number => INTERVALS * interimSeconds * 1000
