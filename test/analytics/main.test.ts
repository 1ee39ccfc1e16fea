import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { createRegistry } from '../../core/process/metrics.ts'
import type { Part, Shared } from '../../core/process/shared.ts'
import { readSettings } from '../../core/process/settings.ts'
import { saveSite } from '../../core/records/city.ts'
import { inTransaction, openRecords, type Records } from '../../core/records/database.ts'
import { periodOf, pseudonymsEnd } from '../../core/records/periods.ts'
import { pseudonymKey } from '../../core/records/pseudonym-keys.ts'
import { cityToday } from '../../core/records/today.ts'
import { cityDay } from '../../core/domain/day.ts'
import { appendEvent } from '../../core/store/events.ts'
import { noteHeard } from '../../core/store/heard.ts'
import type { Store } from '../../core/store/redis.ts'
import { SessionStore } from '../../core/store/sessions.ts'
import { noteTestLogin } from '../../core/store/test-logins.ts'
import { publishTables } from '../../core/store/tables.ts'
import { VisitStore } from '../../core/store/visits.ts'
import { start } from '../../analytics/main.ts'
import { itemOf } from '../core/domain/items.ts'
import { withinOneDay } from '../support/day.ts'
import { silentLog, testKeys, testPostgres, testRedis, testStore, until } from '../support/stores.ts'
import { macOf, nasOf, report, siteOf } from './support/visits.ts'

const redis = await testRedis(t)
const postgres = await testPostgres(t)

interface Running {
  readonly shared: Shared
  readonly part: Part
  /** Value of one series, as `name{labels}` reads in the exposition. */
  metric(series: string): Promise<number | undefined>
}

async function run(
  t: { teardown(work: () => unknown): void },
  databaseUrl: string,
  now = Date.now,
): Promise<Running> {
  const shared: Shared = {
    settings: readSettings({}),
    keys: testKeys,
    log: silentLog,
    registry: createRegistry(),
    now,
    redisUrl: redis.url,
    databaseUrl,
    othersNotReady: () => null,
  }
  const part = await start(shared)
  t.teardown(() => part.stop())
  const metric = async (series: string): Promise<number | undefined> => {
    const line = (await shared.registry.metrics()).split('\n').find((each) => each.startsWith(`${series} `))
    return line === undefined ? undefined : Number(line.slice(series.length + 1))
  }
  return { shared, part, metric }
}

const ap = { mac: macOf(0xa1), name: 'AP' }
const sites = [
  siteOf('lake', 'tourist-site', { accessPoints: [ap, { mac: macOf(0xa2), name: 'AP 2' }] }),
  siteOf('silk', 'craft-village'),
  siteOf('park', 'industrial-park', { state: 'planned' }),
]

async function openCity(store: Store, databaseUrl: string): Promise<Records> {
  const records = await openRecords(databaseUrl)
  for (const site of sites) await saveSite(records, site)
  const nas = [nasOf('nas-lake', 'lake'), nasOf('nas-silk', 'silk')]
  const campaigns = [itemOf('drum'), itemOf('vase')]
  await publishTables(store, testKeys, { sites, nas, campaigns })
  return records
}

/** A visitor from the arrival to the end of the session: 100 octets sent, 900 received. */
async function visitor(store: Store, n: number, site: string): Promise<void> {
  const [nas, mac, at] = [`nas-${site}`, macOf(n), Date.now()]
  const id = `visit${n}`.padEnd(16, '0')
  const device = { family: 'phone', os: 'iOS' }
  const visit = {
    id,
    nas,
    site,
    mac,
    ap: null,
    ssid: null,
    ip: null,
    lang: 'en',
    spoken: 'ko',
    device,
    context: {},
    proved: true,
    createdAt: at,
  }
  await new VisitStore(store).create(visit, false)
  for (const step of ['arrival', 'splash', 'tap', 'granted'] as const)
    await appendEvent(store, { kind: 'funnel', at, step, nas, site, visit: id, mac, lang: 'ko', device })
  const sessions = new SessionStore(store)
  const of = { nas, site, mac, visit: id, at }
  await sessions.record(report({ ...of, status: 'start' }))
  if (n % 2 === 0) return
  const totals = { seconds: 60, fromVisitorOctets: 100n, toVisitorOctets: 900n }
  await sessions.record(report({ ...of, status: 'stop', at: at + 60_000, ...totals }))
}

