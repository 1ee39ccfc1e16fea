import type { Logger } from '../core/process/log.ts'
import type { Part, Shared } from '../core/process/shared.ts'
import { openRecords, type Records } from '../core/records/database.ts'
import { openStore, type Store } from '../core/store/redis.ts'
import { followTables } from '../core/store/tables.ts'
import { startCollector, type Collector } from './collector/collector.ts'
import { coverageLooks } from './coverage/look.ts'
import { registerFigures } from './figures/metrics.ts'
import { figureSources } from './figures/sources.ts'
import { storesThere } from './figures/stores.ts'
import { analyticsJobs, schedule } from './jobs.ts'

/** Connections to PostgreSQL: a batch, a job, a look at the sites, and a scrape's six questions. */
const CONNECTIONS = 8

/**
 * Starts analytics: events go from the live store into the records, reach is merged, keys are destroyed in time and
 * the city's figures are in the registry.
 * @throws SetupError when a store does not answer.
 */
export async function start(shared: Shared): Promise<Part> {
  const { keys, log, now, registry } = shared
  const store = await openStore(shared.redisUrl)
  const records = await openRecords(shared.databaseUrl, CONNECTIONS).catch((error: unknown) => {
    store.disconnect()
    throw error
  })
  const tables = await followTables(store, keys, { failed: tablesFailed(log, store) }).catch(
    async (error: unknown) => {
      store.disconnect()
      await records.end()
      throw error
    },
  )
  const collector = startCollector({ store, records, keys, log, now })
  const look = coverageLooks({
    store,
    records,
    tables,
    now,
  })
  const jobs = schedule(analyticsJobs({ store, records, keys, collector, look, now }), (job, error) =>
    log.warn({ err: error }, `cannot ${job.name}; trying again at its next turn`),
  )
  const removeFigures = registerFigures(
    registry,
    figureSources({ store, records, tables, collector, log, now }),
  )
  const stop = async (): Promise<void> => {
    removeFigures()
    await Promise.all([collector.stop(), jobs.stop(), tables.stop()])
    store.disconnect()
    await records.end()
  }
  let stopping: Promise<void> | null = null
  return {
    ports: {},
    notReady: async () => (stopping ? 'analytics is stopped' : whatIsMissing(store, records, collector)),
    stop: () => (stopping ??= stop()),
  }
}

async function whatIsMissing(store: Store, records: Records, collector: Collector): Promise<string | null> {
  const { redis, postgresql } = await storesThere(store, records)
  if (!redis) return 'Redis does not answer analytics'
  if (!postgresql) return 'PostgreSQL does not answer analytics'
  return collector.trouble === null ? null : `events wait: trouble with ${collector.trouble}`
}

/** With Redis away the collector says so already; anything else wrong with the tables is said each time it is new. */
function tablesFailed(log: Logger, store: Store): (error: unknown) => void {
  let told = ''
  return (error) => {
    const message = error instanceof Error ? error.message : String(error)
    if (store.status === 'ready' && message !== told) log.warn({ err: error }, 'cannot refresh the tables')
    told = message
  }
}
