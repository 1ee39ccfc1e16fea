import { readFileSync } from 'node:fs'
import { OurServer, type Bench, type Work } from './contenders.ts'
import type { Ours } from './ours.ts'

/** Young-generation collections of the workers while the load ran. */
export interface Scavenges {
  readonly count: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

interface Traced {
  readonly pid: number
  /** Since the process began. */
  readonly atMs: number
  readonly tookMs: number
}

/** `[7:0x5e]     1234 ms: Scavenge 25.1 (30.2) -> 24.1 (32.2) MB, 0.54 / 0.00 ms …`; newer V8 adds words before the name. */
const LINE = /^\[(\d+):0x[0-9a-f]+(?::\d+)?\]\s+(\d+) ms: (?:Scavenge|Minor)[^,]*, ([\d.]+) \//gm

/** Asks in an open loop and returns every scavenge of the measured time; ends the server, which only then tells all. */
export async function measureScavenges(
  ours: Ours,
  bench: Bench,
  works: readonly Work[],
  stop: () => Promise<void>,
): Promise<Scavenges> {
  let printed = ''
  ours.onOutput((text) => (printed += text))
  const beginnings = new Map(ours.workers.map((pid) => [pid, beganAt(pid)]))
  const server = new OurServer(ours, bench)
  const times: { from: number; until: number }[] = []
  for (const work of works) {
    const { startedAt, seconds } = await server.measure(work)
    times.push({ from: startedAt, until: startedAt + seconds * 1000 })
  }
  await stop()
  const took = tracesIn(printed)
    .filter(({ pid, atMs }) => {
      const at = (beginnings.get(pid) ?? NaN) + atMs
      return times.some(({ from, until }) => at >= from && at <= until)
    })
    .map(({ tookMs }) => tookMs)
    .sort((a, b) => a - b)
  const part = (share: number): number =>
    took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? NaN
  return { count: took.length, p50Ms: part(0.5), p99Ms: part(0.99), maxMs: part(1) }
}

const tracesIn = (printed: string): Traced[] =>
  Array.from(printed.matchAll(LINE), ([, pid, at, took]) => ({
    pid: Number(pid),
    atMs: Number(at),
    tookMs: Number(took),
  }))

/** When a process began, epoch ms, to a hundredth of a second. */
function beganAt(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
  // Linux counts in hundredths of a second wherever Node runs.
  return Date.now() - uptime * 1000 + ticks * 10
}
