/** What the cache says of a request: new work, work in hand (drop it), or the very bytes to send again. */
export type Seen =
  { kind: 'new'; entry: DuplicateEntry } | { kind: 'in-progress' } | { kind: 'answered'; reply: Buffer }

export interface DuplicateEntry {
  readonly key: string
  readonly authenticator: Buffer
  readonly since: number
  reply: Buffer | null
}

/** RFC 5080 §2.2.2 asks for 5 to 30 seconds. */
const KEEP_MS = 30_000
/** A bound on memory: at 10,000 requests a second the oldest leave early. */
const MOST = 131_072

/**
 * The duplicate cache of RFC 5080 §2.2.2: by source address and port, our socket, code and identifier, with the
 * Request Authenticator. Ask only with packets that are proved: an unauthenticated packet must touch nothing.
 */
export class DuplicateCache {
  /** In order of arrival, so that what is too old stands first. */
  readonly #entries = new Map<string, DuplicateEntry>()

  seen(key: string, authenticator: Buffer, now: number): Seen {
    this.#forgetOld(now)
    const known = this.#entries.get(key)
    if (known?.authenticator.equals(authenticator))
      return known.reply ? { kind: 'answered', reply: known.reply } : { kind: 'in-progress' }
    // The identifier serves another request now: what it was before is purged.
    this.#entries.delete(key)
    const entry = { key, authenticator: Buffer.from(authenticator), since: now, reply: null }
    this.#entries.set(key, entry)
    return { kind: 'new', entry }
  }

  /** Forgets a request that got no answer, so that its retransmission is new work. */
  forget(entry: DuplicateEntry): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key)
  }

  get size(): number {
    return this.#entries.size
  }

  #forgetOld(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (now - entry.since < KEEP_MS && this.#entries.size < MOST) return
      this.#entries.delete(key)
    }
  }
}
