import type { Store } from '../core/store/redis.ts'
import { keys } from '../core/store/keys.ts'
import type { KnownNas } from './nas-table.ts'

/** Which NASes have been seen to send Message-Authenticator, so that `auto` insists on it from then on (CVE-2024-3596). */
export class MessageAuthenticatorMemory {
  readonly #store: Store
  readonly #seen = new Set<string>()
  readonly #stored = new Set<string>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Learns what other workers and earlier runs saw, and what the store has lost and must be told again. */
  async refresh(): Promise<void> {
    const stored = await this.#store.smembers(keys.messageAuthenticatorSeen)
    this.#stored.clear()
    for (const nas of stored) {
      this.#seen.add(nas)
      this.#stored.add(nas)
    }
  }

  required({ id, messageAuthenticator }: KnownNas): boolean {
    return messageAuthenticator === 'require' || (messageAuthenticator === 'auto' && this.#seen.has(id))
  }

  /** Whether a valid one from this NAS has still to be noted. */
  isNew({ id, messageAuthenticator }: KnownNas): boolean {
    return messageAuthenticator !== 'off' && !this.#stored.has(id)
  }

  /**
   * Notes a valid one. It holds here at once, elsewhere and for later runs once it is stored; where the store does not
   * take it, the next one tries again.
   */
  async saw({ id }: KnownNas): Promise<void> {
    this.#seen.add(id)
    if (this.#stored.has(id)) return
    this.#stored.add(id)
    try {
      await this.#store.sadd(keys.messageAuthenticatorSeen, id)
    } catch (error) {
      this.#stored.delete(id)
      throw error
    }
  }
}
