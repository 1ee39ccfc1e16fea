import { octetsOf, type NextLook } from '../core/domain/endings.ts'
import { numberOf } from '../core/domain/id.ts'
import type { Session } from '../core/domain/session.ts'

/** A power of two, more than the sessions that a city has open at once. */
const SLOTS = 131_072
/** Slots in a row that a session may have. */
const WAYS = 4

/**
 * When sessions are to be looked at again, in memory that is taken once and for all. More sessions than slots in a row
 * may want the same ones: then the later has it, and the other is looked at once more than need be.
 */
export class NextLooks {
  /** Whose slot it is: a number that follows from the session's id; 0 for nobody's. */
  readonly #owner = new Float64Array(SLOTS)
  readonly #at = new Float64Array(SLOTS)
  readonly #octets = new Float64Array(SLOTS)

  /** Whether a session is to be looked at now; null when nothing is known of it. */
  isDue(session: Session, now: number): boolean | null {
    const slot = this.#find(numberOf(session.id))
    if (slot < 0) return null
    return now >= this.#at[slot]! || octetsOf(session) >= this.#octets[slot]!
  }

  remember({ id }: Session, { at, octets }: NextLook): void {
    const owner = numberOf(id)
    const known = this.#find(owner)
    const free = known < 0 ? this.#find(0, owner) : known
    const slot = free < 0 ? owner % SLOTS : free
    this.#owner[slot] = owner
    this.#at[slot] = at
    this.#octets[slot] = octets
  }

  forget({ id }: Session): void {
    const slot = this.#find(numberOf(id))
    if (slot >= 0) this.#owner[slot] = 0
  }

  /** The slot that somebody has among those in which `home` belongs, or -1. */
  #find(owner: number, home = owner): number {
    for (let way = 0; way < WAYS; way++) {
      const slot = (home + way) % SLOTS
      if (this.#owner[slot] === owner) return slot
    }
    return -1
  }
}
