import t from 'tap'
import type { PlatformEvent } from '../../../core/domain/event.ts'
import { addDays } from '../../../core/domain/day.ts'
import type { Records } from '../../../core/records/database.ts'
import { readPositions } from '../../../core/records/positions.ts'
import { sessionFacts } from '../../../core/records/session-events.ts'
import { listRejects } from '../../../core/records/rejects.ts'
import { encodeEvent } from '../../../core/store/events.ts'
import { BatchWriter } from '../../../analytics/collector/batch-writer.ts'
import { STREAMS, type Entry } from '../../../analytics/collector/streams.ts'
import { itemOf } from '../../core/domain/items.ts'
import { testKeys, testPostgres, testRecords } from '../../support/stores.ts'
import { allTotals } from '../support/totals.ts'
import { DAY, macOf, NOON, sessionEvent, sessionOf } from '../support/visits.ts'

const postgres = await testPostgres(t)
const [STREAM = '', OTHER_STREAM = ''] = STREAMS

const entry = (id: string, event: PlatformEvent | string, stream = STREAM): Entry => ({
  stream,
  id,
  text: typeof event === 'string' ? event : encodeEvent(event),
})

/** A device's session: its start, one report and its end. */
function visit(id: string, device: number, { site = 'lake', lang = 'vi', at = NOON } = {}): PlatformEvent[] {
  const session = sessionOf({ id, mac: macOf(device), site, lang, startedAt: at, visit: `visit-${id}` })
  const grown = { ...session, version: 2, seconds: 60, fromVisitorOctets: 10n, toVisitorOctets: 90n }
  return [
    sessionEvent('started', session, { at }),
    sessionEvent('counted', grown, { at: at + 60_000, seconds: 60, from: 10n, to: 90n }),
    sessionEvent('ended', { ...grown, version: 3, endedAt: at + 60_000 }, { at: at + 60_000 }),
  ]
}

const entriesOf = (events: readonly PlatformEvent[], stream = STREAM, from = 1): Entry[] =>
  events.map((event, i) => entry(`1000-${from + i}`, event, stream))

/** What two pages of a device told of items, and that it opened one. */
const pagesOf = (device: number): PlatformEvent[] => {
  const of = { at: NOON - 1, nas: 'nas-lake', site: 'lake', mac: macOf(device), lang: 'vi' }
  return [
    { kind: 'items-met', ...of, served: ['silk', 'vase'], held: ['tea'] },
    { kind: 'items-met', ...of, lang: 'en', served: ['silk'], held: [] },
    { kind: 'item-opened', ...of, item: 'silk' },
    { kind: 'item-opened', ...of, item: 'silk' },
  ]
}

const someEntries = [
  ...entriesOf([...visit('s1', 1), ...visit('s2', 2), ...visit('s3', 1)]),
  entry('1001-0', '{"kind":"nonsense","at":0}'),
  ...entriesOf(
    [...visit('s4', 3, { site: 'craft', lang: 'en' }), ...pagesOf(3), ...pagesOf(4)],
    OTHER_STREAM,
  ),
]

async function newWriter(t: Parameters<typeof testRecords>[0], now = NOON) {
  const records = await testRecords(t, postgres)
  await readPositions(records, STREAMS)
  return { records, writer: new BatchWriter({ records, keys: testKeys, now: () => now }) }
}

t.test('a batch adds up and says how far it came', async (t) => {
  const { records, writer } = await newWriter(t)
  const { positions, moved, rejects } = await writer.write(someEntries)
  t.equal(positions.get(STREAM), '1001-0')
  t.equal(positions.get(OTHER_STREAM), '1000-11')
  t.same(await readPositions(records, STREAMS), positions)
  t.equal(moved, false)
  t.match(rejects, [{ stream: STREAM, entryId: '1001-0', reason: 'bad at' }])
  const { days, visitors, sessions, events, campaignTotals } = await allTotals(records)
  t.match(days, [
    { site: 'craft', day: DAY, sessions: '1', ended: '1', seconds: '60', to_visitor_octets: '90' },
    { site: 'lake', day: DAY, sessions: '3', ended: '3', seconds: '180', from_visitor_octets: '30' },
  ])
  t.match(
    visitors.map((row) =>
      Object.values(row as object)
        .slice(0, 4)
        .join(' '),
    ),
    [
      'day 2026-10-14 craft 1',
      'day 2026-10-14 lake 2',
      'month 2026-10-01 craft 1',
      'month 2026-10-01 lake 2',
      'week 2026-10-12 craft 1',
      'week 2026-10-12 lake 2',
    ],
  )
  t.equal(sessions.length, 4)
  t.equal(events.length, 12)
  t.same(
    campaignTotals.map((row) => Object.values(row as object).join(' ')),
    ['silk served 2 2 0', 'tea held 2 0 0', 'vase served 2 0 0'],
  )
})

