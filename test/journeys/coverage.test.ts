import { createHmac, randomBytes } from 'node:crypto'
import t from 'tap'
import { start as startAnalytics } from '../../analytics/main.ts'
import { createRegistry } from '../../core/process/metrics.ts'
import { readSettings } from '../../core/process/settings.ts'
import type { Shared } from '../../core/process/shared.ts'
import { saveSite } from '../../core/records/city.ts'
import { listIncidents } from '../../core/records/incidents.ts'
import { SessionStore } from '../../core/store/sessions.ts'
import { publishTables } from '../../core/store/tables.ts'
import { lastTestLogin } from '../../core/store/test-logins.ts'
import { start as startPortal } from '../../portal/main.ts'
import { start as startRadius } from '../../radius-server/main.ts'
import { nasSocket } from '../radius-server/running.ts'
import { cityOf, SECRET } from '../radius-server/stage.ts'
import { signedRequest, tlv } from '../radius-server/wire.ts'
import {
  silentLog,
  testKeys,
  testPostgres,
  testRecords,
  testRedis,
  testStore,
  until,
} from '../support/stores.ts'

const NOON = Date.parse('2026-10-14T12:00:00+07:00')
const MINUTE = 60_000
const AP = '02-10-00-00-01-01'
const PHONE = '02-00-5E-00-53-01'

t.test('a gateway falls silent, an incident opens, it comes back, the incident closes', async (t) => {
  const redis = await testRedis(t)
  const postgres = await testPostgres(t)
  const store = await testStore(t, redis)
  const records = await testRecords(t, postgres)
  const { site, nas } = cityOf([{ interimSeconds: 60 }], { accessPoints: [{ mac: AP, name: 'Gate' }] })
  await saveSite(records, site)
  await publishTables(store, testKeys, { sites: [site], nas })

  let now = NOON
  const registry = createRegistry()
  const shared: Shared = {
    settings: readSettings({ PORTAL_PORT: '0', RADIUS_AUTH_PORT: '0', RADIUS_ACCT_PORT: '0' }),
    keys: testKeys,
    log: silentLog,
    registry,
    now: () => now,
    redisUrl: redis.url,
    databaseUrl: records.options.connectionString!,
    othersNotReady: () => null,
  }
  const radius = await startRadius(shared)
  t.teardown(() => radius.stop())
  const portal = await startPortal({ ...shared, registry: createRegistry() })
  t.teardown(() => portal.stop())

  const gateway = await nasSocket(t, '127.1.0.1')
  let identifier = 0
  const report = (status: number, session: string) =>
    gateway.ask(
      signedRequest(4, [tlv(40, status), tlv(44, session), tlv(31, PHONE), tlv(30, `${AP}:Free WiFi`)], {
        secret: SECRET,
        identifier: ++identifier,
      }),
      radius.ports.radiusAcct!,
    )
  const metric = async (series: string): Promise<string | undefined> =>
    (await registry.metrics())
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1)

  t.equal((await report(1, 's1'))[0], 5, 'a visitor is online')
  const tested = async (at: number) => ((await lastTestLogin(store, 'nas-1'))?.passedAt ?? 0) >= at
  await until(() => tested(NOON), 'the platform has logged in by the record of the gateway')

  const analytics = await startAnalytics(shared)
  t.teardown(() => analytics.stop())
  const looked = (): Promise<void> =>
    until(async () => {
      const { rows } = await records.query<{ minute: string }>('SELECT minute FROM coverage_looks')
      return Number(rows[0]?.minute) * MINUTE === now
    }, 'the sites are looked at')
  const fiveMinutes = async (): Promise<void> => {
    now += 5 * MINUTE
    await looked()
  }
  await looked()
  t.equal(await metric('hotspot_sites_live{category="tourist-site"}'), '1')
  t.equal(await metric('hotspot_site_up{site="lake"}'), '1')

  await fiveMinutes()
  t.equal(await metric('hotspot_sites_live{category="tourist-site"}'), '0')
  const sessions = new SessionStore(store)
  await until(async () => (await sessions.openCount('nas-1')) === 0, 'its session is ended')
  t.equal(await metric('hotspot_incidents_open{cause="site-down"}'), '0', 'not yet')
  await fiveMinutes()
  t.equal(await metric('hotspot_incidents_open{cause="site-down"}'), '1')

  // It is back and says so, before any visitor is.
  const beat = async (): Promise<number> => {
    const [time, nonce, path] = [
      String(Math.floor(now / 1000)),
      randomBytes(16).toString('hex'),
      '/g/coova-chilli/nas-1/heartbeat',
    ]
    const body = JSON.stringify({ accessPoints: [AP] })
    const { status } = await fetch(`http://127.0.0.1:${portal.ports.portal}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-hotspot-time': time,
        'x-hotspot-nonce': nonce,
        'x-hotspot-signature': createHmac('sha256', SECRET)
          .update(`${time}\n${nonce}\n${path}\n${body}`)
          .digest('hex'),
      },
      body,
    })
    return status
  }
  now += 4 * MINUTE
  t.equal(await beat(), 200)
  now += MINUTE
  await looked()
  t.equal(await metric('hotspot_incidents_open{cause="site-down"}'), '1', 'one good slot is not enough')
  await until(() => tested(NOON + 14 * MINUTE), 'the test login was made again')
  t.equal(await beat(), 200)
  now += 4 * MINUTE
  t.equal(await beat(), 200)
  now += MINUTE
  await looked()
  t.equal(await metric('hotspot_incidents_open{cause="site-down"}'), '0')
  t.equal(await metric('hotspot_sites_live{category="tourist-site"}'), '1')
  t.match(await listIncidents(records, { from: NOON, to: now }), [
    {
      cause: 'site-down',
      subject: 'lake',
      detail: { reason: 'gateways', gateways: ['nas-1'], accessPoints: ['Gate'] },
      beganAt: NOON + 5 * MINUTE,
      openedAt: NOON + 10 * MINUTE,
      closedAt: NOON + 20 * MINUTE,
      planned: false,
    },
  ])
  // Of the 288 slots of 24 hours two were down.
  t.equal(await metric('hotspot_availability{weight="none"}'), String(1 - 2 / 288))
  t.equal(await metric('hotspot_test_logins_total{result="passed"}'), '2')
  t.equal(await metric('hotspot_sessions_started_total{site="lake"}'), '1', 'no test was a visitor')
})
