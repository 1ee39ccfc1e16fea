import type { Finding, IncidentCause, Reading } from '../../core/domain/incident.ts'
import type { GatewayCoverage, SiteCoverage } from './coverage.ts'

/** With fewer tested than this, all failing are each their own fault. */
const FEW_TESTED = 3

/**
 * What each site and gateway says of each cause of incidents. One fault is one incident: where most test logins fail it is
 * the platform's, and while a site is down what its parts lack is not told once more.
 */
export function findings(sites: readonly SiteCoverage[]): Finding[] {
  const tested = sites.flatMap(({ gateways }) => gateways).filter(({ login }) => login !== 'untested')
  const failing = tested.filter(({ login }) => login === 'failing')
  const isPlatform = tested.length >= FEW_TESTED && failing.length * 2 > tested.length
  const platform: Finding = {
    cause: 'platform-logins',
    subject: 'platform',
    site: null,
    reading: isPlatform ? 'bad' : tested.length === 0 ? 'unknown' : 'good',
    detail: { failing: failing.length, tested: tested.length },
  }
  return [platform, ...sites.flatMap((site) => ofSite(site, isPlatform))]
}

function ofSite(of: SiteCoverage, isPlatform: boolean): Finding[] {
  const { site, accessPoints, silent, gateways } = of
  const isDown = of.reason === 'gateways' || of.reason === 'access-points'
  const parts: Reading = accessPoints.silent > 0 ? 'bad' : accessPoints.live > 0 ? 'good' : 'unknown'
  return [
    {
      cause: 'site-down',
      subject: site,
      site,
      reading: isDown ? 'bad' : of.state === 'up' ? 'good' : 'unknown',
      detail: isDown ? { reason: of.reason, gateways: silentOnes(gateways), accessPoints: silent } : {},
    },
    {
      cause: 'access-points-silent',
      subject: site,
      site,
      reading: isDown ? 'unknown' : parts,
      detail: { accessPoints: silent },
    },
    ...gateways.flatMap((gateway) => ofGateway(gateway, { site, isDown, isPlatform })),
  ]
}

const silentOnes = (gateways: readonly GatewayCoverage[]): string[] =>
  gateways.filter(({ state }) => state === 'silent').map(({ nas }) => nas)

const STATE = { live: 'good', silent: 'bad', unknown: 'unknown' } as const
const LOGIN = { passed: 'good', failing: 'bad', untested: 'unknown' } as const
const CLOCK = { right: 'good', wrong: 'bad', unknown: 'unknown' } as const

function ofGateway(
  { nas, state, login, clock }: GatewayCoverage,
  { site, isDown, isPlatform }: { site: string; isDown: boolean; isPlatform: boolean },
): Finding[] {
  const finding = (cause: IncidentCause, reading: Reading): Finding => ({
    cause,
    subject: nas,
    site,
    reading,
    detail: {},
  })
  return [
    finding('gateway-silent', isDown && state === 'silent' ? 'unknown' : STATE[state]),
    finding('test-login', isPlatform && login === 'failing' ? 'unknown' : LOGIN[login]),
    finding('gateway-clock', CLOCK[clock]),
  ]
}
