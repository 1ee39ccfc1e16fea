import t from 'tap'
import type { AccountingRecord } from '../../core/domain/accounting.ts'
import { parseMac } from '../../core/domain/mac.ts'
import { keys } from '../../core/store/keys.ts'
import { endSilentSessions, scheduleSilence } from '../../radius-server/silence.ts'
import { PHONE } from './authenticate/visitor.ts'
import { runningServer } from './running.ts'
import { NOON, stageFor } from './stage.ts'
import { silentLog, testRedis, until } from '../support/stores.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [{}, {}])
const { store, sessions } = stage

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
})

function report(given: Partial<AccountingRecord> = {}) {
  return sessions.record({
    status: 'start',
    nas: 'nas-1',
    site: 'lake',
    acctSessionId: 'session-1',
    mac: PHONE,
    at: stage.now,
    receivedAt: stage.now,
    fromVisitorOctets: null,
    toVisitorOctets: null,
    gigawords: false,
    seconds: null,
    cause: null,
    userName: null,
    visit: null,
    ip: null,
    ap: null,
    interimSeconds: 100,
    classSession: null,
    ...given,
  })
}
const ref = { nas: 'nas-1', acctSessionId: 'session-1', mac: PHONE }
const look = (): Promise<number> => endSilentSessions(sessions, ['nas-1', 'nas-2'], stage.now)

t.test('a session that is silent for three intervals ends at the moment it was last heard', async (t) => {
  await report()
  stage.now += 100_000
  await report({ status: 'interim', seconds: 100, toVisitorOctets: 5000n })
  const heard = stage.now
  stage.now = heard + 299_999
  t.equal(await look(), 0)
  t.match(await sessions.find(ref), { endedAt: null })
  stage.now = heard + 300_000
  t.equal(await look(), 1)
  t.match(await sessions.find(ref), {
    endedAt: heard,
    cause: 'Lost-Silence',
    seconds: 100,
    toVisitorOctets: 5000n,
  })
  t.equal(await sessions.openCount('nas-1'), 0)
  t.match((await stage.sessionEvents()).at(-1), { change: 'ended', at: heard })
  t.equal(await look(), 0, 'once')
})

t.test('each session has the interval that its NAS was given', async (t) => {
  await report({ interimSeconds: 60, acctSessionId: 'short' })
  await report({ interimSeconds: 600, acctSessionId: 'long' })
  await report({ interimSeconds: 60, nas: 'nas-2' })
  stage.now += 180_000
  t.equal(await look(), 2)
  t.same(
    (await sessions.open('nas-1')).map(({ acctSessionId }) => acctSessionId),
    ['long'],
  )
  t.equal(await sessions.openCount('nas-2'), 0)
})

t.test(
  'reports leave the index of open sessions alone; who looks for silence brings it up to date',
  async (t) => {
    const deadline = (): Promise<string | null> => store.zscore(keys.open('nas-1'), `${PHONE}|session-1`)
    await report()
    t.equal(Number(await deadline()), NOON + 300_000)
    stage.now += 290_000
    await report({ status: 'interim', seconds: 290 })
    t.equal(Number(await deadline()), NOON + 300_000, 'which would cost each report a write')
    stage.now = NOON + 300_000
    t.equal(await look(), 0)
    t.equal(Number(await deadline()), NOON + 590_000)
    t.equal(
      (await sessions.open('nas-1', stage.now)).length,
      0,
      'so that it is not looked at again until then',
    )
    stage.now = NOON + 590_000
    t.equal(await look(), 1)
  },
)

t.test('a session that ends while the job looks is not put back among the open ones', async (t) => {
  await report()
  stage.now += 290_000
  await report({ status: 'interim', seconds: 290 })
  stage.now = NOON + 300_000
  const [due] = await sessions.open('nas-1', stage.now)
  await report({ status: 'stop', seconds: 300 })
  t.equal(await sessions.endIfSilent(due!, stage.now), null)
  t.equal(await sessions.openCount('nas-1'), 0)
})

t.test('a report that comes while the job looks keeps the session alive', async (t) => {
  await report()
  stage.now += 300_000
  const [silent] = await sessions.open('nas-1', stage.now)
  await report({ status: 'interim', seconds: 300 })
  t.equal(await sessions.endIfSilent(silent!, stage.now), null)
  t.match(await sessions.find(ref), { endedAt: null })
})

