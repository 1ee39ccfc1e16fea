import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { Connection } from './connection.ts'
import { visitOf, type Work } from './works.ts'

/** Latencies in ms; processor time in seconds. */
export interface Report {
  readonly done: number
  readonly bad: number
  /** Phones whose connection broke, or who had no answer when the round was long over. */
  readonly lost: number
  readonly seconds: number
  readonly latency: Readonly<Record<'p50' | 'p90' | 'p99' | 'max', number>>
  readonly processor: readonly number[]
  readonly own: number
  /** Of the phones of an `arrival`: the visits that their pages carried. */
  readonly visits: readonly string[]
}

/** A phone without an answer gives up after this long. */
const PATIENCE_MS = 10_000
const TICK_MS = 1

type Before = ReturnType<Round['begin']>

/** A load's phones, numbered from 0, over its connections. */
export class Round {
  readonly #work: Work
  readonly #port: number
  readonly #phones: number
  readonly #keepVisits: boolean
  #next = 0
  #latencies: number[] = []
  #visits: string[] = []
  #bad = 0
  #lost = 0

  constructor(work: Work, port: number, phones: number, keepVisits: boolean) {
    this.#work = work
    this.#port = port
    this.#phones = phones
    this.#keepVisits = keepVisits
  }

  /** Starts the clock. */
  begin(pids: readonly number[]) {
    this.#latencies = []
    this.#bad = 0
    this.#lost = 0
    return { pids, at: performance.now(), own: ownSeconds(), processor: pids.map(processorSeconds) }
  }

  end({ pids, at, own, processor }: Before): Report {
    const seconds = (performance.now() - at) / 1000
    const sorted = Float64Array.from(this.#latencies).sort()
    const quantile = (q: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
    return {
      done: sorted.length,
      bad: this.#bad,
      lost: this.#lost,
      seconds,
      latency: { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: sorted.at(-1) ?? 0 },
      processor: pids.map((pid, i) => processorSeconds(pid) - processor[i]!),
      own: ownSeconds() - own,
      visits: this.#visits,
    }
  }

  /** Each connection serves one phone after the other, until so many phones were served or the time is over. */
  async closed(pool: readonly Connection[], phones: number, until: number): Promise<void> {
    const last = Math.min(this.#phones, this.#next + phones)
    await Promise.all(
      pool.map(
        (connection) =>
          new Promise<void>((over) => {
            const serve = (): void => {
              const now = performance.now()
              if (this.#next >= last || now > until || connection.isClosed) return over()
              this.#serve(connection, this.#next++, now, serve)
            }
            serve()
          }),
      ),
    )
  }

  /** Phones come when they are due, whatever has come back. */
  open(pool: readonly Connection[] | null, perSecond: number, phones: number): Promise<void> {
    const from = this.#next
    const last = Math.min(this.#phones, from + phones)
    const start = performance.now()
    const idle = pool === null ? [] : [...pool]
    const waiting: number[] = []
    let open = 0
    return new Promise((over) => {
      const dueAt = (number: number): number => start + ((number - from) * 1000) / perSecond
      const go = (number: number): void => {
        const connection = pool === null ? new Connection(this.#port) : idle.pop()
        if (!connection) return void waiting.push(number)
        open++
        this.#serve(connection, number, dueAt(number), () => {
          open--
          if (pool === null) connection.close()
          else idle.push(connection)
          const next = waiting.shift()
          if (next !== undefined) go(next)
        })
      }
      const tick = (): void => {
        const now = performance.now()
        while (this.#next < last && dueAt(this.#next) <= now) go(this.#next++)
        if (this.#next < last || (open > 0 && now < dueAt(last) + PATIENCE_MS)) setTimeout(tick, TICK_MS)
        else {
          this.#lost += open + waiting.length
          over()
        }
      }
      tick()
    })
  }

  #serve(connection: Connection, number: number, since: number, over: () => void): void {
    let step = 0
    const ask = (request: Buffer): void =>
      connection.ask(request, (answer) => {
        if (answer === null) {
          this.#lost++
          return over()
        }
        if (this.#keepVisits && this.#visits.length < 5000) {
          const visit = visitOf(answer)
          if (visit) this.#visits.push(visit)
        }
        const next = this.#work.next(number, step++, answer)
        if (typeof next !== 'string') return ask(next)
        if (next === 'bad') this.#bad++
        else this.#latencies.push(performance.now() - since)
        over()
      })
    ask(this.#work.first(number))
  }
}

function ownSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Processor time of a process so far, its kernel's share included; clock ticks are a hundredth of a second on Linux. */
function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
