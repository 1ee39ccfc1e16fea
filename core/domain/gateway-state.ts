import { SILENT_INTERVALS, type Nas } from './nas.ts'

/**
 * How a gateway or an access point is. `live`: heard within three reporting intervals. `silent`: overdue, while sessions are
 * open on the gateway, or were when it was last heard; of an access point: while its gateways are heard or silent. `unknown`:
 * overdue, and a quiet night is no outage.
 */
export const DEVICE_STATES = ['live', 'silent', 'unknown'] as const
export type DeviceState = (typeof DEVICE_STATES)[number]

/** What the look before knew of a gateway; times are epoch ms. */
export interface LookBefore {
  readonly lookedAt: number
  readonly heardAt: number | null
  readonly openSessions: number
  readonly silent: boolean
}

/** What is known of a gateway now; `before` is null where nobody has looked yet. */
export interface GatewayHeard {
  readonly heardAt: number | null
  readonly openSessions: number
  readonly before: LookBefore | null
}

type Reporting = Pick<Nas, 'interimSeconds'>

export function gatewayState(
  nas: Reporting,
  { heardAt, openSessions, before }: GatewayHeard,
  now: number,
): DeviceState {
  if (isRecent(nas, heardAt, now)) return 'live'
  if (openSessions > 0) return 'silent'
  // The sessions of a gateway that fell silent end as it does: that there were any is what the look before knows.
  const isSameSilence = before !== null && before.heardAt === heardAt
  const hadVisitors =
    isSameSilence && heardAt !== null && before.lookedAt >= heardAt && before.openSessions > 0
  return isSameSilence && (before.silent || hadVisitors) ? 'silent' : 'unknown'
}

/** A gateway of a site, and when it named which access points. */
export interface NamingGateway {
  readonly nas: Reporting
  readonly state: DeviceState
  readonly accessPoints: ReadonlyMap<string, number>
}

/** The state of an access point from what its site's gateways named; some gateways name none, and nothing is known of theirs. */
export function accessPointState(mac: string, gateways: readonly NamingGateway[], now: number): DeviceState {
  if (gateways.some(({ nas, accessPoints }) => isRecent(nas, accessPoints.get(mac), now))) return 'live'
  const isTold = gateways.some(({ state }) => state !== 'unknown')
  return isTold && gateways.some(({ accessPoints }) => accessPoints.size > 0) ? 'silent' : 'unknown'
}

/**
 * Three intervals after it was heard a gateway is overdue, in the very moment in which its sessions end by silence: were it
 * live a moment longer, a look then could find it live and without visitors, and its silence would be a quiet night.
 */
const isRecent = ({ interimSeconds }: Reporting, at: number | null | undefined, now: number): boolean =>
  at !== null && at !== undefined && now - at < SILENT_INTERVALS * interimSeconds * 1000
