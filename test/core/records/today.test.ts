import t from 'tap'
import { addDays } from '../../../core/domain/day.ts'
import { Sketch } from '../../../core/domain/sketch.ts'
import { saveSite } from '../../../core/records/city.ts'
import { inTransaction, type Records } from '../../../core/records/database.ts'
import { dayCounts } from '../../../core/records/day-counts.ts'
import { growCounts, growDays } from '../../../core/records/day-totals.ts'
import { runningFigures } from '../../../core/records/figures.ts'
import { growDeviceCounts } from '../../../core/records/device-counts.ts'
import { saveReach } from '../../../core/records/reach.ts'
import { foldReach } from '../../../core/records/reach-totals.ts'
import { cityToday, lastDays, sitesToday } from '../../../core/records/today.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'
import { DAY, NOON, siteOf } from '../../analytics/support/visits.ts'

const postgres = await testPostgres(t)
const YESTERDAY = addDays(DAY, -1)
const exactly = (count: number) => ({ count, exact: true, relativeError: 0 })

function devices(from: number, to: number): Sketch {
  const sketch = new Sketch()
  for (let n = from; n < to; n++) sketch.add((BigInt(n) * 0x9e3779b97f4a7c15n) % (1n << 64n))
  return sketch
}

/** Two sites over two days; one session of yesterday goes on at the lake. */
async function twoDays(records: Records): Promise<void> {
  await saveSite(records, siteOf('lake', 'tourist-site'))
  await saveSite(records, siteOf('silk', 'craft-village'))
  const grow = (site: string, day: string, sessions: number, ended: number, octets: bigint) => ({
    site,
    day,
    sessions,
    ended,
    seconds: 60,
    fromVisitorOctets: octets,
    toVisitorOctets: 10n * octets,
  })
  await inTransaction(records, async (transaction) => {
    await growDays(transaction, [
      grow('lake', YESTERDAY, 5, 4, 7n),
      grow('lake', DAY, 2, 1, (1n << 63n) - 1n),
      grow('silk', DAY, 1, 1, 1n),
    ])
    await growDays(transaction, [grow('lake', DAY, 1, 0, (1n << 63n) - 1n)])
    await saveReach(transaction, [
      { period: 'day', startsOn: YESTERDAY, site: 'lake', sketch: devices(0, 4) },
      { period: 'day', startsOn: DAY, site: 'lake', sketch: devices(0, 3) },
      { period: 'day', startsOn: DAY, site: 'silk', sketch: devices(2, 4) },
      { period: 'week', startsOn: '2026-10-12', site: 'lake', sketch: devices(0, 6) },
    ])
    const count = (site: string, day: string, kind: 'funnel' | 'refusal', value: string, count: number) => ({
      site,
      day,
      kind,
      value,
      count,
    })
    await growCounts(transaction, [
      count('lake', DAY, 'funnel', 'arrival', 9),
      count('silk', DAY, 'funnel', 'arrival', 2),
      count('lake', YESTERDAY, 'funnel', 'arrival', 5),
      count('lake', DAY, 'funnel', 'online', 3),
      count('silk', DAY, 'refusal', 'code-wrong', 4),
    ])
    const speak = (scope: string, value: string, count: number) =>
      ({ scope, day: DAY, kind: 'language', value, count }) as const
    await growDeviceCounts(transaction, [
      speak('site lake', 'vi', 2),
      speak('site lake', 'en', 1),
      speak('site silk', 'en', 2),
      speak('all', 'vi', 2),
      speak('all', 'en', 3),
    ])
  })
  await foldReach(records)
}

t.test('today has each site and the whole city, octets beyond 2⁶³ included', async (t) => {
  const records = await testRecords(t, postgres)
  await twoDays(records)
  const { day, city, sites, categories } = await cityToday(records, NOON)
  const lake = 2n * ((1n << 63n) - 1n)
  t.equal(day, DAY)
  t.same(sites.get('lake'), {
    onlineNow: 3,
    visitors: exactly(3),
    sessions: 3,
    fromVisitorOctets: lake,
    toVisitorOctets: 10n * lake,
  })
  t.same(city, {
    onlineNow: 3,
    visitors: exactly(4),
    sessions: 4,
    fromVisitorOctets: lake + 1n,
    toVisitorOctets: 10n * lake + 10n,
  })
  t.same(
    categories,
    new Map([
      ['tourist-site', exactly(3)],
      ['craft-village', exactly(2)],
    ]),
  )
})

