// What users of the peers taught about accounting, each line of it as a gateway would send it, over a real Redis.
import t from 'tap'
import { NAS_REBOOT } from '../../core/domain/accounting.ts'
import { cityDay } from '../../core/domain/day.ts'
import { analyticsJobs, type JobParts } from '../../analytics/jobs.ts'
import { handleAccess } from '../../radius-server/handlers/access.ts'
import { endSilentSessions } from '../../radius-server/silence.ts'
import { asking, PHONE, tapped } from '../radius-server/authenticate/visitor.ts'
import { runningServer } from '../radius-server/running.ts'
import { NOON, requestOf, stageFor } from '../radius-server/stage.ts'
import { readWire, textOf, tlv, vsa } from '../radius-server/wire.ts'
import { testRedis, until } from '../support/stores.ts'
import { Gateways } from './gateway.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [
  { gateway: 'mikrotik' },
  { gateway: 'coova-chilli' },
  { gateway: 'unifi' },
])
let gateways = new Gateways(stage)
const ref = { nas: 'nas-1', acctSessionId: 'session-1', mac: PHONE }
const INTERVAL = 300

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
  gateways = new Gateways(stage)
})

const found = (id = 'session-1', nas = 'nas-1') => stage.sessions.find({ ...ref, nas, acctSessionId: id })
const openNow = async (nas = 'nas-1'): Promise<string[]> =>
  (await stage.sessions.open(nas)).map(({ acctSessionId }) => acctSessionId)
const silence = (): Promise<number> =>
  endSilentSessions(stage.sessions, ['nas-1', 'nas-2', 'nas-3'], stage.now)
const pass = (seconds: number): void => void (stage.now += seconds * 1000)

t.test('lesson 19: what an outage leaves open ends by silence, and never kept anybody out', async (t) => {
  const nas = stage.at(1)
  await gateways.say('start')
  pass(2 * INTERVAL)
  t.same(await openNow(), ['session-1'], 'the gateway lost its power')
  const { userName, password } = await tapped(stage, nas)
  const again = await handleAccess(
    stage.handling,
    requestOf(asking({ userName, proof: { pap: password } }), nas, stage.now),
  )
  t.match(
    again,
    { kind: 'answer', result: 'accept' },
    'the visitor logs in again while the old session is open',
  )
  pass(INTERVAL)
  t.equal(await silence(), 1)
  t.match(await found(), { cause: 'Lost-Silence', endedAt: NOON })
})

t.test(
  'lesson 20: sessions that overlap burn the quota once, one that was never stopped among them',
  async (t) => {
    const { visit, grant } = await tapped(stage, stage.at(1))
    await stage.rights.visits.accepted(visit, stage.now)
    await gateways.say('start', { id: 'old' })
    pass(600)
    await gateways.say('interim', { id: 'old', seconds: 600, octets: [1000, 2000] })
    // Thrown off the radio without a Stop; the next login is a session of its own, and for a while the gateway counts both.
    await gateways.say('start', { id: 'new' })
    pass(300)
    await gateways.say('interim', { id: 'old', seconds: 900, octets: [1000, 2000] })
    pass(600)
    await gateways.say('interim', { id: 'new', seconds: 900, octets: [10, 20] })
    pass(INTERVAL)
    await silence()
    t.match(await found('old'), { cause: 'Lost-Silence', seconds: 900 })
    t.same(await stage.rights.usage.used(grant.subject, cityDay(NOON)), { seconds: 1500, octets: 3030 })
  },
)

t.test('lesson 21: an Interim-Update reopens what silence or a restart had ended', async (t) => {
  await gateways.say('start')
  pass(4 * INTERVAL)
  await silence()
  t.same(await openNow(), [])
  pass(60)
  await gateways.say('interim', { seconds: 4 * INTERVAL + 60, octets: [5, 7] })
  t.match(await found(), { endedAt: null, cause: null, toVisitorOctets: 7n })
  t.same(await openNow(), ['session-1'])
  // One access point of several behind one NAS says that it started anew.
  await gateways.say('on')
  t.match(await found(), { cause: NAS_REBOOT })
  pass(INTERVAL)
  await gateways.say('interim', { seconds: 5 * INTERVAL + 60, octets: [6, 8] })
  t.match(await found(), { endedAt: null, toVisitorOctets: 8n })
  t.equal(await gateways.changes(), 'started,ended,reopened,ended,reopened')
})

