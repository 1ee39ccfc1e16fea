import type { Usage } from '../domain/limits.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Commands } from './redis.ts'

/**
 * What subjects have used: each session's figures so far are members of their own whose scores only grow, so that what
 * is told twice, late or by two workers at once counts once.
 */
export class UsageStore {
  readonly #store: Commands

  constructor(store: Commands) {
    this.#store = store
  }

  /** Counts a session's figures so far; `day` null counts over the subject's whole life. */
  async count(subject: string, day: string | null, session: string, soFar: Usage): Promise<void> {
    const key = keys.usage(subject, day ?? 'all')
    const added = await this.#store.call(
      'ZADD',
      key,
      'GT',
      soFar.seconds,
      `${SECONDS}${session}`,
      soFar.octets,
      `${OCTETS}${session}`,
    )
    // A session's first figures say anew how long the period is kept; those that follow need not.
    if ((added as number) > 0)
      await this.#store.call('EXPIRE', key, day === null ? LIFETIME.voucherUsage : LIFETIME.dayUsage)
  }

  used(subject: string, day: string | null): Promise<Usage> {
    return this.#store.call('ZRANGE', keys.usage(subject, day ?? 'all'), 0, -1, 'WITHSCORES').then(sum)
  }
}

const SECONDS = 's:'
const OCTETS = 'o:'
const NOTHING: Usage = { seconds: 0, octets: 0 }

/** Members and scores by turns; RESP 3 has them in pairs. */
function sum(reply: unknown): Usage {
  const told = reply as (string | number | (string | number)[])[]
  if (told.length === 0) return NOTHING
  const figures = told.flat()
  let seconds = 0
  let octets = 0
  for (let i = 0; i < figures.length; i += 2) {
    const figure = Number(figures[i + 1])
    if (String(figures[i]).startsWith(SECONDS)) seconds += figure
    else octets += figure
  }
  return { seconds, octets }
}