t.test('the figures of the contract are exact, and the same after a restart', async (t) => {
  await withinOneDay(90)
  const store = await testStore(t, redis)
  const url = await postgres.newDatabase()
  const records = await openCity(store, url)
  t.teardown(() => records.end())
  const first = await run(t, url)
  t.equal(await first.part.notReady(), null)
  for (let n = 1; n <= 20; n++) await visitor(store, n, n <= 15 ? 'lake' : 'silk')
  await visitor(store, 1, 'silk')
  await appendEvent(store, {
    kind: 'refusal',
    at: Date.now(),
    nas: 'nas-lake',
    site: 'lake',
    reason: 'code-wrong',
  })
  await noteHeard(store, 'nas-lake', ap.mac, Date.now())
  for (const n of [1, 2, 2, 3]) {
    const of = { at: Date.now(), nas: 'nas-lake', site: 'lake', mac: macOf(n), lang: 'vi' }
    const [served, held] = n === 3 ? [[], ['vase']] : [['vase', 'gone'], []]
    await appendEvent(store, { kind: 'items-met', ...of, served, held })
    await appendEvent(store, { kind: 'item-opened', ...of, item: 'vase' })
  }
  await noteTestLogin(store, 'nas-lake', { at: Date.now(), result: 'passed' })

  const wanted: Record<string, number | undefined> = {
    'hotspot_sessions_open{site="lake"}': 7,
    'hotspot_sessions_open{site="silk"}': 3,
    'hotspot_sessions_open{site="park"}': 0,
    'hotspot_sessions_started_total{site="lake"}': 15,
    'hotspot_sessions_started_total{site="silk"}': 6,
    'hotspot_session_octets_total{site="lake",direction="from_visitor"}': 800,
    'hotspot_session_octets_total{site="lake",direction="to_visitor"}': 7200,
    'hotspot_session_octets_total{site="silk",direction="to_visitor"}': 2700,
    'hotspot_visitors{site="lake",period="day"}': 15,
    'hotspot_visitors{site="silk",period="week"}': 6,
    'hotspot_visitors{site="silk",period="month"}': 6,
    'hotspot_reach{category="tourist-site",period="day"}': 15,
    'hotspot_reach{category="craft-village",period="day"}': 6,
    'hotspot_reach{category="industrial-park",period="day"}': 0,
    'hotspot_reach{category="all",period="day"}': 20,
    'hotspot_reach{category="all",period="month"}': 20,
    'hotspot_sites{category="tourist-site",state="live"}': 1,
    'hotspot_sites{category="industrial-park",state="planned"}': 1,
    'hotspot_sites{category="industrial-park",state="live"}': 0,
    'hotspot_access_points{site="lake",state="live"}': 1,
    'hotspot_access_points{site="lake",state="silent"}': 1,
    'hotspot_access_points{site="silk",state="unknown"}': 0,
    'hotspot_access_points{site="park",state="unknown"}': undefined,
    'hotspot_site_up{site="lake"}': 1,
    'hotspot_site_up{site="silk"}': 0,
    'hotspot_sites_live{category="tourist-site"}': 1,
    'hotspot_sites_live{category="craft-village"}': 0,
    'hotspot_incidents_open{cause="site-down"}': 0,
    'hotspot_portal_funnel_total{site="lake",step="arrival"}': 15,
    'hotspot_portal_funnel_total{site="lake",step="splash"}': 15,
    'hotspot_portal_funnel_total{site="lake",step="tap"}': 15,
    'hotspot_portal_funnel_total{site="lake",step="granted"}': 15,
    'hotspot_portal_funnel_total{site="lake",step="online"}': 15,
    'hotspot_portal_refusals_total{site="lake",reason="code-wrong"}': 1,
    'hotspot_campaign_views_total{campaign="vase"}': 2,
    'hotspot_campaign_views_total{campaign="gone"}': 2,
    'hotspot_campaign_views_total{campaign="drum"}': 0,
    'hotspot_campaign_clicks_total{campaign="vase"}': 3,
    'hotspot_campaign_clicks_total{campaign="drum"}': 0,
    hotspot_events_lag_seconds: 0,
    hotspot_events_backlog: 0,
    hotspot_events_rejected_total: 0,
  }
  const found = async (of: Running): Promise<Record<string, number | undefined>> => {
    const text = await of.shared.registry.metrics()
    const values = new Map(
      text
        .split('\n')
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    )
    return Object.fromEntries(Object.keys(wanted).map((series) => [series, values.get(series)]))
  }
  /** The figures once they are those, or the last: visitors are counted before the last of their events are. */
  const settled = async (of: Running): ReturnType<typeof found> => {
    let last: Awaited<ReturnType<typeof found>> = {}
    const isAll = async (): Promise<boolean> => isDeepStrictEqual((last = await found(of)), wanted)
    await until(isAll).catch(() => undefined)
    return last
  }
  t.same(await settled(first), wanted)
  t.match((await cityToday(records, Date.now())).city, {
    onlineNow: 10,
    sessions: 21,
    visitors: { count: 20, exact: true },
  })

  await first.part.stop()
  t.equal(await first.part.notReady(), 'analytics is stopped')
  t.equal(await first.metric('hotspot_events_backlog'), undefined, 'nothing is left in the registry')
  const second = await run(t, url)
  t.same(await settled(second), wanted)
})

