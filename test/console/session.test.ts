import t from 'tap'
import { addPerson } from '../../core/records/people.ts'
import { keys } from '../../core/store/keys.ts'
import { Browser } from './browser.ts'
import { startStage } from './stage.ts'

const PASSWORD = 'mot mat khau that dai'
const stage = await startStage({ trustedProxies: ['127.0.0.1'] })
t.teardown(() => stage.stop())
// A password takes its time to be made: once.
await addPerson(stage.records, { name: 'linh', role: 'auditor', sites: [] }, PASSWORD)
await stage.records.query('CREATE TABLE known_people AS SELECT * FROM people')
t.beforeEach(async () => {
  await stage.clear()
  await stage.records.query('INSERT INTO people SELECT * FROM known_people')
})

const browser = (headers: Record<string, string> = {}) => new Browser(stage.app, headers)
interface AuditRow {
  who: string
  what: string
  detail: { reason?: string; address?: string }
}
const audited = async (): Promise<AuditRow[]> =>
  (await stage.records.query<AuditRow>('SELECT who, what, detail FROM audit ORDER BY id')).rows

t.test('a token from before signing in does not work after it', async (t) => {
  const staff = browser()
  await staff.get('/sign-in')
  const before = /name="form" value="([^"]*)"/.exec(staff.page)![1]!
  const secret = staff.cookies.get('hotspot-form')!
  await staff.post('/sign-in', { name: 'linh', password: PASSWORD })
  staff.cookies.set('hotspot-form', secret)
  t.equal((await staff.post('/sign-out', { form: before })).statusCode, 403)
  t.equal((await staff.get('/')).statusCode, 200)
})

t.test('each sign-in has a new session, and a planted cookie opens nothing', async (t) => {
  const staff = browser()
  const planted = 'x'.repeat(43)
  staff.cookies.set('hotspot-staff', planted)
  await staff.signIn('linh', PASSWORD)
  const first = staff.cookies.get('hotspot-staff')!
  t.not(first, planted)
  t.match(first, /^[A-Za-z0-9_-]{43}$/, '256 bits')
  await staff.get('/')
  await staff.post('/sign-in', { name: 'linh', password: PASSWORD })
  const second = staff.cookies.get('hotspot-staff')!
  t.not(second, first)
  const thief = browser()
  thief.cookies.set('hotspot-staff', first)
  t.equal((await thief.get('/')).statusCode, 303, 'the one before is over')
})

t.test('the live store holds a digest of the session, never the session', async (t) => {
  const staff = browser()
  await staff.signIn('linh', PASSWORD)
  const id = staff.cookies.get('hotspot-staff')!
  const all = await stage.store.keys('*')
  t.ok(all.includes(keys.staffSession(id)))
  t.notOk(all.some((key) => key.includes(id)))
  t.notMatch(JSON.stringify(await stage.store.hgetall(keys.staffSession(id))), id)
})

t.test('a session ends after twelve hours, and after two without use', async (t) => {
  const staff = browser()
  await staff.signIn('linh', PASSWORD)
  const key = keys.staffSession(staff.cookies.get('hotspot-staff')!)
  const idle = await stage.store.pttl(key)
  t.ok(idle > 7_190_000 && idle <= 7_200_000, 'two hours from its last use')
  stage.now += 11 * 3_600_000
  await stage.store.pexpire(key, 1000)
  t.equal((await staff.get('/')).statusCode, 200)
  const last = await stage.store.pttl(key)
  t.ok(last > 3_590_000 && last <= 3_600_000, 'the last hour is the last')
  stage.now += 3_600_000
  t.equal((await staff.get('/')).headers.location, '/sign-in')
  t.equal(await stage.store.exists(key), 0)
  await staff.get('/sign-in')
  t.match(staff.page, 'Phiên làm việc đã hết hạn')
  await staff.get('/sign-in')
  t.notMatch(staff.page, 'Phiên làm việc đã hết hạn', 'told once')
})

t.test('signing out kills the session for everybody who has the cookie', async (t) => {
  const staff = browser()
  await staff.signIn('linh', PASSWORD)
  const thief = browser()
  thief.cookies.set('hotspot-staff', staff.cookies.get('hotspot-staff')!)
  t.equal((await thief.get('/')).statusCode, 200)
  await staff.get('/')
  const out = await staff.post('/sign-out')
  t.match(out.headers, { location: '/sign-in?out', 'clear-site-data': '"cache"' })
  t.notOk(staff.cookies.has('hotspot-staff'))
  t.equal((await thief.get('/')).statusCode, 303)
  t.match(await audited(), [{ what: 'sign-in' }, { who: 'linh', what: 'sign-out' }])
  t.match((await staff.get('/sign-in?out')).body, 'Bạn đã đăng xuất')
})

t.test('signing out takes a form of the same session, not a link', async (t) => {
  const staff = browser()
  await staff.signIn('linh', PASSWORD)
  t.equal((await staff.get('/sign-out')).statusCode, 404)
  t.equal((await staff.post('/sign-out', { form: null })).statusCode, 403)
  t.equal((await staff.get('/')).statusCode, 200)
})

t.test('who is removed is out at the next page', async (t) => {
  const staff = browser()
  await staff.signIn('linh', PASSWORD)
  await stage.records.query("DELETE FROM people WHERE name = 'linh'")
  t.equal((await staff.get('/')).statusCode, 303)
})

t.test('behind https the cookies are Secure and the session cookie is bound to this host', async (t) => {
  const staff = browser({ 'x-forwarded-proto': 'https' })
  await staff.get('/sign-in')
  const answer = await staff.post('/sign-in', { name: 'linh', password: PASSWORD })
  const cookie = answer.cookies.find(({ name }) => name === '__Host-hotspot-staff')!
  t.match(cookie, { path: '/', httpOnly: true, secure: true, sameSite: 'Strict' })
  t.equal(cookie.domain, undefined)
  t.equal((await staff.get('/')).headers['strict-transport-security'], 'max-age=31536000; includeSubDomains')
})

t.test(
  'over http the cookies are HttpOnly and SameSite=Strict, without a prefix that browsers would refuse',
  async (t) => {
    const answer = await browser().signIn('linh', PASSWORD)
    const cookie = answer.cookies.find(({ name }) => name === 'hotspot-staff')!
    t.match(cookie, { path: '/', httpOnly: true, sameSite: 'Strict' })
    t.notOk(cookie.secure)
    t.equal(answer.headers['strict-transport-security'], undefined)
  },
)
