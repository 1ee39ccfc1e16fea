import type { Logger } from '../core/process/log.ts'

const EVERY_MS = 10_000

/** Warnings that strangers can cause: one line a topic every ten seconds, with how many were left out. */
export class RateLimitedLog {
  readonly #log: Logger
  readonly #now: () => number
  readonly #topics = new Map<string, { at: number; silenced: number }>()

  constructor(log: Logger, now: () => number) {
    this.#log = log
    this.#now = now
  }

  /** `topic` comes from our own words, so that there are few. */
  warn(topic: string, fields: object, message: string): void {
    const now = this.#now()
    const last = this.#topics.get(topic)
    if (last && now - last.at < EVERY_MS) {
      last.silenced++
      return
    }
    this.#topics.set(topic, { at: now, silenced: 0 })
    this.#log.warn(last?.silenced ? { ...fields, silenced: last.silenced } : fields, message)
  }
}
