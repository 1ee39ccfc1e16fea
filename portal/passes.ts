import { passDevices, passState, type Pass, type PassDevice, type PassState } from '../core/domain/pass.ts'
import type { Site } from '../core/domain/site.ts'
import type { Visit } from '../core/domain/visit.ts'
import { rightOfPass } from '../core/store/pass-rights.ts'
import type { PassStore, PassWish, Seat } from '../core/store/passes.ts'
import type { SessionStore } from '../core/store/sessions.ts'
import type { UsageStore } from '../core/store/usage.ts'
import type { KnownVisit, VisitStore } from '../core/store/visits.ts'
import type { VoucherStore } from '../core/store/vouchers.ts'
import type { Outcome, Refusal } from './login/method.ts'

interface Stores {
  readonly passes: PassStore
  readonly visits: VisitStore
  readonly sessions: SessionStore
  readonly usage: UsageStore
  readonly vouchers: VoucherStore
}

/** A phone that stands at the portal. */
export interface Phone {
  readonly visit: Visit
  readonly site: Site
  /** Whether a gateway has proved its MAC. Until then nothing is told or written of the passes of that MAC. */
  readonly isProved: boolean
  readonly now: number
}

/** Whose quota a phone uses: its pass, or itself alone. */
type Holder = Pick<Pass, 'subject' | 'code'>
type Refused = { readonly kind: 'refused'; readonly refusal: Refusal }

export const NO_WISH: PassWish = { pass: null, code: null }

/** A device that came in this lately may be on its way through its gateway still. */
const ON_ITS_WAY_MS = 120_000
const MOST_TURNS = 4

/**
 * True when a gateway has proved the MAC of a visit: by a redirect that it signed, by redeeming the grant, which is bound
 * to the device, or by reporting its session.
 */
export const isProved = ({ visit, acceptedAt, session }: KnownVisit): boolean =>
  visit.proved || acceptedAt !== null || session !== null

/** What the portal does with visitor passes. */
export class PassDesk {
  readonly #stores: Stores

  constructor(stores: Stores) {
    this.#stores = stores
  }

  /** Lets a phone in on a pass, its own or the wished one, as far as quota and places reach. */
  async enter(phone: Phone, wish: PassWish): Promise<Outcome> {
    const { visit, site, now } = phone
    const holder = await this.holder(phone, wish.pass)
    if ('refusal' in holder) return holder
    const right = await rightOfPass(this.#stores, { holder, site, visit: visit.id, now })
    if (right.kind === 'refused') return { kind: 'refused', refusal: { reason: right.reason } }
    return (await this.admit(phone, wish)) ?? right
  }

  /** Whose quota a phone is going to use; nothing is written. */
  async holder({ visit, now }: Phone, wished: string | null): Promise<Holder | Refused> {
    const { passes } = this.#stores
    if (wished === null)
      return (await passes.validOf(visit.mac, now)) ?? { subject: passes.deviceOf(visit.mac), code: null }
    const pass = await passes.find(wished)
    const state = pass === null ? 'expired' : passState(pass, now)
    return pass !== null && state === 'valid' ? pass : over(state)
  }

  /**
   * Gives a phone its place on a pass, a new pass where it has none; the refusal where there is no place. What a phone
   * that is not proved wishes is only remembered.
   */
  async admit(phone: Phone, wish: PassWish): Promise<Refused | null> {
    const { passes } = this.#stores
    const { visit, isProved, now } = phone
    if (!isProved) {
      const pass = wish.pass === null ? null : await passes.find(wish.pass)
      if (pass && !(await this.hasPlace(pass, phone))) return tooMany(pass)
      if (wish.pass !== null || wish.code !== null) await passes.wish(visit.id, wish)
      return null
    }
    const seat = { mac: visit.mac, visit: visit.id, now }
    const given =
      wish.pass === null
        ? await passes.own(seat, passDevices(phone.site.limits.devices))
        : await this.#join(wish.pass, seat)
    if ('refusal' in given) return given
    if (wish.code) await passes.carry(given.id, wish.code)
    return null
  }

  /** Does for a phone whose gateway has proved it by now what could not be done when it logged in. */
  async settle(phone: Phone, known: KnownVisit): Promise<void> {
    if (known.visit.proved || !phone.isProved || !known.grant) return
    const { passes } = this.#stores
    const wish = await passes.takeWish(known.visit.id)
    const own = await passes.ofDevice(known.visit.mac)
    const device = own?.devices.get(passes.deviceOf(known.visit.mac))
    if (wish === null && device?.visit === known.visit.id) return
    const refused = await this.admit(phone, wish ?? NO_WISH)
    if (refused && wish?.pass) await this.admit(phone, { ...wish, pass: null })
  }

  /** Whether a phone has a place of a pass, or would get one. */
  async hasPlace(pass: Pass, { visit, now }: Pick<Phone, 'visit' | 'now'>): Promise<boolean> {
    const isMember = pass.devices.has(this.#stores.passes.deviceOf(visit.mac))
    return isMember || pass.devices.size < pass.most || (await this.#away(pass, now)) !== null
  }

  /** Joins a pass; where its places are taken, the device that has been away the longest gives up its own. */
  async #join(id: string, seat: Seat): Promise<Pass | Refused> {
    let away: [string, PassDevice] | undefined
    for (let turn = 1; ; turn++) {
      const joined = await this.#stores.passes.join(id, seat, away)
      if (joined.kind === 'joined') return joined.pass
      if (joined.kind === 'over') return over(joined.pass && passState(joined.pass, seat.now))
      away = (await this.#away(joined.pass, seat.now)) ?? undefined
      if (away === undefined || turn === MOST_TURNS) return tooMany(joined.pass)
    }
  }

  /** The device of a pass that is not online and was seen longest ago. */
  async #away({ devices }: Pass, now: number): Promise<[string, PassDevice] | null> {
    const oldestFirst = [...devices].sort(([, a], [, b]) => a.seenAt - b.seenAt)
    for (const entry of oldestFirst) if (!(await this.#isOnline(entry[1], now))) return entry
    return null
  }

  async #isOnline({ seenAt, visit }: PassDevice, now: number): Promise<boolean> {
    if (now - seenAt < ON_ITS_WAY_MS) return true
    const ref = (await this.#stores.visits.find(visit))?.session
    const session = ref ? await this.#stores.sessions.find(ref) : null
    return session !== null && session.endedAt === null
  }
}

const tooMany = ({ most }: Pass): Refused => ({
  kind: 'refused',
  refusal: { reason: 'quota-devices', devices: most },
})

const over = (state: PassState | null): Refused => ({
  kind: 'refused',
  refusal: { reason: state === 'revoked' ? 'pass-revoked' : 'pass-expired' },
})
