/** Quantiles of many durations in fixed memory: buckets 2 % apart, so a quantile is right to 1 %. */
export class Latency {
  readonly #buckets = new Map<number, number>()
  #count = 0

  add(milliseconds: number): void {
    const bucket = Math.round(Math.log(Math.max(milliseconds, LEAST)) / STEP)
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1)
    this.#count++
  }

  summary(): Quantiles {
    return { count: this.#count, p50: this.#quantile(0.5), p95: this.#quantile(0.95) }
  }

  #quantile(share: number): number | null {
    let left = Math.ceil(this.#count * share)
    for (const bucket of [...this.#buckets.keys()].sort((a, b) => a - b)) {
      left -= this.#buckets.get(bucket)!
      if (left <= 0) return Number(Math.exp(bucket * STEP).toPrecision(3))
    }
    return null
  }
}

/** Milliseconds (or octets); null where nothing was measured. */
export interface Quantiles {
  readonly count: number
  readonly p50: number | null
  readonly p95: number | null
}

const STEP = Math.log(1.02)
const LEAST = 0.01
