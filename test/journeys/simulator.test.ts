import { test } from 'tap'
import { KEY_FAMILIES } from '../../core/store/key-families.ts'
import { openStore } from '../../core/store/redis.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withinOneDay } from '../support/day.ts'
import { startPlatform, until } from '../support/platform.ts'

interface Report {
  readonly arrivals: number
  readonly taps: number
  readonly accepts: number
  readonly rejects: number
  readonly sessionsStarted: number
  readonly sessionsEnded: number
  readonly uniqueDevices: number
  readonly splashViews: number
  readonly fromVisitorOctets: number
  readonly toVisitorOctets: number
  readonly failures: readonly unknown[]
  readonly sites: readonly {
    readonly site: string
    readonly gateway: string
    readonly sessions: number
    readonly uniqueDevices: number
    readonly fromVisitorOctets: number
    readonly toVisitorOctets: number
  }[]
}

test('what the platform counts is exactly what the simulated city did', async (t) => {
  const platform = await startPlatform(t)
  await withinOneDay(90)
  const run = await platform.hotspot(
    'simulate',
    ...'--visitors 120 --sites 12 --minutes 20 --speed 60 --seed 20261121 --json'.split(' '),
  )
  t.equal(run.code, 0, run.stderr)
  const report = JSON.parse(run.stdout) as Report
  t.same(report.failures, [], 'no visitor met an error')
  t.ok(report.sessionsStarted > 60 && report.sessionsStarted === report.sessionsEnded)
  t.same([...new Set(report.sites.map((each) => each.gateway))].sort(), [
    'coova-chilli',
    'mikrotik',
    'opennds',
  ])

  await until('every event is counted', async () => {
    const [started, open, lag] = await Promise.all([
      platform.metric('hotspot_sessions_started_total'),
      platform.metric('hotspot_sessions_open'),
      platform.metric('hotspot_events_lag_seconds'),
    ])
    return started >= report.sessionsStarted && open === 0 && lag === 0
  })

  for (const each of report.sites) {
    const of = { site: each.site }
    t.equal(
      await platform.metric('hotspot_sessions_started_total', of),
      each.sessions,
      `sessions of ${each.site}`,
    )
    t.equal(
      await platform.metric('hotspot_session_octets_total', { ...of, direction: 'from_visitor' }),
      each.fromVisitorOctets,
      `octets from visitors of ${each.site}`,
    )
    t.equal(
      await platform.metric('hotspot_session_octets_total', { ...of, direction: 'to_visitor' }),
      each.toVisitorOctets,
      `octets to visitors of ${each.site}`,
    )
    t.equal(
      await platform.metric('hotspot_visitors', { ...of, period: 'day' }),
      each.uniqueDevices,
      `visitors of ${each.site}`,
    )
  }
  t.equal(
    await platform.metric('hotspot_reach', { category: 'all', period: 'day' }),
    report.uniqueDevices,
    'visitors of the city, each once',
  )
  t.equal(await platform.metric('hotspot_portal_funnel_total', { step: 'arrival' }), report.arrivals)
  t.equal(await platform.metric('hotspot_portal_funnel_total', { step: 'splash' }), report.splashViews)
  t.equal(await platform.metric('hotspot_portal_funnel_total', { step: 'tap' }), report.taps)
  const views = await platform.metric('hotspot_campaign_views_total')
  t.ok(views > 0, 'items of the catalogue were served')
  const listed = await platform.hotspot('campaign', 'list', '--json')
  const served = (JSON.parse(listed.stdout) as { served: number }[]).reduce(
    (sum, item) => sum + item.served,
    0,
  )
  t.equal(served, views, 'and the command line says how many')
  t.equal(
    (await platform.metric('hotspot_radius_requests_total', { kind: 'access', result: 'accept' })) > 0,
    true,
  )
  t.equal(await platform.metric('hotspot_radius_dropped_total'), 0, 'nothing was dropped')

  await t.test('every key in Redis has a lifetime, or a written reason to have none', async (t) => {
    const { redisUrl } = JSON.parse(readFileSync(join(platform.folder, 'services.json'), 'utf8')) as {
      redisUrl: string
    }
    const store = await openStore(redisUrl)
    t.teardown(() => store.disconnect())
    const all = await store.keys('*')
    const found = new Set<string>()
    for (const key of all) {
      const family = KEY_FAMILIES.find(({ pattern }) => pattern.test(key))
      if (!family) {
        t.fail(`${key} is in no family of core/store/keys.ts`)
        continue
      }
      found.add(family.pattern.source)
      const [type, ttl] = await Promise.all([store.type(key), store.ttl(key)])
      // Its time came since it was listed.
      if (type === 'none') continue
      if (type !== family.type) t.fail(`${key} is a ${type}, its family says ${family.type}`)
      if (typeof family.lifetime === 'number' && (ttl < 0 || ttl > family.lifetime))
        t.fail(`${key} lives ${ttl} s, its family says ${family.lifetime}`)
    }
    t.ok(found.size >= 10, `${found.size} families are in use`)
  })

  await t.test('a gateway and a code that are added work at once, without a restart', async (t) => {
    const added = await platform.hotspot(
      'nas',
      'add',
      '--id',
      'new-nas',
      '--site',
      'van-mieu',
      '--gateway',
      'coova-chilli',
      '--address',
      '127.10.9.9/32',
      '--secret',
      'a secret for the new nas',
    )
    t.equal(added.code, 0, added.stderr)
    const listed = JSON.parse((await platform.hotspot('nas', 'list', '--json')).stdout) as { id: string }[]
    t.ok(listed.some(({ id }) => id === 'new-nas'))
    const made = await platform.hotspot('voucher', 'create', '--site', 'van-mieu', '--count', '3', '--json')
    t.equal((JSON.parse(made.stdout) as unknown[]).length, 3)
    const unknown = await platform.hotspot('voucher', 'create', '--site', 'atlantis', '--count', '1')
    t.equal(unknown.code, 1)
    t.match(unknown.stderr, /There is no site "atlantis"/)
    t.equal((await platform.hotspot('voucher', 'create')).code, 2, 'wrong use is exit 2')
  })

  await t.test('it ends at SIGTERM with nothing left running', async (t) => {
    const since = Date.now()
    t.equal(await platform.stop(), 0)
    t.comment(`ended in ${Date.now() - since} ms`)
    t.throws(() => process.kill(platform.ports.pid, 0), 'the supervisor is gone')
    await t.rejects(fetch(`http://127.0.0.1:${platform.ports.portal}/health/live`), 'and so is the portal')
  })
})
