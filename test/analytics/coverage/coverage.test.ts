import t from 'tap'
import type { Nas } from '../../../core/domain/nas.ts'
import type { Site } from '../../../core/domain/site.ts'
import type { TestLogin } from '../../../core/domain/test-login.ts'
import { coverage, type Heard } from '../../../analytics/coverage/coverage.ts'
import { macOf, nasOf, NOON, siteOf } from '../support/visits.ts'

const tables = (sites: readonly Site[], nas: readonly Nas[]) => ({
  sites: new Map(sites.map((each) => [each.id, each])),
  nas: new Map(nas.map((each) => [each.id, each])),
})
const passed = (at: number): TestLogin => ({ at, result: 'passed', passedAt: at })
const heard = (
  gateway: number | null,
  accessPoints: Record<string, number> = {},
  more: Partial<Heard> = {},
): Heard => ({
  gateway,
  accessPoints: new Map(Object.entries(accessPoints)),
  wrongClockAt: null,
  openSessions: 0,
  test: passed(NOON),
  before: null,
  ...more,
})
const ap = (n: number) => ({ mac: macOf(n), name: `AP ${n}` })
/** Three intervals of five minutes. */
const LIMIT = 900_000

const lake = siteOf('lake', 'tourist-site', { accessPoints: [ap(1), ap(2), ap(3)] })
const city = tables(
  [lake, siteOf('later', 'tourist-site', { state: 'planned' })],
  [nasOf('a', 'lake'), nasOf('b', 'lake')],
)

t.test(
  'an access point is live within three intervals, and silent after that while its gateway is heard',
  async (t) => {
    const times = heard(NOON, { [macOf(1)]: NOON - LIMIT + 1, [macOf(2)]: NOON - LIMIT })
    t.match(coverage(city, new Map([['a', times]]), NOON), [
      { site: 'lake', up: true, accessPoints: { live: 1, silent: 2, unknown: 0 } },
    ])
  },
)

t.test(
  'when no gateway is heard nothing is known of access points: a quiet night is no outage',
  async (t) => {
    const times = heard(NOON - LIMIT, { [macOf(1)]: NOON - LIMIT })
    t.match(coverage(city, new Map([['a', times]]), NOON), [
      { site: 'lake', up: false, accessPoints: { live: 0, silent: 0, unknown: 3 } },
    ])
    t.match(coverage(city, new Map(), NOON), [{ up: false, accessPoints: { unknown: 3 } }])
  },
)

t.test('a site is up when any of its gateways is heard, each by its own interval', async (t) => {
  const slow = tables([lake], [nasOf('a', 'lake'), nasOf('b', 'lake', { interimSeconds: 600 })])
  const at = NOON - 2 * LIMIT + 1
  t.match(coverage(slow, new Map([['a', heard(at)]]), NOON), [{ up: false }])
  t.match(coverage(slow, new Map([['b', heard(at, { [macOf(3)]: at })]]), NOON), [
    { up: true, accessPoints: { live: 1, silent: 2 } },
  ])
})

t.test('access points that no record names do not count, planned sites are not covered', async (t) => {
  const found = coverage(city, new Map([['a', heard(NOON, { [macOf(99)]: NOON })]]), NOON)
  t.equal(found.length, 1)
  t.match(found, [{ site: 'lake', up: true, accessPoints: { live: 0, silent: 3, unknown: 0 } }])
})

t.test('where a gateway names no access point at all, nothing is known of them', async (t) => {
  t.match(coverage(city, new Map([['a', heard(NOON)]]), NOON), [
    { up: true, accessPoints: { silent: 0, unknown: 3 } },
  ])
})

const pair = tables([lake], [nasOf('a', 'lake')])
const only = (of: Heard, now = NOON) => coverage(pair, new Map([['a', of]]), now)[0]!
const alive = { [macOf(1)]: NOON, [macOf(2)]: NOON, [macOf(3)]: NOON }
const QUARTER = 15 * 60_000

t.test('a site is live with a live access point and a test login that passed in 15 minutes', async (t) => {
  t.match(only(heard(NOON, alive)), { live: true, state: 'up', reason: null })
  t.match(only(heard(NOON, alive, { test: passed(NOON - QUARTER) })), { live: true, state: 'up' })
  const late = only(heard(NOON, alive, { test: passed(NOON - QUARTER - 1) }))
  t.match(late, { live: false, up: true, state: 'down', reason: 'logins', gateways: [{ login: 'failing' }] })
  t.match(only(heard(NOON, alive, { test: null })), { live: false, state: 'unknown', reason: null })
  t.match(only(heard(NOON)), { live: false, state: 'up' }, 'no access point is named: up, but none is live')
  t.match(only(heard(NOON, { [macOf(1)]: NOON - LIMIT - 1 })), {
    live: false,
    state: 'down',
    reason: 'access-points',
    silent: ['AP 1', 'AP 2', 'AP 3'],
  })
})

t.test(
  'a gateway is silent when visitors were on it at its last word, and stays so until it is heard',
  async (t) => {
    const at = NOON - LIMIT - 1
    const gone = (more: Partial<Heard>) => only(heard(at, { [macOf(1)]: at }, more))
    const before = { nas: 'a', lookedAt: at + 1000, heardAt: at, openSessions: 3, silent: false }
    const down = { state: 'down', reason: 'gateways', gateways: [{ state: 'silent' }] }
    t.match(gone({ openSessions: 1 }), down)
    t.match(gone({ before }), { ...down, accessPoints: { silent: 3 } })
    t.match(gone({ before: { ...before, openSessions: 0, silent: true } }), down)
    const quiet = { state: 'unknown', reason: null, accessPoints: { unknown: 3 } }
    t.match(gone({ before: { ...before, openSessions: 0 } }), quiet, 'a quiet night')
    t.match(gone({ before: { ...before, lookedAt: at - 1 } }), quiet, 'they may have left with its last word')
    t.match(gone({ before: { ...before, heardAt: at - 1, silent: true } }), quiet, 'it was heard in between')
    t.match(only(heard(NOON, alive, { before: { ...before, silent: true } })), { state: 'up' })
  },
)

t.test('a clock is wrong for 15 minutes after what it signed was refused', async (t) => {
  const clock = (more: Partial<Heard>, gateway = NOON) => only(heard(gateway, alive, more)).gateways[0]!.clock
  t.equal(clock({ wrongClockAt: NOON - QUARTER }), 'wrong')
  t.equal(clock({ wrongClockAt: NOON - QUARTER - 1 }), 'right')
  t.equal(clock({}), 'right')
  t.equal(clock({}, NOON - LIMIT - 1), 'unknown')
})
