import type { Usage } from '../domain/limits.ts'
import { keys, LIFETIME } from './keys.ts'
import { script, type Store } from './redis.ts'

/** What subjects have used, counted once per session however often it is told. */
export class UsageStore {
  readonly #store: Store
  readonly #apply: ReturnType<typeof script>

  constructor(store: Store) {
    this.#store = store
    this.#apply = script(store, 'usage-apply', 1)
  }

  /** Counts a session's figures so far; `day` null counts over the subject's whole life. Returns the subject's totals. */
  async count(subject: string, day: string | null, session: string, soFar: Usage): Promise<Usage> {
    const lifetime = day === null ? LIFETIME.voucherUsage : LIFETIME.dayUsage
    return usage(
      await this.#apply(keys.usage(subject, day ?? 'all'), session, soFar.seconds, soFar.octets, lifetime),
    )
  }

  async used(subject: string, day: string | null): Promise<Usage> {
    return usage(await this.#store.hmget(keys.usage(subject, day ?? 'all'), 'seconds', 'octets'))
  }
}

function usage(reply: unknown): Usage {
  const [seconds, octets] = reply as (string | null)[]
  return { seconds: Number(seconds ?? 0), octets: Number(octets ?? 0) }
}
