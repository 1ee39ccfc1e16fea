import t from 'tap'
import { cityDay } from '../../core/domain/day.ts'
import { dashedMac } from '../../core/domain/mac.ts'
import { Counter, Registry } from '../../core/process/metrics.ts'
import { Endings } from '../../core/store/endings.ts'
import { keys } from '../../core/store/keys.ts'
import type { Disconnect } from '../../core/store/commands.ts'
import type { SessionStore } from '../../core/store/sessions.ts'
import { Enforcement } from '../../radius-server/enforcement.ts'
import { AccountingHandler } from '../../radius-server/handlers/accounting.ts'
import { OTHER_PHONE, PHONE, tapped, type Visitor } from './authenticate/visitor.ts'
import { NOON, requestOf, SECRET, stageFor, type Stage } from './stage.ts'
import { silentLog, testRedis, until, type Test } from '../support/stores.ts'
import { signedRequest, tlv, type Tlv } from './wire.ts'

const START = 1
const STOP = 2
const INTERIM = 3
const HOURS = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '05:00', to: '23:00' }]
const AT_ELEVEN = Date.parse('2026-03-12T23:00:00+07:00')

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [{ gateway: 'mikrotik' }, {}])
const [nas, other] = [stage.at(1), stage.at(2)]

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
})

/** Accounting with enforcement behind it, as a RADIUS process has it. */
function enforced(
  t: Test,
  given: { readonly everyMs?: number; readonly on?: Stage; readonly sessions?: SessionStore } = {},
) {
  const { everyMs = 3_600_000, on = stage, sessions = on.sessions } = given
  const { store, rights, handling } = on
  const unconfirmed = new Counter({
    name: 'unconfirmed',
    help: 'unconfirmed',
    labelNames: ['gateway'],
    registers: [new Registry()],
  })
  const { visits, usage } = rights
  const { tables } = handling
  const endings = new Endings({ store, sessions, visits, usage, tables, wayTo: () => 'coa' })
  const now = (): number => on.now
  const enforcement = new Enforcement({ store, endings, tables, unconfirmed, log: silentLog, now, everyMs })
  t.teardown(() => enforcement.stop())
  const handler = new AccountingHandler(handling, (recorded) => enforcement.recorded(recorded))
  return {
    enforcement,
    count: async (gateway: string): Promise<number> =>
      (await unconfirmed.get()).values.find(({ labels }) => labels.gateway === gateway)?.value ?? 0,
    report: reporting(handler, on),
  }
}

let identifier = 0

/** Reports of a visitor's session; `used` is its seconds and octets so far. */
function reporting(handler: AccountingHandler, on: Stage) {
  return async (
    { userName }: Pick<Visitor, 'userName'>,
    status: number,
    used: readonly [seconds: number, octets: number] = [0, 0],
    { at = nas, mac = PHONE, more = [] as readonly Tlv[] } = {},
  ): Promise<void> => {
    const attributes = [
      tlv(40, status),
      tlv(44, `s-${mac}`),
      tlv(31, dashedMac(mac)),
      tlv(1, userName),
      tlv(46, used[0]),
      tlv(42, used[1]),
      ...more,
    ]
    const datagram = signedRequest(4, attributes, { secret: SECRET, identifier: identifier++ % 256 })
    const answer = await handler.handle(requestOf(datagram, at, on.now))
    if (answer.kind !== 'answer') throw new Error(`no answer: ${answer.kind}`)
  }
}

async function asked(on = stage): Promise<string[]> {
  const entries = await on.store.xrange(keys.commands, '-', '+')
  return entries.map(([, fields]) => {
    const { nas: id, mac, reason } = JSON.parse(fields[1]!) as Disconnect
    return `${id} ${mac} ${reason}`
  })
}

