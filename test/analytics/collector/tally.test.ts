import t from 'tap'
import type { PlatformEvent } from '../../../core/domain/event.ts'
import { logKey, type LoggedState } from '../../../core/records/session-log.ts'
import { tally } from '../../../analytics/collector/tally.ts'
import { DAY, macOf, NOON, sessionEvent, sessionOf } from '../support/visits.ts'

const unheard: ReadonlyMap<string, LoggedState> = new Map()

const start = sessionOf({ id: 's1', visit: 'visit' })
const grown = sessionOf({
  id: 's1',
  visit: 'visit',
  version: 2,
  seconds: 300,
  fromVisitorOctets: 10n,
  toVisitorOctets: 90n,
})
const end = { ...grown, version: 3, seconds: 310, endedAt: NOON + 310_000, cause: 'User-Request' }

const OVER: LoggedState = { version: 3, endedAt: NOON + 310_000, heardAt: NOON + 310_000, seconds: 310 }

const started = sessionEvent('started', start)
const counted = sessionEvent('counted', grown, { at: NOON + 300_000, seconds: 300, from: 10n, to: 90n })
const ended = sessionEvent('ended', end, { at: NOON + 310_000, seconds: 10 })

t.test('a session is one session, and what it moved is the sum of its changes', async (t) => {
  const { days, sessions, changes, touches, online, counts, minutes } = tally(
    [started, counted, ended],
    unheard,
  )
  t.same(days, [
    {
      site: 'lake',
      day: DAY,
      sessions: 1,
      ended: 1,
      seconds: 310,
      fromVisitorOctets: 10n,
      toVisitorOctets: 90n,
    },
  ])
  t.same(sessions, [end], 'as its last event left it')
  const nothing = { startedAt: null, ended: 0, seconds: 0, fromVisitorOctets: 0n, toVisitorOctets: 0n }
  t.same(online, [{ site: 'lake', mac: macOf(1), startedAt: NOON }])
  t.same(
    [...changes],
    [
      [started, { ...nothing, day: DAY, startedAt: NOON }],
      [counted, { ...nothing, day: DAY, seconds: 300, fromVisitorOctets: 10n, toVisitorOctets: 90n }],
      [ended, { ...nothing, day: DAY, ended: 1, seconds: 10 }],
    ],
  )
  t.same(touches, [{ kind: 'session', session: end, isNew: true }])
  t.same(
    minutes,
    [
      { site: 'lake', at: NOON, change: 1 },
      { site: 'lake', at: NOON + 360_000, change: -1 },
    ],
    'open at each minute from its start to before its end',
  )
  t.same(
    counts.map(({ kind, value, count }) => [kind, value, count]),
    [
      ['method', 'click-through', 1],
      ['funnel', 'online', 1],
    ],
  )
})

t.test('what the log holds already changes nothing', async (t) => {
  const logged = new Map([[logKey(end), OVER]])
  const { days, sessions, changes, touches, counts, minutes } = tally([started, counted, ended], logged)
  t.same([days, sessions, [...changes], touches, counts, minutes], [[], [], [], [], [], []])
})

t.test('the same event twice in one batch counts once', async (t) => {
  const { days, changes } = tally([started, { ...started }, counted, { ...counted }, ended, ended], unheard)
  t.same([...changes.keys()], [started, counted, ended])
  t.match(days, [{ sessions: 1, ended: 1, seconds: 310, toVisitorOctets: 90n }])
})

t.test('a Stop after the end brings its octets and ends nothing', async (t) => {
  const more = sessionEvent('ended', { ...end, version: 4, toVisitorOctets: 100n }, { to: 10n })
  t.match(tally([more], new Map([[logKey(end), OVER]])).days, [
    { sessions: 0, ended: 0, toVisitorOctets: 10n },
  ])
})

t.test('a session found alive takes its end back', async (t) => {
  const lost = { ...end, cause: 'Lost-Silence' }
  const alive = sessionEvent('reopened', { ...lost, version: 4, endedAt: null, cause: null })
  t.match(tally([alive], new Map([[logKey(end), OVER]])).days, [{ sessions: 0, ended: -1 }])
  t.match(tally([started, sessionEvent('ended', lost), alive], unheard).days, [{ sessions: 1, ended: 0 }])
})

t.test('a session whose start was never heard begins with its first event', async (t) => {
  const { days, touches } = tally([counted, ended], unheard)
  t.match(days, [{ sessions: 1, ended: 1, seconds: 310 }])
  t.match(touches, [{ isNew: true }])
  t.match(tally([ended], unheard).days, [{ sessions: 1, ended: 1, seconds: 10 }])
})

t.test('at midnight in Hà Nội the octets go on in the new day', async (t) => {
  const late = Date.parse('2026-10-14T23:59:59.999+07:00')
  const events: PlatformEvent[] = [
    { ...started, at: late },
    sessionEvent('counted', grown, { at: late, to: 7n, seconds: 1 }),
    sessionEvent('ended', { ...end }, { at: late + 1, to: 5n, seconds: 2 }),
  ]
  t.match(tally(events, unheard).days, [
    { day: '2026-10-14', sessions: 1, ended: 0, seconds: 1, toVisitorOctets: 7n },
    { day: '2026-10-15', sessions: 0, ended: 1, seconds: 2, toVisitorOctets: 5n },
  ])
})

t.test('a session that goes on within the hour tells nothing new of its device', async (t) => {
  const logged = (given: Partial<LoggedState>) =>
    new Map([[logKey(end), { version: 1, endedAt: null, heardAt: NOON, seconds: 0, ...given }]])
  t.same(tally([counted], logged({})).touches, [])
  t.match(tally([counted, ended], logged({})).touches, [{ isNew: false }])
  const nextHour = sessionEvent('counted', { ...grown, seconds: 3600 })
  t.match(tally([nextHour], logged({})).touches, [{ isNew: false }])
})

t.test('two sessions of one Class are two sessions', async (t) => {
  const second = sessionEvent('started', { ...start, acctSessionId: 'other', startedAt: NOON + 60_000 })
  const { days, sessions } = tally([started, counted, second], unheard)
  t.match(days, [{ sessions: 2, ended: 0 }])
  t.equal(sessions.length, 2)
})

t.test('funnel steps and refusals count per event, sessions without a visit are no step', async (t) => {
  const step = {
    kind: 'funnel',
    at: NOON,
    nas: 'nas-lake',
    site: 'lake',
    visit: 'v',
    mac: macOf(1),
    lang: 'vi',
    device: { family: 'phone', os: 'Android' },
  } as const
  const no = { kind: 'refusal', at: NOON, nas: 'nas-lake', site: 'lake', reason: 'code-wrong' } as const
  const { counts } = tally(
    [
      { ...step, step: 'arrival' },
      { ...step, step: 'arrival' },
      { ...step, step: 'splash' },
      no,
      no,
      sessionEvent('started', sessionOf({ id: 's2' })),
    ],
    unheard,
  )
  t.same(
    counts.map(({ kind, value, count }) => `${kind} ${value} ${count}`),
    ['funnel arrival 2', 'funnel splash 1', 'refusal code-wrong 2', 'method click-through 1'],
  )
})
