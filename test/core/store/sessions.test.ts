import fc from 'fast-check'
import t from 'tap'
import type { AccountingRecord } from '../../../core/domain/accounting.ts'
import type { SessionEvent } from '../../../core/domain/event.ts'
import { cityDay } from '../../../core/domain/day.ts'
import { parseMac } from '../../../core/domain/mac.ts'
import { shardOf } from '../../../core/domain/nas.ts'
import type { Visit, VisitGrant } from '../../../core/domain/visit.ts'
import { StoreError } from '../../../core/process/errors.ts'
import { decodeEvent } from '../../../core/store/events.ts'
import { KEY_FAMILIES } from '../../../core/store/key-families.ts'
import { keys } from '../../../core/store/keys.ts'
import type { Commands } from '../../../core/store/redis.ts'
import type { SessionRef } from '../../../core/store/session-usage.ts'
import { newSessionId, SessionStore } from '../../../core/store/sessions.ts'
import { UsageStore } from '../../../core/store/usage.ts'
import { newVisitId, VisitStore } from '../../../core/store/visits.ts'
import { testRedis, testStore } from '../../support/stores.ts'

type Tap = typeof t

const redis = await testRedis(t)
/** Two workers: a connection and a session store each. */
const store = await testStore(t, redis)
const secondStore = await testStore(t, redis)
const workers = [new SessionStore(store), new SessionStore(secondStore)] as const
const [sessions] = workers
const usage = new UsageStore(store)
const visits = new VisitStore(store)

t.beforeEach(() => store.flushall())

/** Noon in Hà Nội, twelve hours from either midnight. */
const NOON = Date.parse('2026-03-12T05:00:00Z')
const DAY = '2026-03-12'
const HOUR = 3_600_000
const PHONE = parseMac('02005E005301')!
const NAS = 'nas-1'
const ref: SessionRef = { nas: NAS, acctSessionId: 'session-1', mac: PHONE }
const SUBJECT = 'm.subject'

const start: AccountingRecord = {
  status: 'start',
  ...ref,
  site: 'lake',
  at: NOON,
  receivedAt: NOON,
  fromVisitorOctets: null,
  toVisitorOctets: null,
  gigawords: true,
  seconds: null,
  cause: null,
  userName: null,
  visit: null,
  ip: null,
  ap: null,
  interimSeconds: 300,
  classSession: null,
}

/** What a NAS reports after so many seconds: a thousand octets sent and nine thousand received in each. */
const after = (seconds: number, given: Partial<AccountingRecord> = {}): AccountingRecord => ({
  ...start,
  status: 'interim',
  at: NOON + seconds * 1000,
  receivedAt: NOON + seconds * 1000,
  seconds,
  fromVisitorOctets: BigInt(seconds) * 1000n,
  toVisitorOctets: BigInt(seconds) * 9000n,
  ...given,
})
const stop = (seconds: number): AccountingRecord => after(seconds, { status: 'stop', cause: 'User-Request' })

async function events(nas = NAS): Promise<SessionEvent[]> {
  const entries = await store.xrange(keys.events(shardOf(nas)), '-', '+')
  return entries.map(([, fields]) => decodeEvent(fields[1]!) as SessionEvent)
}

/** A visit with a right, whose usage counts against a subject; reports that name it belong to it. */
async function granted(subject = SUBJECT): Promise<string> {
  const id = newVisitId()
  const visit: Visit = {
    id,
    nas: NAS,
    site: 'lake',
    mac: PHONE,
    ap: null,
    ssid: null,
    ip: null,
    lang: 'vi',
    spoken: 'vi',
    device: { family: 'phone', os: 'android' },
    context: {},
    proved: true,
    createdAt: NOON,
  }
  const grant: VisitGrant = {
    method: 'click-through',
    userName: 'g1.user',
    limits: {},
    subject,
    allowance: {},
    grantedAt: NOON,
    validUntil: NOON + HOUR,
  }
  await visits.create(visit, false)
  await visits.grant(visit, grant)
  return id
}

