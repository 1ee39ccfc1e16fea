import type { Site } from '../../core/domain/site.ts'
import type { Records } from '../../core/records/database.ts'
import { lastLooks } from '../../core/records/gateway-looks.ts'
import { lastHeard } from '../../core/store/heard.ts'
import type { Store } from '../../core/store/redis.ts'
import { SessionStore } from '../../core/store/sessions.ts'
import type { Tables } from '../../core/store/tables.ts'
import { siteLife, type GatewayLife, type SiteLife } from './state.ts'

/** How sites are at this moment, straight from the live store and what the last look at them knew. */
export interface Live {
  /** In the order given. */
  read(sites: readonly Site[], now: number): Promise<SiteLife[]>
  /** Sessions that are open at each of the sites, by id. */
  online(sites: ReadonlySet<string>): Promise<ReadonlyMap<string, number>>
}

export function createLive(store: Store, records: Records, tables: () => Tables): Live {
  const sessions = new SessionStore(store)
  return {
    async online(sites) {
      const counts = await Promise.all(
        [...tables().nas.values()]
          .filter((nas) => sites.has(nas.site))
          .map(async (nas) => [nas.site, await sessions.openCount(nas.id)] as const),
      )
      const bySite = new Map<string, number>([...sites].map((site) => [site, 0]))
      for (const [site, count] of counts) bySite.set(site, bySite.get(site)! + count)
      return bySite
    },
    async read(sites, now) {
      const looks = await lastLooks(records)
      const wanted = new Set(sites.map((site) => site.id))
      // All of a page's reads leave in one write (auto-pipelining).
      const gateways = await Promise.all(
        [...tables().nas.values()]
          .filter((nas) => wanted.has(nas.site))
          .map(async (nas): Promise<GatewayLife> => {
            const [heard, openSessions] = await Promise.all([
              lastHeard(store, nas.id),
              sessions.openCount(nas.id),
            ])
            return {
              nas,
              heardAt: heard.gateway,
              accessPoints: heard.accessPoints,
              openSessions,
              before: looks.get(nas.id) ?? null,
            }
          }),
      )
      const bySite = new Map<string, GatewayLife[]>(sites.map((site) => [site.id, []]))
      for (const gateway of gateways) bySite.get(gateway.nas.site)?.push(gateway)
      return sites.map((site) => siteLife(site, bySite.get(site.id) ?? [], now))
    },
  }
}
