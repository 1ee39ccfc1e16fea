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
  /** The password was right, the second factor is still to come. */
  readonly waits: boolean
}

/** A session as its owner sees it among his others; `digest` names it and opens nothing. */
export interface ListedSession {
  readonly digest: string
  readonly openedAt: number
  readonly address: string
}

/** A session that is not used for two hours is over (OWASP ASVS 5.0 §7.3.1), and any after twelve (§7.3.2). */
const IDLE_MS = 2 * 3_600_000
const ABSOLUTE_MS = LIFETIME.staffSession * 1000
/** How long the second factor may take. */
const WAIT_MS = 5 * 60_000

const SHAPE = /^[A-Za-z0-9_-]{43}$/

/** Sessions of staff, and how often a name or an address failed to sign in. */
export class StaffStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Opens a session under a fresh random id of 256 bits; one that `waits` for the second factor lasts five minutes. */
  async open(
    person: string,
    now: number,
    { waits = false, address = '' }: { readonly waits?: boolean; readonly address?: string } = {},
  ): Promise<StaffSession> {
    const id = randomBytes(32).toString('base64url')
    const key = keys.staffSession(id)
    const fields = { person, openedAt: now, address, ...(waits && { waits: 1 }) }
    await this.#store
      .multi()
      .hset(key, fields)
      .pexpire(key, waits ? WAIT_MS : IDLE_MS)
      .exec()
    if (!waits) {
      const list = keys.staffSessions(person)
      await this.#store.multi().zadd(list, now, digestIn(key)).expire(list, LIFETIME.staffSession).exec()
    }
    return { id, person, openedAt: now, waits }
  }

  /** The session of a cookie, in use for two more hours; null when there is none or it is over. */
  async find(id: string, now: number): Promise<StaffSession | null> {
    if (!SHAPE.test(id)) return null
    const key = keys.staffSession(id)
    const { person, openedAt, waits } = await this.#store.hgetall(key)
    if (!person || !openedAt) return null
    const session = { id, person, openedAt: Number(openedAt), waits: waits !== undefined }
    if (session.waits) return session
    const left = session.openedAt + ABSOLUTE_MS - now
    if (left <= 0) {
      await this.#store.del(key)
      return null
    }
    // PEXPIRE never brings back what a sign-out has just deleted; a write of "last seen" would.
    await this.#store.pexpire(key, Math.min(IDLE_MS, left))
    return session
  }

  /** Which of the sessions are open, all asked at once; to be asked is no use, so that none lasts longer by it. */
  async stillOpen(ids: readonly string[], now: number): Promise<ReadonlySet<string>> {
    const found = await Promise.all(
      ids.map((id) => this.#store.hmget(keys.staffSession(id), 'openedAt', 'waits')),
    )
    const isOpen = ([openedAt, waits]: readonly (string | null)[]): boolean =>
      !!openedAt && !waits && Number(openedAt) + ABSOLUTE_MS > now
    return new Set(ids.filter((_, i) => isOpen(found[i]!)))
  }

  async close(id: string): Promise<void> {
    await this.#store.del(keys.staffSession(id))
  }

  /** The sessions that a person has open, the latest first. */
  async listOf(person: string): Promise<ListedSession[]> {
    const digests = await this.#store.zrevrange(keys.staffSessions(person), 0, -1)
    const found = await Promise.all(
      digests.map(async (digest) => {
        const [openedAt, address] = await this.#store.hmget(
          keys.staffSessionOf(digest),
          'openedAt',
          'address',
        )
        return openedAt ? [{ digest, openedAt: Number(openedAt), address: address ?? '' }] : []
      }),
    )
    return found.flat()
  }

  /** Ends one of a person's sessions; nobody else's, whatever is asked for. */
  async end(person: string, digest: string): Promise<void> {
    if ((await this.#store.zrem(keys.staffSessions(person), digest)) === 1)
      await this.#store.del(keys.staffSessionOf(digest))
  }

  /** Ends all of a person's sessions: what opened them is no longer right. */
  async endAll(person: string): Promise<void> {
    const list = keys.staffSessions(person)
    for (const digest of await this.#store.zrange(list, '0', '-1'))
      await this.#store.del(keys.staffSessionOf(digest))
    await this.#store.del(list)
  }

  /** How often a token has called within this minute, this call among them. */
  async countCall(token: string, now: number): Promise<number> {
    const key = keys.apiCalls(token, Math.floor(now / 60_000))
    const replies = await this.#store.multi().incr(key).expire(key, LIFETIME.apiCalls).exec()
    const count = replies?.[0]?.[1]
    if (typeof count !== 'number') throw new StoreError('cannot count a call of the API')
    return count
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

/** A session's name among its owner's. */
export const digestOfSession = (id: string): string => digestIn(keys.staffSession(id))

const digestIn = (key: string): string => key.slice(keys.staffSessionOf('').length)

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
