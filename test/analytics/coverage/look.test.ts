import t from 'tap'
import { coverageLooks } from '../../../analytics/coverage/look.ts'
import type { Notice } from '../../../core/domain/notice.ts'
import {
  forgetSiteHours,
  hourlyVisitors,
  readAvailability,
  weighHours,
} from '../../../core/records/availability.ts'
import type { Records } from '../../../core/records/database.ts'
import { listIncidents, openIncidents } from '../../../core/records/incidents.ts'
import { sitesNow } from '../../../core/records/site-looks.ts'
import { noteHeard, noteWrongClock } from '../../../core/store/heard.ts'
import type { Store } from '../../../core/store/redis.ts'
import { SessionStore } from '../../../core/store/sessions.ts'
import { followTables, publishNotices, publishTables, type LiveTables } from '../../../core/store/tables.ts'
import { noteTestLogin } from '../../../core/store/test-logins.ts'
import { testKeys, testPostgres, testRecords, testRedis, testStore, until } from '../../support/stores.ts'
import { macOf, nasOf, NOON, report, siteOf } from '../support/visits.ts'

const redis = await testRedis(t)
const postgres = await testPostgres(t)
const MINUTE = 60_000
const SLOT = 5 * MINUTE
const AP = { mac: macOf(0xa1), name: 'Gate' }

interface Stage {
  readonly store: Store
  readonly records: Records
  readonly tables: LiveTables
  now: number
  /** What reports in each minute from now on. */
  speaking: boolean
  logins: 'passed' | 'no-answer'
  /** Minutes go by, each with a look. */
  minutes(count: number): Promise<void>
  looks: readonly (() => Promise<void>)[]
}

const interval = { interimSeconds: 60 }
const CITY = {
  sites: [
    siteOf('lake', 'tourist-site', { accessPoints: [AP] }),
    siteOf('later', 'tourist-site', { state: 'planned' }),
  ],
  nas: [nasOf('a', 'lake', interval)],
}

/** Work at a site from noon on, as its notice tells. */
const maintenance = (site: string, until: number): Notice => ({
  id: 'work',
  kind: 'maintenance',
  places: { kind: 'sites', ids: [site] },
  from: NOON,
  until,
  title: { vi: 'Bảo trì', en: 'Maintenance' },
  body: { vi: 'Thay bộ phát', en: 'New access points' },
  lifts: [],
  approvedAt: NOON,
})

async function stageFor(
  t: Parameters<typeof testStore>[0],
  { city = CITY, work }: { city?: typeof CITY; work?: Notice } = {},
): Promise<Stage> {
  const store = await testStore(t, redis)
  const records = await testRecords(t, postgres)
  await publishTables(store, testKeys, city)
  if (work) await publishNotices(store, [work])
  const tables = await followTables(store, testKeys, { failed: () => undefined })
  t.teardown(() => tables.stop())
  const parts = {
    store,
    records,
    tables,
    now: () => stage.now,
  }
  const stage: Stage = {
    store,
    records,
    tables,
    now: NOON,
    speaking: true,
    logins: 'passed',
    looks: [coverageLooks(parts), coverageLooks(parts)],
    async minutes(count) {
      for (let i = 0; i < count; i++) {
        for (const { id } of city.nas) {
          if (stage.speaking) await noteHeard(store, id, AP.mac, stage.now)
          await noteTestLogin(store, id, { at: stage.now, result: stage.logins })
        }
        // Two processes look, at the same time.
        await Promise.all(stage.looks.map((look) => look()))
        stage.now += MINUTE
      }
    },
  }
  return stage
}

const visitor = (store: Store, at: number) =>
  new SessionStore(store).record(
    report({ status: 'start', mac: macOf(1), nas: 'a', site: 'lake', at, interimSeconds: 60 }),
  )
const slotsOf = async ({ records }: Stage): Promise<string> =>
  (await records.query<{ slots: string }>("SELECT slots FROM site_availability WHERE site = 'lake'")).rows[0]!
    .slots
