import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT, startPlatform, until } from '../../support/platform.ts'
import { openRecords } from '../../../core/records/database.ts'
import { StaffStore } from '../../../core/store/staff.ts'
import { openStore } from '../../../core/store/redis.ts'
import { testFolder, testPostgres, testRedis } from '../../support/stores.ts'
import { parseYaml } from '../compose/compose-file.ts'
import {
  expressionsOf,
  metricsIn,
  noPrometheus,
  readDashboards,
  readRuleFiles,
  recordsIn,
  rulesOf,
  startProgram,
  writeYaml,
} from './programs.ts'

/** Prometheus and Alertmanager beside the platform, as docker-compose.yml puts them, while its stores go and come. */

t.setTimeout(4 * 60e3)

/** Names and labels that others build upon. */
const CONTRACT: Readonly<Record<string, readonly string[]>> = {
  hotspot_radius_requests_total: ['kind', 'result'],
  hotspot_radius_request_seconds: ['kind', 'le'],
  hotspot_radius_dropped_total: ['reason'],
  hotspot_radius_duplicates_total: [],
  hotspot_sessions_open: ['site'],
  hotspot_sessions_started_total: ['site'],
  hotspot_session_octets_total: ['direction', 'site'],
  hotspot_visitors: ['period', 'site'],
  hotspot_reach: ['category', 'period'],
  hotspot_sites: ['category', 'state'],
  hotspot_access_points: ['site', 'state'],
  hotspot_site_up: ['site'],
  hotspot_portal_funnel_total: ['site', 'step'],
  hotspot_portal_refusals_total: ['reason', 'site'],
  hotspot_campaign_views_total: ['campaign'],
  hotspot_campaign_clicks_total: ['campaign'],
  hotspot_coa_requests_total: ['gateway', 'result'],
  hotspot_events_lag_seconds: [],
  process_cpu_seconds_total: [],
}

const STORES = ['redis', 'postgresql'] as const
const TOKEN = 'told-by-alertmanager-alone'

interface Told {
  readonly status: string
  readonly name: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly summary: string | undefined
}