/** What has to hold of a session whatever happened to it, and in which order. */
async function consistent(t: Pick<Tap, 'same' | 'equal'>, session: SessionRef): Promise<void> {
  const record = await sessions.find(session)
  const mine = (await events(session.nas)).filter((event) => event.session.mac === session.mac)
  t.same(
    mine.map((event) => event.session.version),
    mine.map((_, i) => i + 1),
    'each stored change is one event, in order, none twice and none left out',
  )
  t.same(mine.at(-1)?.session, record, 'the last event shows the record as it is')
  t.equal(mine.filter(({ change }) => change === 'started').length, 1, 'it began once')
  const moved = (what: 'fromVisitorOctets' | 'toVisitorOctets'): bigint =>
    mine.reduce((sum, { delta }) => sum + delta[what], 0n)
  t.equal(moved('fromVisitorOctets'), record?.fromVisitorOctets, 'what events add up to is the total')
  t.equal(moved('toVisitorOctets'), record?.toVisitorOctets)
  t.equal(
    mine.reduce((sum, { delta }) => sum + delta.seconds, 0),
    record?.seconds,
  )
  const open = await sessions.open(session.nas)
  t.same(open, record?.endedAt === null ? [session] : [], 'the open index holds it exactly while it is open')
}

t.test('two workers that get the reports of one session in any order lose and invent nothing', async (t) => {
  // Each twice, as a NAS that hears no answer sends it; eight at once, four a worker.
  const reports = [start, after(300), after(600), stop(700)].flatMap((each) => [each, each])
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(reports, { minLength: reports.length }),
      fc.array(fc.nat(3), { minLength: reports.length, maxLength: reports.length }),
      async (order, turns) => {
        await store.flushall()
        const visit = await granted()
        await Promise.all(
          order.map(async (report, i) => {
            for (let turn = 0; turn < turns[i]!; turn++) await new Promise((resolve) => setImmediate(resolve))
            await workers[i % 2]!.record({ ...report, visit })
          }),
        )
        const record = await sessions.find(ref)
        t.match(record, {
          startedAt: NOON,
          endedAt: NOON + 700_000,
          cause: 'User-Request',
          seconds: 700,
          fromVisitorOctets: 700_000n,
          toVisitorOctets: 6_300_000n,
        })
        await consistent(t, ref)
        t.same(await usage.used(SUBJECT, DAY), { seconds: 700, octets: 7_000_000 }, 'used once')
      },
    ),
    { numRuns: 60 },
  )
})

t.test('every worker that was told "recorded" finds its report in the record', async (t) => {
  // More at once than a step tries: some are refused, and then the NAS sends again.
  const reports = Array.from({ length: 24 }, (_, i) => after(i + 1))
  const outcomes = await Promise.allSettled(reports.map((report, i) => workers[i % 2]!.record(report)))
  const confirmed = reports.filter((_, i) => outcomes[i]!.status === 'fulfilled')
  t.ok(confirmed.length >= 8)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') t.ok(outcome.reason instanceof StoreError, String(outcome.reason))
  const most = Math.max(...confirmed.map(({ seconds }) => seconds!))
  t.match(await sessions.find(ref), { seconds: most, toVisitorOctets: BigInt(most) * 9000n })
  await consistent(t, ref)
})

t.test('the silence job and a report at the same moment agree in the end', async (t) => {
  for (let round = 0; round < 40; round++) {
    await store.flushall()
    await sessions.record(start)
    const now = NOON + 900_000
    const report = workers[1].record(after(900))
    const ended = sessions.endIfSilent(ref, now)
    await Promise.all(round % 2 === 0 ? [report, ended] : [ended, report])
    t.match(await sessions.find(ref), { endedAt: null, seconds: 900 }, 'it spoke, so it lives')
    const changes = (await events()).map(({ change }) => change)
    t.ok(
      ['started,counted', 'started,ended,reopened'].includes(changes.join()),
      `one of the two orders: ${changes.join()}`,
    )
    await consistent(t, ref)
  }
})

t.test('of two workers that end a session one does, and the other hears that it is over', async (t) => {
  for (let round = 0; round < 20; round++) {
    await store.flushall()
    await sessions.record(start)
    const ended = await Promise.all(workers.map((worker) => worker.end(ref, 'NAS-Reboot', NOON + 1000)))
    t.equal(ended.filter((each) => each !== null).length, 1)
    await consistent(t, ref)
  }
})

t.test('an end that happened before the session began is not its end', async (t) => {
  await sessions.record(start)
  t.equal(await sessions.end(ref, 'NAS-Reboot', NOON - 1), null)
  t.match(await sessions.find(ref), { endedAt: null })
  t.match(await sessions.end(ref, 'NAS-Reboot', NOON), { endedAt: NOON, cause: 'NAS-Reboot' })
})

