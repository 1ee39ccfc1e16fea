import { join } from 'node:path'
import { freshSeed, visitors, type Visitor } from './city.ts'
import {
  enough,
  figuresOf,
  requestsFor,
  warmLogins,
  type Bench,
  type Contender,
  type Figures,
  type Work,
} from './contenders.ts'
import type { PeerKind } from './freeradius-config.ts'
import { startFreeRadius, type FreeRadius } from './freeradius.ts'
import { RAMP, sessionsFor, writeLives } from './lives.ts'
import { runLoad } from './load.ts'
import type { Ours } from './ours.ts'
import type { PeerRedis } from './peer-redis.ts'
import { accessAttributes, RequestFile } from './requests.ts'

/** What a FreeRADIUS is asked to do well. */
export type Effort = 'closed' | 'open' | 'always'

/** Thread counts that are tried. Where each write waits for the disk, threads are what shares one sync. */
const THREADS: Readonly<Record<Effort, readonly number[]>> = {
  closed: [1, 2, 4, 8],
  open: [1, 2, 4, 8],
  always: [4, 8, 16, 32, 64],
}
const TRY_SECONDS = 1.5
const LEAST_RECORDED = 0.95

/** FreeRADIUS at its best thread count. */
export class PeerServer implements Contender {
  readonly name: string
  readonly #effort: Effort
  readonly #parts: Parts
  #server: FreeRadius | null = null
  #threads: number | null = null
  #accountingASecond = 40_000

  constructor(effort: Effort, parts: Parts) {
    this.#effort = effort
    this.#parts = parts
    this.name = parts.kind === 'files' ? 'FreeRADIUS files' : 'FreeRADIUS + Redis'
  }

  /** The thread count it was found to be best with; null before its first measurement. */
  get threads(): number | null {
    return this.#threads
  }

  async measure(work: Work): Promise<Figures> {
    this.#threads ??= await this.#best({ ...work, seconds: TRY_SECONDS })
    this.#server ??= await this.#start(this.#threads)
    return this.#measure(this.#server, work)
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = null
  }

  /** The thread count with the highest rate, or in an open loop with the lowest p99. */
  async #best(work: Work): Promise<number> {
    const tried: { threads: number; cost: number }[] = []
    for (let pass = 0; pass < this.#parts.bench.passes; pass++)
      for (const threads of THREADS[this.#effort]) {
        const running = await this.#start(threads)
        try {
          const { requestsPerSecond, p99Ms } = await this.#measure(running, work)
          tried.push({ threads, cost: this.#effort === 'open' ? p99Ms : 1 / requestsPerSecond })
        } finally {
          await running.stop()
        }
      }
    return tried.sort((a, b) => a.cost - b.cost)[0]!.threads
  }

  #start(threads: number): Promise<FreeRadius> {
    const { kind, bench, redis, crowd } = this.#parts
    return startFreeRadius({
      kind,
      folder: join(bench.folder, `freeradius-${kind}-${this.#effort}`),
      threads,
      redisPort: redis.port,
      visitors: crowd,
    })
  }

  async #measure({ pid, authPort, acctPort }: FreeRadius, work: Work): Promise<Figures> {
    const { kind, bench, redis, crowd, keys } = this.#parts
    const isAccounting = work.kind === 'accounting'
    const count = requestsFor(work, isAccounting ? this.#accountingASecond : undefined)
    const path = join(bench.folder, 'peer.requests')
    const file = new RequestFile(path)
    if (isAccounting) {
      const many = sessionsFor(count)
      writeLives(file, visitors(keys, { seed: freshSeed(), from: 0, count: many, now: Date.now() }))
    } else for (const visitor of crowd) file.add(work.kind, visitor, accessAttributes(visitor))
    file.close()
    await redis.clear()
    const usesRedis = kind !== 'files'
    const report = await runLoad(bench.program, {
      file: path,
      port: isAccounting ? acctPort : authPort,
      loop: work.loop,
      warm: isAccounting ? RAMP : warmLogins(work, crowd.length),
      count: isAccounting ? file.count - RAMP : count,
      seconds: work.seconds,
      pids: usesRedis ? [pid, redis.pid] : [pid],
    })
    if (isAccounting) {
      this.#accountingASecond = enough(report)
      await this.#proveRecorded(RAMP + report.answered)
    }
    return figuresOf(report, [pid], usesRedis ? redis.pid : null)
  }

  /**
   * FreeRADIUS answers a report whatever became of its step: what it did not record must not count as served. A lost
   * Start is allowed for: the step refuses every report that follows on it.
   */
  async #proveRecorded(answered: number): Promise<void> {
    const recorded = await this.#parts.redis.events()
    if (recorded < answered * LEAST_RECORDED)
      throw new Error(
        `FreeRADIUS recorded ${recorded} of ${answered} reports: does its step fit session-step.lua?`,
      )
  }
}

interface Parts {
  readonly kind: PeerKind
  readonly bench: Bench
  readonly redis: PeerRedis
  readonly keys: Ours['keys']
  /** Whom the peer knows; their requests are the peer's. */
  readonly crowd: readonly Visitor[]
}
