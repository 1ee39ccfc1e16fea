import type { Transaction } from '../../core/records/database.ts'
import { PERIODS, periodOf } from '../../core/records/periods.ts'
import { readReach, saveReach, type ReachRef, type SiteReach } from '../../core/records/reach.ts'
import type { Counts, Online } from '../collector/tally.ts'
import { pseudonym, type PseudonymKeys } from './pseudonyms.ts'

/** How many sketches stay in memory, of at most 16 KB each. */
const MOST_HELD = 4000

/**
 * Counts different devices per site and period. Sketches stay in memory between transactions; `clear` must be called
 * when one failed or somebody else wrote.
 */
export class ReachCounter {
  readonly #keys: PseudonymKeys
  readonly #held = new Map<string, SiteReach>()

  constructor(keys: PseudonymKeys) {
    this.#keys = keys
  }

  /** Counts devices that got online; the first time on a day at a site, also its language and system in `counts`. */
  async count(transaction: Transaction, online: readonly Online[], counts: Counts): Promise<void> {
    await this.#load(transaction, online)
    const changed = new Set<SiteReach>()
    for (const { site, mac, day, lang, os } of online) {
      for (const ref of refsOf(site, day)) {
        const key = await this.#keys.of(transaction, ref)
        if (key === null) continue
        const reach = this.#held.get(nameOf(ref))!
        const newDevices = reach.sketch.add(pseudonym(key, mac))
        if (newDevices === 0) continue
        changed.add(reach)
        if (ref.period !== 'day') continue
        counts.add(site, day, 'language', lang, newDevices)
        counts.add(site, day, 'device', os, newDevices)
      }
    }
    await saveReach(transaction, [...changed])
    this.#trim()
  }

  clear(): void {
    this.#held.clear()
  }

  async #load(transaction: Transaction, online: readonly Online[]): Promise<void> {
    const missing = new Map<string, ReachRef>()
    for (const { site, day } of online)
      for (const ref of refsOf(site, day)) if (!this.#held.has(nameOf(ref))) missing.set(nameOf(ref), ref)
    for (const reach of await readReach(transaction, [...missing.values()]))
      this.#held.set(nameOf(reach), reach)
  }

  /** The oldest go first: days that are over. */
  #trim(): void {
    for (const name of this.#held.keys()) {
      if (this.#held.size <= MOST_HELD) return
      this.#held.delete(name)
    }
  }
}

const refsOf = (site: string, day: string): ReachRef[] =>
  PERIODS.map((period) => ({ ...periodOf(period, day), site }))

const nameOf = ({ period, startsOn, site }: ReachRef): string => `${period} ${startsOn} ${site}`
