import { SILENT_INTERVALS, type Nas } from '../../core/domain/nas.ts'
import type { Site } from '../../core/domain/site.ts'
import type { Tables } from '../../core/store/tables.ts'

/** When a gateway and the access points it named were last heard, epoch ms. */
export interface Heard {
  readonly gateway: number | null
  readonly accessPoints: ReadonlyMap<string, number>
}

/**
 * `live`: heard within three reporting intervals. `silent`: overdue while its gateway is heard (the sessions of a
 * gateway that is not have ended by then). `unknown`: nothing is heard, and a quiet night is no outage; or the
 * gateway names no access points at all, as some never do.
 */
export const ACCESS_POINT_STATES = ['live', 'silent', 'unknown'] as const
export type AccessPointState = (typeof ACCESS_POINT_STATES)[number]

/** What of a site in service is alive. */
export interface SiteCoverage {
  readonly site: string
  /** A gateway of the site was heard within three of its reporting intervals. */
  readonly up: boolean
  /** How many of the access points in the site's record are in each state. */
  readonly accessPoints: Readonly<Record<AccessPointState, number>>
}

/** Coverage of every site in service. `heard` is by NAS id. */
export function coverage(
  tables: Pick<Tables, 'sites' | 'nas'>,
  heard: ReadonlyMap<string, Heard>,
  now: number,
): SiteCoverage[] {
  const nasOfSite = new Map<string, Nas[]>()
  for (const nas of tables.nas.values()) nasOfSite.set(nas.site, [...(nasOfSite.get(nas.site) ?? []), nas])
  return [...tables.sites.values()]
    .filter((site) => site.state === 'live')
    .map((site) => coverageOf(site, nasOfSite.get(site.id) ?? [], heard, now))
}

function coverageOf(
  { id, accessPoints }: Site,
  allNas: readonly Nas[],
  heard: ReadonlyMap<string, Heard>,
  now: number,
): SiteCoverage {
  const isRecent = (nas: Nas, at: number | null | undefined): boolean =>
    at !== null && at !== undefined && now - at <= SILENT_INTERVALS * nas.interimSeconds * 1000
  const up = allNas.some((nas) => isRecent(nas, heard.get(nas.id)?.gateway))
  const names = allNas.some((nas) => (heard.get(nas.id)?.accessPoints.size ?? 0) > 0)
  const counts = { live: 0, silent: 0, unknown: 0 }
  for (const { mac } of accessPoints) {
    const live = allNas.some((nas) => isRecent(nas, heard.get(nas.id)?.accessPoints.get(mac)))
    counts[live ? 'live' : up && names ? 'silent' : 'unknown']++
  }
  return { site: id, up, accessPoints: counts }
}
