import { randomFillSync } from 'node:crypto'
import { idText } from '../domain/id.ts'
import { Lately } from '../domain/lately.ts'
import type { Mac } from '../domain/mac.ts'
import type { Visit, VisitGrant } from '../domain/visit.ts'
import { packGrant, unpackGrant } from './grant-record.ts'
import { Later } from './later.ts'
import { keys, LIFETIME } from './keys.ts'
import { asked, script, type Commands, type Reply } from './redis.ts'
import type { SessionRef } from './session-usage.ts'

/** What stands behind an Access-Request: a visit's right, and what became of it. */
export interface KnownRight {
  readonly grant: VisitGrant | null
  readonly revoked: boolean
  /** When a NAS first redeemed its grant, epoch ms. */
  readonly acceptedAt: number | null
}

/** A visit and what has become of it. */
export interface KnownVisit extends KnownRight {
  readonly visit: Visit
  readonly session: SessionRef | null
}

/** A visit as it was last read or written here, with the text that is kept of it. */
export interface ReadVisit {
  readonly text: string
  readonly visit: Visit
}

/** Drawn many at a time: each draw costs as much as a page. */
const drawn = Buffer.alloc(12 * 256)
let used = drawn.length

export function newVisitId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += 12
  return idText(drawn.toString('base64url', used - 12, used))
}

const ID = /^[A-Za-z0-9_-]{16}$/
const FIELDS = ['visit', 'grant', 'revoked', 'session', 'accepted'] as const
/** Visits that are remembered as they were last read or written, some kilobytes each. */
const MOST_READ = 4096

/** Arrivals of phones, kept here because mini-browsers keep nothing. */
export class VisitStore {
  readonly #store: Commands
  readonly #save: ReturnType<typeof script>
  readonly #attach: ReturnType<typeof script>
  readonly #count: ReturnType<typeof script>
  readonly #read: Lately<ReadVisit> | null

  /** With `remembers`, visits are kept here as well: who looks at one with every page and every tap seldom reads another. */
  constructor(store: Commands, remembers = false) {
    this.#store = store
    this.#read = remembers ? new Lately(MOST_READ) : null
    this.#save = script(store, 'visit-save', 1)
    this.#attach = script(store, 'visit-attach', 1)
    this.#count = script(store, 'return-count', 1)
  }

  /** Saves an arrival for 15 minutes. `resumable` lets the same device at the same NAS find it again meanwhile. */
  async create(visit: Visit, resumable: boolean): Promise<void> {
    await Promise.all([
      this.#save(keys.visit(visit.id), LIFETIME.arrival, 'visit', this.#textOf(visit)),
      resumable && this.#setFor(LIFETIME.arrival, keys.resume(visit.nas, visit.mac), visit.id),
    ])
  }

  /** True once in 15 minutes for a device at a NAS: its probe and its page are one arrival. */
  async isFirstArrival(nas: string, mac: Mac): Promise<boolean> {
    return (await this.#setFor(LIFETIME.arrival, keys.arrived(nas, mac), '1', 'NX')) === 'OK'
  }

  /**
   * Counts that a device at a NAS was sent to the portal: how often within this minute, this time included. What comes
   * `granted`, after the visitor was already let in, is counted apart from what comes `asked`, before.
   */
  async countReturn(nas: string, mac: Mac, since: 'asked' | 'granted'): Promise<number> {
    return Number(await this.#count(keys.returns(nas, mac, since), LIFETIME.returns))
  }

  /** The same arrival again: its challenge may be new, its rights stay. */
  async update(visit: Visit): Promise<void> {
    await this.#attach(keys.visit(visit.id), 'visit', this.#textOf(visit), 'HSET')
  }

  find(id: string): Later<KnownVisit | null> {
    if (!ID.test(id)) return Later.of(null)
    return this.#ask(id, (text) => (text ? this.#visitIn(id, text) : null))
  }

  /** A visit as it was when it was last read or written here, if that was of late and such are kept. */
  remembered(id: string): ReadVisit | undefined {
    return this.#read?.get(id)
  }

  /** What has become of a visit that is remembered; null when it is gone, or was written anew by another process. */
  again({ text, visit }: ReadVisit): Later<KnownVisit | null> {
    return this.#ask(visit.id, (now) => (now === text ? visit : null))
  }

  #ask(id: string, visitIn: (text: string | null) => Visit | null): Later<KnownVisit | null> {
    return asked(this.#store, 'HMGET', [keys.visit(id), ...FIELDS], (reply) => {
      const fields = reply as (string | null)[]
      const visit = visitIn(fields[0] ?? null)
      if (visit === null) return null
      const { grant, revoked, acceptedAt } = rightOf(fields[1], fields[2], fields[4])
      const session = fields[3]
      return {
        visit,
        grant,
        revoked,
        acceptedAt,
        session: session ? (JSON.parse(session) as SessionRef) : null,
      }
    })
  }

