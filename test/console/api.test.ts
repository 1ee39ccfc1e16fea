import t from 'tap'
import { entranceOf, stateOf } from '../../core/domain/session-story.ts'
import type { SessionChange } from '../../core/domain/accounting.ts'
import type { Session } from '../../core/domain/session.ts'
import { inTransaction } from '../../core/records/database.ts'
import { forgetSessionEvents, keepFacts } from '../../core/records/session-events.ts'
import { logSessions } from '../../core/records/session-log.ts'
import { ROLES } from '../../core/records/people.ts'
import { grantUserName } from '../../core/domain/grant.ts'
import { sessionOf } from '../analytics/support/visits.ts'
import { Browser } from './browser.ts'
import { nas, site } from './sample-city.ts'
import { startStage, THURSDAY } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())

const MINUTE = 60_000
/** 13:02 in Hà Nội. */
const BEGAN = THURSDAY - 63 * MINUTE
const userName = grantUserName({ visit: 'VVVVVVVVVVVVVVVV', expiresAt: BEGAN, limits: { seconds: 3600 } })
const IPV6 = '2001:db8::7'
const begun = sessionOf({
  id: 'session-1',
  site: 'mine',
  startedAt: BEGAN,
  heardAt: BEGAN,
  userName,
  ipv6: [IPV6],
  multiSessionId: 'walk-of-phone',
})
const counted = {
  ...begun,
  version: 2,
  seconds: 1800,
  toVisitorOctets: 12_000_000n,
  heardAt: BEGAN + 30 * MINUTE,
}
const ended = {
  ...counted,
  version: 3,
  seconds: 3600,
  endedAt: BEGAN + 60 * MINUTE,
  cause: 'Session-Timeout',
}

async function keep(change: SessionChange, session: Session, minute: number): Promise<void> {
  const at = BEGAN + minute * MINUTE
  await inTransaction(stage.records, async (transaction) => {
    await logSessions(transaction, stage.keys, [session])
    const entrance = change === 'started' ? entranceOf(session) : null
    const fact = { kind: 'change', knownAt: at, at, change, state: stateOf(session), entrance } as const
    await keepFacts(transaction, [{ session: session.id, stream: 0, seq: 0, fact }])
  })
}

t.beforeEach(async () => {
  await stage.clear()
  await stage.records.query('TRUNCATE session_log, session_events')
  await stage.publish([site('mine'), site('other')], [nas('gw', 'mine')])
  await keep('started', begun, 0)
  await keep('counted', counted, 30)
  await keep('ended', ended, 60)
})

const PATH = '/api/v1/sessions/session-1'
const looks = async (): Promise<object[]> =>
  (
    await stage.records.query<object>(
      "SELECT who, target, detail FROM audit WHERE what = 'session.look' ORDER BY id",
    )
  ).rows

t.test('a session’s whole story comes as JSON, in the language of whoever asks', async (t) => {
  const staff = await stage.enter('city')
  const answer = await staff.get(`${PATH}?lang=vi`)
  t.equal(answer.statusCode, 200)
  t.match(answer.headers['content-type'], /^application\/json/)
  t.equal(answer.headers['cache-control'], 'no-store')
  t.match(answer.json(), {
    id: 'session-1',
    site: 'mine',
    nas: 'nas-lake',
    method: 'click-through',
    startedAt: '2026-03-12T06:02:00.000Z',
    at: '2026-03-12T07:05:00.000Z',
    state: { open: false, version: 3, cause: 'Session-Timeout', seconds: 3600, toVisitorOctets: '12000000' },
    summary: 'Lúc 14:05, phiên đã kết thúc, sau 60 phút và 12 MB.',
  })
  const { story } = answer.json<{ story: { what: string; text: string }[] }>()
  t.same(
    story.map(({ what, text }) => `${what}: ${text}`),
    [
      'began: Bắt đầu: khách đồng ý điều khoản và bấm kết nối',
      'limits: Thời gian được cấp: 60 phút',
      'counted: Đã dùng 12 MB trong 60 phút, tính đến 14:02',
      'ended: Kết thúc: hết 60 phút lúc 14:02',
    ],
  )
  t.match((await staff.get(`${PATH}?lang=en`)).json(), {
    story: [{}, {}, {}, { what: 'ended', why: 'time', text: 'Ended: the 60 min were used up at 14:02' }],
  })
})

t.test('nothing in it tells whose session it was', async (t) => {
  const { body } = await (await stage.enter('city')).get(PATH)
  for (const secret of [begun.mac, begun.ip!, begun.acctSessionId, userName, 'VVVV', IPV6, 'walk-of-phone'])
    t.notOk(body.includes(secret))
})

