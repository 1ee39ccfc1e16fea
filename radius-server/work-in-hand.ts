/** Work in hand beyond this is shed, new before old: a NAS sends again, and a queue that grows helps nobody. */
const MOST = 4096
/** What one NAS may have of it, so that a flood of one leaves the others theirs. */
const MOST_OF_ONE = 1024

/** Counts what is being worked on, in all and for each NAS. */
export class WorkInHand {
  readonly #ofOne = new Map<string, number>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Takes one more in hand; or why not, and then there is nothing to end. */
  begin(nas: string): 'overload' | 'nas-overload' | null {
    if (this.#size >= MOST) return 'overload'
    const ofOne = this.#ofOne.get(nas) ?? 0
    if (ofOne >= MOST_OF_ONE) return 'nas-overload'
    this.#ofOne.set(nas, ofOne + 1)
    this.#size++
    return null
  }

  end(nas: string): void {
    const ofOne = this.#ofOne.get(nas)! - 1
    if (ofOne === 0) this.#ofOne.delete(nas)
    else this.#ofOne.set(nas, ofOne)
    this.#size--
  }
}
