import { cityDay } from '../domain/day.ts'
import { keyedHash } from '../domain/keyed-hash.ts'
import { Lately } from '../domain/lately.ts'
import type { Mac } from '../domain/mac.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Later } from './later.ts'
import { asked, type Commands } from './redis.ts'

/** On how many pages of its city day a device met each item, by the item's id. */
export type Met = ReadonlyMap<string, number>

const NOTHING: Met = new Map()

/** Devices of which is remembered what was last read or written: most come back for a page or two. */
const MOST_DEVICES = 8192

/**
 * A device on a city day, and what was last read or written of it: a digest costs as much as the rest of the counting, and
 * so does reading what was just written.
 */
export interface DeviceDay {
  readonly day: string
  readonly key: string
  text: string
  met: Met
}

/** What devices met today: for the day's limit, and gone with it. */
export class MetItems {
  readonly #store: Commands
  readonly #key: Buffer
  readonly #days = new Lately<DeviceDay>(MOST_DEVICES)

  constructor(store: Commands, key: Buffer) {
    this.#store = store
    this.#key = key
  }

  of(day: DeviceDay): Later<Met> {
    return asked(this.#store, 'GET', [day.key], (text) => {
      // Another worker may have counted meanwhile, or the store have lost it.
      if (text === null) return NOTHING
      return day.text === text ? day.met : metIn(text as string)
    })
  }

  /**
   * Counts one more page for each of these, over what was met before. Of two pages at the same moment one is counted,
   * which is cheaper than to count each where it stands, and shows nobody an item more than once too often.
   */
  note(day: DeviceDay, before: Met, items: readonly string[]): Later<void> {
    const met = new Map(before)
    for (const item of items) met.set(item, (met.get(item) ?? 0) + 1)
    day.text = JSON.stringify(Object.fromEntries(met))
    day.met = met
    return asked(this.#store, 'SET', [day.key, day.text, 'EX', LIFETIME.met], () => undefined)
  }

  /** Its key is a digest that is another one tomorrow, so that no two days of a device are tied together. */
  day(mac: Mac, at: number): DeviceDay {
    const day = cityDay(at)
    const known = this.#days.get(mac)
    if (known?.day === day) return known
    const key = keys.met(keyedHash(this.#key, `met\n${mac}\n${day}`, 16))
    const made: DeviceDay = { day, key, text: '', met: NOTHING }
    this.#days.set(mac, made)
    return made
  }
}

const metIn = (text: string): Met => new Map(Object.entries(JSON.parse(text) as Record<string, number>))
