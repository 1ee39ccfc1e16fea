import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { keys, LIFETIME } from '../../../core/store/keys.ts'
import { openLine } from '../../../core/store/line.ts'
import { UsageStore } from '../../../core/store/usage.ts'
import { testRedis, testStore } from '../../support/stores.ts'

const redis = await testRedis(t)
const store = await testStore(t, redis)
const line = await openLine(redis.url)
t.teardown(() => line.stop())
const usage = new UsageStore(line)
/** The same over ioredis, which speaks RESP 3: scores come in pairs, as numbers. */
const overClient = new UsageStore(store)

const DEVICE = 'm.device'
const CODE = 'v.code'
const DAY = '2026-03-12'

t.beforeEach(() => store.flushall())

t.test('nobody has used anything before he began', async (t) => {
  t.same(await usage.used(DEVICE, DAY), { seconds: 0, octets: 0 })
  t.equal((await store.keys('*')).length, 0, 'and asking leaves no trace')
})

t.test('figures of several sessions add up; each session’s own only grow', async (t) => {
  await usage.count(DEVICE, DAY, 'one', { seconds: 300, octets: 3_000_000 })
  await usage.count(DEVICE, DAY, 'two', { seconds: 60, octets: 500 })
  t.same(await usage.used(DEVICE, DAY), { seconds: 360, octets: 3_000_500 })
  await usage.count(DEVICE, DAY, 'one', { seconds: 300, octets: 3_000_000 })
  await usage.count(DEVICE, DAY, 'one', { seconds: 200, octets: 4_000_000 })
  t.same(await usage.used(DEVICE, DAY), { seconds: 360, octets: 4_000_500 }, 'each figure for itself')
})

t.test('a device counts by the day, a code over its life', async (t) => {
  await usage.count(DEVICE, DAY, 'one', { seconds: 10, octets: 1 })
  await usage.count(DEVICE, '2026-03-13', 'one', { seconds: 20, octets: 2 })
  await usage.count(CODE, null, 'one', { seconds: 30, octets: 3 })
  t.same(await usage.used(DEVICE, DAY), { seconds: 10, octets: 1 })
  t.same(await usage.used(DEVICE, '2026-03-13'), { seconds: 20, octets: 2 })
  t.same(await usage.used(CODE, null), { seconds: 30, octets: 3 })
  t.ok((await store.ttl(keys.usage(DEVICE, DAY))) > LIFETIME.dayUsage - 60)
  t.ok((await store.ttl(keys.usage(CODE, 'all'))) > LIFETIME.voucherUsage - 60)
})

t.test('a session that begins late says anew how long the period is kept', async (t) => {
  const key = keys.usage(CODE, 'all')
  await usage.count(CODE, null, 'one', { seconds: 30, octets: 3 })
  await store.expire(key, 1000)
  await usage.count(CODE, null, 'two', { seconds: 1, octets: 1 })
  t.ok((await store.ttl(key)) > LIFETIME.voucherUsage - 60)
})

t.test('octets are exact as far as a double is: a visitor’s first nine petabytes', async (t) => {
  const most = Number.MAX_SAFE_INTEGER
  await usage.count(CODE, null, 'one', { seconds: 4_294_967_295, octets: most })
  t.same(await usage.used(CODE, null), { seconds: 4_294_967_295, octets: most })
  t.same(await overClient.used(CODE, null), { seconds: 4_294_967_295, octets: most })
})

t.test('whatever is told in whatever order by whomever, each session counts its largest once', async (t) => {
  const told = fc.record({
    session: fc.constantFrom('one', 'two', 's:o:', 'Hồ'),
    seconds: fc.nat(1000),
    octets: fc.nat(1_000_000),
    byClient: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(told, { maxLength: 12 }), async (all) => {
      await store.flushall()
      await Promise.all(
        all.map(({ session, seconds, octets, byClient }) =>
          (byClient ? overClient : usage).count(DEVICE, DAY, session, { seconds, octets }),
        ),
      )
      const most = (what: 'seconds' | 'octets'): number =>
        [...new Set(all.map(({ session }) => session))]
          .map((session) =>
            Math.max(...all.filter((each) => each.session === session).map((each) => each[what])),
          )
          .reduce((sum, each) => sum + each, 0)
      for (const reader of [usage, overClient]) {
        const used = await reader.used(DEVICE, DAY)
        if (used.seconds !== most('seconds') || used.octets !== most('octets'))
          throw new Error(JSON.stringify(used))
      }
    }),
    { numRuns: 60 },
  )
  t.pass('60 ways')
})

const NOON = Date.parse('2026-03-12T05:00:00Z')
const DAY_MS = 86_400_000

