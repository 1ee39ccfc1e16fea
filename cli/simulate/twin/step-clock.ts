import type { Clock, Wait } from '../clock.ts'
import { MINUTE } from './plan.ts'

/** A clock that goes from minute to minute when it is told to: whoever waits is woken at a whole minute. */
export class StepClock implements Clock {
  readonly speed = 1
  readonly #waits = new Set<{ readonly at: number; readonly settle: () => void }>()
  readonly #changed: () => void
  #now: number

  /** `changed` hears of each new wait. */
  constructor(at: number, changed: () => void) {
    this.#now = at
    this.#changed = changed
  }

  readonly now = (): number => this.#now

  /** How many wait. */
  get waiting(): number {
    return this.#waits.size
  }

  wait(milliseconds: number): Wait {
    // The millisecond that sessions add for timers that fire early is not needed here.
    const at = Math.ceil((this.#now + milliseconds - 1) / MINUTE) * MINUTE
    let cut = (): void => {}
    const done = new Promise<void>((resolve) => {
      const wait = { at, settle: resolve }
      this.#waits.add(wait)
      cut = () => {
        this.#waits.delete(wait)
        resolve()
      }
    })
    this.#changed()
    return { done, cut }
  }

  /** Whether anybody waits for a moment up to this. */
  isDue(at: number): boolean {
    return [...this.#waits].some((wait) => wait.at <= at)
  }

  /** Goes on to a moment; nobody is woken yet. */
  reach(to: number): void {
    this.#now = to
  }

  /** Goes on to a moment and wakes those who waited for it. */
  advance(to: number): void {
    this.reach(to)
    for (const wait of this.#waits) {
      if (wait.at > to) continue
      this.#waits.delete(wait)
      wait.settle()
    }
  }
}
