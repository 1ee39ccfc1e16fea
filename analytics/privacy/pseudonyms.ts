import { createHmac } from 'node:crypto'
import type { Mac } from '../../core/domain/mac.ts'
import type { Keys } from '../../core/process/keys.ts'
import type { Transaction } from '../../core/records/database.ts'
import { pseudonymsEnd, type PeriodStart } from '../../core/records/periods.ts'
import { pseudonymKey } from '../../core/records/pseudonym-keys.ts'

/** A device in one period as 64 bits that mean nothing in any other: HMAC-SHA256(K_period, MAC). */
export const pseudonym = (key: Buffer, mac: Mac): bigint =>
  createHmac('sha256', key).update(mac).digest().readBigUInt64BE()

/** The keys of the periods at hand, each read once and forgotten when its time has come. */
export class PseudonymKeys {
  readonly #sealing: Keys
  readonly #now: () => number
  readonly #held = new Map<string, { key: Buffer; end: number }>()

  constructor(sealing: Keys, now: () => number) {
    this.#sealing = sealing
    this.#now = now
  }

  /** The key of a period, or null when it is destroyed: its devices can be counted no more. */
  async of(transaction: Transaction, period: PeriodStart): Promise<Buffer | null> {
    const name = `${period.period} ${period.startsOn}`
    this.forgetOld()
    const held = this.#held.get(name)
    if (held) return held.key
    const key = await pseudonymKey(transaction, this.#sealing, { period, now: this.#now() })
    if (key) this.#held.set(name, { key, end: pseudonymsEnd(period) })
    return key
  }

  /** Overwrites the keys whose time has come. */
  forgetOld(): void {
    for (const [name, { key, end }] of this.#held) {
      if (this.#now() < end) continue
      key.fill(0)
      this.#held.delete(name)
    }
  }

  /** Forgets all: a key that was made in a transaction that failed was never made. */
  clear(): void {
    for (const { key } of this.#held.values()) key.fill(0)
    this.#held.clear()
  }
}

/** Pseudonyms of one batch, each computed once. */
export class Pseudonyms {
  readonly #keys: PseudonymKeys
  readonly #periods = new Map<string, { key: Buffer; known: Map<Mac, bigint> } | null>()

  constructor(keys: PseudonymKeys) {
    this.#keys = keys
  }

  /** A device in a period, or null when the period's key is destroyed. */
  async of(transaction: Transaction, period: PeriodStart, mac: Mac): Promise<bigint | null> {
    const name = `${period.period} ${period.startsOn}`
    let of = this.#periods.get(name)
    if (of === undefined) {
      const key = await this.#keys.of(transaction, period)
      of = key && { key, known: new Map() }
      this.#periods.set(name, of)
    }
    if (of === null) return null
    let device = of.known.get(mac)
    if (device === undefined) of.known.set(mac, (device = pseudonym(of.key, mac)))
    return device
  }
}
