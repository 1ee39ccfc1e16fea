import { randomBytes } from 'node:crypto'
import { idText } from '../domain/id.ts'
import type { Mac } from '../domain/mac.ts'
import type { Visit, VisitGrant } from '../domain/visit.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Store } from './redis.ts'
import type { SessionRef } from './sessions.ts'

/** A visit and what has become of it. */
export interface KnownVisit {
  readonly visit: Visit
  readonly grant: VisitGrant | null
  readonly revoked: boolean
  /** When a NAS first redeemed its grant, epoch ms. */
  readonly acceptedAt: number | null
  readonly session: SessionRef | null
}

export const newVisitId = (): string => idText(randomBytes(12))

/** Arrivals of phones, kept here because mini-browsers keep nothing. */
export class VisitStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Saves an arrival for 15 minutes. `resumable` lets the same device at the same NAS find it again. */
  async create(visit: Visit, resumable: boolean): Promise<void> {
    const key = keys.visit(visit.id)
    const writes: Promise<unknown>[] = [
      this.#store.multi().hset(key, 'visit', JSON.stringify(visit)).expire(key, LIFETIME.arrival).exec(),
    ]
    if (resumable)
      writes.push(this.#store.set(keys.resume(visit.nas, visit.mac), visit.id, 'EX', LIFETIME.grantedVisit))
    await Promise.all(writes)
  }

  /** True once in 15 minutes for a device at a NAS: its probe and its page are one arrival. */
  async isFirstArrival(nas: string, mac: Mac): Promise<boolean> {
    return (await this.#store.set(keys.arrived(nas, mac), '1', 'EX', LIFETIME.arrival, 'NX')) === 'OK'
  }

  /** The same arrival again: its challenge may be new, its rights stay. */
  async update(visit: Visit): Promise<void> {
    await this.#store.hset(keys.visit(visit.id), 'visit', JSON.stringify(visit))
  }

  async find(id: string): Promise<KnownVisit | null> {
    if (!/^[A-Za-z0-9_-]{16}$/.test(id)) return null
    const [visit, grant, revoked, session, accepted] = await this.#store.hmget(
      keys.visit(id),
      'visit',
      'grant',
      'revoked',
      'session',
      'accepted',
    )
    if (!visit) return null
    return {
      visit: JSON.parse(visit) as Visit,
      grant: grant ? (JSON.parse(grant) as VisitGrant) : null,
      revoked: revoked !== null && revoked !== undefined,
      session: session ? (JSON.parse(session) as SessionRef) : null,
      acceptedAt: accepted ? Number(accepted) : null,
    }
  }

  /** The visit that a device at a NAS made before, if its arrival was proved. */
  async resume(nas: string, mac: Mac): Promise<KnownVisit | null> {
    const id = await this.#store.get(keys.resume(nas, mac))
    return id === null ? null : this.find(id)
  }

  /** Gives a visit its right, a new one when it had one: taken back or spent, the one before counts no more. */
  async grant(id: string, grant: VisitGrant): Promise<void> {
    const key = keys.visit(id)
    await this.#store
      .multi()
      .hset(key, 'grant', JSON.stringify(grant))
      .hdel(key, 'revoked', 'accepted')
      .expire(key, LIFETIME.grantedVisit)
      .exec()
  }

  /** From now on no Access-Request of this visit is accepted. */
  async revoke(id: string): Promise<void> {
    if (await this.#store.exists(keys.visit(id))) await this.#store.hset(keys.visit(id), 'revoked', '1')
  }

  async attachSession(id: string, { nas, acctSessionId, mac }: SessionRef): Promise<void> {
    if (await this.#store.exists(keys.visit(id)))
      await this.#store.hset(keys.visit(id), 'session', JSON.stringify({ nas, acctSessionId, mac }))
  }

  /** Notes that a NAS redeemed a grant: when it first did, and which visit it so proved for the device there. */
  async accepted({ id, nas, mac }: Visit, now: number): Promise<void> {
    await Promise.all([
      this.#store.hsetnx(keys.visit(id), 'accepted', now),
      this.#store.set(keys.macGrant(nas, mac), id, 'EX', LIFETIME.grantedVisit),
    ])
  }

  /** The visit that a NAS last proved for a device there. */
  async provedByMac(nas: string, mac: Mac): Promise<KnownVisit | null> {
    const id = await this.#store.get(keys.macGrant(nas, mac))
    return id === null ? null : this.find(id)
  }
}
