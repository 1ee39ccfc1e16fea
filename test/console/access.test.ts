import t from 'tap'
import { ROLES, setRole } from '../../core/records/people.ts'
import { createFigures, type Figures } from '../../console/figures/figures.ts'
import { Browser } from './browser.ts'
import { nas, openSessions, recordDays, recordReach, site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())

t.beforeEach(async () => {
  await stage.clear()
  await stage.publish(
    [site('mine'), site('mine-too'), site('other')],
    [nas('gw', 'mine'), nas('gw-other', 'other')],
  )
  await recordDays(stage.records, stage.now, [
    { site: 'mine', visitors: 41, sessions: 4711 },
    { site: 'other', visitors: 8642, sessions: 9753 },
  ])
  await recordReach(stage.records, stage.now, { visitors: 8675 })
  await openSessions(stage.store, 'gw-other', 321, stage.now)
})

for (const role of ROLES.filter((each) => each !== 'city' && each !== 'auditor'))
  t.test(`a person with the role ${role} sees only the sites that are his`, async (t) => {
    const staff = await stage.enter(role, ['mine', 'mine-too'])
    t.equal((await staff.get('/')).headers.location, '/sites')
    const list = await staff.get('/sites')
    t.equal(list.statusCode, 200)
    t.match(list.body, 'Điểm mine')
    t.match(list.body, '4.711')
    // The outline of the city is made of numbers.
    t.notMatch(list.body.replace(/ d="[^"]*"/g, ''), /Điểm other|8\.642|9\.753|321|8\.675/)
    t.notMatch(list.body, 'Toàn thành phố', 'no way to a page that is not his')
    t.equal((await staff.get('/sites/mine')).statusCode, 200)
    const other = await staff.get('/sites/other')
    t.equal(other.statusCode, 403)
    t.match(other.body, 'Bạn chưa có quyền xem')
    t.notMatch(other.body, /8\.642|Điểm other/)
    t.equal((await staff.get('/sites/no-such-site')).statusCode, 403, 'nor learns which sites there are')
    const refusals = stage.logged.map((line) => JSON.parse(line) as Record<string, unknown>)
    t.match(refusals.at(-1), { msg: 'refused', route: '/sites/:id', reason: 'forbidden', person: String })
  })

for (const role of ['city', 'auditor'] as const)
  t.test(`a person with the role ${role} sees the city and every site`, async (t) => {
    const staff = await stage.enter(role, [])
    t.match((await staff.get('/')).body, '8.675')
    t.match((await staff.get('/sites')).body, 'Điểm other')
    t.equal((await staff.get('/sites/other')).statusCode, 200)
    t.equal((await staff.get('/sites/no-such-site')).statusCode, 404)
  })

t.test('who has one site comes straight to it', async (t) => {
  t.equal((await (await stage.enter('site-manager', ['mine'])).get('/')).headers.location, '/sites/mine')
})

t.test('who has no site is told so, drawn, without a loop', async (t) => {
  const staff = await stage.enter('editor', [])
  t.equal((await staff.get('/')).headers.location, '/sites')
  const answer = await staff.get('/sites')
  t.equal(answer.statusCode, 403)
  t.match(answer.body, 'Đăng xuất')
})

t.test('small counts of people are hidden from whoever only sees single sites', async (t) => {
  await recordDays(stage.records, stage.now, [
    { site: 'mine-too', visitors: 7, sessions: 8, counts: { funnel: { arrival: 9, splash: 8 } } },
  ])
  const staff = await stage.enter('site-manager', ['mine', 'mine-too'])
  const { body } = await staff.get('/sites/mine-too')
  t.match(body, /Khách hôm nay<\/dt><dd class="words"><span data-count="visitors">dưới 10/)
  t.match(body, /Phiên hôm nay<\/dt><dd class="words">dưới 10/)
  t.notMatch(body, /: 7 khách|<b>9<\/b>|<b>8<\/b>/)
  t.match((await staff.get('/sites')).body, 'dưới 10')
  await setRole(stage.records, 'linh', 'city')
  t.match(
    (await staff.get('/sites/mine-too')).body,
    /Khách hôm nay<\/dt><dd><span data-count="visitors">7</,
    'a new role counts at once',
  )
})

t.test('nothing but sign-in, files and health is open to strangers', async (t) => {
  const stranger = new Browser(stage.app)
  for (const page of ['/', '/sites', '/sites/mine', '/sites/none']) {
    const answer = await stranger.get(page)
    t.equal(answer.statusCode, 303, page)
    t.match(answer.headers.location, /^\/sign-in/, page)
    t.equal(answer.body, '', page)
  }
  t.equal((await stranger.post('/sign-out')).statusCode, 403)
})

t.test('figures are asked for his sites alone, not for all of them and then left out', async (t) => {
  const asked: unknown[] = []
  const real = createFigures(stage.records, stage.store)
  const figures: Figures = {
    ...real,
    everywhere: (now) => (asked.push('everywhere'), real.everywhere(now)),
    bySite: (sites, now) => (asked.push(sites), real.bySite(sites, now)),
    today: (id, now) => (asked.push(id), real.today(id, now)),
  }
  const staff = await stage.enter('site-manager', ['mine', 'mine-too'])
  const app = await stage.console({ figures })
  t.teardown(() => app.close())
  const cookies = { 'hotspot-staff': staff.cookies.get('hotspot-staff')! }
  for (const url of ['/', '/sites', '/sites/mine', '/sites/other', '/sites/none'])
    await app.inject({ url, cookies })
  t.same(asked, [['mine', 'mine-too'], 'mine'])
})
