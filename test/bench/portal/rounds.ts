import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Job, Loop } from './load.ts'
import type { Options } from './options.ts'
import type { Report } from './round.ts'
import { runLoad, startPeer, type Portal, type Server } from './stage.ts'
import type { WorkName } from './works.ts'

/** What is measured; the table follows this order. */
export const BENCHES = [
  'splash',
  'splash, gzip',
  'arrival',
  'arrival, gzip',
  'login',
  'splash, half load',
  'arrival, half load',
  'crowd',
] as const
export type BenchName = (typeof BENCHES)[number]

export interface Measurement {
  readonly bench: BenchName | 'Fastify'
  readonly round: number
  readonly done: number
  readonly bad: number
  readonly lost: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Of the web server, and of Redis, for each page or login. */
  readonly serverMicros: number
  readonly redisMicros: number
  /** Of one core, taken by the load. */
  readonly loadShare: number
}

const GZIP = 'gzip, deflate'
/** Visits that are looked at again and again. */
const VISITS = 2000
/** More than any round can serve in a second. */
const MOST_A_SECOND = 20_000
const CROWD = { phones: 5000, seconds: 10 }

interface Wanted {
  readonly bench: BenchName | 'Fastify'
  readonly round: number
  readonly work: WorkName
  readonly gzip?: boolean
  readonly loop?: Loop
  readonly seconds?: number
}

/** The rounds of a portal and its peer. */
export class Rounds {
  readonly #portal: Portal
  readonly #folder: string
  readonly #options: Options
  readonly #tell: (measurement: Measurement) => void
  #visits: readonly string[] = []

  constructor(portal: Portal, folder: string, options: Options, tell: (measurement: Measurement) => void) {
    this.#portal = portal
    this.#folder = folder
    this.#options = options
    this.#tell = tell
  }

  async all(): Promise<Measurement[]> {
    const { pairs } = this.#options
    const measured: Measurement[] = []
    await this.#seed()
    const peer = await this.#startPeer()
    try {
      const contest = [
        (round: number) => this.#measure(peer, { bench: 'Fastify', round, work: 'constant' }),
        (round: number) => this.#ours({ bench: 'splash', round, work: 'splash' }),
        (round: number) => this.#ours({ bench: 'splash, gzip', round, work: 'splash', gzip: true }),
        (round: number) => this.#ours({ bench: 'arrival', round, work: 'arrival' }),
        (round: number) => this.#ours({ bench: 'arrival, gzip', round, work: 'arrival', gzip: true }),
      ]
      for (let round = 0; round < pairs; round++) {
        await this.#seed()
        // Another one goes first each time.
        const turn = round % contest.length
        for (const measure of [...contest.slice(turn), ...contest.slice(0, turn)])
          measured.push(await measure(round))
        await this.#portal.clear()
        measured.push(await this.#ours({ bench: 'login', round, work: 'login', gzip: true }))
      }
    } finally {
      await peer.stop()
    }
    const half = (bench: BenchName): Loop => {
      const all = measured.filter((each) => each.bench === bench).map(({ perSecond }) => perSecond)
      return { perSecond: Math.round(median(all) / 2), fresh: false }
    }
    for (let round = 0; round < Math.min(3, pairs); round++) {
      await this.#seed()
      const [splash, arrival] = [half('splash'), half('arrival')]
      measured.push(await this.#ours({ bench: 'splash, half load', round, work: 'splash', loop: splash }))
      measured.push(await this.#ours({ bench: 'arrival, half load', round, work: 'arrival', loop: arrival }))
      await this.#portal.clear()
      const loop = { perSecond: CROWD.phones / CROWD.seconds, fresh: true }
      const { seconds } = CROWD
      measured.push(await this.#ours({ bench: 'crowd', round, work: 'arrival', gzip: true, loop, seconds }))
    }
    return measured
  }

  /** Forgets what was and lets some phones arrive, whose visits are looked at from then on. */
  async #seed(): Promise<void> {
    await this.#portal.clear()
    const loop = { connections: 16 }
    const job = this.#job(this.#portal, { bench: 'arrival', round: 0, work: 'arrival', loop, seconds: 60 })
    const { visits, done } = await runLoad({ ...job, warm: 0, work: { ...job.work, phones: VISITS } })
    if (done < VISITS) throw new Error(`only ${done} of ${VISITS} phones could arrive`)
    this.#visits = visits
  }

  /** A bare Fastify that sends the page that one of these visits gets. */
  async #startPeer(): Promise<Server> {
    const page = await fetch(`${this.#portal.url}/splash?v=${this.#visits[0]!}&lang=vi`, {
      headers: { 'accept-encoding': 'identity' },
    })
    const file = join(this.#folder, 'page')
    writeFileSync(file, Buffer.from(await page.arrayBuffer()))
    return startPeer(file)
  }

  #ours(wanted: Wanted): Promise<Measurement> {
    return this.#measure(this.#portal, wanted)
  }

  async #measure(server: Server, wanted: Wanted): Promise<Measurement> {
    const report = await runLoad(this.#job(server, wanted))
    const measurement = measurementOf(wanted, report)
    this.#tell(measurement)
    return measurement
  }

  #job(server: Server, { work, gzip = false, loop, seconds = this.#options.seconds }: Wanted): Job {
    const isOnce = work === 'arrival' || work === 'login'
    const arriving = loop && 'perSecond' in loop ? loop.perSecond : MOST_A_SECOND
    return {
      port: server.port,
      work: {
        name: work,
        portalUrl: this.#portal.url,
        seed: randomBytes(2).toString('hex'),
        acceptEncoding: gzip ? GZIP : null,
        phones: isOnce ? Math.round(arriving * seconds) + WARM : Number.MAX_SAFE_INTEGER,
        visits: work === 'splash' ? this.#visits : [],
      },
      loop: loop ?? { connections: this.#options.connections },
      warm: WARM,
      seconds,
      pids: server.pids,
    }
  }
}

/** Phones before the clock starts. */
const WARM = 500

function measurementOf({ bench, round }: Wanted, report: Report): Measurement {
  const { done, bad, lost, seconds, latency, processor, own } = report
  const [server = 0, redis = 0] = processor.map((each) => (each * 1e6) / done)
  return {
    bench,
    round,
    done,
    bad,
    lost,
    perSecond: done / seconds,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    maxMs: latency.max,
    serverMicros: server,
    redisMicros: redis,
    loadShare: own / seconds,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