t.test('usage is counted once a session, whatever is told twice, late or after a lost answer', async (t) => {
  const visit = await granted()
  const told = async (report: AccountingRecord) => {
    await sessions.record({ ...report, visit })
    return usage.used(SUBJECT, DAY)
  }
  t.same(await told(start), { seconds: 0, octets: 0 })
  t.same(await told(after(300)), { seconds: 300, octets: 3_000_000 })
  t.same(await told(after(300)), { seconds: 300, octets: 3_000_000 }, 'again')
  t.same(await told(after(200)), { seconds: 300, octets: 3_000_000 }, 'an older one')
  t.same(await told(stop(400)), { seconds: 400, octets: 4_000_000 })
  t.same(await told(stop(400)), { seconds: 400, octets: 4_000_000 })
  const second = { acctSessionId: 'session-2', at: NOON + HOUR, receivedAt: NOON + HOUR }
  t.same(await told({ ...after(50), ...second }), { seconds: 450, octets: 4_500_000 }, 'another session adds')
})

t.test(
  'what was saved but not yet counted when the store went away is counted with the next report',
  async (t) => {
    const visit = await granted()
    await sessions.record({ ...start, visit })
    await sessions.record({ ...after(300), visit })
    await store.del(keys.usage(SUBJECT, DAY))
    t.same(await usage.used(SUBJECT, DAY), { seconds: 0, octets: 0 })
    // The NAS got no answer, so it sends the same again.
    const { applied } = await sessions.record({ ...after(300), visit })
    t.equal(applied.kind, 'nothing')
    t.same(await usage.used(SUBJECT, DAY), { seconds: 300, octets: 3_000_000 })
  },
)

t.test('midnight in Hà Nội begins a new day’s usage for a device, not for a code', async (t) => {
  const midnight = Date.parse('2026-03-12T17:00:00Z')
  for (const [subject, days] of [
    ['m.device', { [DAY]: 3_000_000, '2026-03-13': 2_000_000 }],
    ['v.code', { all: 5_000_000 }],
  ] as const) {
    await store.flushall()
    const visit = await granted(subject)
    const base = { visit, at: midnight - 300_000, receivedAt: midnight - 300_000 }
    await sessions.record({ ...start, ...base })
    await sessions.record({ ...after(300), visit, at: midnight - 1, receivedAt: midnight - 1 })
    await sessions.record({ ...after(500), visit, at: midnight + 200_000, receivedAt: midnight + 200_000 })
    for (const [day, octets] of Object.entries(days))
      t.equal((await usage.used(subject, day === 'all' ? null : day)).octets, octets, `${subject} ${day}`)
  }
})

t.test(
  'a session of a visit is attached to it and takes its subject; of another’s visit it takes nothing',
  async (t) => {
    const visit = await granted()
    const { session } = await sessions.record({ ...start, visit })
    t.match(session, { visit, subject: SUBJECT, method: 'click-through', lang: 'vi', os: 'android' })
    t.same((await visits.find(visit))?.session, ref)
    const stranger = parseMac('02005E005399')!
    const other = await sessions.record({ ...start, visit, mac: stranger })
    t.match(other.session, { visit: null, subject: null, method: null })
    t.same(await usage.used(SUBJECT, DAY), { seconds: 0, octets: 0 })
  },
)

t.test('a NAS that names no visit means the one it last proved for that device', async (t) => {
  const visit = await granted()
  await visits.accepted((await visits.find(visit))!.visit, NOON)
  t.match((await sessions.record(start)).session, { visit, subject: SUBJECT })
})

t.test('a session that began with a Class keeps the id that the Class names', async (t) => {
  const id = newSessionId()
  await sessions.record({ ...start, classSession: id })
  await sessions.record({ ...after(10), classSession: newSessionId() })
  t.equal((await sessions.find(ref))?.id, id, 'a re-authentication in between changes nothing')
  t.equal((await events()).length, 2)
})