  #visitIn(id: string, text: string): Visit {
    const known = this.#read?.get(id)
    if (known?.text === text) return known.visit
    const visit = JSON.parse(text) as Visit
    this.#read?.set(id, { text, visit })
    return visit
  }

  /** The text that is kept of a visit, and what it will be read as. */
  #textOf(visit: Visit): string {
    const text = JSON.stringify(visit)
    this.#read?.set(visit.id, { text, visit })
    return text
  }

  /** A visit's right alone: what an Access-Request asks for. */
  right(id: string): Later<KnownRight> {
    return asked(this.#store, 'HMGET', [keys.visit(id), 'grant', 'revoked', 'accepted'], rightOfReply)
  }

  /** The visit that a device at a NAS made before, if its arrival was proved. */
  async resume(nas: string, mac: Mac): Promise<KnownVisit | null> {
    const id = await this.#id(keys.resume(nas, mac))
    return id === null ? null : this.find(id)
  }

  /**
   * Gives a visit its right, a new one when it had one: taken back or spent, the one before counts no more. From now on it
   * is kept for two days, and as long it can be found again.
   */
  async grant({ id, nas, mac }: Pick<Visit, 'id' | 'nas' | 'mac'>, grant: VisitGrant): Promise<void> {
    await Promise.all([
      this.#save(keys.visit(id), LIFETIME.grantedVisit, 'grant', packGrant(grant)),
      this.#store.call('EXPIRE', keys.resume(nas, mac), LIFETIME.grantedVisit),
    ])
  }

  /** From now on no Access-Request of this visit is accepted. */
  async revoke(id: string): Promise<void> {
    await this.#attach(keys.visit(id), 'revoked', '1', 'HSET')
  }

  attachSession(id: string, { nas, acctSessionId, mac }: SessionRef): Later<unknown> {
    return this.#attach(keys.visit(id), 'session', JSON.stringify({ nas, acctSessionId, mac }), 'HSET')
  }

  /** Notes that a NAS redeemed a grant: when it first did, and which visit it so proved for the device there. */
  accepted({ id, nas, mac }: Pick<Visit, 'id' | 'nas' | 'mac'>, now: number): Later<void> {
    return this.#attach(keys.visit(id), 'accepted', now, 'HSETNX').with(
      this.#setFor(LIFETIME.grantedVisit, keys.macGrant(nas, mac), id),
      () => undefined,
    )
  }

  /** The visit that a NAS last proved for a device there. */
  provedByMac(nas: string, mac: Mac): Later<KnownVisit | null> {
    return this.#id(keys.macGrant(nas, mac)).map((id) => (id === null ? null : this.find(id)))
  }

  #id(key: string): Later<string | null> {
    return asked(this.#store, 'GET', [key], (reply) => reply as string | null)
  }

  #setFor(seconds: number, key: string, value: string, ...more: string[]): Later<Reply> {
    return asked(this.#store, 'SET', [key, value, 'EX', seconds, ...more], (reply) => reply)
  }
}

function rightOfReply(reply: Reply): KnownRight {
  const [grant, revoked, accepted] = reply as (string | null)[]
  return rightOf(grant, revoked, accepted)
}

function rightOf(
  grant: string | null | undefined,
  revoked: string | null | undefined,
  accepted: string | null | undefined,
): KnownRight {
  return {
    grant: grant ? unpackGrant(grant) : null,
    revoked: revoked !== null,
    acceptedAt: accepted ? Number(accepted) : null,
  }
}