t.test('language and system count a device once a day and site, sessions and steps each time', async (t) => {
  const { records, writer } = await newWriter(t)
  const tomorrow = NOON + 86_400_000
  await writer.write(entriesOf([...visit('a', 1), ...visit('b', 1), ...visit('c', 2, { lang: 'en' })]))
  await writer.write(entriesOf([...visit('d', 1), ...visit('e', 1, { at: tomorrow })], STREAM, 100))
  const { dayCounts, deviceCounts } = await allTotals(records)
  t.same(
    dayCounts.map((row) => Object.values(row as object).join(' ')),
    [
      `lake ${DAY} funnel online 4`,
      `lake ${DAY} method click-through 4`,
      `lake ${addDays(DAY, 1)} funnel online 1`,
      `lake ${addDays(DAY, 1)} method click-through 1`,
    ],
  )
  const devices = (
    deviceCounts as { scope: string; day: string; kind: string; value: string; count: string }[]
  )
    .filter(({ scope, kind }) => scope === 'all' && ['language', 'device', 'came'].includes(kind))
    .map(({ day, kind, value, count }) => `${day} ${kind} ${value} ${count}`)
  t.same(devices, [
    `${DAY} came new 2`,
    `${DAY} device Android 2`,
    `${DAY} language en 1`,
    `${DAY} language vi 1`,
    `${addDays(DAY, 1)} came returning 1`,
    `${addDays(DAY, 1)} device Android 1`,
    `${addDays(DAY, 1)} language vi 1`,
  ])
})

t.test('nothing that tells a person is stored in the clear', async (t) => {
  const { records, writer } = await newWriter(t)
  await writer.write(someEntries)
  const tables = [
    'session_log',
    'session_events',
    'collector_rejects',
    'portal_events',
    'site_day_counts',
    'site_total_counts',
    'device_days',
    'device_months',
    'device_counts',
    'reach_sketches',
    'reach_parts',
    'pseudonym_keys',
    'campaign_devices',
    'campaign_arrivals',
    'campaign_days',
    'campaign_day_parts',
    'campaign_month_parts',
  ]
  for (const table of tables) {
    const { rows } = await records.query(`SELECT t::text AS text FROM ${table} t`)
    const text = JSON.stringify(rows)
    for (const secret of [
      macOf(1),
      macOf(2),
      macOf(3),
      '10.1.0.9',
      'g1.secret-name',
      'acct-s1',
      'visit-s1',
      'nonsense',
    ])
      t.notOk(text.includes(secret), `${table} ${secret}`)
  }
})

t.test('what gateways are asked and answer is kept with the session; an answer is audited', async (t) => {
  const { records, writer } = await newWriter(t)
  const asked = {
    kind: 'coa',
    at: NOON,
    nas: 'nas-lake',
    site: 'lake',
    session: 's1',
    reason: 'staff',
  } as const
  await writer.write(
    entriesOf([
      ...visit('s1', 1),
      { ...asked, result: 'asked' },
      { ...asked, at: NOON + 9, result: 'nak-503' },
      { ...asked, session: 's2', result: 'ack' },
    ]),
  )
  t.match((await sessionFacts(records, 's1')).slice(3), [
    { kind: 'asked', at: NOON, reason: 'staff' },
    { kind: 'answered', at: NOON + 9, reason: 'staff', result: 'nak-503' },
  ])
  const { rows } = await records.query('SELECT target, detail FROM audit ORDER BY id')
  t.match(rows, [
    { target: 's1', detail: { result: 'nak-503' } },
    { target: 's2', detail: { result: 'ack' } },
  ])
  t.equal(rows.length, 2, 'the wish is no answer')
})

t.test(
  'a device that is online at the place of an item it met counts as a visit, its page or not',
  async (t) => {
    const { records, writer } = await newWriter(t)
    for (const [id, site] of [
      ['silk', 'craft'],
      ['tea', 'craft'],
      ['vase', 'lake'],
    ])
      await records.query("INSERT INTO campaigns (id, record, origin) VALUES ($1, $2, 'file')", [
        id,
        itemOf(id!, { site: site! }),
      ])
    await writer.write(someEntries)
    const { campaignTotals } = await allTotals(records)
    t.same(
      campaignTotals.map((row) => Object.values(row as object).join(' ')),
      ['silk served 2 2 1', 'tea held 2 0 1', 'vase served 2 0 0'],
    )
  },
)

t.test('written again, by the same or by another, a batch changes nothing', async (t) => {
  const { records, writer } = await newWriter(t)
  await writer.write(someEntries)
  const before = await allTotals(records)
  await writer.write(someEntries)
  const stranger = new BatchWriter({ records, keys: testKeys, now: () => NOON })
  t.match(await stranger.write(someEntries), { moved: false, rejects: [] })
  t.same(await allTotals(records), before)
})