t.test('an interim report past the day’s data ends all sessions of the visitor', async (t) => {
  const { report } = enforced(t)
  // One day's quota: the second phone counts against the subject of the first.
  const one = await tapped(stage, nas)
  const two = await tapped(stage, other, { mac: OTHER_PHONE })
  await stage.rights.visits.grant(two.visit, { ...two.grant, subject: one.grant.subject })
  await report(one, START)
  await report(two, START, [0, 0], { at: other, mac: OTHER_PHONE })
  stage.now += 300_000
  await report(one, INTERIM, [300, 600_000_000])
  await report(two, INTERIM, [300, 400_000_000], { at: other, mac: OTHER_PHONE })
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.same(await asked(), [], 'the quota is used up and not passed')
  stage.now += 300_000
  await report(two, INTERIM, [600, 400_000_001], { at: other, mac: OTHER_PHONE })
  await until(async () => (await asked()).length === 2, 'both are asked for')
  t.same(await asked(), [`nas-2 ${OTHER_PHONE} quota-data`, `nas-1 ${PHONE} quota-data`])
  t.same(await stage.rights.usage.used(one.grant.subject, cityDay(stage.now)), {
    seconds: 600,
    octets: 1_000_000_001,
  })
  await report(one, INTERIM, [600, 700_000_000])
  await report(two, STOP, [610, 400_000_001], { at: other, mac: OTHER_PHONE })
  t.equal((await asked()).length, 2, 'each once')
})

t.test('a gateway that lets a session run on past its time is asked to end it', async (t) => {
  const { report } = enforced(t)
  const visitor = await tapped(stage, nas)
  await stage.rights.visits.accepted(visitor.visit, stage.now)
  await report(visitor, START)
  for (let seconds = 300; seconds <= 3600; seconds += 300) {
    stage.now = NOON + seconds * 1000
    await report(visitor, INTERIM, [seconds, seconds])
  }
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.same(await asked(), [])
  stage.now = NOON + 3_900_000
  await report(visitor, INTERIM, [3900, 3900])
  await until(async () => (await asked()).length > 0, 'it is asked for')
  t.same(await asked(), [`nas-1 ${PHONE} session-time`])
})

t.test('midnight in Hà Nội inside a session: it goes on within the new day’s quota', async (t) => {
  const { report } = enforced(t)
  const MIDNIGHT = Date.parse('2026-03-13T00:00:00+07:00')
  const began = MIDNIGHT - 600_000
  stage.now = began - 3_600_000
  const earlier = await tapped(stage, nas)
  const { subject } = earlier.grant
  // Of yesterday's two hours and one gigabyte ten minutes and a tenth are left.
  const used = { since: began - 7_200_000, seconds: 6600, octets: 900_000_000 }
  await stage.rights.usage.count(subject, '2026-03-12', 'before', used)
  stage.now = began
  const visitor = await tapped(stage, nas)
  t.equal(
    visitor.grant.limits.seconds,
    3600,
    'what is left reaches to midnight, so the session is a whole one',
  )
  await report(visitor, START)
  const told: [seconds: number, octets: number, today: { seconds: number; octets: number }][] = [
    [300, 50_000_000, { seconds: 6900, octets: 950_000_000 }],
    [900, 150_000_000, { seconds: 300, octets: 50_000_000 }],
    [1500, 650_000_000, { seconds: 900, octets: 550_000_000 }],
  ]
  for (const [seconds, octets, today] of told) {
    stage.now = began + seconds * 1000
    await report(visitor, INTERIM, [seconds, octets])
    t.same(await stage.rights.usage.used(subject, cityDay(stage.now)), today, `${seconds} s`)
  }
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.same(await asked(), [])
  stage.now = began + 2_100_000
  await report(visitor, INTERIM, [2100, 1_100_000_001])
  await until(async () => (await asked()).length > 0, 'the new day’s data is used up')
  t.same(await asked(), [`nas-1 ${PHONE} quota-data`])
})