t.test(
  'an id that is used again, its Start lost, begins a session with an id and a visit of its own',
  async (t) => {
    await sessions.record({ ...start, classSession: newSessionId() })
    await sessions.record(stop(600))
    const visit = await granted()
    const again = { ...after(300), at: NOON + HOUR, receivedAt: NOON + HOUR, visit }
    const { session } = await sessions.record(again)
    t.match(session, { startedAt: NOON + HOUR - 300_000, seconds: 300, visit, subject: SUBJECT })
    t.match(session.id, /^[\w-]{16}$/)
    t.same((await visits.find(visit))?.session, ref)
    t.same(await usage.used(SUBJECT, DAY), { seconds: 300, octets: 3_000_000 })
    t.equal((await events()).map(({ change }) => change).join(), 'started,ended,started')
  },
)

t.test(
  'what a worker remembers of a session is never counted on: another may have the place since',
  async (t) => {
    const [mine, others] = workers
    const visit = await granted()
    const later = (seconds: number): AccountingRecord => ({
      ...after(seconds, { visit }),
      at: NOON + HOUR + seconds * 1000,
      receivedAt: NOON + HOUR + seconds * 1000,
    })
    await mine.record({ ...start, visit })
    const first = await mine.record(after(600, { visit }))
    await others.record(stop(700))
    const second = await others.record({ ...later(0), status: 'start', classSession: newSessionId() })
    t.not(second.session.id, first.session.id)
    // The first worker still remembers the first session, open after ten minutes.
    const { session } = await mine.record(later(900))
    t.equal(session.id, second.session.id)
    t.same(
      await usage.used(SUBJECT, DAY),
      { seconds: 1600, octets: 16_000_000 },
      '700 of one and 900 of the other',
    )
    t.equal((await events()).map(({ change }) => change).join(), 'started,counted,ended,started,counted')
  },
)

t.test('a report that seems to be known is looked up before it is taken for a copy', async (t) => {
  const [mine, others] = workers
  await mine.record(start)
  await mine.record(after(600))
  await others.end(ref, 'NAS-Reboot', NOON + 601_000)
  const { applied } = await mine.record(after(600))
  t.equal(applied.kind, 'nothing')
  t.not((await sessions.find(ref))?.endedAt, null)
  t.match((await mine.record(after(900))).applied, { outcomes: ['reopened'] })
})

t.test('after a failure of the store a worker asks anew', async (t) => {
  let broken = false
  const failing: Commands = {
    call: (command, ...args) =>
      broken && command.startsWith('EVAL')
        ? Promise.reject(new StoreError('gone'))
        : store.call(command, ...args),
  }
  const worker = new SessionStore(failing)
  await worker.record(start)
  await worker.record(after(300))
  broken = true
  await t.rejects(worker.record(after(600)).then(), /gone/)
  broken = false
  await store.config('RESETSTAT')
  t.equal((await worker.record(after(600))).session.seconds, 600)
  t.match(await store.info('commandstats'), /cmdstat_get:calls=1,/)
})

t.test(
  'a server that answers before usage is counted is told where it was not, and the next report counts it',
  async (t) => {
    const visit = await granted()
    let broken = false
    const uncounted: unknown[] = []
    const failing: Commands = {
      call: (command, ...args) =>
        broken && command === 'ZADD' ? Promise.reject(new StoreError('gone')) : store.call(command, ...args),
    }
    const server = new SessionStore(failing, (error) => uncounted.push(error))
    await server.record({ ...start, visit })
    await server.record({ ...after(300), visit })
    const seconds = async (): Promise<number> => (await usage.used(SUBJECT, DAY)).seconds
    t.equal(await seconds(), 300)
    broken = true
    t.equal((await server.record({ ...after(600), visit })).session.seconds, 600, 'it is recorded')
    await new Promise((resume) => setImmediate(resume))
    t.match(uncounted, [/gone/])
    t.equal(uncounted.length, 1)
    await t.rejects(server.record({ ...stop(700), visit }).then(), /gone/, 'a Stop has no next report')
    broken = false
    await server.record({ ...stop(700), visit })
    t.equal(await seconds(), 700)
  },
)

t.test('two sessions under one Class are two in what is used', async (t) => {
  const visit = await granted()
  const classSession = newSessionId()
  await sessions.record({ ...start, visit, classSession })
  const first = await sessions.record({ ...stop(600), visit, classSession })
  await sessions.record({ ...start, at: NOON + HOUR, receivedAt: NOON + HOUR, visit, classSession })
  const second = { ...after(300), at: NOON + HOUR + 300_000, receivedAt: NOON + HOUR + 300_000 }
  const { session } = await sessions.record({ ...second, visit, classSession })
  t.not(session.id, first.session.id)
  t.same(await usage.used(SUBJECT, DAY), { seconds: 900, octets: 9_000_000 })
})