t.test('every metric of the contract is registered, with these names and labels', async (t) => {
  const store = await testStore(t, redis)
  const url = await postgres.newDatabase()
  await (await openCity(store, url)).end()
  const { shared } = await run(t, url)
  const text = await shared.registry.metrics()
  const types = text
    .split('\n')
    .flatMap((line) => (line.startsWith('# TYPE hotspot_') ? [line.slice(7)] : []))
  t.same(types.sort(), [
    'hotspot_access_points gauge',
    'hotspot_availability gauge',
    'hotspot_campaign_clicks_total counter',
    'hotspot_campaign_views_total counter',
    'hotspot_collected_timestamp_seconds gauge',
    'hotspot_events_backlog gauge',
    'hotspot_events_lag_seconds gauge',
    'hotspot_events_rejected_total counter',
    'hotspot_incidents_open gauge',
    'hotspot_portal_funnel_total counter',
    'hotspot_portal_refusals_total counter',
    'hotspot_reach gauge',
    'hotspot_session_octets_total counter',
    'hotspot_sessions_open gauge',
    'hotspot_sessions_started_total counter',
    'hotspot_site_up gauge',
    'hotspot_sites gauge',
    'hotspot_sites_live gauge',
    'hotspot_store_up gauge',
    'hotspot_visitors gauge',
  ])
})

t.test('the running process destroys a key whose time has come', async (t) => {
  const store = await testStore(t, redis)
  const url = await postgres.newDatabase()
  const records = await openCity(store, url)
  t.teardown(() => records.end())
  const now = Date.now()
  const yesterday = periodOf('day', cityDay(now - 86_400_000))
  await inTransaction(records, (transaction) =>
    pseudonymKey(transaction, testKeys, { period: yesterday, now: now - 86_400_000 }),
  )
  const kept = async (): Promise<number | null> =>
    (await records.query('SELECT 1 FROM pseudonym_keys WHERE key_sealed IS NOT NULL')).rowCount
  t.equal(await kept(), 1)
  const early = await run(t, url, () => pseudonymsEnd(yesterday) - 1)
  await until(async () => (await early.part.notReady()) === null)
  await early.part.stop()
  t.equal(await kept(), 1, 'not before')
  await run(t, url, () => pseudonymsEnd(yesterday))
  await until(async () => (await kept()) === 0)
})

t.test('what is missing is said, and the process mends itself', async (t) => {
  const store = await testStore(t, redis)
  const url = await postgres.newDatabase()
  await (await openCity(store, url)).end()
  const { part, metric } = await run(t, url)
  t.equal(await part.notReady(), null)
  await postgres.stop()
  t.equal(await part.notReady(), 'PostgreSQL does not answer analytics')
  t.equal(await metric('hotspot_store_up{store="postgresql"}'), 0)
  t.equal(await metric('hotspot_store_up{store="redis"}'), 1)
  await visitor(store, 2, 'lake')
  await until(async () => ((await metric('hotspot_events_lag_seconds')) ?? 0) > 0)
  const before = (await metric('hotspot_collected_timestamp_seconds'))!
  t.equal(await metric('hotspot_events_backlog'), 5)
  t.equal(await metric('hotspot_sessions_open{site="lake"}'), undefined, 'absent rather than old')
  t.equal(await metric('hotspot_collected_timestamp_seconds'), before, 'it stands still')
  await postgres.start()
  await until(async () => (await metric('hotspot_sessions_open{site="lake"}')) === 1)
  await until(async () => (await part.notReady()) === null)
  await until(async () => (await metric('hotspot_events_lag_seconds')) === 0)
  t.equal(await metric('hotspot_store_up{store="postgresql"}'), 1)
  t.ok((await metric('hotspot_collected_timestamp_seconds'))! > before, 'it goes on')

  await redis.stop()
  t.equal(await part.notReady(), 'Redis does not answer analytics')
  t.equal(await metric('hotspot_site_up{site="lake"}'), undefined)
  t.equal(await metric('hotspot_store_up{store="redis"}'), 0)
  await redis.start()
  await until(async () => (await part.notReady()) === null)
  t.equal(await metric('hotspot_site_up{site="lake"}'), 0)
})

t.test('without a store it does not start, and says which', async (t) => {
  await t.rejects(run(t, 'postgresql://nobody@/nothing?host=/tmp/no-such-folder'), { code: 'no-database' })
})
