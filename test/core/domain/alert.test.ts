import fc from 'fast-check'
import t from 'tap'
import { alertChanges, type Alert, type KnownAlert } from '../../../core/domain/alert.ts'

const NOW = Date.parse('2026-11-22T05:00:00Z')
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const alert = (more: Partial<Alert> = {}): Alert => ({
  fingerprint: 'a1',
  startsAt: NOW - 5 * MINUTE,
  endsAt: null,
  name: 'StoreAway',
  site: null,
  detail: { summary: 'away', summaryVi: 'vắng', severity: 'critical' },
  ...more,
})
const shown = ({ opened, closed }: ReturnType<typeof alertChanges>) => ({
  opened: opened.map(({ fingerprint, beganAt, closedAt }) => [
    fingerprint,
    beganAt - NOW,
    closedAt && closedAt - NOW,
  ]),
  closed: closed.map(({ fingerprint, closedAt }) => [fingerprint, closedAt - NOW]),
})
const NOTHING = { opened: [], closed: [] }
const known = (more: Partial<KnownAlert> = {}): KnownAlert => ({
  fingerprint: 'a1',
  startsAt: NOW - 5 * MINUTE,
  openedAt: NOW - 4 * MINUTE,
  closedAt: null,
  ...more,
})

t.test('an alert that fires opens, one that is over closes, and a repeat changes nothing', async (t) => {
  t.same(shown(alertChanges([], [alert()], NOW)), { ...NOTHING, opened: [['a1', -5 * MINUTE, null]] })
  t.same(shown(alertChanges([known()], [alert(), alert()], NOW)), NOTHING)
  const over = alert({ endsAt: NOW - MINUTE })
  t.same(shown(alertChanges([known()], [over], NOW)), { ...NOTHING, closed: [['a1', -MINUTE]] })
  t.same(shown(alertChanges([known({ closedAt: NOW })], [over, alert()], NOW)), NOTHING)
  const two = alertChanges([], [alert(), alert({ fingerprint: 'b2' })], NOW)
  t.equal(two.opened.length, 2, 'the same rule for another thing')
})

t.test('an end that comes first is remembered, so that its beginning opens nothing', async (t) => {
  const { opened } = alertChanges([], [alert({ endsAt: NOW - MINUTE }), alert()], NOW)
  t.match(opened, [{ closedAt: NOW }])
})

t.test('a later beginning ends the one before, whichever is told first', async (t) => {
  const again = alert({ startsAt: NOW - MINUTE })
  t.same(shown(alertChanges([known()], [again], NOW)), {
    opened: [['a1', -MINUTE, null]],
    closed: [['a1', -MINUTE]],
  })
  const late = alertChanges([known({ startsAt: NOW - MINUTE })], [alert()], NOW)
  t.same(shown(late), { ...NOTHING, opened: [['a1', -5 * MINUTE, 0]] }, 'told when it was long over')
})

t.test('with a clock that is days off it begins and ends when it is told', async (t) => {
  for (const off of [-3 * DAY, 3 * DAY]) {
    const startsAt = NOW + off
    t.same(shown(alertChanges([], [alert({ startsAt })], NOW)).opened, [['a1', 0, null]])
    const opened = known({ startsAt, openedAt: NOW })
    const ended = alertChanges([opened], [alert({ startsAt, endsAt: startsAt + MINUTE })], NOW + 9 * MINUTE)
    t.same(ended.closed, [{ fingerprint: 'a1', startsAt, closedAt: NOW + 9 * MINUTE }])
  }
  const stepped = alertChanges([known({ openedAt: NOW + DAY })], [alert({ endsAt: NOW })], NOW)
  t.equal(stepped.closed[0]?.closedAt, NOW + DAY, 'our own clock went back: nothing ends before it opened')
})

t.test('alerts of what is an incident already open none', async (t) => {
  const told = ['IncidentOpen', 'PlatformLogins', 'SiteDown', 'AccessPointSilent'].map((name) =>
    alert({ name }),
  )
  t.same(shown(alertChanges([], told, NOW)), NOTHING)
})

t.test(
  'in whatever order and however often a delivery comes, what is open in the end is the same',
  async () => {
    const events = [
      alert({ startsAt: NOW - 9 * MINUTE }),
      alert({ startsAt: NOW - 9 * MINUTE, endsAt: NOW - 8 * MINUTE }),
      alert({ startsAt: NOW - 5 * MINUTE }),
      alert({ fingerprint: 'b2' }),
      alert({ fingerprint: 'b2', endsAt: NOW - MINUTE }),
    ]
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(order, fc.array(fc.nat(4), { maxLength: 4 }), (first, again) => {
        let state: KnownAlert[] = []
        for (const i of [...first, ...again]) {
          const { opened, closed } = alertChanges(state, [events[i]!], NOW)
          for (const each of closed)
            state = state.map((kept) =>
              kept.fingerprint === each.fingerprint && kept.startsAt === each.startsAt
                ? { ...kept, closedAt: each.closedAt }
                : kept,
            )
          state.push(...opened)
        }
        const open = state.filter(({ closedAt }) => closedAt === null)
        return state.length === 3 && open.length === 1 && open[0]!.startsAt === NOW - 5 * MINUTE
      }),
      { seed: 20261122, numRuns: 300 },
    )
  },
)