t.test('lesson 22: an Interim-Update after a Stop opens nothing', async (t) => {
  await gateways.say('start')
  pass(500)
  await gateways.say('stop', { seconds: 500, octets: [5, 7] })
  const before = await found()
  pass(2)
  for (const seconds of [300, 500, 502]) {
    const answer = await gateways.say('interim', { seconds, octets: [4, 6] })
    t.equal(answer.kind, 'answer', 'the gateway need not ask again')
  }
  t.same(await found(), before)
  t.same(await openNow(), [])
  t.equal(await gateways.changes(), 'started,ended')
})

t.test('lesson 23: a Start that is sent again is one session, by whichever way it comes', async (t) => {
  await Promise.all(Array.from({ length: 6 }, () => gateways.say('start')))
  pass(20)
  await gateways.say('start', { more: [tlv(41, 20)] })
  t.equal(await gateways.changes(), 'started')
  t.same(await openNow(), ['session-1'])
})

t.test('lesson 24: an Acct-Session-Id that is used again after a reboot is another session', async (t) => {
  await gateways.say('start')
  pass(600)
  await gateways.say('interim', { seconds: 600, octets: [1000, 9000] })
  pass(60)
  await gateways.say('on')
  pass(60)
  // Its Start is lost: its own clock tells that it began since.
  pass(100)
  await gateways.say('interim', { seconds: 100, octets: [3, 4] })
  t.match(await found(), { startedAt: NOON + 720_000, seconds: 100, fromVisitorOctets: 3n, endedAt: null })
  const events = await stage.sessionEvents()
  t.equal(events.map(({ change }) => change).join(), 'started,counted,ended,started')
  t.match(events[2]?.session, { cause: NAS_REBOOT, seconds: 600, toVisitorOctets: 9000n })
  const octets = events.reduce((sum, { delta }) => sum + delta.fromVisitorOctets, 0n)
  t.equal(octets, 1003n, 'the second session did not swallow the first, nor the first the second')
})

t.test('lesson 25: counters of 32 bits that wrap go on', async (t) => {
  await gateways.say('start')
  for (const [turn, output] of [4_294_967_000, 1_500_000_000, 3_000_000_000, 100_000].entries()) {
    pass(INTERVAL)
    await gateways.say('interim', { seconds: INTERVAL * (turn + 1), octets: [7, output] })
  }
  t.match(await found(), { toVisitorOctets: 2n * 2n ** 32n + 100_000n, fromVisitorOctets: 7n })
})

t.test('lesson 26: a Stop without octets keeps what was counted', async (t) => {
  await gateways.say('start')
  pass(INTERVAL)
  await gateways.say('interim', { seconds: INTERVAL, octets: [1000, 9000] })
  pass(60)
  await gateways.say('stop', { seconds: INTERVAL + 60 })
  t.match(await found(), { fromVisitorOctets: 1000n, toVisitorOctets: 9000n, seconds: INTERVAL + 60 })
})

t.test(
  'lesson 27: a gateway whose clock is days wrong counts on ours; a delay of a week is none',
  async (t) => {
    const DAYS_BEHIND = tlv(55, Math.floor(NOON / 1000) - 9 * 86_400)
    await gateways.say('start', { more: [DAYS_BEHIND] })
    pass(INTERVAL)
    await gateways.say('interim', {
      seconds: INTERVAL,
      octets: [1, 2],
      more: [DAYS_BEHIND, tlv(41, 7 * 86_400)],
    })
    t.match(await found(), { startedAt: NOON, seconds: INTERVAL })
    await gateways.say('stop', { id: 'waited', seconds: 60, octets: [1, 2], more: [tlv(41, 6 * 86_400)] })
    t.match(await found('waited'), { endedAt: stage.now - 6 * 86_400_000 })
    const days = new Set((await stage.sessionEvents()).map(({ at }) => cityDay(at)))
    t.same([...days].sort(), ['2026-03-06', '2026-03-12'], 'each is counted on its own day')
  },
)