t.test('the sessions that the gateway says belong together are named by their ids', async (t) => {
  const staff = await stage.enter('city')
  t.match((await staff.get(PATH)).json(), { together: [] })
  await keep('started', { ...begun, id: 'session-2', startedAt: BEGAN + MINUTE }, 1)
  t.match((await staff.get(PATH)).json(), { together: ['session-2'] })
})

t.test('at a moment, only what was known then is told', async (t) => {
  const staff = await stage.enter('city')
  const at = async (time: string) =>
    (await staff.get(`${PATH}?at=${encodeURIComponent(time)}`)).json<object>()
  t.match(await at('13:40'), { state: { open: true, version: 2, endedAt: null, seconds: 1800 } })
  t.match(await at('2026-03-12T13:10:00+07:00'), {
    state: { version: 1 },
    story: [{ what: 'began' }, { what: 'limits' }],
  })
})

t.test('what cannot be told is a problem with a code that stays', async (t) => {
  const staff = await stage.enter('city')
  const problems: [path: string, status: number, code: string][] = [
    ['/api/v1/sessions/nobody', 404, 'no-session'],
    [`${PATH}?at=13:00`, 404, 'not-yet'],
    [`${PATH}?at=tomorrow`, 400, 'bad-time'],
    [`${PATH}?at=13:10&at=13:20`, 400, 'bad-request'],
    [`${PATH}?at=14:06`, 400, 'to-come'],
    ['/api/v1/weather', 404, 'no-such-path'],
  ]
  for (const [path, status, code] of problems) {
    const answer = await staff.get(path)
    t.equal(answer.statusCode, status, path)
    t.match(answer.headers['content-type'], /^application\/problem\+json/, path)
    t.match(answer.json(), { type: 'about:blank', title: String, status, code, detail: /\.$/ }, path)
  }
  stage.now += 91 * 86_400_000
  await forgetSessionEvents(stage.records, stage.now)
  const again = await stage.console({})
  t.teardown(() => again.close())
  await stage.records.query('DELETE FROM people')
  const gone = await (await stage.enter('city')).get(PATH)
  t.equal(gone.statusCode, 410)
  t.match(gone.json(), { code: 'events-gone' })
})

t.test('whoever is not signed in learns nothing', async (t) => {
  const answer = await new Browser(stage.app).get(PATH)
  t.equal(answer.statusCode, 401)
  t.match(answer.headers['www-authenticate'], /^Bearer/)
  t.match(answer.json(), { status: 401, code: 'not-signed-in' })
  t.same(await looks(), [])
})

for (const role of ROLES.filter((each) => each !== 'city' && each !== 'auditor'))
  t.test(`a person with the role ${role} sees the sessions of his sites alone`, async (t) => {
    t.equal((await (await stage.enter(role, ['mine'])).get(PATH)).statusCode, 200)
    t.match(await looks(), [{ who: 'linh', target: 'session-1' }])
    await stage.records.query('DELETE FROM people')
    const stranger = await stage.enter(role, ['other'])
    for (const path of [PATH, '/api/v1/sessions/nobody', `${PATH}?at=nonsense`]) {
      const answer = await stranger.get(path)
      t.equal(answer.statusCode, 403, path)
      t.match(answer.json(), { code: 'forbidden' })
      t.notMatch(answer.body, /mine|13:02|nonsense/)
    }
    t.equal((await looks()).length, 1, 'and has not looked')
  })

t.test('every look is audited, with who looked and from where', async (t) => {
  const staff = await stage.enter('auditor')
  await staff.get(PATH)
  await staff.get(`${PATH}?at=13:40`)
  t.match(await looks(), [
    { who: 'linh', target: 'session-1', detail: { at: null, address: '127.0.0.1' } },
    { who: 'linh', target: 'session-1', detail: { at: '13:40' } },
  ])
})

t.test(
  'a fault on our side is a problem with a reference, and nothing of what happened inside',
  async (t) => {
    const staff = await stage.enter('city')
    await stage.records.query('ALTER TABLE session_log RENAME TO elsewhere')
    const answer = await staff.get(PATH)
    await stage.records.query('ALTER TABLE elsewhere RENAME TO session_log')
    t.equal(answer.statusCode, 500)
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    t.match(answer.json(), { code: 'fault', detail: /reference is [0-9A-F]{8}\.$/ })
    t.notMatch(answer.body, /session_log|relation/)
    t.match(stage.logged.join(''), /session_log/, 'the log has it')
  },
)
