import { randomBytes } from 'node:crypto'
import { SHARDS } from '../domain/nas.ts'
import { StoreError } from '../process/errors.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Store } from './redis.ts'

/** Who is signed in to the console, and since when. The live store knows only a digest of `id`. */
export interface StaffSession {
  readonly id: string
  readonly person: string
  readonly openedAt: number
}

/** A session that is not used for two hours is over (OWASP ASVS 5.0 §7.3.1), and any after twelve (§7.3.2). */
const IDLE_MS = 2 * 3_600_000
const ABSOLUTE_MS = LIFETIME.staffSession * 1000

const SHAPE = /^[A-Za-z0-9_-]{43}$/

/** Sessions of staff, and how often a name or an address failed to sign in. */
export class StaffStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Opens a session under a fresh random id of 256 bits. */
  async open(person: string, now: number): Promise<StaffSession> {
    const id = randomBytes(32).toString('base64url')
    const key = keys.staffSession(id)
    await this.#store.multi().hset(key, { person, openedAt: now }).pexpire(key, IDLE_MS).exec()
    return { id, person, openedAt: now }
  }

  /** The session of a cookie, in use for two more hours; null when there is none or it is over. */
  async find(id: string, now: number): Promise<StaffSession | null> {
    if (!SHAPE.test(id)) return null
    const key = keys.staffSession(id)
    const { person, openedAt } = await this.#store.hgetall(key)
    if (!person || !openedAt) return null
    const left = Number(openedAt) + ABSOLUTE_MS - now
    if (left <= 0) {
      await this.#store.del(key)
      return null
    }
    // PEXPIRE never brings back what a sign-out has just deleted; a write of "last seen" would.
    await this.#store.pexpire(key, Math.min(IDLE_MS, left))
    return { id, person, openedAt: Number(openedAt) }
  }

  async close(id: string): Promise<void> {
    await this.#store.del(keys.staffSession(id))
  }

  /**
   * Counts a try to sign in before the password is looked at, so that many at once cannot slip through; the number of
   * tries within a quarter of an hour from the first.
   */
  async countTry(who: string): Promise<number> {
    const key = keys.staffTries(who)
    const replies = await this.#store.multi().set(key, 0, 'EX', LIFETIME.staffTries, 'NX').incr(key).exec()
    const count = replies?.[1]?.[1]
    // A count that is not known must not open the door.
    if (typeof count !== 'number') throw new StoreError('cannot count a try to sign in')
    return count
  }

  /** Takes back one try: it was no failure. */
  async takeBackTry(who: string): Promise<void> {
    const key = keys.staffTries(who)
    // A window that ended in between begins anew, so that the counter never stays without a lifetime.
    await this.#store.multi().set(key, 0, 'EX', LIFETIME.staffTries, 'NX').decr(key).exec()
  }

  async forgetTries(who: string): Promise<void> {
    await this.#store.del(keys.staffTries(who))
  }
}

/**
 * When the oldest event came that no collector has taken yet (epoch ms), or null when none waits: what staff are told
 * of late figures. Collectors remove an event once its records are committed.
 */
export async function oldestWaiting(store: Store): Promise<number | null> {
  const firsts = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) => store.xrange(keys.events(shard), '-', '+', 'COUNT', 1)),
  )
  const times = firsts.flat().map(([id]) => Number(id.split('-')[0]))
  return times.length === 0 ? null : Math.min(...times)
}
