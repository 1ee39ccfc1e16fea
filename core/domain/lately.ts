/** What was made for the keys that were asked for of late; older things are forgotten, so that strangers fill nothing. */
export class Lately<T> {
  readonly #half: number
  #young = new Map<string, T>()
  #old = new Map<string, T>()

  /** Keeps at least half of `most` things, and never more than `most`. */
  constructor(most: number) {
    this.#half = most / 2
  }

  get(key: string): T | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: string, thing: T): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, thing)
  }

  forget(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }
}

/** A function of a text that remembers its latest answers. Texts over `longest` are answered, not remembered. */
export function remembering<T>(longest: number, make: (text: string) => T): (text: string) => T {
  const lately = new Lately<{ readonly made: T }>(MOST_ANSWERS)
  return (text) => {
    if (text.length > longest) return make(text)
    const known = lately.get(text)
    if (known) return known.made
    const made = make(text)
    lately.set(text, { made })
    return made
  }
}

const MOST_ANSWERS = 2000
