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