t.test('the platform under the eyes of Prometheus', { skip: noPrometheus }, async (t) => {
  const redis = await testRedis(t)
  const postgres = await testPostgres(t)
  const databaseUrl = await postgres.newDatabase()
  const platform = await startPlatform(t, {
    REDIS_URL: redis.url,
    DATABASE_URL: databaseUrl,
    ALERTS_TOKEN: TOKEN,
    LOG_LEVEL: 'error',
  })
  const run = await platform.hotspot(
    'simulate',
    ...'--visitors 20 --sites 6 --minutes 5 --speed 60 --seed 7'.split(' '),
  )
  t.equal(run.code, 0, run.stderr)
  const inbox = await openInbox(t)
  const folder = testFolder(t)
  const alertmanager = await startAlertmanager()
  const prometheus = await startPrometheus()

  /** Label sets of the series that a query finds. */
  const series = async (query: string): Promise<Record<string, string>[]> => {
    const path = `/api/v1/query?query=${encodeURIComponent(query)}`
    const answer = (await prometheus.ask(path)) as {
      status: string
      error?: string
      data: { result: { metric: Record<string, string> }[] }
    }
    if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`)
    return answer.data.result.map(({ metric }) => metric)
  }
  const isFiring = async (alertname: string): Promise<boolean> =>
    (await series(`ALERTS{alertname="${alertname}",alertstate="firing"}`)).length > 0

  await t.test('every metric of the contract is there, with its labels', async (t) => {
    await until('it is scraped', async () => (await series('hotspot_store_up')).length === 2)
    const missing: string[] = []
    for (const [name, labels] of Object.entries(CONTRACT)) {
      // A visitor who is refused or a packet that is dropped may not have been among so few.
      const found = await series(name === 'hotspot_radius_request_seconds' ? `${name}_bucket` : name)
      if (found.length === 0) missing.push(name)
      for (const each of found.slice(0, 1)) {
        const own = Object.keys(each).filter(
          (label) => !['__name__', 'instance', 'job', 'part'].includes(label),
        )
        t.same(own.sort(), labels, name)
      }
    }
    const text = await (await fetch(`http://127.0.0.1:${platform.ports.metrics}/metrics`)).text()
    for (const name of missing) t.match(text, `# TYPE ${name} counter\n`, `${name} has not happened yet`)
    const mayBeMissing = ['hotspot_portal_refusals_total', 'hotspot_radius_dropped_total']
    t.same(
      missing.filter((name) => !mayBeMissing.includes(name)),
      [],
    )
  })

  await t.test('every metric that a rule names is one of the platform', async (t) => {
    const text = await (await fetch(`http://127.0.0.1:${platform.ports.metrics}/metrics`)).text()
    const there = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
    for (const { alert, record, expr } of rulesOf(readRuleFiles()))
      for (const name of metricsIn(expr)) t.ok(there.has(name), `${alert ?? record} names ${name}`)
  })

  await t.test(
    'every dashboard asks for what the platform has, in words that Prometheus takes',
    async (t) => {
      const text = await (await fetch(`http://127.0.0.1:${platform.ports.metrics}/metrics`)).text()
      const there = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
      const recorded = new Set(rulesOf(readRuleFiles()).map(({ record }) => record))
      for (const dashboard of readDashboards())
        for (const expression of expressionsOf(dashboard)) {
          await t.resolves(series(expression), `${dashboard.uid}: ${expression}`)
          for (const name of metricsIn(expression)) t.ok(there.has(name), `${dashboard.uid} names ${name}`)
          for (const name of recordsIn(expression)) t.ok(recorded.has(name), `${dashboard.uid} names ${name}`)
        }
    },
  )

  await t.test('while all is well, nothing of the platform itself is told', async (t) => {
    for (const name of ['PartAway', 'StoreAway', 'CollectorStopped', 'EventsLag', 'EventsRejected'])
      t.notOk(await isFiring(name), name)
  })

  await t.test('what Alertmanager is told is an incident in the console until it is over', async (t) => {
    const page = await incidentsOf()
    t.notMatch(await page(), 'Pump')
    const labels = { alertname: 'TheirRule', severity: 'warning', site: 'ho-hoan-kiem' }
    const annotations = { summary: 'Pump <b>7</b> is hot', summary_vi: 'Bơm <b>7</b> quá nóng' }
    await tell([{ labels, annotations, startsAt: new Date().toISOString() }])
    const open = /Đang mở<\/h2>(.*)Đã đóng trong tháng/s
    await until('the console shows it', async () => /Bơm &lt;b&gt;7/.test(open.exec(await page())?.[1] ?? ''))
    t.match(await page(), /href="\/sites\/ho-hoan-kiem"/)
    await tell([{ labels, annotations, endsAt: new Date().toISOString() }])
    await until('it is closed', async () => !/Bơm/.test(open.exec(await page())?.[1] ?? ''))
    t.match(await page(), /Đã đóng trong tháng.*Bơm &lt;b&gt;7/s, 'and still told')
  })

  await t.test('with both stores away staff are told of each, and of nothing that follows', async (t) => {
    await Promise.all([redis.stop(), postgres.stop()])
    for (const store of STORES) {
      await until(`staff are told that ${store} is away`, () => inbox.some(isAbout(store, 'firing')))
      t.equal(inbox.find(isAbout(store, 'firing'))?.summary, `${store} does not answer`)
    }
    await until('the collector is missed', () => isFiring('CollectorStopped'))
    await until('Alertmanager keeps that to itself', async () =>
      (await suppressed()).includes('CollectorStopped'),
    )
    t.notOk(inbox.some(({ name }) => name === 'CollectorStopped'))
  })

  await t.test('a store that is back is told of, and the other is still away', async (t) => {
    await postgres.start()
    await until('staff are told', () => inbox.some(isAbout('postgresql', 'resolved')))
    t.notOk(inbox.some(isAbout('redis', 'resolved')))
    await until('that Redis is away is recorded', async () => (await storesAway()).includes('redis open'))
    await redis.start()
    await until('its incident closes', async () => (await storesAway()).includes('redis closed'))
    t.notOk((await storesAway()).includes('redis open'))
    await until('staff are told of the other', () => inbox.some(isAbout('redis', 'resolved')))
    await until('events are collected again', async () => !(await isFiring('CollectorStopped')))
  })

  await t.test('with the whole platform away Prometheus says so', async (t) => {
    await platform.stop()
    await until('staff are told', () => inbox.some(({ name }) => name === 'PartAway'))
    t.ok(await isFiring('CollectorStopped'), 'what is absent cannot be well')
  })

  /** The incidents of `StoreAway`, as they are recorded. */
  async function storesAway(): Promise<string[]> {
    const records = await openRecords(databaseUrl, 1)
    try {
      const { rows } = await records.query<{ store: string; open: boolean }>(
        `SELECT split_part(detail->>'summary', ' ', 1) AS store, closed_at IS NULL AS open FROM incidents
         WHERE cause = 'alert' AND subject = 'StoreAway'`,
      )
      return rows.map(({ store, open }) => `${store} ${open ? 'open' : 'closed'}`)
    } finally {
      await records.end()
    }
  }

  /** Reads the console's list of incidents as one of the city. */
  async function incidentsOf(): Promise<() => Promise<string>> {
    const [records, store] = [await openRecords(databaseUrl, 1), await openStore(redis.url)]
    await records.query(
      "INSERT INTO people (id, name, role, sites, password_hash, totp_sealed) VALUES ('p1', 'linh', 'city', '{}', 'none', 'none')",
    )
    const { id } = await new StaffStore(store).open('p1', Date.now())
    store.disconnect()
    await records.end()
    const headers = { cookie: `hotspot-staff=${id}`, 'accept-language': 'vi' }
    return async () =>
      (await fetch(`http://127.0.0.1:${platform.ports.console}/incidents`, { headers })).text()
  }

  async function tell(alerts: readonly object[]): Promise<void> {
    const answer = await fetch(`http://${alertmanager.address}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    })
    if (!answer.ok) throw new Error(await answer.text())
  }

  async function suppressed(): Promise<(string | undefined)[]> {
    const alerts = (await alertmanager.ask('/api/v2/alerts?inhibited=true&active=false')) as {
      labels: Record<string, string>
    }[]
    return alerts.map(({ labels }) => labels['alertname'])
  }

  /** With the file of config/, told at once, to the console of this run and to us as well. */
  function startAlertmanager() {
    const file = parseYaml(readFileSync(join(ROOT, 'config/alertmanager.yml'), 'utf8')) as {
      route: object
      receivers: { webhook_configs: { url: string; http_config: { authorization: object } }[] }[]
    }
    writeFileSync(join(folder, 'alerts-token'), `${TOKEN}\n`)
    const console = new URL(`http://127.0.0.1:${platform.ports.console}`)
    const authorization = { credentials_file: join(folder, 'alerts-token') }
    const config = {
      ...file,
      route: { ...file.route, group_wait: '1s', group_interval: '1s' },
      receivers: file.receivers.map((each) => ({
        ...each,
        webhook_configs: [
          ...each.webhook_configs.map((webhook) => ({
            ...webhook,
            url: new URL(new URL(webhook.url).pathname, console).href,
            http_config: { authorization },
          })),
          { url: inbox.url, send_resolved: true },
        ],
      })),
    }
    writeYaml(join(folder, 'alertmanager.yml'), config)
    return startProgram(t, 'prometheus-alertmanager', [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      '--cluster.listen-address=',
    ])
  }

  /** With the files of config/ and the rules, where nothing but the patience is another. */
  function startPrometheus() {
    const file = parseYaml(readFileSync(join(ROOT, 'config/prometheus.yml'), 'utf8')) as {
      scrape_configs: { job_name: string }[]
    }
    const rules = readRuleFiles()
    for (const rule of rulesOf(rules)) if (rule.for !== undefined) rule.for = '1s'
    mkdirSync(join(folder, 'rules'))
    rules.forEach((each, i) => writeYaml(join(folder, `rules/${i}.yml`), each))
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules/*.yml'],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager.address] }] }] },
      scrape_configs: file.scrape_configs
        .filter(({ job_name }) => job_name === 'hotspot')
        .map((job) => ({
          ...job,
          scrape_timeout: '5s',
          scrape_interval: '5s',
          static_configs: [{ targets: [`127.0.0.1:${platform.ports.metrics}`] }],
        })),
    }
    writeYaml(join(folder, 'prometheus.yml'), config)
    return startProgram(t, 'prometheus', [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    ])
  }
})

const isAbout =
  (store: string, status: string) =>
  (told: Told): boolean =>
    told.name === 'StoreAway' && told.labels['store'] === store && told.status === status

/** What Alertmanager posts, in the order of its coming. */
async function openInbox(t: { teardown(work: () => unknown): void }): Promise<Told[] & { url: string }> {
  const inbox: Told[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { alerts } = JSON.parse(body) as {
        alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[]
      }
      for (const { status, labels, annotations } of alerts)
        inbox.push({ status, labels, name: labels['alertname'], summary: annotations['summary'] })
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return Object.assign(inbox, { url: `http://127.0.0.1:${port}/` })
}
