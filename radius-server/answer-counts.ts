import { Counter, type Registry } from '../core/process/metrics.ts'

export type RequestKind = 'access' | 'test-login' | 'accounting' | 'status' | 'other'

/** Upper bounds in seconds; one more bucket takes what lasts longer. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const NAME = 'hotspot_radius_request_seconds'

interface Times {
  readonly buckets: Float64Array
  sum: number
  count: number
}

/**
 * How many answers there were and how long they took: plain numbers that a packet adds to, made into metrics when somebody
 * asks. A counter and a histogram with labels would cost each packet as much as its signature.
 */
export class AnswerCounts {
  readonly #answers = new Map<RequestKind, Map<string, number>>()
  readonly #times = new Map<RequestKind, Times>()

  constructor(registry: Registry) {
    const requests = new Counter({
      name: 'hotspot_radius_requests_total',
      help: 'RADIUS requests that were answered, by kind and result',
      labelNames: ['kind', 'result'],
      registers: [registry],
      collect: () => {
        for (const [kind, results] of this.#answers)
          for (const [result, count] of results) requests.inc({ kind, result }, count)
        this.#answers.clear()
      },
    })
    const histogram = {
      name: NAME,
      help: 'Time from a RADIUS request to its answer (an Access-Reject is held back on purpose and not counted here)',
      type: 'histogram',
      aggregator: 'sum',
      get: () => Promise.resolve({ ...histogram, values: this.#values() }),
    }
    // A registry asks no more of a metric than this; its own histogram takes one observation at a time.
    registry.registerMetric(histogram as unknown as Counter)
  }

  add(kind: RequestKind, result: string, seconds: number): void {
    const results = this.#answersOf(kind)
    results.set(result, (results.get(result) ?? 0) + 1)
    const times = this.#timesOf(kind)
    let bucket = 0
    while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket++
    times.buckets[bucket]!++
    times.sum += seconds
    times.count++
  }

  #answersOf(kind: RequestKind): Map<string, number> {
    let results = this.#answers.get(kind)
    if (!results) this.#answers.set(kind, (results = new Map<string, number>()))
    return results
  }

  #timesOf(kind: RequestKind): Times {
    let times = this.#times.get(kind)
    if (!times)
      this.#times.set(kind, (times = { buckets: new Float64Array(BOUNDS.length + 1), sum: 0, count: 0 }))
    return times
  }

  #values(): object[] {
    return [...this.#times].flatMap(([kind, { buckets, sum, count }]) => {
      let below = 0
      const cumulative = Array.from(buckets, (inBucket, i) => ({
        metricName: `${NAME}_bucket`,
        labels: { le: BOUNDS[i] ?? '+Inf', kind },
        value: (below += inBucket),
      }))
      return [
        ...cumulative,
        { metricName: `${NAME}_sum`, labels: { kind }, value: sum },
        { metricName: `${NAME}_count`, labels: { kind }, value: count },
      ]
    })
  }
}
