import { SILENT_INTERVALS, type Nas } from '../../core/domain/nas.ts'
import type { AccessPoint, Site } from '../../core/domain/site.ts'

/** What one gateway told of itself lately. */
export interface GatewayLife {
  readonly nas: Nas
  readonly heardAt: number | null
  readonly accessPoints: ReadonlyMap<string, number>
  readonly openSessions: number
}

/**
 * A site as staff see it. `silent`: overdue although sessions are open on it; `unknown`: overdue with nobody online,
 * which a quiet night explains as well as an outage does; `no-gateway`: none is set up.
 */
export type SiteState = 'live' | 'attention' | 'silent' | 'unknown' | 'no-gateway' | 'planned'

/** The same of one device: an access point or a gateway. */
export type DeviceState = 'live' | 'silent' | 'unknown'

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
  const accessPoints = site.accessPoints.map((ap) => accessPointLife(ap, gateways, now))
  const heard = gateways.map((gateway) => gateway.heardAt).filter((at) => at !== null)
  return {
    site,
    state: siteState(site, gateways, accessPoints, now),
    heardAt: heard.length === 0 ? null : Math.max(...heard),
    online: gateways.reduce((sum, gateway) => sum + gateway.openSessions, 0),
    accessPoints,
    gateways,
  }
}

function siteState(
  site: Site,
  gateways: readonly GatewayLife[],
  accessPoints: readonly AccessPointLife[],
  now: number,
): SiteState {
  if (site.state === 'planned') return 'planned'
  if (gateways.length === 0) return 'no-gateway'
  const states = gateways.map((gateway) => gatewayState(gateway, now))
  if (!states.includes('live')) return states.includes('silent') ? 'silent' : 'unknown'
  const isPartlySilent = states.includes('silent') || accessPoints.some((ap) => ap.state === 'silent')
  return isPartlySilent ? 'attention' : 'live'
}

/** A gateway that is overdue is silent only if sessions are open on it. */
export function gatewayState(
  {
    nas,
    heardAt,
    openSessions,
  }: Omit<GatewayLife, 'nas' | 'accessPoints'> & { readonly nas: Pick<Nas, 'interimSeconds'> },
  now: number,
): DeviceState {
  if (isRecent(heardAt, nas, now)) return 'live'
  return openSessions > 0 ? 'silent' : 'unknown'
}

function accessPointLife(ap: AccessPoint, gateways: readonly GatewayLife[], now: number): AccessPointLife {
  const latest = gateways
    .flatMap((gateway) => {
      const at = gateway.accessPoints.get(ap.mac)
      return at === undefined ? [] : [{ gateway, at }]
    })
    .sort((a, b) => b.at - a.at)[0]
  if (!latest) {
    // Some gateways name no access points at all; one that names others, and not this one, does not hear it.
    const isMissing = gateways.some(
      (each) => each.accessPoints.size > 0 && isRecent(each.heardAt, each.nas, now),
    )
    return { ...ap, state: isMissing ? 'silent' : 'unknown', heardAt: null }
  }
  const { gateway, at } = latest
  const isGatewayHeard = isRecent(gateway.heardAt, gateway.nas, now)
  const state: DeviceState = isRecent(at, gateway.nas, now) ? 'live' : isGatewayHeard ? 'silent' : 'unknown'
  return { ...ap, state, heardAt: at }
}

const isRecent = (at: number | null, nas: Pick<Nas, 'interimSeconds'>, now: number): boolean =>
  at !== null && now - at < SILENT_INTERVALS * nas.interimSeconds * 1000