t.test('an Interim-Update after all takes the end back', async (t) => {
  await report()
  stage.now += 300_000
  await look()
  stage.now += 50_000
  await report({ status: 'interim', seconds: 350, toVisitorOctets: 10n })
  t.match(await sessions.find(ref), { endedAt: null, cause: null, seconds: 350 })
  t.same(
    (await stage.sessionEvents()).map(({ change }) => change),
    ['started', 'ended', 'reopened'],
  )
  stage.now += 300_000
  t.equal(await look(), 1, 'and it is watched again')
})

t.test('an index entry whose record has gone is tidied away', async (t) => {
  await report()
  await store.del(...(await store.keys('*:s:*')))
  stage.now += 300_000
  t.equal(await look(), 0)
  t.equal(await sessions.openCount('nas-1'), 0)
})

/** The session store with another way to look, and what it ends. */
const looking = (open: typeof sessions.open): typeof sessions =>
  ({
    open,
    endIfSilent: (...given: Parameters<typeof sessions.endIfSilent>) => sessions.endIfSilent(...given),
  }) as unknown as typeof sessions

t.test('the job runs by itself, and of several workers one at a time does it', async (t) => {
  let looks = 0
  const counting = looking((...args) => {
    looks++
    return sessions.open(...args)
  })
  const { tables } = stage.handling
  const parts = { store, sessions: counting, tables, now: () => stage.now, log: silentLog }
  await report()
  stage.now += 300_000
  const workers = [1, 2, 3].map(() => scheduleSilence({ ...parts, everyMs: 1000 }))
  t.teardown(() => Promise.all(workers.map((worker) => worker.stop())))
  await until(async () => (await sessions.openCount('nas-1')) === 0, 'one of them ended the session')
  t.equal((await stage.sessionEvents()).filter(({ change }) => change === 'ended').length, 1)

  // The turn belongs to whoever sets the mark first; the others see it and leave.
  await store.set('hs:job:silence', '1', 'PX', 600_000)
  await report({ acctSessionId: 'session-2' })
  stage.now += 300_000
  looks = 0
  const asked = await commandsOf('set')
  await until(async () => (await commandsOf('set')) > asked + 6, 'each of them has had turns')
  t.equal(looks, 0)
  await store.del('hs:job:silence')
  await until(async () => (await sessions.openCount('nas-1')) === 0, 'whoever is next does it')
})

/** How often a command of Redis has been run. */
async function commandsOf(name: string): Promise<number> {
  const line = new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(await store.info('commandstats'))
  return Number(line?.[1] ?? 0)
}

t.test('a NAS whose sessions cannot be looked at does not keep the others from it', async (t) => {
  await report({ nas: 'nas-2' })
  stage.now += 300_000
  const broken = looking(async (nas, at) => {
    if (nas === 'nas-1') throw new Error('a record that cannot be read')
    return sessions.open(nas, at)
  })
  await t.rejects(endSilentSessions(broken, ['nas-1', 'nas-2'], stage.now), /cannot be read/)
  t.equal(await sessions.openCount('nas-2'), 0)
})

// toughradius#416: the clean-up job existed and was never scheduled.
t.test('start() schedules the job: a session that nobody reports any more ends by itself', async (t) => {
  await report()
  await report({ nas: 'nas-2', acctSessionId: 'alive', mac: parseMac('02005E005302')! })
  stage.now += 299_000
  await report({
    nas: 'nas-2',
    acctSessionId: 'alive',
    mac: parseMac('02005E005302')!,
    status: 'interim',
    seconds: 299,
  })
  stage.now += 1000
  const server = await runningServer(t, redis.url, { now: () => stage.now })
  await until(async () => (await sessions.openCount('nas-1')) === 0, 'the job has looked')
  t.match(await sessions.find(ref), { endedAt: NOON, cause: 'Lost-Silence' })
  t.equal(await sessions.openCount('nas-2'), 1)
  stage.now += 300_000
  await until(async () => (await sessions.openCount('nas-2')) === 0, 'it looks again and again')
  await server.stop()
})
