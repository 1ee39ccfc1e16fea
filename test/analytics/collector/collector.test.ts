import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { shardOf } from '../../../core/domain/nas.ts'
import { appendEvent } from '../../../core/store/events.ts'
import { SessionStore } from '../../../core/store/sessions.ts'
import type { Store } from '../../../core/store/redis.ts'
import { openRecords, type Records } from '../../../core/records/database.ts'
import { startCollector, type Collector } from '../../../analytics/collector/collector.ts'
import { STREAMS } from '../../../analytics/collector/streams.ts'
import {
  silentLog,
  testKeys,
  testPostgres,
  testRecords,
  testRedis,
  testStore,
  until,
} from '../../support/stores.ts'
import { allTotals } from '../support/totals.ts'
import { macOf, report } from '../support/visits.ts'

const redis = await testRedis(t)
const postgres = await testPostgres(t)

/** Whole sessions through the real live store, over many shards; each device moves 3 × 100 octets a session. */
async function liveSessions(store: Store, from: number, to: number): Promise<void> {
  const sessions = new SessionStore(store)
  const all = Array.from({ length: to - from }, async (_, i) => {
    const n = from + i
    const of = {
      mac: macOf(1 + (n % 40)),
      nas: `nas-${n % 7}`,
      site: `site-${n % 7}`,
      acctSessionId: `a${n}`,
    }
    const at = Date.now()
    await sessions.record(report({ ...of, at, status: 'start' }))
    const octets = (n: bigint) => ({ fromVisitorOctets: n, toVisitorOctets: 2n * n })
    await sessions.record(report({ ...of, at: at + 1000, status: 'interim', seconds: 1, ...octets(60n) }))
    await sessions.record(report({ ...of, at: at + 2000, status: 'stop', seconds: 2, ...octets(100n) }))
  })
  await Promise.all(all)
}

/** Pages of different devices, each of which an item is on. */
async function livePages(store: Store, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    const of = { at: Date.now(), nas: `nas-${n % 7}`, site: `site-${n % 7}`, mac: macOf(1 + n), lang: 'vi' }
    await appendEvent(store, { kind: 'items-met', ...of, served: ['silk'], held: [] })
  }
}

const waiting = async (store: Store): Promise<number> =>
  (await Promise.all(STREAMS.map((stream) => store.xlen(stream)))).reduce((sum, each) => sum + each, 0)

async function sums(records: Records): Promise<object> {
  const { rows } = await records.query<object>(
    `SELECT sum(sessions)::int AS sessions, sum(ended)::int AS ended, sum(seconds)::int AS seconds,
       sum(from_visitor_octets)::int AS "fromVisitor", sum(to_visitor_octets)::int AS "toVisitor",
       (SELECT count(DISTINCT (session_id, kind)) || ' of ' || count(*) FROM session_events) AS facts FROM site_totals`,
  )
  return rows[0]!
}

const sumsOf = (sessions: number): object => ({
  sessions,
  ended: sessions,
  seconds: sessions * 2,
  fromVisitor: sessions * 100,
  toVisitor: sessions * 200,
  facts: `${sessions * 3} of ${sessions * 3}`,
})

function collect(t: Test, store: Store, records: Records): Collector {
  const collector = startCollector({ store, records, keys: testKeys, log: silentLog, now: Date.now })
  t.teardown(() => collector.stop())
  return collector
}

t.test('what live processes record arrives, once, and the streams are left empty', async (t) => {
  const [store, records] = [await testStore(t, redis), await testRecords(t, postgres)]
  const collector = collect(t, store, records)
  await liveSessions(store, 0, 300)
  await until(async () => (await waiting(store)) === 0)
  t.same(await sums(records), sumsOf(300))
  t.same(await collector.backlog(), { waiting: 0, oldestAt: null })
  t.equal(collector.trouble, null)
})

t.test('a poisoned event is counted and kept, and the stream goes on', async (t) => {
  const [store, records] = [await testStore(t, redis), await testRecords(t, postgres)]
  const collector = collect(t, store, records)
  for (const stream of STREAMS) await store.xadd(stream, '*', 'e', '{"kind":"session","at":"yesterday"}')
  await store.xadd(STREAMS[3]!, '*', 'nothing', 'useful')
  await liveSessions(store, 0, 20)
  await until(async () => (await waiting(store)) === 0)
  t.same(await sums(records), sumsOf(20))
  t.equal(collector.rejected, 17)
  t.equal((await allTotals(records)).rejects.length, 17)
})