t.test('two writers who take turns count as one', async (t) => {
  const clean = await newWriter(t)
  const events = Array.from({ length: 60 }, (_, i) => visit(`s${i}`, i % 17))
  for (const [i, each] of events.entries()) await clean.writer.write(entriesOf(each, STREAM, 1 + i * 3))

  const { records } = await newWriter(t)
  const writers = [1, 2].map(() => new BatchWriter({ records, keys: testKeys, now: () => NOON }))
  let moved = 0
  for (const [i, each] of events.entries()) {
    const batch = entriesOf(each, STREAM, 1 + i * 3)
    // Both got the same entries; who comes second finds them done.
    const turns = await Promise.all(writers.map((writer) => writer.write(batch)))
    moved += turns.filter((turn) => turn.moved).length
  }
  t.same(await allTotals(records), await allTotals(clean.records))
  t.ok(moved > 0, 'they noticed one another')
})

t.test('wherever the connection breaks, trying again gives the same totals', async (t) => {
  const clean = await newWriter(t)
  const more = entriesOf(visit('s5', 4), STREAM, 0).map((each) => ({
    ...each,
    id: each.id.replace('1000', '2000'),
  }))
  await clean.writer.write(someEntries)
  await clean.writer.write(more)
  const wanted = await allTotals(clean.records)

  const { records } = await newWriter(t)
  for (const when of ['before', 'after'] as const) {
    let queries = 1
    for (let broken = true; broken; queries++) {
      await startAnew(records)
      const breaking = breakingPool(records, { when, query: queries })
      const writer = new BatchWriter({ records: breaking.records, keys: testKeys, now: () => NOON })
      for (const batch of [someEntries, more]) await writer.write(batch).catch(() => writer.write(batch))
      broken = breaking.broke()
      const found = await allTotals(records)
      if (JSON.stringify(found) !== JSON.stringify(wanted)) t.same(found, wanted, `${when} query ${queries}`)
    }
    t.ok(queries > 10, `${queries} places, broken ${when} each`)
  }
})

t.test('what the database refuses is set aside; what came with it is written', async (t) => {
  const { records, writer } = await newWriter(t)
  await records.query("ALTER TABLE site_days ADD CHECK (site <> 'cursed')")
  const events = [...visit('s1', 1), ...visit('s2', 2, { site: 'cursed' }), ...visit('s3', 3)]
  const { rejects, positions } = await writer.write(entriesOf(events))
  t.same(
    rejects.map(({ entryId, reason }) => `${entryId} ${reason}`),
    ['1000-4', '1000-5', '1000-6'].map((id) => `${id} refused by the database (23514)`),
  )
  t.equal(positions.get(STREAM), '1000-9')
  const kept = await listRejects(records, testKeys, 10)
  t.same(kept.map((reject) => reject.payload).reverse(), events.slice(3, 6).map(encodeEvent), 'whole, sealed')
  const { days } = await allTotals(records)
  t.match(days, [{ site: 'lake', sessions: '2', ended: '2' }])
})

t.test('once the key of a day is destroyed its late events count in all but reach', async (t) => {
  const { records, writer } = await newWriter(t, NOON + 2 * 86_400_000)
  await writer.write(someEntries)
  const { visitors, days, campaignDays, campaignMonthParts } = await allTotals(records)
  t.equal(days.length, 2)
  t.same([campaignDays, campaignMonthParts], [[], []], 'and in items: no device can be told from another')
  t.same(
    visitors.map((row) => (row as { period: string }).period),
    ['month', 'month', 'week', 'week'],
  )
})

async function startAnew(records: Records): Promise<void> {
  await records.query(
    `TRUNCATE session_log, session_events, portal_events, site_days, site_day_counts, site_totals, site_total_counts,
       device_days, device_months, device_counts, site_minutes, pseudonym_keys, reach_sketches, reach_parts,
       collector_positions, collector_rejects, campaign_devices, campaign_arrivals, campaign_days, campaign_totals,
       campaign_day_parts, campaign_month_parts`,
  )
  await readPositions(records, STREAMS)
}

/** A pool whose connections break once, just before or just after the n-th query. */
function breakingPool(records: Records, at: { when: 'before' | 'after'; query: number }) {
  let asked = 0
  const lost = (): never => {
    throw Object.assign(new Error('connection lost'), { code: '08006' })
  }
  const connect = async () => {
    const client = await records.connect()
    const query = async (...words: unknown[]): Promise<unknown> => {
      const breaks = ++asked === at.query
      if (breaks && at.when === 'before') lost()
      const result = await (client.query as (...words: unknown[]) => Promise<unknown>).apply(client, words)
      return breaks ? lost() : result
    }
    return { query, release: (error?: Error) => client.release(error) }
  }
  return { records: { connect } as unknown as Records, broke: () => asked >= at.query }
}