const FIRST = 144

t.test('a gateway that falls silent with visitors is an incident until it is back', async (t) => {
  const stage = await stageFor(t)
  await visitor(stage.store, NOON)
  await stage.minutes(5)
  t.equal((await slotsOf(stage)).slice(FIRST), 'u'.padEnd(144, '-'))
  const now = async () => (await sitesNow(stage.records)).get('lake')
  t.same(await now(), {
    site: 'lake',
    lookedAt: NOON + 4 * MINUTE,
    live: true,
    state: 'up',
    reason: null,
    login: 'passed',
    accessPoints: { live: 1, silent: 0, unknown: 0 },
  })
  stage.speaking = false
  await stage.minutes(5)
  t.match(await now(), { live: false, state: 'down', reason: 'gateways', accessPoints: { silent: 1 } })
  t.same(await openIncidents(stage.records), [], 'one bad slot is none')
  // As the silence job ends what nobody reports: the gateway stays silent.
  const ref = { nas: 'a', acctSessionId: `acct-${macOf(1)}`, mac: macOf(1) }
  await new SessionStore(stage.store).endIfSilent(ref, stage.now)
  t.equal(await new SessionStore(stage.store).openCount('a'), 0)
  await stage.minutes(10)
  const [open] = await openIncidents(stage.records)
  t.match(open, {
    cause: 'site-down',
    subject: 'lake',
    site: 'lake',
    detail: { reason: 'gateways', gateways: ['a'], accessPoints: ['Gate'] },
    beganAt: NOON + 2 * SLOT,
    openedAt: NOON + 3 * SLOT,
    closedAt: null,
    planned: false,
  })
  t.equal((await openIncidents(stage.records)).length, 1, 'one for one fault')
  stage.speaking = true
  await stage.minutes(5)
  t.equal((await openIncidents(stage.records)).length, 1, 'one good slot does not close it')
  await stage.minutes(5)
  t.same(await openIncidents(stage.records), [])
  const all = await listIncidents(stage.records, { from: NOON, to: stage.now })
  t.match(all, [{ cause: 'site-down', closedAt: NOON + 5 * SLOT }])
  t.equal(all.length, 1)
  // In its fourth minute of silence the second slot is down.
  t.equal((await slotsOf(stage)).slice(FIRST, FIRST + 6), 'udddu' + 'u')
  const given = { sites: ['lake'], from: NOON, to: NOON + 6 * SLOT, visitors: new Map<string, number[]>() }
  t.match(await readAvailability(stage.records, given), { all: 6, down: 3, share: 0.5 })
  t.same((await stage.records.query('SELECT * FROM incident_watches')).rows, [], 'nothing is left to watch')
})

t.test('a gateway without visitors that is not heard is a quiet night, and no incident', async (t) => {
  const stage = await stageFor(t)
  await stage.minutes(5)
  stage.speaking = false
  await stage.minutes(20)
  t.equal((await slotsOf(stage)).slice(FIRST, FIRST + 5), 'uuqqq')
  t.same(await listIncidents(stage.records, { from: NOON, to: stage.now }), [])
})

t.test('planned work counts as down, apart, and marks what it outlasts', async (t) => {
  const stage = await stageFor(t, { work: maintenance('lake', NOON + 4 * SLOT) })
  await visitor(stage.store, NOON)
  await stage.minutes(1)
  stage.speaking = false
  await stage.minutes(19)
  t.equal((await slotsOf(stage)).slice(FIRST, FIRST + 4), 'wwww')
  t.match(await openIncidents(stage.records), [{ planned: true }])
  const given = { sites: ['lake'], from: NOON, to: stage.now, visitors: new Map<string, number[]>() }
  t.match(await readAvailability(stage.records, given), { share: 0, down: 4, plannedDown: 4 })
  await stage.minutes(5)
  t.equal((await slotsOf(stage)).slice(FIRST, FIRST + 5), 'wwwwd')
  t.match(await openIncidents(stage.records), [{ planned: false }], 'it lasts longer than was said')
})

