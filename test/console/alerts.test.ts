import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { UNHEARD_MS } from '../../core/domain/alert.ts'
import { Secret } from '../../core/domain/secret.ts'
import { closeUnheard } from '../../core/records/alerts.ts'
import { saveSite } from '../../core/records/city.ts'
import { loadMessages } from '../../console/messages.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())
const { records } = stage
const TOKEN = 'a-token-of-enough-octets'
const app = await stage.console({ alertsToken: new Secret(TOKEN) })
t.teardown(() => app.close())
const MINUTE = 60_000

const begin = async (): Promise<void> => {
  await stage.clear()
  await records.query('TRUNCATE incidents, sites CASCADE')
  const sites = [site('lake'), site('temple')]
  for (const each of sites) await saveSite(records, each)
  await stage.publish(sites, [])
}

interface Told {
  fingerprint?: unknown
  status?: unknown
  startsAt?: unknown
  endsAt?: unknown
  labels?: Record<string, unknown>
  annotations?: Record<string, unknown>
}
const alert = (more: Told = {}): object => ({
  status: 'firing',
  fingerprint: 'c0ffee',
  startsAt: '2026-03-12T07:00:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus:9090/graph',
  ...more,
  labels: { alertname: 'StoreAway', store: 'redis', severity: 'critical', ...more.labels },
  annotations: { summary: 'redis does not answer', summary_vi: 'redis không trả lời', ...more.annotations },
})
const post = (payload: string | object, headers: Record<string, string> = {}, to = app) =>
  to.inject({
    method: 'POST',
    url: '/alerts',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  })
const tell = (...alerts: object[]) =>
  post({ version: '4', status: 'firing', receiver: 'staff', groupKey: '{}', truncatedAlerts: 0, alerts })
const kept = async () =>
  (
    await records.query(
      `SELECT subject, site, began_at, closed_at IS NULL AS open FROM incidents WHERE cause = 'alert' ORDER BY fingerprint DESC, starts_at`,
    )
  ).rows as { subject: string; site: string | null; began_at: Date; open: boolean }[]

t.test(
  'an alert that fires is an incident, and closes when it is over; a repeat opens nothing',
  async (t) => {
    await begin()
    for (let i = 0; i < 2; i++) t.equal((await tell(alert())).statusCode, 204)
    t.match(await kept(), [{ subject: 'StoreAway', site: null, open: true }])
    const staff = await stage.enter('city')
    await staff.get('/incidents')
    const page = staff.page.replaceAll(/\s+/g, ' ')
    t.match(page, /Đang mở<\/h2>.*Một kho dữ liệu không trả lời.*redis không trả lời.*Đã đóng trong tháng/)
    await staff.get('/incidents?lang=en')
    t.match(staff.page, 'A store is away')
    t.match(staff.page, 'redis does not answer')
    stage.now += 10 * MINUTE
    await tell(alert({ status: 'resolved', endsAt: '2026-03-12T07:10:00Z' }))
    await tell(alert())
    t.match(await kept(), [{ open: false }])
    await staff.get('/incidents?lang=vi')
    t.match(staff.page.replaceAll(/\s+/g, ' '), /Đã đóng trong tháng.*Một kho dữ liệu không trả lời/)
  },
)

t.test('a rule that we do not know is told by its summary, as text', async (t) => {
  await begin()
  const summary = '<script>alert(1)</script>\u0000\u202e two\nlines'
  await tell(
    alert({ labels: { alertname: 'Their<Rule>' }, annotations: { summary, summary_vi: undefined } }),
    alert({ fingerprint: 'b', labels: { alertname: 'constructor' }, annotations: { summary: undefined } }),
  )
  const staff = await stage.enter('city')
  await staff.get('/incidents')
  t.match(staff.page, '&lt;script&gt;alert(1)&lt;/script&gt; two lines')
  t.match(staff.page, 'Their&lt;Rule&gt;')
  t.notMatch(staff.page, '<script>alert')
})

