import {
  accessPointState,
  gatewayState,
  type DeviceState,
  type LookBefore,
} from '../../core/domain/gateway-state.ts'
import type { Nas } from '../../core/domain/nas.ts'
import type { AccessPoint, Site } from '../../core/domain/site.ts'

/** What one gateway told of itself lately. */
export interface GatewayLife {
  readonly nas: Nas
  readonly heardAt: number | null
  readonly accessPoints: ReadonlyMap<string, number>
  readonly openSessions: number
  /** What the last look at all sites knew of it; null where there was none. */
  readonly before: LookBefore | null
}

/**
 * A site as staff see it. `silent`: overdue although sessions are open on it; `unknown`: overdue with nobody online,
 * which a quiet night explains as well as an outage does; `no-gateway`: none is set up.
 */
export type SiteState = 'live' | 'attention' | 'silent' | 'unknown' | 'no-gateway' | 'planned'

export interface AccessPointLife extends AccessPoint {
  readonly state: DeviceState
  readonly heardAt: number | null
}

export interface SiteLife {
  readonly site: Site
  readonly state: SiteState
  /** When any of its gateways was last heard. */
  readonly heardAt: number | null
  readonly online: number
  readonly accessPoints: readonly AccessPointLife[]
  readonly gateways: readonly GatewayLife[]
}

/** The state of a site and its access points from what its gateways told (experience.md §3). */
export function siteLife(site: Site, gateways: readonly GatewayLife[], now: number): SiteLife {
  const told = gateways.map((each) => ({ ...each, state: gatewayState(each.nas, each, now) }))
  const accessPoints = site.accessPoints.map((ap): AccessPointLife => {
    const heard = gateways.flatMap(({ accessPoints }) => accessPoints.get(ap.mac) ?? [])
    return { ...ap, state: accessPointState(ap.mac, told, now), heardAt: latest(heard) }
  })
  return {
    site,
    state: siteState(
      site,
      told.map(({ state }) => state),
      accessPoints,
    ),
    heardAt: latest(gateways.flatMap(({ heardAt }) => heardAt ?? [])),
    online: gateways.reduce((sum, gateway) => sum + gateway.openSessions, 0),
    accessPoints,
    gateways,
  }
}

const latest = (moments: readonly number[]): number | null =>
  moments.length === 0 ? null : Math.max(...moments)

function siteState(
  site: Site,
  gateways: readonly DeviceState[],
  accessPoints: readonly AccessPointLife[],
): SiteState {
  if (site.state === 'planned') return 'planned'
  if (gateways.length === 0) return 'no-gateway'
  if (!gateways.includes('live')) return gateways.includes('silent') ? 'silent' : 'unknown'
  const isPartlySilent = gateways.includes('silent') || accessPoints.some((ap) => ap.state === 'silent')
  return isPartlySilent ? 'attention' : 'live'
}
