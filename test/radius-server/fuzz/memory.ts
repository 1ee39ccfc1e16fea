import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What this process holds once all garbage is gone, in octets. */
export interface Held {
  readonly heap: number
  /** Buffers outside the heap. */
  readonly buffers: number
  readonly resident: number
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collects, twice and with a turn between, so that finalisers have run, and measures. */
export async function held(): Promise<Held> {
  for (let round = 0; round < 2; round++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return { heap: heapUsed, buffers: arrayBuffers, resident: rss }
}

export const megabytes = (octets: number): string => `${(octets / 2 ** 20).toFixed(1)} MB`