t.test(
  'an alert with a site is that site’s, and all others are the city’s and the auditor’s alone',
  async (t) => {
    await begin()
    await tell(
      alert(),
      alert({ fingerprint: 'b', labels: { alertname: 'PortalRefusalsUp', site: 'lake' } }),
      alert({ fingerprint: 'c', labels: { alertname: 'PortalRefusalsUp', site: 'no-such-site' } }),
    )
    t.same(
      (await kept()).map((each) => each.site),
      [null, null, 'lake'],
    )
    const words = { all: 'Một kho dữ liệu', ofSite: 'Nhiều khách bị từ chối' }
    const manager = await stage.enter('site-manager', ['lake'])
    for (const path of ['/incidents', '/sites/lake/incidents']) {
      await manager.get(path)
      t.match(manager.page, words.ofSite)
      t.notMatch(manager.page, words.all)
    }
    await records.query('DELETE FROM people')
    const other = await stage.enter('site-manager', ['temple'])
    await other.get('/incidents')
    t.notMatch(other.page, words.ofSite)
    await records.query('DELETE FROM people')
    const auditor = await stage.enter('auditor')
    await auditor.get('/incidents')
    t.match(auditor.page, words.all)
    t.match(auditor.page, words.ofSite)
  },
)

t.test('only whoever has the token may tell, and beyond loopback there is none by default', async (t) => {
  await begin()
  const body = { version: '4', alerts: [alert()] }
  for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
    const answer = await post(body, { authorization })
    t.equal(answer.statusCode, 401, authorization)
    t.match(answer.headers['content-type'], 'application/problem+json')
    t.notMatch(answer.body, TOKEN)
  }
  t.equal((await post(body, { origin: 'http://evil.example' })).statusCode, 403)
  t.equal((await post(body, { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  t.equal((await post(body, {}, stage.app)).statusCode, 404, 'none is set')
  const local = await stage.console({ reach: 'loopback' })
  t.teardown(() => local.close())
  t.equal((await post(body, { 'content-type': 'text/plain' }, local)).statusCode, 415)
  t.equal((await post(body, { origin: 'null' }, local)).statusCode, 403)
  t.same(await kept(), [])
  t.equal((await post(body, { authorization: '' }, local)).statusCode, 204)
  t.notMatch(stage.logged.join(), TOKEN)
})

t.test('what is no delivery is refused whole, and never a fault of ours', async (t) => {
  await begin()
  const bodies: (string | object)[] = [
    '',
    '{',
    'null',
    '[]',
    {},
    { version: '3', alerts: [] },
    { version: '4', alerts: [alert(), alert({ fingerprint: "'; DROP TABLE incidents" })] },
    { version: '4', alerts: [alert({ startsAt: 'yesterday' })] },
    { version: '4', alerts: [alert({ startsAt: '0001-01-01T00:00:00Z' })] },
    { version: '4', alerts: [alert({ status: 'maybe' })] },
    { version: '4', alerts: [alert({ labels: { alertname: ' ' } })] },
    { version: '4', alerts: [{ __proto__: null, ...alert(), labels: null }] },
    { version: '4', alerts: Array.from({ length: 2001 }, () => alert()) },
  ]
  for (const body of bodies) {
    const answer = await post(body)
    t.equal(answer.statusCode, 400, JSON.stringify(body).slice(0, 80))
    t.match(answer.headers['content-type'], 'application/problem+json')
  }
  t.equal((await post('x'.repeat(3_000_000))).statusCode, 413)
  t.same(await kept(), [])
})

t.test('two deliveries at once open one incident, and a thousand alerts are one delivery', async (t) => {
  await begin()
  await Promise.all(Array.from({ length: 6 }, () => tell(alert())))
  t.equal((await kept()).length, 1)
  const many = Array.from({ length: 1000 }, (_, i) => alert({ fingerprint: `d${i}` }))
  t.equal((await tell(...many)).statusCode, 204)
  t.equal((await kept()).length, 1001)
})

t.test('one that nobody repeats for a day and two hours is over', async (t) => {
  await begin()
  await tell(alert(), alert({ fingerprint: 'b' }))
  stage.now += UNHEARD_MS - MINUTE
  await tell(alert())
  await closeUnheard(records, stage.now + 2 * MINUTE)
  t.same(
    (await kept()).map(({ open }) => open),
    [true, false],
  )
})

t.test('every rule of ours has words, but for those that tell of incidents', (t) => {
  const folder = join(import.meta.dirname, '../../analytics/prometheus/rules')
  const rules = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/- alert: (\w+)/g)].map(([, name]) => name!),
  )
  const messages = loadMessages()
  t.ok(rules.length > 15)
  t.same(rules.filter((name) => !messages.has(`alert.${name}`)).sort(), [
    'AccessPointSilent',
    'IncidentOpen',
    'PlatformLogins',
    'SiteDown',
  ])
  t.end()
})
