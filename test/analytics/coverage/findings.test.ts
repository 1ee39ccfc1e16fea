import t from 'tap'
import type { GatewayCoverage, SiteCoverage } from '../../../analytics/coverage/coverage.ts'
import { findings } from '../../../analytics/coverage/findings.ts'
import type { IncidentCause } from '../../../core/domain/incident.ts'

const gateway = (nas: string, more: Partial<GatewayCoverage> = {}): GatewayCoverage => ({
  nas,
  state: 'live',
  login: 'passed',
  clock: 'right',
  ...more,
})
const siteWith = (site: string, gateways: readonly GatewayCoverage[], more: Partial<SiteCoverage> = {}) => ({
  site,
  category: 'tourist-site' as const,
  up: true,
  live: true,
  state: 'up' as const,
  reason: null,
  accessPoints: { live: 1, silent: 0, unknown: 0 },
  silent: [],
  login: 'passed' as const,
  gateways,
  visitors: 0,
  ...more,
})
const reading = (found: ReturnType<typeof findings>, cause: IncidentCause, subject: string) =>
  found.find((each) => each.cause === cause && each.subject === subject)?.reading

t.test('where all is well every cause reads good', async (t) => {
  const found = findings([siteWith('lake', [gateway('a')])])
  t.equal(found.length, 6)
  t.ok(found.every((each) => each.reading === 'good'))
})

t.test('a site that is down is one incident, which names what is silent', async (t) => {
  const silent = gateway('a', { state: 'silent' })
  const found = findings([
    siteWith('lake', [silent], {
      state: 'down',
      reason: 'gateways',
      accessPoints: { live: 0, silent: 2, unknown: 0 },
      silent: ['Gate', 'Pier'],
    }),
  ])
  t.equal(reading(found, 'site-down', 'lake'), 'bad')
  t.match(found.find((each) => each.cause === 'site-down')?.detail, {
    reason: 'gateways',
    gateways: ['a'],
    accessPoints: ['Gate', 'Pier'],
  })
  t.equal(reading(found, 'gateway-silent', 'a'), 'unknown')
  t.equal(reading(found, 'access-points-silent', 'lake'), 'unknown')
})

t.test('where the site is up, a silent gateway or access point is an incident of its own', async (t) => {
  const found = findings([
    siteWith('lake', [gateway('a'), gateway('b', { state: 'silent', clock: 'wrong' })], {
      accessPoints: { live: 1, silent: 1, unknown: 0 },
      silent: ['Gate'],
    }),
  ])
  t.equal(reading(found, 'site-down', 'lake'), 'good')
  t.equal(reading(found, 'gateway-silent', 'a'), 'good')
  t.equal(reading(found, 'gateway-silent', 'b'), 'bad')
  t.equal(reading(found, 'gateway-clock', 'b'), 'bad')
  t.equal(reading(found, 'access-points-silent', 'lake'), 'bad')
})

t.test(
  'a test login that fails is the gateway’s fault, most of them failing is the platform’s',
  async (t) => {
    const failing = (nas: string) =>
      siteWith(nas, [gateway(nas, { login: 'failing' })], { state: 'down', reason: 'logins' })
    const well = (nas: string) => siteWith(nas, [gateway(nas)])
    const half = findings([failing('a'), failing('b'), well('c'), well('d')])
    t.equal(reading(half, 'platform-logins', 'platform'), 'good')
    t.equal(reading(half, 'test-login', 'a'), 'bad')
    t.equal(reading(half, 'site-down', 'a'), 'unknown', 'the test login tells it')
    const most = findings([failing('a'), failing('b'), well('c')])
    t.equal(reading(most, 'platform-logins', 'platform'), 'bad')
    t.match(most[0]?.detail, { failing: 2, tested: 3 })
    t.equal(reading(most, 'test-login', 'a'), 'unknown')
    t.equal(reading(most, 'test-login', 'c'), 'good')
    t.equal(reading(findings([failing('a'), failing('b')]), 'platform-logins', 'platform'), 'good', 'too few')
    const untested = findings([siteWith('a', [gateway('a', { login: 'untested' })], { state: 'unknown' })])
    t.equal(reading(untested, 'platform-logins', 'platform'), 'unknown')
    t.equal(reading(untested, 'test-login', 'a'), 'unknown')
  },
)