t.test('lesson 28: without Event-Timestamp nothing is missing', async (t) => {
  await gateways.say('start')
  pass(INTERVAL)
  await gateways.say('stop', { seconds: INTERVAL, octets: [1, 2] })
  const without = await found()
  stage.now = NOON
  const told = (): [ReturnType<typeof tlv>] => [tlv(55, Math.floor(stage.now / 1000))]
  await gateways.say('start', { id: 'told', more: told() })
  pass(INTERVAL)
  await gateways.say('stop', { id: 'told', seconds: INTERVAL, octets: [1, 2], more: told() })
  const { startedAt, endedAt, day, seconds } = (await found('told'))!
  t.match(without, { startedAt, endedAt, day, seconds })
})

t.test(
  'lesson 30: the jobs that end what nobody reports are scheduled where the platform starts',
  async (t) => {
    await gateways.say('start')
    pass(3 * INTERVAL)
    await runningServer(t, redis.url, { now: () => stage.now })
    await until(async () => (await openNow()).length === 0, 'the RADIUS server ended it by itself')
    const jobs = analyticsJobs({ now: () => stage.now } as unknown as JobParts).map(({ name }) => name)
    t.ok(jobs.includes('end forgotten sessions'), 'and analytics what even the live store has forgotten')
  },
)

t.test(
  'lesson 31: CoovaChilli’s Input is the visitor’s download, unless attribute 14559.10 says otherwise',
  async (t) => {
    const [asClient, asNas] = [vsa(14559, 10, 2), vsa(14559, 10, 1)]
    const counted = async (id: string, more: readonly (typeof asNas)[]) => {
      await gateways.say('interim', { nas: 2, id, seconds: 60, octets: [9000, 100], more })
      return found(id, 'nas-2')
    }
    t.match(await counted('silent', []), { fromVisitorOctets: 100n, toVisitorOctets: 9000n })
    t.match(await counted('client', [asClient]), { fromVisitorOctets: 100n, toVisitorOctets: 9000n })
    t.match(await counted('nas', [asNas]), { fromVisitorOctets: 9000n, toVisitorOctets: 100n })
  },
)

t.test('lesson 32: a MAC in changing spellings is one device and one session', async (t) => {
  await gateways.say('start', { station: '02-00-5E-00-53-01' })
  const spellings = ['02:00:5e:00:53:01', '02005E005301', '0200-5e00-5301', '02005e-005301', '2:0:5e:0:53:1']
  for (const [turn, station] of spellings.entries()) {
    pass(60)
    await gateways.say('interim', { station, seconds: 60 * (turn + 1), octets: [turn + 1, 0] })
  }
  t.same(await openNow(), ['session-1'])
  t.match(await found(), { mac: PHONE, fromVisitorOctets: 5n })
})

t.test('lesson 33: Cisco’s dotted MAC is a device like any other, and zeros are none', async (t) => {
  await gateways.say('start', { station: '0200.5e00.5301' })
  t.match(await found(), { mac: PHONE })
  for (const station of ['0000.0000.0000', '00-00-00-00-00-00', null])
    t.match(await gateways.say('start', { id: 'nobody', station }), {
      kind: 'drop',
      reason: 'no-calling-station',
    })
  t.same(await openNow(), ['session-1'])
})

t.test('lesson 34: Called-Station-Id is read with a MAC, a name or the SSID alone', async (t) => {
  for (const [id, called, ap] of [
    ['mac', '02-10-00-00-01-02:Hanoi Free WiFi', '021000000102'],
    ['dotted', '0210.0000.0102:Hanoi', '021000000102'],
    ['name', 'AP-tầng-2:Hanoi', null],
    ['ssid', 'Hanoi Free WiFi', null],
  ] as const) {
    const answer = await gateways.say('start', { id, more: [tlv(30, called)] })
    t.equal(answer.kind, 'answer', called)
    t.match(await found(id), { ap, endedAt: null })
  }
})

t.test('the Class of an Access-Accept comes back in accounting and names the session', async (t) => {
  const nas = stage.at(1)
  const { userName, password, visit } = await tapped(stage, nas)
  const accept = await handleAccess(
    stage.handling,
    requestOf(asking({ userName, proof: { pap: password } }), nas, stage.now),
  )
  if (accept.kind !== 'answer') return t.fail(accept.kind)
  const ticket = textOf(readWire(accept.bytes), 25)!
  await gateways.say('start', { more: [tlv(25, ticket)] })
  t.match(await found(), { id: ticket.split('.')[1], visit: visit.id })
})
