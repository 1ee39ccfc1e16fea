import { join } from 'node:path'
import { freshSeed, visitors } from './city.ts'
import { RAMP, sessionsFor, writeLives } from './lives.ts'
import { badReplies, runLoad, type LoadReport, type Loop } from './load.ts'
import type { Ours } from './ours.ts'
import { residentOctets } from './process-figures.ts'
import { accessAttributes, RequestFile, type RequestKind } from './requests.ts'

/** One measurement to make. */
export interface Work {
  readonly kind: RequestKind
  readonly loop: Loop
  readonly seconds: number
  /** Logins of visitors that were never let in before, each once. */
  readonly isFirst?: true
}

/** What one measurement found. */
export interface Figures {
  /** When its clock started (epoch ms), and for how long it ran. */
  readonly startedAt: number
  readonly seconds: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Of the server and its Redis, a request. */
  readonly processorMicros: number
  readonly serverMicros: number
  readonly redisMicros: number
  readonly serverOctets: number
  readonly redisOctets: number
  readonly lost: number
  readonly bad: number
  /** What the load itself used of a processor, as a part of one. */
  readonly loadShare: number
}

/** A server that can be asked. */
export interface Contender {
  readonly name: string
  measure(work: Work): Promise<Figures>
}

/** What measuring needs. */
export interface Bench {
  readonly folder: string
  readonly program: string
  /** Visitors that ask again and again in a round of authentication. */
  readonly visitors: number
  /** How often each thread count of FreeRADIUS is tried before one is chosen. */
  readonly passes: number
}

/** Requests before the clock starts: the processes are warm, caches are full. */
const WARM = 10_000
/** Requests a second that nobody on such a machine reaches: a request file must not end before the time does. */
const MOST_A_SECOND = 150_000

/** First logins a second that are made ready, since none is asked twice. */
const FIRST_A_SECOND = 60_000

/** Logins before the clock starts: where visitors ask again and again, each of them once, so that he has been let in before. */
export const warmLogins = ({ isFirst }: Work, visitors: number): number => (isFirst ? WARM : visitors)

/** How many requests a measurement may need. */
export const requestsFor = ({ loop, seconds }: Work, mostASecond = MOST_A_SECOND): number =>
  Math.ceil(seconds * ('rate' in loop ? loop.rate : mostASecond))

/** Our server, its visitors fresh in every round. */
export class OurServer implements Contender {
  readonly name: string
  readonly #ours: Ours
  readonly #bench: Bench
  #accountingASecond = 60_000

  constructor(ours: Ours, bench: Bench, name = 'ours') {
    this.#ours = ours
    this.#bench = bench
    this.name = name
  }

  async measure(work: Work): Promise<Figures> {
    const { keys, workers, redisPid, authPort, acctPort } = this.#ours
    const isAccounting = work.kind === 'accounting'
    const most = isAccounting ? this.#accountingASecond : work.isFirst ? FIRST_A_SECOND : MOST_A_SECOND
    const count = requestsFor(work, most)
    const many = isAccounting ? sessionsFor(count) : work.isFirst ? WARM + count : this.#bench.visitors
    const crowd = visitors(keys, { seed: freshSeed(), from: 0, count: many, now: Date.now() })
    await this.#ours.clear()
    await this.#ours.admit(crowd)
    const path = join(this.#bench.folder, 'ours.requests')
    const file = new RequestFile(path)
    if (isAccounting) writeLives(file, crowd)
    else for (const visitor of crowd) file.add(work.kind, visitor, accessAttributes(visitor))
    file.close()
    const report = await runLoad(this.#bench.program, {
      file: path,
      port: isAccounting ? acctPort : authPort,
      loop: work.loop,
      warm: isAccounting ? RAMP : warmLogins(work, many),
      count: isAccounting ? file.count - RAMP : count,
      seconds: work.seconds,
      pids: [...workers, redisPid],
    })
    if (isAccounting) this.#accountingASecond = enough(report)
    return figuresOf(report, workers, redisPid)
  }
}

/** Requests a second to have ready next time: accounting's are written one by one, so not many more than needed. */
export const enough = ({ answeredInTime, seconds }: LoadReport): number =>
  Math.ceil((answeredInTime / seconds) * 1.6) + 1000

export function figuresOf(report: LoadReport, servers: readonly number[], redis: number | null): Figures {
  const requests = Math.max(1, report.answeredInTime)
  const server = report.processor.slice(0, servers.length).reduce((sum, seconds) => sum + seconds, 0)
  const store = report.processor[servers.length] ?? 0
  const rounded = (value: number): number => Math.round(value * 1000) / 1000
  return {
    startedAt: report.startedAt,
    seconds: report.seconds,
    requestsPerSecond: rounded(report.answeredInTime / report.seconds),
    p50Ms: rounded(report.latency.p50 / 1000),
    p99Ms: rounded(report.latency.p99 / 1000),
    maxMs: rounded(report.latency.max / 1000),
    processorMicros: rounded(((server + store) / requests) * 1e6),
    serverMicros: rounded((server / requests) * 1e6),
    redisMicros: rounded((store / requests) * 1e6),
    serverOctets: Math.max(...servers.map(residentOctets)),
    redisOctets: redis === null ? 0 : residentOctets(redis),
    lost: report.lost,
    bad: badReplies(report),
    loadShare: rounded(report.own / report.seconds),
  }
}
