import { cityDay } from '../domain/day.ts'
import { hmacText } from '../domain/hmac.ts'
import type { Mac } from '../domain/mac.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Commands } from './redis.ts'

/** On how many pages of its city day a device met each item, by the item's id. */
export type Met = ReadonlyMap<string, number>

/** What devices met today: for the day's limit, and gone with it. */
export class MetItems {
  readonly #store: Commands
  readonly #key: Buffer
  /** Whose these are: a digest costs as much as the rest of the counting. */
  readonly #names = new WeakMap<Met, string>()

  constructor(store: Commands, key: Buffer) {
    this.#store = store
    this.#key = key
  }

  async of(mac: Mac, at: number): Promise<Met> {
    const name = this.#name(mac, at)
    const text = (await this.#store.call('GET', name)) as string | null
    const met = new Map(text === null ? [] : Object.entries(JSON.parse(text) as Record<string, number>))
    this.#names.set(met, name)
    return met
  }

  /**
   * Counts one more page for each of these, over what was met before. Of two pages at the same moment one is counted,
   * which is cheaper than to count each where it stands, and shows nobody an item more than once too often.
   */
  async note(mac: Mac, at: number, before: Met, items: readonly string[]): Promise<void> {
    const met = new Map(before)
    for (const item of items) met.set(item, (met.get(item) ?? 0) + 1)
    const text = JSON.stringify(Object.fromEntries(met))
    await this.#store.call('SET', this.#names.get(before) ?? this.#name(mac, at), text, 'EX', LIFETIME.met)
  }

  /** A digest that is another one tomorrow, so that no two days of a device are tied together. */
  #name(mac: Mac, at: number): string {
    return keys.met(hmacText(this.#key, `met\n${mac}\n${cityDay(at)}`).slice(0, 16))
  }
}
