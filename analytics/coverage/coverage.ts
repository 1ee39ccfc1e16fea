import { accessPointState, gatewayState, type DeviceState } from '../../core/domain/gateway-state.ts'
import type { Nas } from '../../core/domain/nas.ts'
import type { Category, Site } from '../../core/domain/site.ts'
import { provenBy, type TestLogin } from '../../core/domain/test-login.ts'
import type { GatewayLook } from '../../core/records/gateway-looks.ts'
import type { SiteNow } from '../../core/records/site-looks.ts'
import type { Tables } from '../../core/store/tables.ts'

/** What is known of a gateway and the access points it named; times are epoch ms. */
export interface Heard {
  readonly gateway: number | null
  readonly accessPoints: ReadonlyMap<string, number>
  /** When what it signed last bore a time that cannot be. */
  readonly wrongClockAt: number | null
  readonly openSessions: number
  readonly test: TestLogin | null
  /** The look before this one; null where there was none. */
  readonly before: GatewayLook | null
}

/** How a gateway is, and whether the platform logs in by its record: see radius-server/test-logins. */
export interface GatewayCoverage {
  readonly nas: string
  readonly state: DeviceState
  readonly login: SiteNow['login']
  readonly clock: 'right' | 'wrong' | 'unknown'
}

/** How a site in service is. */
export interface SiteCoverage {
  readonly site: string
  readonly category: Category
  /** A gateway of the site was heard within three of its reporting intervals. */
  readonly up: boolean
  /** An access point is live, and the platform's test login for a gateway of the site passed in 15 minutes. */
  readonly live: boolean
  /** What availability counts. `unknown` is neither up nor down. */
  readonly state: 'up' | 'down' | 'unknown'
  readonly reason: SiteNow['reason']
  /** How many of the access points in the site's record are in each state. */
  readonly accessPoints: Readonly<Record<DeviceState, number>>
  /** Names of those that are silent. */
  readonly silent: readonly string[]
  /** Whether the platform logs in by any of its gateways' records. */
  readonly login: SiteNow['login']
  readonly gateways: readonly GatewayCoverage[]
  readonly visitors: number
}

/** A clock that was wrong is right again when the gateway was heard and nothing of it was refused for so long. */
const WRONG_CLOCK_MS = 15 * 60_000

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
  site: Site,
  allNas: readonly Nas[],
  heard: ReadonlyMap<string, Heard>,
  now: number,
): SiteCoverage {
  const known = allNas.flatMap((nas) => {
    const of = heard.get(nas.id)
    return of ? [{ nas, of, told: gatewayCoverage(nas, of, now) }] : []
  })
  const gateways = known.map(({ told }) => told)
  const up = gateways.some(({ state }) => state === 'live')
  const isFallen = !up && gateways.some(({ state }) => state === 'silent')
  const naming = known.map(({ nas, of, told }) => ({ nas, state: told.state, accessPoints: of.accessPoints }))
  const counts = { live: 0, silent: 0, unknown: 0 }
  const silent: string[] = []
  for (const { mac, name } of site.accessPoints) {
    const state = accessPointState(mac, naming, now)
    counts[state]++
    if (state === 'silent') silent.push(name)
  }
  const login = loginOf(gateways)
  const reason = reasonOf({ login, up, isFallen, counts })
  return {
    site: site.id,
    category: site.category,
    up,
    live: counts.live > 0 && login === 'passed',
    state: reason !== null ? 'down' : up && login === 'passed' ? 'up' : 'unknown',
    reason,
    accessPoints: counts,
    silent,
    login,
    gateways,
    visitors: known.reduce((sum, { of }) => sum + of.openSessions, 0),
  }
}

function gatewayCoverage(nas: Nas, heard: Heard, now: number): GatewayCoverage {
  const state = gatewayState(nas, { ...heard, heardAt: heard.gateway }, now)
  const { wrongClockAt } = heard
  const isWrong = wrongClockAt !== null && now - wrongClockAt <= WRONG_CLOCK_MS
  return {
    nas: nas.id,
    state,
    login: provenBy(heard.test, now),
    clock: isWrong ? 'wrong' : state === 'live' ? 'right' : 'unknown',
  }
}

/** A site's visitors can log in by any of its gateways. */
function loginOf(gateways: readonly GatewayCoverage[]): GatewayCoverage['login'] {
  if (gateways.some(({ login }) => login === 'passed')) return 'passed'
  return gateways.some(({ login }) => login === 'failing') ? 'failing' : 'untested'
}

function reasonOf(of: {
  login: GatewayCoverage['login']
  up: boolean
  isFallen: boolean
  counts: SiteCoverage['accessPoints']
}): SiteNow['reason'] {
  if (of.isFallen) return 'gateways'
  if (of.up && of.counts.live === 0 && of.counts.silent > 0) return 'access-points'
  return of.login === 'failing' ? 'logins' : null
}
