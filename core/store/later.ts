/** Who is told what comes of something, once. */
export interface Hears<T> {
  heard(value: T): void
  failed(error: unknown): void
}

/** What is made of something that was heard. */
type Follow<G, T> = (given: G) => T | Later<T>

/**
 * What will be known once the live store has answered. As a promise for whoever awaits it; but one that tells its listener
 * in the very call in which it becomes known, without the microtasks, which cost a request on the RADIUS path as much as
 * all the rest of it. It has one listener: asked a second time it throws. One class for all, since there are tens of
 * thousands a second: each is made without a constructor of another, and calls on them are compiled.
 */
export class Later<T> implements PromiseLike<T>, Hears<never> {
  #state: 'waiting' | 'told' | 'failed' = 'waiting'
  #value: unknown = undefined
  #listener: Hears<T> | null = null
  #isHeard = false
  #follow: Follow<never, T> | null
  #mend: Follow<unknown, T> | null

  /** Without words, it is told what it is; else what `follow` makes of what it hears, and `mend` of a failure. */
  constructor(follow: Follow<never, T> | null = null, mend: Follow<unknown, T> | null = null) {
    this.#follow = follow
    this.#mend = mend
  }

  /** What is known already. */
  static of<T>(value: T): Later<T> {
    const later = new Later<T>()
    later.#tell(value)
    return later
  }

  /** What a promise brings. */
  static from<T>(promise: PromiseLike<T>): Later<T> {
    const later = new Later<T>()
    promise.then(
      (value) => later.#tell(value),
      (error: unknown) => later.failed(error),
    )
    return later
  }

  heard(given: unknown): void {
    if (this.#follow === null) this.#tell(given as T)
    else this.#settle(this.#follow, given as never)
  }

  failed(error: unknown): void {
    if (this.#mend === null) this.#fail(error)
    else this.#settle(this.#mend, error)
  }

  hear(listener: Hears<T>): void {
    if (this.#isHeard) throw new Error('somebody hears this already')
    this.#isHeard = true
    if (this.#state === 'waiting') this.#listener = listener
    else if (this.#state === 'told') listener.heard(this.#value as T)
    else listener.failed(this.#value)
  }

  /** What follows from it, or from its failure; a mistake in `follow` fails what follows. */
  map<U>(follow: Follow<T, U>, mend: Follow<unknown, U> | null = null): Later<U> {
    const next = new Later(follow, mend)
    this.hear(next)
    return next
  }

  /** The same, unless it fails: then what `mend` makes of the failure. */
  recover(mend: Follow<unknown, T>): Later<T> {
    const next = new Later(null, mend)
    this.hear(next)
    return next
  }

  /** What follows from this and another. */
  with<O, U>(other: Later<O>, follow: (value: T, other: O) => U | Later<U>): Later<U> {
    return this.map((value) => other.map((others) => follow(value, others)))
  }

  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<T>((heard, failed) => this.hear({ heard, failed })).then(fulfilled, rejected)
  }

  #tell(value: T): void {
    this.#state = 'told'
    if (this.#listener) this.#listener.heard(value)
    else this.#value = value
  }

  #fail(error: unknown): void {
    this.#state = 'failed'
    if (this.#listener) this.#listener.failed(error)
    else this.#value = error
  }

  #settle<G>(follow: Follow<G, T>, given: G): void {
    let result: T | Later<T>
    try {
      result = follow(given)
    } catch (error) {
      return this.#fail(error)
    }
    if (!(result instanceof Later)) return this.#tell(result)
    // What comes of it is told as it is.
    this.#follow = null
    this.#mend = null
    result.hear(this)
  }
}
