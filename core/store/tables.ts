import type { Campaign } from '../domain/campaign.ts'
import type { Nas } from '../domain/nas.ts'
import type { Notice } from '../domain/notice.ts'
import type { Site } from '../domain/site.ts'
import { repeat, type Running } from '../process/lifecycle.ts'
import type { Keys } from '../process/keys.ts'
import { sealedNas, unsealedNas } from '../process/sealed-nas.ts'
import { keys } from './keys.ts'
import type { Store } from './redis.ts'

/** All sites, NASes, the catalogue and approved notices, as every worker holds them in memory. */
export interface Tables {
  readonly sites: ReadonlyMap<string, Site>
  readonly nas: ReadonlyMap<string, Nas>
  readonly campaigns: readonly Campaign[]
  readonly notices: readonly Notice[]
  /** Names in these are ours: see core/domain/realm.ts. */
  readonly realms: ReadonlySet<string>
}

/** How often a worker asks whether the tables changed. */
const REFRESH_MS = 1000

/** Replaces the published tables in one step and tells every worker. Secrets are sealed. */
export async function publishTables(
  store: Store,
  sealing: Keys,
  tables: {
    sites: readonly Site[]
    nas: readonly Nas[]
    campaigns?: readonly Campaign[]
    realms?: readonly string[]
  },
): Promise<void> {
  const write = store.multi().del(keys.siteTable, keys.nasTable)
  write.set(keys.campaignTable, JSON.stringify(tables.campaigns ?? []))
  write.set(keys.realmTable, JSON.stringify(tables.realms ?? []))
  for (const site of tables.sites) write.hset(keys.siteTable, site.id, JSON.stringify(site))
  for (const nas of tables.nas) write.hset(keys.nasTable, nas.id, sealedNas(nas, sealing))
  await write.incr(keys.tablesVersion).exec()
}

/** Replaces one published site; every worker has it within a second. */
export async function publishSite(store: Store, site: Site): Promise<void> {
  await store.multi().hset(keys.siteTable, site.id, JSON.stringify(site)).incr(keys.tablesVersion).exec()
}

/** Replaces the published notices in one step; every worker has them within a second. */
export async function publishNotices(store: Store, notices: readonly Notice[]): Promise<void> {
  const write = store.multi().del(keys.noticeTable)
  for (const notice of notices) write.hset(keys.noticeTable, notice.id, JSON.stringify(notice))
  await write.incr(keys.tablesVersion).exec()
}

/** The tables in memory, refreshed within a second of a change. */
export interface LiveTables extends Running {
  readonly current: Tables
}

/** Loads the tables and keeps them fresh; `changed` is called after each refresh, the first one included. */
export async function followTables(
  store: Store,
  sealing: Keys,
  on: {
    /** Which NASes this process may know; by default all. */
    accepts?: (nas: Nas) => boolean
    changed?: (tables: Tables) => void
    failed: (error: unknown) => void
  },
): Promise<LiveTables> {
  let version: string | null = null
  let current: Tables = { sites: new Map(), nas: new Map(), campaigns: [], notices: [], realms: new Set() }
  const refresh = async (): Promise<void> => {
    const latest = await store.get(keys.tablesVersion)
    if (latest === version) return
    const [sites, nas, campaigns, notices, realms] = await Promise.all([
      store.hgetall(keys.siteTable),
      store.hgetall(keys.nasTable),
      store.get(keys.campaignTable),
      store.hgetall(keys.noticeTable),
      store.get(keys.realmTable),
    ])
    current = {
      sites: new Map(Object.entries(sites).map(([id, json]) => [id, JSON.parse(json) as Site])),
      nas: new Map(
        Object.entries(nas)
          .map(([id, json]) => [id, unsealedNas(json, sealing)] as const)
          .filter(([, each]) => on.accepts?.(each) ?? true),
      ),
      campaigns: JSON.parse(campaigns ?? '[]') as Campaign[],
      notices: Object.values(notices).map((json) => JSON.parse(json) as Notice),
      realms: new Set(JSON.parse(realms ?? '[]') as string[]),
    }
    version = latest
    on.changed?.(current)
  }
  await refresh()
  const refreshing = repeat(REFRESH_MS, refresh, on.failed)
  return {
    get current() {
      return current
    },
    stop: () => refreshing.stop(),
  }
}