t.test(
  'what was committed by a collector that died before removing it is removed and counts once',
  async (t) => {
    const [store, records] = [await testStore(t, redis), await testRecords(t, postgres)]
    await liveSessions(store, 0, 30)
    // It dies between the commit and the removal: its connection has no XDEL.
    const dying = new Proxy(store, {
      get: (target, name): unknown =>
        name === 'xdel' ? () => Promise.reject(new Error('killed')) : Reflect.get(target, name, target),
    })
    const first = startCollector({ store: dying, records, keys: testKeys, log: silentLog, now: Date.now })
    await until(() => first.trouble === 'redis')
    await first.stop()
    t.equal(await waiting(store), 90)
    t.same(await sums(records), sumsOf(30))
    collect(t, store, records)
    await liveSessions(store, 30, 40)
    await until(async () => (await waiting(store)) === 0)
    t.same(await sums(records), sumsOf(40))
  },
)

t.test(
  'killed before, in and after the transaction, collectors count every session and item once',
  async (t) => {
    const store = await testStore(t, redis)
    const url = await postgres.newDatabase()
    const records = await openRecords(url)
    t.teardown(() => records.end())
    const program = fileURLToPath(new URL('collector-child.ts', import.meta.url))
    let made = 0
    const points = ['before the transaction', 'in the transaction', 'after the commit', 'in the transaction']
    for (const point of points) {
      await livePages(store, made, made + 20)
      await liveSessions(store, made, (made += 20))
      const child = fork(program, [redis.url, url, point])
      t.teardown(() => child.kill('SIGKILL'))
      t.same(await once(child, 'message'), [point, undefined])
      child.kill('SIGKILL')
      await once(child, 'exit')
      t.comment(
        `killed ${point}: ${JSON.stringify(await sums(records))}, ${await waiting(store)} events left`,
      )
    }
    collect(t, store, records)
    await until(async () => (await waiting(store)) === 0)
    t.same(await sums(records), sumsOf(made))
    const { rows } = await records.query(
      'SELECT by, sum(served)::int AS served, count(DISTINCT value)::int FROM campaign_month_parts GROUP BY by ORDER BY by',
    )
    t.same(rows, [
      { by: 'all', served: made, count: 1 },
      { by: 'language', served: made, count: 1 },
      { by: 'site', served: made, count: 7 },
    ])
  },
)

t.test('with PostgreSQL away events wait; when it is back they are collected', async (t) => {
  const [store, records] = [await testStore(t, redis), await testRecords(t, postgres)]
  const collector = collect(t, store, records)
  await liveSessions(store, 0, 10)
  await until(async () => (await waiting(store)) === 0)
  await postgres.stop()
  await liveSessions(store, 10, 30)
  await until(() => collector.trouble === 'postgresql')
  t.match(await collector.backlog(), { waiting: 60 })
  await postgres.start()
  await until(async () => (await waiting(store)) === 0)
  t.equal(collector.trouble, null)
  t.same(await sums(records), sumsOf(30))
})

t.test('with Redis away the collector tries again, and goes on when it is back', async (t) => {
  const [store, records] = [await testStore(t, redis), await testRecords(t, postgres)]
  const collector = collect(t, store, records)
  await liveSessions(store, 0, 10)
  await until(async () => (await waiting(store)) === 0)
  await redis.stop()
  await until(() => collector.trouble === 'redis')
  await redis.start()
  await until(() => collector.trouble === null)
  await liveSessions(store, 10, 20)
  await until(async () => (await waiting(store)) === 0)
  t.same(await sums(records), sumsOf(20))
})

t.test('a Redis that comes back empty goes on from where the records are', async (t) => {
  const [store, records] = [await testStore(t, redis), await testRecords(t, postgres)]
  const first = startCollector({ store, records, keys: testKeys, log: silentLog, now: Date.now })
  await liveSessions(store, 0, 10)
  // A clock that was an hour ahead of the one that the new Redis has.
  const ahead = `${Date.now() + 3_600_000}-0`
  await store.xadd(STREAMS[0]!, ahead, 'e', '{}')
  await until(async () => (await waiting(store)) === 0)
  await first.stop()
  await store.flushall()
  collect(t, store, records)
  await until(async () => (await store.exists(STREAMS[0]!)) === 1)
  const nas = Array.from({ length: 100 }, (_, n) => `nas-${n}`).find((id) => shardOf(id) === 0)!
  await appendEvent(store, { kind: 'refusal', at: Date.now(), nas, site: 'x', reason: 'quota-time' })
  await until(async () => (await waiting(store)) === 0)
  const { rows } = await records.query("SELECT value, count FROM site_total_counts WHERE kind = 'refusal'")
  t.same(rows, [{ value: 'quota-time', count: 1 }])
})
