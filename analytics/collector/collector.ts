import { setTimeout as sleep } from 'node:timers/promises'
import type { Keys } from '../../core/process/keys.ts'
import type { Running } from '../../core/process/lifecycle.ts'
import type { Logger } from '../../core/process/log.ts'
import type { Records } from '../../core/records/database.ts'
import { readPositions, type Positions } from '../../core/records/positions.ts'
import type { Store } from '../../core/store/redis.ts'
import { BatchWriter, type Written } from './batch-writer.ts'
import { raiseStreams, readAfter, readBacklog, removeEntries, STREAMS, sweepStreams } from './streams.ts'

/** Why nothing is collected at the moment. */
export type Trouble = 'redis' | 'postgresql'

export interface CollectorParts {
  readonly store: Store
  readonly records: Records
  readonly keys: Keys
  readonly log: Logger
  readonly now: () => number
}

/** The collector as the rest of the process sees it. */
export interface Collector extends Running {
  readonly writer: BatchWriter
  /** Null while all is well. */
  readonly trouble: Trouble | null
  /** When it last carried on all that it found, epoch ms; null when it has not yet. */
  readonly collectedAt: number | null
  /** Entries that no event could be read from, since the start. */
  readonly rejected: number
  /** What waits in the streams; `oldestAt` in epoch ms, null when nothing waits. */
  backlog(): Promise<{ waiting: number; oldestAt: number | null }>
}

/** A batch takes at most this many entries of each stream, 8,192 in all. */
const OF_A_STREAM = 512
/** How long the streams rest when they were empty. */
const REST_MS = 100
const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 5000

/**
 * Carries the event streams into the records until it is stopped. With a store away it tries again, at most five
 * seconds apart, and says so once.
 */
export function startCollector({ store, records, keys, log, now }: CollectorParts): Collector {
  const writer = new BatchWriter({ records, keys, now })
  const ending = new AbortController()
  let positions: Positions | null = null
  let trouble: Trouble | null = null
  let rejected = 0
  let collectedAt: number | null = null

  const collect = async (): Promise<number> => {
    positions ??= await takeUp()
    const entries = await from('redis', readAfter(store, positions, OF_A_STREAM))
    if (entries.length > 0) {
      const written = await from('postgresql', writer.write(entries))
      positions = written.positions
      reportRejects(written)
      await from('redis', removeEntries(store, entries))
      if (written.moved) await from('redis', sweepStreams(store, positions))
    }
    if (trouble !== null) log.info(`collecting events again; ${nameOf(trouble)} is back`)
    trouble = null
    collectedAt = now()
    return entries.length
  }

  /** Where to go on after a start or a failure, and the streams in step with it. */
  const takeUp = async (): Promise<Positions> => {
    const found = await from('postgresql', readPositions(records, STREAMS))
    if (await from('redis', raiseStreams(store, found)))
      log.warn(
        'Redis came back with less than it had; events that it lost are lost, new ones go on from here',
      )
    await from('redis', sweepStreams(store, found))
    return found
  }

  /** One line a reason: a writer that is broken may break every event. */
  const reportRejects = ({ rejects }: Written): void => {
    rejected += rejects.length
    for (const reason of new Set(rejects.map((each) => each.reason))) {
      const alike = rejects.filter((each) => each.reason === reason)
      const { stream, entryId } = alike[0]!
      log.warn(
        { reason, events: alike.length, stream, entryId },
        'events could not be read; see collector_rejects',
      )
    }
  }

  const run = async (): Promise<void> => {
    let retryMs = FIRST_RETRY_MS
    while (!ending.signal.aborted) {
      try {
        const collected = await collect()
        retryMs = FIRST_RETRY_MS
        if (collected < OF_A_STREAM) await rest(REST_MS, ending.signal)
      } catch (error) {
        positions = null
        const met: Trouble = error instanceof Away ? error.trouble : 'postgresql'
        if (met !== trouble) log.warn({ err: error }, `events wait: ${nameOf(met)} does not do its part`)
        trouble = met
        await rest(retryMs, ending.signal)
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)
      }
    }
  }
  const running = run()

  return {
    writer,
    get trouble() {
      return trouble
    },
    get collectedAt() {
      return collectedAt
    },
    get rejected() {
      return rejected
    },
    backlog: () => readBacklog(store, positions ?? new Map()),
    async stop() {
      ending.abort()
      await running
    },
  }
}

/** A store that did not answer; `cause` keeps its own words. */
class Away extends Error {
  readonly trouble: Trouble
  constructor(trouble: Trouble, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.trouble = trouble
  }
}

const from = <T>(trouble: Trouble, work: Promise<T>): Promise<T> =>
  work.catch((cause: unknown) => {
    throw new Away(trouble, cause)
  })

const nameOf = (trouble: Trouble): string => (trouble === 'redis' ? 'Redis' : 'PostgreSQL')

const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined)
