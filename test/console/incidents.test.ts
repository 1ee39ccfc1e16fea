import t from 'tap'
import { INCIDENT_CAUSES } from '../../core/domain/incident.ts'
import type { IncidentCause } from '../../core/domain/incident.ts'
import { saveSite } from '../../core/records/city.ts'
import { inTransaction } from '../../core/records/database.ts'
import { closeIncident, openIncident } from '../../core/records/incidents.ts'
import { approveNotice, draftNotice } from '../../core/records/notices.ts'
import { addPerson, type Role } from '../../core/records/people.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { loadMessages } from '../../console/messages.ts'
import type { Browser } from './browser.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())
const { records } = stage
const HOUR = 3_600_000

const staff = async (role: Role, sites: readonly string[] = ['lake']): Promise<Browser> => {
  await records.query('DELETE FROM people')
  return stage.enter(role, sites)
}
const begin = async (): Promise<void> => {
  await stage.clear()
  await records.query('TRUNCATE incidents, notices, sites CASCADE')
  const sites = [site('lake', { ward: 'Hoàn Kiếm' }), site('temple')]
  for (const each of sites) await saveSite(records, each)
  await stage.publish(sites, [])
}
interface Given {
  cause: IncidentCause
  subject: string
  site?: string | null
  hoursAgo: number
  lasted?: number
  planned?: boolean
  detail?: Record<string, readonly string[]>
}
const incident = (given: Given): Promise<void> =>
  inTransaction(records, async (transaction) => {
    const { cause, subject, site: at = 'lake', hoursAgo, lasted, planned = false, detail = {} } = given
    const beganAt = stage.now - hoursAgo * HOUR
    const finding = { cause, subject, site: at, reading: 'bad', detail } as const
    await openIncident(transaction, finding, { beganAt, at: beganAt + 1000, planned })
    if (lasted !== undefined) await closeIncident(transaction, finding, beganAt + lasted * HOUR)
  })

t.test('open incidents come first, in words, with what they touched and how long', async (t) => {
  await begin()
  await incident({ cause: 'gateway-silent', subject: 'gw-1', hoursAgo: 3 })
  await incident({
    cause: 'access-points-silent',
    subject: 'lake',
    hoursAgo: 30,
    lasted: 5,
    detail: { accessPoints: ['Cổng <chính>', 'Bến xe'] },
  })
  await incident({ cause: 'site-down', subject: 'lake', hoursAgo: 50, lasted: 2, planned: true })
  const manager = await staff('site-manager')
  await manager.get('/sites/lake/incidents')
  const page = manager.page.replaceAll(/\s+/g, ' ')
  t.match(page, /Đang mở<\/h2>.*Cổng im lặng.*3 giờ.*từ 11:05.*Cổng: gw-1.*Đã đóng trong tháng/)
  t.match(page, /Đã đóng trong tháng.*Bộ phát mất tín hiệu.*5 giờ.*Bộ phát: Cổng &lt;chính&gt;, Bến xe/)
  t.match(page, /Bảo trì theo kế hoạch.*Điểm mất kết nối.*2 giờ/)
  await manager.get('/sites/lake/incidents?month=2026-02')
  t.notMatch(manager.page, 'gw-1')
  await manager.get('/incidents?month=2026-03&site=lake')
  t.match(manager.page, 'gw-1')
  for (const odd of ['month=x', 'month=2026-13', 'after=x', 'after=1+2', 'site=%00'])
    t.ok((await manager.get(`/incidents?${odd}`)).statusCode < 500, odd)
})

t.test('every cause has its words', (t) => {
  const messages = loadMessages()
  for (const cause of INCIDENT_CAUSES) t.ok(messages.has(`incident.${cause}`), cause)
  t.end()
})

t.test('planned work that was approved stands apart, where it is', async (t) => {
  await begin()
  const board = { records, publish: () => Promise.resolve() }
  const by = { who: 'lan', now: stage.now }
  const work = async (places: Parameters<typeof draftNotice>[1]['places'], name: string, approve = true) => {
    const words = { vi: name, en: name }
    const span = { from: stage.now + HOUR, until: stage.now + 2 * HOUR }
    const draft = { kind: 'maintenance', places, ...span, title: words, body: words, lifts: [] } as const
    const { id } = await draftNotice(records, draft, by)
    if (approve) await approveNotice(board, id, by)
  }
  await work({ kind: 'sites', ids: ['lake'] }, 'Thay cáp')
  await work({ kind: 'ward', ward: 'Hoàn Kiếm' }, 'Cắt điện')
  await work({ kind: 'sites', ids: ['temple'] }, 'Việc khác')
  await work({ kind: 'sites', ids: ['lake'] }, 'Chưa duyệt', false)
  const manager = await staff('site-manager')
  await manager.get('/sites/lake/incidents')
  t.match(manager.page, 'Thay cáp')
  t.match(manager.page, 'Cắt điện')
  t.match(manager.page, 'Sắp tới')
  t.notMatch(manager.page, /Việc khác|Chưa duyệt/)
  await manager.get('/sites/lake/incidents?month=2026-02')
  t.notMatch(manager.page, 'Thay cáp')
})

