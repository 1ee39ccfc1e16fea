// The load, a process of its own: reads a job from standard input, prints its report.
import { performance } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
import { Connection } from './connection.ts'
import { Round, type Report } from './round.ts'
import { workOf, type WorkOptions } from './works.ts'

export interface Job {
  readonly port: number
  readonly work: WorkOptions
  readonly loop: Loop
  /** Phones that go before the clock starts. */
  readonly warm: number
  readonly seconds: number
  /** Processes whose processor time is told. */
  readonly pids: readonly number[]
}

/** So many phones at a time on as many connections; or so many a second, each on a connection of its own if `fresh`. */
export type Loop = { readonly connections: number } | { readonly perSecond: number; readonly fresh: boolean }

/** A pool of this many connections serves an open loop that is not `fresh`; past it phones wait for one. */
const POOL = 256

const job = JSON.parse(await text(process.stdin)) as Job
process.stdout.write(JSON.stringify(await run(job)), () => process.exit(0))

async function run({ port, work: options, loop, warm, seconds, pids }: Job): Promise<Report> {
  const work = workOf(options)
  const round = new Round(work, port, options.phones, options.name === 'arrival')
  if ('connections' in loop) {
    const pool = Array.from({ length: loop.connections }, () => new Connection(port))
    await round.closed(pool, warm, Infinity)
    const before = round.begin(pids)
    await round.closed(pool, options.phones, performance.now() + seconds * 1000)
    return round.end(before)
  }
  const pool = loop.fresh ? null : Array.from({ length: POOL }, () => new Connection(port))
  if (pool) await round.closed(pool, warm, Infinity)
  const before = round.begin(pids)
  await round.open(pool, loop.perSecond, Math.round(loop.perSecond * seconds))
  return round.end(before)
}
