import { cityDay } from '../domain/day.ts'
import { hmacText } from '../domain/hmac.ts'
import type { Mac } from '../domain/mac.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Store } from './redis.ts'

/** How many pages of its city day brought a device each item: for the day's limit, and gone with it. */
export class MetItems {
  readonly #store: Store
  readonly #key: Buffer

  constructor(store: Store, key: Buffer) {
    this.#store = store
    this.#key = key
  }

  async of(mac: Mac, at: number): Promise<ReadonlyMap<string, number>> {
    const met = await this.#store.hgetall(this.#name(mac, at))
    return new Map(Object.entries(met).map(([item, pages]) => [item, Number(pages)]))
  }

  /** Counts one more page for each of these. */
  async note(mac: Mac, at: number, items: readonly string[]): Promise<void> {
    const name = this.#name(mac, at)
    const write = this.#store.multi()
    for (const item of items) write.hincrby(name, item, 1)
    await write.expire(name, LIFETIME.met).exec()
  }

  /** A digest that is another one tomorrow, so that no two days of a device are tied together. */
  #name(mac: Mac, at: number): string {
    return keys.met(hmacText(this.#key, `met\n${mac}\n${cityDay(at)}`).slice(0, 16))
  }
}
