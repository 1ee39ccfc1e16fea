import t from 'tap'
import { siteLife, type GatewayLife } from '../../console/figures/state.ts'
import { mac, nas, site } from './sample-city.ts'

const NOW = Date.parse('2026-03-12T07:05:00Z')
const INTERVAL = 300_000

const gateway = (id: string, more: Partial<GatewayLife> = {}): GatewayLife => ({
  nas: nas(id, 'a'),
  heardAt: NOW - 60_000,
  accessPoints: new Map(),
  openSessions: 0,
  before: null,
  ...more,
})
const stateOf = (gateways: readonly GatewayLife[], more = {}): string =>
  siteLife(site('a', more), gateways, NOW).state

t.test('a site is what its gateways are together', async (t) => {
  const live = gateway('live')
  const silent = gateway('silent', { heardAt: null, openSessions: 2 })
  const unknown = gateway('unknown', { heardAt: null })
  t.equal(stateOf([live]), 'live')
  t.equal(stateOf([live, unknown]), 'live')
  t.equal(stateOf([live, silent]), 'attention')
  t.equal(stateOf([silent, unknown]), 'silent')
  t.equal(stateOf([unknown]), 'unknown')
  t.equal(stateOf([]), 'no-gateway')
  t.equal(stateOf([live], { state: 'planned' }), 'planned')
  t.equal(siteLife(site('a'), [live, silent], NOW).online, 2)
  t.equal(siteLife(site('a'), [silent, live], NOW).heardAt, live.heardAt)
})

t.test('an access point that its gateway no longer names makes the site need attention', async (t) => {
  const accessPoints = [1, 2].map((n) => ({ mac: mac(n), name: `AP ${n}` }))
  const heard = new Map([
    [mac(1), NOW - 60_000],
    [mac(2), NOW - 4 * INTERVAL],
  ])
  const life = siteLife(site('a', { accessPoints }), [gateway('g', { accessPoints: heard })], NOW)
  t.equal(life.state, 'attention')
  t.same(
    life.accessPoints.map((ap) => ap.state),
    ['live', 'silent'],
  )
})

t.test('an access point follows the gateway that named it last', async (t) => {
  const accessPoints = [{ mac: mac(1), name: 'AP' }]
  const before = gateway('before', { accessPoints: new Map([[mac(1), NOW - 4 * INTERVAL]]) })
  const after = gateway('after', { accessPoints: new Map([[mac(1), NOW - 1000]]) })
  t.equal(siteLife(site('a', { accessPoints }), [before, after], NOW).accessPoints[0]!.state, 'live')
})

t.test(
  'a gateway that fell silent with visitors on it is silent although their sessions have ended',
  async (t) => {
    const heardAt = NOW - 5 * INTERVAL
    const before = { lookedAt: heardAt + 60_000, heardAt, openSessions: 2, silent: false }
    t.equal(stateOf([gateway('g', { heardAt, before })]), 'silent', 'as its incident says')
    t.equal(stateOf([gateway('g', { heardAt, before: { ...before, openSessions: 0 } })]), 'unknown')
  },
)