t.test('a minute in which a subject had several sessions on is used once; octets add up', async (t) => {
  await usage.count(DEVICE, DAY, 'one', { since: NOON, seconds: 600, octets: 10 })
  await usage.count(DEVICE, DAY, 'two', { since: NOON + 300_000, seconds: 600, octets: 20 })
  t.same(await usage.used(DEVICE, DAY), { seconds: 900, octets: 30 })
  t.same(await overClient.used(DEVICE, DAY), { seconds: 900, octets: 30 })
  await usage.count(DEVICE, DAY, 'one', { since: NOON, seconds: 900, octets: 15 })
  t.same(await usage.used(DEVICE, DAY), { seconds: 900, octets: 35 }, 'the first goes on beside the second')
  await usage.count(DEVICE, DAY, 'three', { seconds: 60, octets: 0 })
  t.same(
    await usage.used(DEVICE, DAY),
    { seconds: 960, octets: 35 },
    'who does not tell when he began overlaps nobody',
  )
})

t.test(
  'a subject’s time is the seconds in which any of its sessions was on, as a count of each shows',
  async (t) => {
    const session = fc.record({
      since: fc.nat(300),
      reports: fc.array(fc.nat(200), { minLength: 1, maxLength: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(session, { minLength: 1, maxLength: 6 }), async (sessions) => {
        await store.flushall()
        const seconds = new Set<number>()
        const told = sessions.flatMap(({ since, reports }, i) => {
          for (let second = 0; second < Math.max(...reports); second++) seconds.add(since + second)
          return reports.map((each) =>
            usage.count(DEVICE, DAY, `s${i}`, { since: NOON + since * 1000, seconds: each, octets: each }),
          )
        })
        await Promise.all(told)
        const used = await usage.used(DEVICE, DAY)
        const octets = sessions.reduce((sum, { reports }) => sum + Math.max(...reports), 0)
        if (used.seconds !== seconds.size || used.octets !== octets) throw new Error(JSON.stringify(used))
      }),
      { numRuns: 60 },
    )
    t.pass('60 ways')
  },
)

/** Begins a session of the code: its figures are told at once. */
const began = (id: string, startedAt: number, seconds: number, octets: number): PromiseLike<void> =>
  usage.begin(CODE, null, { id, startedAt, place: `nas ${id}` }, { since: startedAt, seconds, octets })

t.test('a session that begins is counted, and where it is remembered', async (t) => {
  await began('one', NOON, 30, 3)
  await began('two', NOON + 1000, 30, 3)
  t.same(await usage.used(CODE, null), { seconds: 31, octets: 6 })
  t.same(await usage.places(CODE), ['nas one', 'nas two'])
  await usage.forgetPlaces(CODE, ['nas one'])
  t.same(await usage.places(CODE), ['nas two'])
  for (const key of [keys.usage(CODE, 'all'), keys.sessionsOf(CODE)])
    t.ok((await store.ttl(key)) > LIFETIME.voucherUsage - 60, key)
})

t.test('of very many sessions the latest are remembered', async (t) => {
  for (let i = 0; i < 260; i++) await began(`s${i}`, NOON + i, 1, 1)
  const places = await usage.places(CODE)
  t.equal(places.length, 256)
  t.same([places[0], places.at(-1)], ['nas s4', 'nas s259'])
})

t.test(
  'sessions of a code that are over for good are put together, and nothing is lost or counted twice',
  async (t) => {
    // Each week a session of ten minutes, and one that overlaps it by five; octets of their own.
    const key = keys.usage(CODE, 'all')
    const WEEKS = 80
    for (let week = 0; week < WEEKS; week++) {
      const at = NOON + week * 7 * DAY_MS
      await began(`a${week}`, at, 600, 1000)
      await began(`b${week}`, at + 300_000, 600, 500)
      // A late report of the session before: it says no more than was known.
      await usage.count(CODE, null, `a${week}`, { since: at, seconds: 500, octets: 900 })
      t.same(
        await usage.used(CODE, null),
        { seconds: 900 * (week + 1), octets: 1500 * (week + 1) },
        `week ${week}`,
      )
    }
    const members = await store.zrange(key, '0', '-1')
    t.ok(members.length < 4 * WEEKS, `${members.length} members`)
    t.ok(members.includes(`s:b${WEEKS - 1}@${(NOON + (WEEKS - 1) * 7 * DAY_MS + 300_000).toString(36)}`))
    t.notOk(
      members.some((member) => member.startsWith('o:a0')),
      'the first are settled',
    )
  },
)

t.test('what somebody else counts at the same moment is not lost by putting together', async (t) => {
  const script = new URL('../../../core/store/lua/usage-settle.lua', import.meta.url)
  const key = keys.usage(CODE, 'all')
  await store.zadd(key, '10', 's:a@1', '100', 'o:a')
  const settle = (octets: number) =>
    store.eval(
      readFileSync(script, 'utf8'),
      1,
      key,
      2,
      's:a@1',
      10,
      'o:a',
      octets,
      'time',
      10_000,
      'octets',
      octets,
    )
  t.equal(await settle(99), 0, 'it was read before')
  t.same(await usage.used(CODE, null), { seconds: 10, octets: 100 })
  t.equal(await settle(100), 1)
  t.same(await usage.used(CODE, null), { seconds: 10, octets: 100 })
  t.same(await store.zrange(key, '0', '-1'), ['octets', 'time'])
})
