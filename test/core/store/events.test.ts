import fc from 'fast-check'
import t from 'tap'
import type { PlatformEvent, SessionEvent } from '../../../core/domain/event.ts'
import { parseMac } from '../../../core/domain/mac.ts'
import { SHARDS, shardOf } from '../../../core/domain/nas.ts'
import { appendEvent, decodeEvent, encodeEvent, encodeSession } from '../../../core/store/events.ts'
import { keys } from '../../../core/store/keys.ts'
import { packSession } from '../../../core/store/session-record.ts'
import { testRedis, testStore } from '../../support/stores.ts'
import { anySession } from './any-session.ts'

const redis = await testRedis(t)
const store = await testStore(t, redis)

const PHONE = parseMac('02005E005301')!
const AT = Date.parse('2026-03-12T05:00:00Z')

/** One of each kind that is not a session's. */
const OTHERS: readonly Exclude<PlatformEvent, SessionEvent>[] = [
  {
    kind: 'funnel',
    at: AT,
    step: 'granted',
    nas: 'nas-1',
    site: 'lake',
    visit: 'VisitVisitVisit1',
    mac: PHONE,
    lang: 'vi',
    device: { family: 'phone', os: 'android' },
    method: 'click-through',
  },
  { kind: 'refusal', at: AT, nas: 'nas-1', site: 'lake', reason: 'bad-password' },
  { kind: 'coa', at: AT, nas: 'nas-1', site: 'lake', session: 's', reason: 'revoked', result: 'ack' },
]

const sessionEvent: fc.Arbitrary<SessionEvent> = fc.record({
  kind: fc.constant('session' as const),
  at: fc.integer({ min: -3e12, max: 4e12 }),
  change: fc.constantFrom('started' as const, 'counted' as const, 'ended' as const, 'reopened' as const),
  session: anySession,
  delta: fc.record({
    seconds: fc.nat(0xffff_ffff),
    fromVisitorOctets: fc.bigInt({ min: 0n, max: 2n ** 64n }),
    toVisitorOctets: fc.bigInt({ min: 0n, max: 2n ** 64n }),
  }),
})

/** Bigints as they are, in an order of fields that says nothing. */
const shown = (event: PlatformEvent): string =>
  JSON.stringify(event, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`
    return value !== null && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  })

t.test('every event of a session reads back as it was', (t) => {
  fc.assert(
    fc.property(sessionEvent, (event) => {
      const text = encodeEvent(event)
      if (shown(decodeEvent(text)) !== shown(event)) throw new Error(`${text}\n${shown(decodeEvent(text))}`)
      if (encodeSession(event, event.at, packSession(event.session)) !== text)
        throw new Error('two texts of one event')
    }),
    { numRuns: 2000 },
  )
  t.pass('2,000 events')
  t.end()
})

t.test('what was noted of a report reads back, as far as analytics asks for it', (t) => {
  const [event] = fc.sample(sessionEvent, { numRuns: 1, seed: 11 })
  const notesOf = (notes: readonly string[]): unknown => {
    const read = decodeEvent(encodeSession({ ...event!, notes }, event!.at, packSession(event!.session)))
    t.match(read, { change: event!.change, session: { id: event!.session.id } })
    return read.kind === 'session' && read.notes
  }
  t.same(notesOf(['went-back']), ['went-back'])
  t.same(notesOf(['late', 'no-visit', 'over-midnight', 'start-missed']), ['start-missed', 'no-visit'])
  t.equal(notesOf(['late', 'wrapped']), undefined)
  t.end()
})

t.test('the other events read back as they were, and are told from a session’s', (t) => {
  for (const event of OTHERS) t.same(decodeEvent(encodeEvent(event)), event, event.kind)
  t.end()
})

t.test('the stream keeps an event, and the order of those of a NAS', async (t) => {
  await store.flushall()
  const [event] = fc.sample(sessionEvent, { numRuns: 1, seed: 7 })
  for (const each of OTHERS) await appendEvent(store, each)
  await store.xadd(keys.events(shardOf('nas-1')), '*', 'e', encodeEvent(event!))
  const entries = await store.xrange(keys.events(shardOf('nas-1')), '-', '+')
  t.same(
    entries.map(([, [name, text]]) => [name, shown(decodeEvent(text!))]),
    [...OTHERS, event!].map((each) => ['e', shown(each)]),
  )
  const others = Array.from({ length: SHARDS }, (_, shard) => shard).filter(
    (shard) => shard !== shardOf('nas-1'),
  )
  for (const shard of others) t.equal(await store.exists(keys.events(shard)), 0)
})
