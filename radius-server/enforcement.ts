import { firstLook } from '../core/domain/endings.ts'
import type { Session } from '../core/domain/session.ts'
import { repeat, type Running } from '../core/process/lifecycle.ts'
import type { Logger } from '../core/process/log.ts'
import type { Counter } from '../core/process/metrics.ts'
import type { Endings } from '../core/store/endings.ts'
import { keys } from '../core/store/keys.ts'
import type { Store } from '../core/store/redis.ts'
import type { Recorded } from '../core/store/sessions.ts'
import type { LiveTables } from '../core/store/tables.ts'
import { NextLooks } from './next-looks.ts'
import { RateLimitedLog } from './rate-limited-log.ts'

export interface EnforcementParts {
  readonly store: Store
  readonly endings: Endings
  readonly tables: LiveTables
  /** Sessions that accounting showed alive, or not at all, long after their NAS was asked to end them. */
  readonly unconfirmed: Counter<'gateway'>
  readonly log: Logger
  readonly now: () => number
  readonly everyMs?: number
}

const EVERY_MS = 15_000
/** While a session is looked at, its next report starts no second look. */
const LOOKING_MS = 30_000

/**
 * Holds sessions to their limits where gateways do not: from what accounting tells, and from the clock. A report costs no
 * question of its own to the store: each session's next look is known beforehand.
 */
export class Enforcement implements Running {
  readonly #parts: EnforcementParts
  readonly #next = new NextLooks()
  readonly #looks = new Set<Promise<void>>()
  readonly #failures: RateLimitedLog
  readonly #job: Running

  constructor(parts: EnforcementParts) {
    this.#parts = parts
    this.#failures = new RateLimitedLog(parts.log, parts.now)
    const { everyMs = EVERY_MS } = parts
    this.#job = repeat(
      everyMs,
      () => this.#turn(everyMs),
      (error) => this.#failures.warn('turn', { err: error }, 'cannot look for sessions that must end'),
    )
  }

  /** Told of each report that is recorded; its answer does not wait for what follows. */
  recorded({ applied, session }: Recorded): void {
    if (session.subject === null || applied.kind === 'nothing') return
    if (session.endedAt !== null) return this.#next.forget(session)
    const now = this.#parts.now()
    const isDue = this.#next.isDue(session, now)
    if (isDue === false) return
    const first = isDue === null && session.seconds === 0 ? firstLook(session, now) : null
    if (first) return this.#next.remember(session, first)
    this.#next.remember(session, { at: now + LOOKING_MS, octets: Infinity })
    const look = this.#look(session, now).finally(() => this.#looks.delete(look))
    this.#looks.add(look)
  }

  async stop(): Promise<void> {
    await this.#job.stop()
    await Promise.all(this.#looks)
  }

  async #look(session: Session, now: number): Promise<void> {
    try {
      this.#next.remember(session, await this.#parts.endings.look(session, now))
    } catch (error) {
      this.#next.forget(session)
      this.#failures.warn('look', { err: error }, 'cannot look whether a session must end')
    }
  }

  /** Of several workers one does it at a time. */
  async #turn(everyMs: number): Promise<void> {
    const { store, endings, tables, unconfirmed, now } = this.#parts
    if ((await store.set(keys.job('enforcement'), '1', 'PX', everyMs - 100, 'NX')) !== 'OK') return
    await endings.atClosing(now())
    await endings.confirm(now(), ({ id, nas }, reason) => {
      const gateway = tables.current.nas.get(nas)?.gateway
      if (gateway === undefined) return
      unconfirmed.inc({ gateway })
      this.#failures.warn(
        'still open',
        { nas, session: id, reason },
        'a session that should have ended is still open: its NAS is asked again',
      )
    })
  }
}