t.test('figures of some sites are those of today, and of no other site', async (t) => {
  const records = await testRecords(t, postgres)
  await twoDays(records)
  const { sites } = await cityToday(records, NOON)
  t.same(await sitesToday(records, null, NOON), sites)
  t.same(await sitesToday(records, ['silk', 'none'], NOON), new Map([['silk', sites.get('silk')]]))
  t.equal((await sitesToday(records, [], NOON)).size, 0)
})

t.test('after midnight today is empty and who is online still is', async (t) => {
  const records = await testRecords(t, postgres)
  await twoDays(records)
  const { city, sites } = await cityToday(records, NOON + 86_400_000)
  t.match(city, { onlineNow: 3, visitors: exactly(0), sessions: 0, toVisitorOctets: 0n })
  t.match(sites.get('lake'), { onlineNow: 3, sessions: 0 })
})

t.test('an empty platform has an empty today', async (t) => {
  const records = await testRecords(t, postgres)
  const { city, sites } = await cityToday(records, NOON)
  t.match(city, { onlineNow: 0, visitors: exactly(0), sessions: 0, fromVisitorOctets: 0n })
  t.equal(sites.size, 0)
  t.same(
    (await lastDays(records, { site: null, days: 3, now: NOON })).map((each) => each.day),
    [addDays(DAY, -2), YESTERDAY, DAY],
  )
})

t.test('an estimated figure says how far off it may be', async (t) => {
  const records = await testRecords(t, postgres)
  await inTransaction(records, (transaction) =>
    saveReach(transaction, [{ period: 'day', startsOn: DAY, site: 'lake', sketch: devices(0, 5000) }]),
  )
  await foldReach(records)
  const { visitors } = (await cityToday(records, NOON)).city
  t.equal(visitors.exact, false)
  t.ok(Math.abs(visitors.relativeError - 0.0159) < 0.0001)
})

t.test('the last days are a row each, of a site or of the city', async (t) => {
  const records = await testRecords(t, postgres)
  await twoDays(records)
  t.match(await lastDays(records, { site: 'lake', days: 3, now: NOON }), [
    { day: addDays(DAY, -2), visitors: exactly(0), sessions: 0, fromVisitorOctets: 0n },
    { day: YESTERDAY, visitors: exactly(4), sessions: 5, fromVisitorOctets: 7n, toVisitorOctets: 70n },
    { day: DAY, visitors: exactly(3), sessions: 3 },
  ])
  t.match(await lastDays(records, { site: null, days: 2, now: NOON }), [
    { day: YESTERDAY, visitors: exactly(4), sessions: 5 },
    { day: DAY, visitors: exactly(4), sessions: 4 },
  ])
})

t.test('the counts of a day, of a site or of the city, begin with the most frequent', async (t) => {
  const records = await testRecords(t, postgres)
  await twoDays(records)
  t.same(await dayCounts(records, { site: null, day: DAY }), {
    funnel: { arrival: 11, splash: 0, tap: 0, granted: 0, online: 3 },
    refusals: [{ value: 'code-wrong', count: 4 }],
    methods: [],
    languages: [
      { value: 'en', count: 3 },
      { value: 'vi', count: 2 },
    ],
    devices: [],
  })
  t.match(await dayCounts(records, { site: 'lake', day: DAY }), {
    funnel: { arrival: 9 },
    languages: [
      { value: 'vi', count: 2 },
      { value: 'en', count: 1 },
    ],
  })
})

t.test('running figures hold totals since the beginning and visitors of the periods of now', async (t) => {
  const records = await testRecords(t, postgres)
  await twoDays(records)
  const figures = await runningFigures(records, NOON)
  t.match(
    figures.sites.find((each) => each.site === 'lake'),
    { sessionsOpen: 3, sessionsStarted: 8, fromVisitorOctets: 2n * ((1n << 63n) - 1n) + 7n },
  )
  const named = (list: readonly object[]): string[] => list.map((row) => Object.values(row).join(' ')).sort()
  t.same(named(figures.counts), [
    'lake funnel arrival 14',
    'lake funnel online 3',
    'silk funnel arrival 2',
    'silk refusal code-wrong 4',
  ])
  t.same(named(figures.visitors), ['lake day 3', 'lake week 6', 'silk day 2'])
  t.same(named(figures.reach), [
    'all day 4',
    'all week 6',
    'craft-village day 2',
    'tourist-site day 3',
    'tourist-site week 6',
  ])
})