t.test(
  'a report from before midnight that comes late puts the days right, whoever kept the record',
  async (t) => {
    const midnight = Date.parse('2026-03-12T17:00:00Z')
    const at = (seconds: number, delay = 0): AccountingRecord => ({
      ...after(seconds),
      at: midnight - 600_000 + seconds * 1000,
      receivedAt: midnight - 600_000 + (seconds + delay) * 1000,
    })
    const slow = { fromVisitorOctets: 0n, toVisitorOctets: 0n }
    await workers[0].record({ ...at(0), status: 'start' })
    await workers[1].record({ ...at(700), fromVisitorOctets: 700n, toVisitorOctets: 0n })
    await workers[0].record({ ...at(500, 400), ...slow })
    const days: Record<string, bigint> = {}
    for (const { at, delta } of await events())
      days[cityDay(at)] = (days[cityDay(at)] ?? 0n) + delta.fromVisitorOctets
    // 700 octets moved in the 200 seconds around midnight, not in all 700.
    t.same(days, { '2026-03-12': 350n, '2026-03-13': 350n })
    t.match(await sessions.find(ref), { day: '2026-03-13', dayBaseSeconds: 600, dayBaseOctets: 350n })
  },
)

/** Lets time pass for the lifetimes of keys. */
async function letPass(ms: number): Promise<void> {
  for (const key of await store.keys('*')) {
    const left = await store.pttl(key)
    if (left < 0) continue
    if (left <= ms) await store.del(key)
    else await store.pexpire(key, left - ms)
  }
}

t.test(
  'what a gateway kept through an outage of days is counted once, in the session it is of',
  async (t) => {
    await sessions.record({ ...start, ip: '10.1.2.3', ipv6: ['2001:db8::7'], multiSessionId: 'a walk' })
    await sessions.record(after(600))
    await sessions.endIfSilent(ref, NOON + 2 * HOUR)
    const outage = 6 * 24 * HOUR
    await letPass(outage)
    for (const key of await store.keys('hs:{*:[sl]:*'))
      for (const personal of [PHONE, '10.1.2.3', '2001:db8', 'a walk'])
        t.notMatch(await store.get(key), personal, 'by then nothing tells whose it was')
    const told = { ...stop(3600), receivedAt: NOON + outage }
    const { applied, session } = await sessions.record(told)
    t.same(applied.outcomes, ['ended'])
    const whole = { startedAt: NOON, endedAt: NOON + HOUR, seconds: 3600, toVisitorOctets: 32_400_000n }
    t.match(session, { ...whole, mac: PHONE })
    await consistent(t, ref)
    // Its answer was lost, and the line went away again.
    await letPass(30 * HOUR)
    for (const copy of [told, { ...start, seconds: 0 }, after(600)]) {
      const again = await sessions.record({ ...copy, receivedAt: NOON + outage + 30 * HOUR })
      t.match(again, { applied: { kind: 'nothing' }, session: whole }, copy.status)
    }
    t.equal((await events()).filter(({ change }) => change === 'started').length, 1)
  },
)

t.test('a session that went on after an outage is found again, open, and is lost no more', async (t) => {
  await sessions.record(start)
  await sessions.end(ref, 'NAS-Removed', NOON + 60_000)
  await letPass(30 * HOUR)
  const { applied } = await sessions.record(after(30 * 3600))
  t.equal(applied.outcomes[0], 'reopened')
  await consistent(t, ref)
  t.equal(await store.exists(keys.lostSession(NAS, 'session-1', PHONE)), 0)
})

t.test('only a report that may be of a lost session costs a second look', async (t) => {
  const reads: string[] = []
  const line: Commands = {
    call(command, ...args) {
      if (command === 'GET' && /:[sl]:/.test(String(args[0]))) reads.push(String(args[0]))
      return store.call(command, ...args)
    },
  }
  const own = keys.session(NAS, 'session-1', PHONE)
  await new SessionStore(line).record(start)
  t.same(reads, [])
  await store.flushall()
  await new SessionStore(line).record(after(86_400))
  t.same(reads, [own])
  await store.flushall()
  await new SessionStore(line).record(after(86_401))
  t.same(reads, [own, own, keys.lostSession(NAS, 'session-1', PHONE)])
})