t.test('a report costs the store what it cost without limits: one script, ZADD', async (t) => {
  const { report } = enforced(t)
  // They ask the store now and then: here every command counts.
  await stage.handling.tables.stop()
  const visitor = await tapped(stage, nas)
  await report(visitor, START)
  await report(visitor, INTERIM, [1, 1])
  await stage.store.config('RESETSTAT')
  for (let i = 1; i <= 10; i++) {
    stage.now += 60_000
    await report(visitor, INTERIM, [i * 60, i * 1000])
  }
  const text = await stage.store.info('commandstats')
  const calls = Object.fromEntries(
    [...text.matchAll(/cmdstat_([a-z|]+):calls=(\d+)/g)].map(([, name, count]) => [name!, Number(count)]),
  )
  t.match(calls, { evalsha: 10, zadd: 10 })
  // What is known is asked of the script alone, which writes record and event; a gateway's sign of life is noted now and then.
  t.match(calls, { getrange: 10, set: Number, xadd: 10 })
  t.notMatch(calls, { get: Number })
  t.notMatch(calls, { hmget: Number })
  t.notMatch(calls, { zrange: Number })
})

t.test('a store that cannot be asked delays no answer, and the next report looks again', async (t) => {
  const broken = Object.create(stage.sessions) as SessionStore
  let failures = 0
  broken.openOf = () => {
    failures++
    return Promise.reject(new Error('the store is away'))
  }
  const { report } = enforced(t, { sessions: broken })
  const visitor = await tapped(stage, nas)
  await report(visitor, START)
  stage.now += 300_000
  await report(visitor, INTERIM, [300, 1_000_000_001])
  await until(() => failures === 1, 'it was looked at')
  stage.now += 1000
  await report(visitor, INTERIM, [301, 1_000_000_002])
  await until(() => failures === 2, 'and again')
  t.same(await asked(), [`nas-1 ${PHONE} quota-data`], 'its own end was asked for, once')
})

t.test('the job ends what is open at closing time, and counts what does not end', async (t) => {
  const { url } = await testRedis(t)
  const closing = await stageFor(t, url, [{ gateway: 'mikrotik' }], { hours: HOURS })
  const { report, count } = enforced(t, { everyMs: 120, on: closing })
  const visitor = await tapped(closing, closing.at(1))
  await report(visitor, START)
  closing.now = AT_ELEVEN - 1
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.same(await asked(closing), [])
  closing.now = AT_ELEVEN
  await until(async () => (await asked(closing)).length === 1, 'it is asked for')
  t.same(await asked(closing), [`nas-1 ${PHONE} hours`])
  t.equal(await count('mikrotik'), 0)
  closing.now += 600_000
  await until(async () => (await count('mikrotik')) === 1, 'its gateway did not obey')
  t.same(await asked(closing), Array(2).fill(`nas-1 ${PHONE} hours`))
  await report(visitor, STOP, [3600, 1])
  closing.now += 600_000
  await until(async () => (await closing.store.exists(keys.endings)) === 0, 'it has ended')
  t.equal(await count('mikrotik'), 1)
  t.equal((await asked(closing)).length, 2)
})

t.test('of several processes one does the job at a time', async (t) => {
  const calls = async (command: string): Promise<number> => {
    const text = await stage.store.info('commandstats')
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(text)?.[1] ?? 0)
  }
  const begun = performance.now()
  await stage.store.config('RESETSTAT')
  const jobs = [1, 2, 3].map(() => enforced(t, { everyMs: 600 }))
  await until(async () => (await calls('set')) >= 9, 'each wanted three turns')
  await Promise.all(jobs.map(({ enforcement }) => enforcement.stop()))
  const turns = await calls('zrangebyscore')
  // Whoever has a turn keeps the others from theirs for half a second.
  const most = 1 + Math.floor((performance.now() - begun) / 500)
  t.ok(turns >= 1 && turns <= most, `${turns} turns where there was time for ${most}`)
})
