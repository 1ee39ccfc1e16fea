import { octetsOf, type NextLook } from '../core/domain/endings.ts'
import type { Session } from '../core/domain/session.ts'

/** A power of two, more than the sessions that a city has open at once. */
const SLOTS = 131_072

/**
 * When sessions are to be looked at again, in memory that is taken once and for all. Two sessions may want one slot: the
 * later has it, and the other is looked at once more than need be.
 */
export class NextLooks {
  /** Whose slot it is: a number that follows from the session's id; 0 for nobody's. */
  readonly #owner = new Float64Array(SLOTS)
  readonly #at = new Float64Array(SLOTS)
  readonly #octets = new Float64Array(SLOTS)

  /** Whether a session is to be looked at now; null when nothing is known of it. */
  isDue(session: Session, now: number): boolean | null {
    const owner = numberOf(session.id)
    const slot = owner % SLOTS
    if (this.#owner[slot] !== owner) return null
    return now >= this.#at[slot]! || octetsOf(session) >= this.#octets[slot]!
  }

  remember({ id }: Session, { at, octets }: NextLook): void {
    const owner = numberOf(id)
    const slot = owner % SLOTS
    this.#owner[slot] = owner
    this.#at[slot] = at
    this.#octets[slot] = octets
  }

  forget({ id }: Session): void {
    const owner = numberOf(id)
    const slot = owner % SLOTS
    if (this.#owner[slot] === owner) this.#owner[slot] = 0
  }
}

/** An id as one of 2⁵² numbers, never 0 (FNV-1a, twice). */
function numberOf(id: string): number {
  let low = 0x811c9dc5
  let high = 0xcbf29ce4
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code, 0x5bd1e995)
  }
  return 1 + (low >>> 0) + (high >>> 12) * 2 ** 32
}