t.test('most test logins failing is one incident of the platform, and all sites are down', async (t) => {
  const ids = ['a', 'b', 'c']
  const city = { sites: ids.map((id) => siteOf(id)), nas: ids.map((id) => nasOf(id, id, interval)) }
  const stage = await stageFor(t, { city })
  await stage.minutes(1)
  stage.logins = 'no-answer'
  await stage.minutes(30)
  t.match(await openIncidents(stage.records), [
    { cause: 'platform-logins', subject: 'platform', site: null, detail: { failing: 3, tested: 3 } },
  ])
  t.equal((await openIncidents(stage.records)).length, 1)
  const given = { sites: ids, from: NOON, to: NOON + 6 * SLOT, visitors: new Map<string, number[]>() }
  // Each is proved for 15 minutes by the test that passed at noon.
  t.match(await readAvailability(stage.records, given), { all: 18, down: 9 })
})

t.test('a wrong clock opens an incident, and a gateway that is removed closes its own', async (t) => {
  const stage = await stageFor(t)
  await noteWrongClock(stage.store, 'a', NOON)
  await stage.minutes(6)
  t.match(await openIncidents(stage.records), [{ cause: 'gateway-clock', subject: 'a', site: 'lake' }])
  await publishTables(stage.store, testKeys, { sites: CITY.sites, nas: [] })
  await until(() => stage.tables.current.nas.size === 0, 'the tables are known')
  await stage.minutes(5)
  t.same(await openIncidents(stage.records), [])
})

t.test('each minute is looked at once, whoever asks, and weighs the hours by visitors online', async (t) => {
  const stage = await stageFor(t)
  await visitor(stage.store, NOON)
  await stage.minutes(10)
  await stage.looks[0]!()
  const { rows } = await stage.records.query("SELECT looks, visitors FROM site_hours WHERE site = 'lake'")
  t.same(rows, [{ looks: 11, visitors: '11' }])
  const weighed = async (at: number) => {
    await weighHours(stage.records, at)
    return hourlyVisitors(stage.records)
  }
  t.equal((await weighed(NOON)).size, 0, 'the hour to come weighs nothing')
  const hours = (await weighed(NOON + 86_400_000)).get('lake')
  t.same([hours?.[11], hours?.[12], hours?.[13]], [0, 1, 0])
  await stage.records.query('UPDATE site_weights SET visitors[13] = 5')
  t.equal((await weighed(NOON + 86_400_000 + 60_000)).get('lake')?.[12], 5, 'once an hour')
  t.equal((await weighed(NOON + 30 * 86_400_000)).size, 0, 'nor one of a month ago')
  await forgetSiteHours(stage.records, NOON + 34 * 86_400_000)
  t.equal((await stage.records.query('SELECT 1 FROM site_hours')).rowCount, 1)
  await forgetSiteHours(stage.records, NOON + 36 * 86_400_000)
  t.equal((await stage.records.query('SELECT 1 FROM site_hours')).rowCount, 0)
})

t.test('a time across midnight, and sites that nobody looked at, read as they were', async (t) => {
  const stage = await stageFor(t)
  const midnight = NOON + 12 * 60 * MINUTE
  stage.now = midnight - 2 * MINUTE
  await stage.minutes(4)
  const given = { from: midnight - SLOT, to: midnight + 2 * SLOT, visitors: new Map<string, number[]>() }
  t.match(await readAvailability(stage.records, { ...given, sites: ['lake', 'silk'] }), {
    all: 6,
    unseen: 4,
    share: 1,
    sites: [
      { site: 'lake', all: 3, unseen: 1, share: 1 },
      { site: 'silk', all: 3, unseen: 3, share: null },
    ],
  })
})
