import { numberOf } from '../domain/id.ts'

/** A power of two: of a city's open sessions most, at one worker. */
const SLOTS = 32_768
/** A session's record takes some 220 octets; longer ones are read when they are needed. */
const OCTETS = 288
/** With room for one character more, so that text which is cut short is never as long as it should be. */
const SLOT_OCTETS = OCTETS + 4

/**
 * What this worker last saved of sessions, so that their next report need not be read for: the step that saves it tells
 * whether it still was so. Memory that is taken once, when it is first needed; of two sessions with one slot the later
 * has it.
 */
export class LastRecords {
  /** Whose slot it is, 0 for nobody's. */
  readonly #owner = new Float64Array(SLOTS)
  readonly #octets = new Uint16Array(SLOTS)
  #lines: Buffer | null = null

  find(key: string): string | null {
    const owner = numberOf(key)
    const slot = owner % SLOTS
    if (this.#lines === null || this.#owner[slot] !== owner) return null
    const at = slot * SLOT_OCTETS
    return this.#lines.toString('latin1', at, at + this.#octets[slot]!)
  }

  remember(key: string, line: string): void {
    const owner = numberOf(key)
    const slot = owner % SLOTS
    this.#lines ??= Buffer.alloc(SLOTS * SLOT_OCTETS)
    // Text of more than one octet a character is seldom, and is not kept.
    const isKept =
      line.length <= OCTETS && this.#lines.write(line, slot * SLOT_OCTETS, SLOT_OCTETS) === line.length
    this.#owner[slot] = isKept ? owner : 0
    this.#octets[slot] = line.length
  }

  forgetAll(): void {
    this.#owner.fill(0)
  }

  forget(key: string): void {
    const owner = numberOf(key)
    if (this.#owner[owner % SLOTS] === owner) this.#owner[owner % SLOTS] = 0
  }
}
