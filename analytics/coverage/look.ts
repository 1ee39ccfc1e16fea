import { SLOT, slotStart, type SlotLetter } from '../../core/domain/availability.ts'
import { NOTHING_SEEN, watched, type Finding, type Watch } from '../../core/domain/incident.ts'
import { sitesUnderWork } from '../../core/domain/notice.ts'
import { keepSiteLooks } from '../../core/records/availability.ts'
import { inTransaction, type Records, type Transaction } from '../../core/records/database.ts'
import { keepLooks, lastLooks, takeMinute } from '../../core/records/gateway-looks.ts'
import {
  closeIncident,
  keepWatches,
  openIncident,
  outlastPlan,
  readWatches,
  watchName,
} from '../../core/records/incidents.ts'
import { keepSitesNow } from '../../core/records/site-looks.ts'
import type { Store } from '../../core/store/redis.ts'
import type { LiveTables } from '../../core/store/tables.ts'
import { coverage, type SiteCoverage } from './coverage.ts'
import { findings } from './findings.ts'
import { readHeard } from './read.ts'

const MINUTE_MS = 60_000

export interface LookParts {
  readonly store: Store
  readonly records: Records
  readonly tables: LiveTables
  readonly now: () => number
}

/**
 * Looks at all sites once a minute: what it finds goes into the slot and hour of that minute, and the first look of a slot
 * opens and closes incidents. Of several processes one looks at each minute. To be called more often than that.
 */
export function coverageLooks(parts: LookParts): () => Promise<void> {
  let looked = -1
  return async () => {
    const at = parts.now()
    const minute = Math.floor(at / MINUTE_MS)
    if (minute === looked) return
    await look(parts, minute, at)
    looked = minute
  }
}

async function look({ store, records, tables }: LookParts, minute: number, at: number): Promise<void> {
  const { current } = tables
  const heard = await readHeard(store, current)
  const work = sitesUnderWork(current.notices, current.sites.values(), at)
  await inTransaction(records, async (transaction) => {
    if (!(await takeMinute(transaction, minute))) return
    const before = await lastLooks(transaction)
    for (const [nas, each] of heard) heard.set(nas, { ...each, before: before.get(nas) ?? null })
    const sites = coverage(current, heard, at)
    await keepSiteLooks(
      transaction,
      sites.map((each) => ({ site: each.site, letter: letterOf(each, work), visitors: each.visitors })),
      at,
    )
    await keepSitesNow(
      transaction,
      sites.map(({ site, live, state, reason, login, accessPoints }) => ({
        site,
        lookedAt: at,
        live,
        state,
        reason,
        login,
        accessPoints,
      })),
    )
    const silent = new Set(
      sites.flatMap(({ gateways }) =>
        gateways.filter(({ state }) => state === 'silent').map(({ nas }) => nas),
      ),
    )
    await keepLooks(
      transaction,
      [...heard].map(([nas, { gateway, openSessions }]) => ({
        nas,
        lookedAt: at,
        heardAt: gateway,
        openSessions,
        silent: silent.has(nas),
      })),
    )
    const lastAt = Math.max(-1, ...[...before.values()].map(({ lookedAt }) => lookedAt))
    if (slotStart(lastAt) < slotStart(at)) await judge(transaction, findings(sites), work, at)
  })
}

function letterOf({ site, state }: SiteCoverage, work: ReadonlySet<string>): SlotLetter {
  if (state === 'up') return SLOT.up
  if (state === 'unknown') return SLOT.quiet
  return work.has(site) ? SLOT.plannedDown : SLOT.down
}

/** Opens and closes incidents by what one slot says. */
async function judge(
  transaction: Transaction,
  found: readonly Finding[],
  work: ReadonlySet<string>,
  at: number,
): Promise<void> {
  const slotAt = slotStart(at)
  const watches = await readWatches(transaction)
  const kept: (Watch & Pick<Finding, 'cause' | 'subject'>)[] = []
  for (const finding of found) {
    const name = watchName(finding)
    const { watch, change } = watched(watches.get(name) ?? NOTHING_SEEN, finding, slotAt)
    watches.delete(name)
    const { cause, subject, site } = finding
    const planned = site !== null && work.has(site)
    if (change === 'opened')
      await openIncident(transaction, finding, { beganAt: watch.badSince ?? slotAt, at, planned })
    else if (change === 'closed') await closeIncident(transaction, finding, at)
    else if (watch.isOpen && finding.reading === 'bad' && !planned) await outlastPlan(transaction, finding)
    if (watch.isOpen || watch.bad > 0) kept.push({ cause, subject, ...watch })
  }
  // What is left is of sites and gateways that are no more, or no more in service.
  for (const gone of watches.values()) if (gone.isOpen) await closeIncident(transaction, gone, at)
  await keepWatches(transaction, kept)
}