t.test('a restart that is heard of late ends nothing that was alive since', async (t) => {
  await sessions.record(start)
  await sessions.record(after(600))
  t.equal(await sessions.end(ref, 'NAS-Reboot', NOON + 300_000), null)
  t.match(await sessions.find(ref), { endedAt: null })
})

t.test('an ended session leaves the open index, however it ended', async (t) => {
  const each = async (name: string, end: (ref: SessionRef) => Promise<unknown>): Promise<void> => {
    const mine = { ...ref, acctSessionId: name }
    await sessions.record({ ...start, ...mine })
    t.equal(await sessions.openCount(NAS), 1, `${name}: open`)
    await end(mine)
    t.equal(await sessions.openCount(NAS), 0, `${name}: ended`)
    t.not((await sessions.find(mine))?.endedAt, null)
  }
  await each('a Stop', async (mine) => sessions.record({ ...stop(10), ...mine }))
  await each('an order', (mine) => sessions.end(mine, 'NAS-Error', NOON + 5000))
  await each('silence', (mine) => sessions.endIfSilent(mine, NOON + 900_000))
  await sessions.record({ ...stop(10), acctSessionId: 'only a Stop came' })
  t.equal(await sessions.openCount(NAS), 0)
})

t.test('any octets make a session id, and no two sessions share a record', async (t) => {
  const ids = ['a', 'a|b', '|', 'a\nb', 'Hồ Gươm', ' '.repeat(200), '*', 'x'.repeat(253)]
  for (const acctSessionId of ids) await sessions.record({ ...start, acctSessionId })
  const open = await sessions.open(NAS)
  t.same(new Set(open.map(({ acctSessionId }) => acctSessionId)), new Set(ids))
  for (const mine of open) t.match(await sessions.find(mine), mine)
})

t.test('a device’s open session is found among thousands, and one that ended is not', async (t) => {
  const others = Array.from({ length: 2500 }, (_, i) => `02${i.toString(16).padStart(10, '0')}|crowd`)
  await store.zadd(keys.open(NAS), ...others.flatMap((member) => [NOON, member]))
  t.equal(await sessions.openOfDevice(NAS, PHONE), null)
  await sessions.record({ ...start, acctSessionId: 'a|b' })
  t.match(await sessions.openOfDevice(NAS, PHONE), { acctSessionId: 'a|b', mac: PHONE })
  t.equal(await sessions.openOfDevice('nas-2', PHONE), null, 'at another NAS it is a stranger')
  await sessions.record({ ...stop(60), acctSessionId: 'a|b' })
  t.equal(await sessions.openOfDevice(NAS, PHONE), null)
})

t.test('the index knows by when a session has to speak', async (t) => {
  await sessions.record(start)
  await sessions.record({ ...start, acctSessionId: 'quick', interimSeconds: 60 })
  t.same(await sessions.open(NAS, NOON + 179_999), [])
  t.same(
    (await sessions.open(NAS, NOON + 180_000)).map(({ acctSessionId }) => acctSessionId),
    ['quick'],
  )
  t.equal((await sessions.open(NAS, NOON + 900_000)).length, 2)
})

t.test('every key is of a known kind and has a lifetime, unless its family says why not', async (t) => {
  const visit = await granted()
  await sessions.record({ ...start, visit })
  await sessions.record({ ...start, visit, acctSessionId: 'ended' })
  await sessions.record({ ...stop(60), visit, acctSessionId: 'ended' })
  await sessions.record({ ...start, visit, acctSessionId: 'lost' })
  await sessions.end({ ...ref, acctSessionId: 'lost' }, 'NAS-Reboot', NOON)
  const found = await store.keys('*')
  for (const key of found) {
    const family = KEY_FAMILIES.find(({ pattern }) => pattern.test(key))
    t.ok(family, `${key} is in the inventory`)
    const seconds = await store.ttl(key)
    if (typeof family?.lifetime === 'number')
      t.ok(seconds > 0 && seconds <= family.lifetime, `${key} lives ${seconds} s`)
  }
  const ttl = (acctSessionId: string): Promise<number> => store.ttl(keys.session(NAS, acctSessionId, PHONE))
  t.equal(await ttl('session-1'), -1, 'an open session until something ends it')
  const closed = await ttl('ended')
  t.ok(closed > 86_000 && closed <= 86_400, 'an ended one a day, for what comes late')
})