t.test(
  'who runs a site takes note of its incidents, and of no others; the whole platform’s are the city’s',
  async (t) => {
    await begin()
    await incident({ cause: 'gateway-silent', subject: 'gw-1', hoursAgo: 3 })
    await incident({ cause: 'gateway-silent', subject: 'gw-2', site: 'temple', hoursAgo: 3 })
    await incident({ cause: 'platform-logins', subject: 'platform', site: null, hoursAgo: 1 })
    const { rows } = await records.query<{ id: string; subject: string }>('SELECT id, subject FROM incidents')
    const idOf = (subject: string): string => rows.find((row) => row.subject === subject)!.id
    const manager = await staff('site-manager')
    await manager.get('/incidents')
    t.match(manager.page, 'Toàn hệ thống')
    t.notMatch(manager.page, 'gw-2')
    const back = /name="back" value="([^"]+)"/.exec(manager.page)![1]!.replaceAll('&amp;', '&')
    const note = { note: 'Đã gọi <thợ>\nđiện', back }
    const done = await manager.post(`/incidents/${idOf('gw-1')}`, note)
    t.equal(done.statusCode, 303)
    t.match(done.headers.location, /^\/incidents\?month=2026-03&noted=$/)
    await manager.get(done.headers.location!)
    t.match(manager.page, 'Đã ghi nhận')
    t.match(manager.page, 'Đã gọi &lt;thợ&gt; điện')
    for (const [subject, status] of [
      ['gw-2', 404],
      ['platform', 404],
    ] as const) {
      await manager.get('/incidents')
      t.equal((await manager.post(`/incidents/${idOf(subject)}`, note)).statusCode, status, subject)
    }
    for (const odd of [{ note: ' ' }, { note: 'x'.repeat(501) }]) {
      await manager.get('/incidents')
      t.equal((await manager.post(`/incidents/${idOf('gw-1')}`, odd)).statusCode, 400)
    }
    await manager.get('/incidents')
    const away = await manager.post(`/incidents/${idOf('gw-1')}`, {
      note: 'x',
      back: '//evil.example/incidents?',
    })
    t.equal(away.headers.location, '/incidents?&noted=')
    t.equal((await manager.get('/incidents?site=temple')).statusCode, 403)
    const editor = await staff('editor')
    await editor.get('/incidents')
    t.notMatch(editor.page, 'name="note"')
    const city = await staff('city', [])
    await city.get('/incidents')
    t.match(city.page, 'gw-2')
    t.equal((await city.post(`/incidents/${idOf('platform')}`, note)).statusCode, 303)
    const audited = await records.query<{ target: string }>(
      "SELECT target FROM audit WHERE what = 'incident.acknowledge'",
    )
    t.same(
      audited.rows.map(({ target }) => target),
      [idOf('gw-1'), idOf('gw-1'), idOf('platform')],
    )
  },
)

t.test('programs read them page by page, and take note', async (t) => {
  await begin()
  for (const [i, hoursAgo] of [5, 3, 8].entries())
    await incident({
      cause: 'gateway-silent',
      subject: `gw-${i}`,
      hoursAgo,
      ...(i === 1 ? {} : { lasted: 1 }),
    })
  await staff('site-manager')
  const expiresAt = stage.now + HOUR
  const { token } = await createToken(records, 'p1', { name: 'x', scopes: SCOPES, expiresAt }, stage.now)
  const headers = { authorization: `Bearer ${token}` }
  const seen: string[] = []
  let cursor = ''
  for (let i = 0; i < 4; i++) {
    const answer = await stage.app.inject({ url: `/api/v1/incidents?limit=1${cursor}`, headers })
    const { items, next } = answer.json<{ items: { id: string; subject: string }[]; next: string | null }>()
    seen.push(...items.map(({ subject }) => subject))
    if (next === null) break
    cursor = `&cursor=${next}`
  }
  t.same(seen, ['gw-1', 'gw-0', 'gw-2'], 'the open one first, then the latest')
  const open = await stage.app.inject({ url: '/api/v1/incidents?open=true', headers })
  const { items } = open.json<{ items: { id: string }[] }>()
  t.equal(items.length, 1)
  const url = `/api/v1/incidents/${items[0]!.id}/acknowledge`
  t.equal(
    (await stage.app.inject({ method: 'POST', url, headers, payload: { note: 'Seen' } })).statusCode,
    200,
  )
  const again = await stage.app.inject({ url: '/api/v1/incidents?open=true', headers })
  t.match(again.json(), { items: [{ notes: [{ who: 'linh', note: 'Seen' }] }] })
  const none = {
    method: 'POST',
    url: '/api/v1/incidents/none/acknowledge',
    headers,
    payload: { note: 'x' },
  } as const
  t.equal((await stage.app.inject(none)).statusCode, 403)
  t.equal((await stage.app.inject({ url: '/api/v1/incidents?cursor=eA', headers })).statusCode, 400)
})

t.test('a manager sees who else may see his site, and nobody of another', async (t) => {
  await begin()
  const manager = await staff('site-manager')
  await addPerson(records, { name: 'mai', role: 'editor', sites: ['lake', 'temple'] }, 'mot mat khau')
  await addPerson(records, { name: 'minh', role: 'operator', sites: ['temple'] }, 'mot mat khau')
  await addPerson(records, { name: 'city.hoa', role: 'city', sites: [] }, 'mot mat khau')
  await manager.get('/sites/lake/people')
  t.match(manager.page, /linh.*mai/s)
  t.notMatch(manager.page, />minh<|city\.hoa|href="\/people/)
  t.equal((await manager.get('/sites/temple/people')).statusCode, 403)
  const { rows } = await records.query("SELECT who, target FROM audit WHERE what = 'person.look'")
  t.same(rows, [{ who: 'linh', target: 'lake' }])
  const told = (await manager.get('/api/v1/sites/lake/people')).json<{ items: { name: string }[] }>()
  t.same(
    told.items.map(({ name }) => name),
    ['linh', 'mai'],
  )
})
