import type { Logger } from '../../core/process/log.ts'
import type { Records } from '../../core/records/database.ts'
import { runningFigures } from '../../core/records/figures.ts'
import { lastHeard } from '../../core/store/heard.ts'
import type { Store } from '../../core/store/redis.ts'
import type { LiveTables } from '../../core/store/tables.ts'
import type { Collector } from '../collector/collector.ts'
import { coverage, type SiteCoverage } from './coverage.ts'
import type { FigureSources } from './metrics.ts'

/** The figures as the stores hold them. A store that is away is told once, and its figures are null. */
export function figureSources(parts: {
  store: Store
  records: Records
  tables: LiveTables
  collector: Collector
  log: Logger
  now: () => number
}): FigureSources {
  const { store, records, tables, collector, log, now } = parts
  let readBacklogAt = now()
  let waiting = 0
  const orNull = tellOnce(log)
  return {
    sites: () => tables.current.sites,
    campaigns: () => tables.current.campaigns.map(({ id }) => id),
    running: () => orNull('running figures', runningFigures(records, now())),
    coverage: () => orNull('coverage', readCoverage(store, tables, now())),
    async backlog() {
      const read = await orNull('backlog', collector.backlog())
      // Events may have waited ever since it was last seen.
      if (read === null) return { waiting, lagSeconds: Math.max(0, now() - readBacklogAt) / 1000 }
      readBacklogAt = now()
      waiting = read.waiting
      return { waiting, lagSeconds: read.oldestAt === null ? 0 : Math.max(0, now() - read.oldestAt) / 1000 }
    },
    rejected: () => collector.rejected,
  }
}

async function readCoverage(store: Store, tables: LiveTables, now: number): Promise<SiteCoverage[]> {
  const ids = [...tables.current.nas.keys()]
  const heard = await Promise.all(ids.map((id) => lastHeard(store, id)))
  return coverage(tables.current, new Map(ids.map((id, i) => [id, heard[i]!])), now)
}

function tellOnce(log: Logger): <T>(what: string, work: Promise<T>) => Promise<T | null> {
  const failing = new Set<string>()
  return async (what, work) => {
    try {
      const value = await work
      failing.delete(what)
      return value
    } catch (error) {
      if (!failing.has(what)) log.warn({ err: error }, `cannot read the ${what} for metrics`)
      failing.add(what)
      return null
    }
  }
}
