import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { SLOT_MS, SLOTS_A_DAY, slotStart, type Availability } from '../../core/domain/availability.ts'
import type { Logger } from '../../core/process/log.ts'
import { hourlyVisitors, readAvailability } from '../../core/records/availability.ts'
import type { Records } from '../../core/records/database.ts'
import { runningFigures } from '../../core/records/figures.ts'
import { openIncidents } from '../../core/records/incidents.ts'
import type { Store } from '../../core/store/redis.ts'
import type { LiveTables } from '../../core/store/tables.ts'
import type { Collector } from '../collector/collector.ts'
import { coverage, type SiteCoverage } from '../coverage/coverage.ts'
import { readHeard } from '../coverage/read.ts'
import type { FigureSources } from './metrics.ts'
import { storesThere } from './stores.ts'

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
  const availability = availabilityReader(records, tables)
  const orNull = tellOnce(log)
  return {
    sites: () => tables.current.sites,
    campaigns: () => tables.current.campaigns.map(({ id }) => id),
    running: () => orNull('running figures', runningFigures(records, now())),
    coverage: () => orNull('coverage', readCoverage(store, tables, now())),
    availability: () => orNull('availability', availability(now())),
    incidents: () => orNull('open incidents', openIncidents(records)),
    async backlog() {
      const read = await orNull('backlog', collector.backlog())
      // Events may have waited ever since it was last seen.
      if (read === null) return { waiting, lagSeconds: Math.max(0, now() - readBacklogAt) / 1000 }
      readBacklogAt = now()
      waiting = read.waiting
      return { waiting, lagSeconds: read.oldestAt === null ? 0 : Math.max(0, now() - read.oldestAt) / 1000 }
    },
    rejected: () => collector.rejected,
    stores: () => storesThere(store, records),
    collectedAt: () => collector.collectedAt,
  }
}

async function readCoverage(store: Store, tables: LiveTables, now: number): Promise<SiteCoverage[]> {
  const { current } = tables
  return coverage(current, await readHeard(store, current), now)
}

/** Availability of the sites in service over the 24 hours of slots that are over. */
function availabilityReader(records: Records, tables: LiveTables): (now: number) => Promise<Availability> {
  return async (now) => {
    const visitors = await hourlyVisitors(records)
    const sites = [...tables.current.sites.values()].filter(({ state }) => state === 'live')
    const to = slotStart(now)
    return readAvailability(records, {
      sites: sites.map(({ id }) => id),
      from: to - SLOTS_A_DAY * SLOT_MS,
      to,
      visitors,
    })
  }
}

/** A scrape does not wait longer than this for one figure: the others must not go with it. */
const PATIENCE_MS = 3000

function tellOnce(log: Logger): <T>(what: string, work: Promise<T>) => Promise<T | null> {
  const failing = new Set<string>()
  return async (what, work) => {
    try {
      const value = await Promise.race([work, tooLate()])
      failing.delete(what)
      return value
    } catch (error) {
      if (!failing.has(what)) log.warn({ err: error }, `cannot read the ${what} for metrics`)
      failing.add(what)
      return null
    }
  }
}

async function tooLate(): Promise<never> {
  await sleep(PATIENCE_MS, undefined, { ref: false })
  // Who stood still himself reads what was answered meanwhile before he gives up.
  await nextTurn()
  throw new Error(`no answer in ${PATIENCE_MS} ms`)
}
