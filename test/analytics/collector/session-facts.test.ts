import fc from 'fast-check'
import t from 'tap'
import type { AccountingRecord } from '../../../core/domain/accounting.ts'
import { askedFor, stateAt, stateOf } from '../../../core/domain/session-story.ts'
import type { Session } from '../../../core/domain/session.ts'
import { readPositions } from '../../../core/records/positions.ts'
import { sessionFacts } from '../../../core/records/session-events.ts'
import { encodeEvent } from '../../../core/store/events.ts'
import { keys } from '../../../core/store/keys.ts'
import type { SessionRef } from '../../../core/store/session-usage.ts'
import { SessionStore } from '../../../core/store/sessions.ts'
import { shardOf } from '../../../core/domain/nas.ts'
import { BatchWriter } from '../../../analytics/collector/batch-writer.ts'
import { factOf } from '../../../analytics/collector/session-facts.ts'
import { readAfter, STREAMS } from '../../../analytics/collector/streams.ts'
import { testKeys, testPostgres, testRecords, testRedis, testStore } from '../../support/stores.ts'
import { DAY, macOf, NOON, report, sessionEvent, sessionOf } from '../support/visits.ts'

const redis = await testRedis(t)
const postgres = await testPostgres(t)

const reports = fc.array(
  fc.record({
    status: fc.constantFrom<AccountingRecord['status']>('start', 'interim', 'interim', 'interim', 'stop'),
    afterSeconds: fc.integer({ min: 1, max: 7200 }),
    seconds: fc.option(fc.integer({ min: 0, max: 20_000 })),
    octets: fc.option(fc.bigInt({ min: 0n, max: 1n << 34n })),
    gigawords: fc.boolean(),
    silent: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
)

t.test('the records rebuild what the live store held after each report', async (t) => {
  const [store, records] = [await testStore(t, redis), await testRecords(t, postgres)]
  await readPositions(records, STREAMS)
  const sessions = new SessionStore(store)
  const writer = new BatchWriter({ records, keys: testKeys, now: () => NOON })
  const stream = keys.events(shardOf('nas-lake'))
  const seen: { session: Session; place: string }[] = []
  for (const [n, life] of fc.sample(reports, { numRuns: 40, seed: 11 }).entries()) {
    const mac = macOf(n + 1)
    const ref: SessionRef = { nas: 'nas-lake', acctSessionId: `a${n}`, mac }
    let at = NOON
    for (const { afterSeconds, octets, silent, ...more } of life) {
      at += afterSeconds * 1000
      if (silent) await sessions.endIfSilent(ref, at)
      const counters = { fromVisitorOctets: octets, toVisitorOctets: octets }
      await sessions.record(report({ ...ref, ...more, ...counters, at }))
      const session = await sessions.find(ref)
      const [last] = await store.xrevrange(stream, '+', '-', 'COUNT', 1)
      seen.push({ session: session!, place: last![0] })
    }
  }
  const entries = await readAfter(store, await readPositions(records, STREAMS), 10_000)
  // Two batches, so that lives are cut in the middle.
  await writer.write(entries.slice(0, entries.length >> 1))
  await writer.write(entries.slice(entries.length >> 1))
  t.ok(seen.length > 100, `${seen.length} moments of 40 lives, ${entries.length} events`)
  for (const { session, place } of seen) {
    const facts = (await sessionFacts(records, session.id)).filter((_, i) => i < howMany(session, place))
    const found = stateAt(facts)
    if (!found || found.version !== session.version) t.match(found, { version: session.version })
    t.strictSame(found, stateOf(session))
  }

  /** How many entries of a session stand up to a place in the stream: many may share a millisecond. */
  function howMany({ id }: Session, place: string): number {
    const until = entries.findIndex((entry) => entry.id === place)
    return entries.slice(0, until + 1).filter(({ text }) => text!.includes(`\t${id}\t`)).length
  }
})

t.test('only what changed a session, was asked or answered is a fact of it', async (t) => {
  const event = sessionEvent('started', sessionOf({ id: 's1' }))
  const entry = (of: Parameters<typeof encodeEvent>[0]) => ({
    entry: { stream: STREAMS[5]!, id: `${NOON}-7`, text: encodeEvent(of) },
    event: of,
  })
  const added = {
    day: DAY,
    startedAt: NOON,
    ended: 0,
    seconds: 0,
    fromVisitorOctets: 0n,
    toVisitorOctets: 0n,
  }
  t.match(factOf(entry(event), new Map([[event, added]])), {
    session: 's1',
    stream: 5,
    seq: 7,
    fact: { kind: 'change', knownAt: NOON, at: NOON, change: 'started', entrance: { by: null } },
    added,
  })
  t.equal(factOf(entry(event), new Map()), null, 'it is known already')
  t.match(factOf(entry(askedFor(event.session, 'visitor', NOON)), new Map()), {
    session: 's1',
    fact: { kind: 'asked', reason: 'visitor' },
  })
  const refusal = { kind: 'refusal', at: NOON, nas: 'n', site: 's', reason: 'no-grant' } as const
  t.equal(factOf(entry(refusal), new Map()), null)
})
