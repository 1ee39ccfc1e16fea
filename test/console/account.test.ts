import t from 'tap'
import { codeAt } from '../../core/domain/totp.ts'
import { addPerson, type Role } from '../../core/records/people.ts'
import { resetFactor } from '../../core/records/second-factor.ts'
import { Browser } from './browser.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const PASSWORD = 'mot mat khau that dai'
const stage = await startStage({ trustedProxies: ['127.0.0.1'] })
t.teardown(() => stage.stop())
// A password takes its time to be made: once.
await addPerson(stage.records, { name: 'linh', role: 'city', sites: [] }, PASSWORD)
await stage.records.query('CREATE TABLE known_people AS SELECT * FROM people')
t.beforeEach(async () => {
  await stage.clear()
  await stage.records.query('INSERT INTO people SELECT * FROM known_people')
  await stage.publish([site('mine'), site('other')], [])
})

const signedIn = async (headers: Record<string, string> = {}): Promise<Browser> => {
  const staff = new Browser(stage.app, headers)
  await staff.signIn('linh', PASSWORD)
  return staff
}
const codeNow = (secret: Buffer): string => codeAt(secret, Math.floor(stage.now / 30_000))
const said = async (what: string) =>
  (await stage.records.query<object>('SELECT who, target, detail FROM audit WHERE what = $1', [what])).rows

/** Sets up the second factor as its owner does. */
async function enrolled(staff: Browser): Promise<{ secret: Buffer; recovery: string[] }> {
  await staff.get('/account/second-factor')
  const sealed = /name="sealed" value="([^"]*)"/.exec(staff.page)![1]!
  const session = staff.cookies.get('hotspot-staff')!
  const secret = Buffer.from(stage.keys.unseal(sealed, `enrolment ${session}`), 'base64')
  t.equal(secret.length, 20)
  await staff.post('/account/second-factor', { sealed, password: PASSWORD, code: codeNow(secret) })
  return { secret, recovery: [...staff.page.matchAll(/<code>(.{11})<\/code>/g)].map((match) => match[1]!) }
}

t.test(
  'a city account opens nothing before it has a second factor, and asks for it from then on',
  async (t) => {
    const staff = await signedIn()
    t.equal((await staff.get('/')).headers.location, '/account')
    t.equal((await staff.get('/api/v1/sites')).statusCode, 403)
    await staff.get('/account')
    t.match(staff.page, 'Vai trò này cần xác minh bước hai')
    const before = staff.cookies.get('hotspot-staff')
    const { secret, recovery } = await enrolled(staff)
    t.not(staff.cookies.get('hotspot-staff'), before, 'the session is a new one')
    t.equal(new Set(recovery).size, 10)
    t.equal((await staff.get('/')).statusCode, 200)

    const again = await signedIn()
    t.equal((await again.get('/')).headers.location, '/sign-in', 'the password alone opens nothing')
    t.equal((await again.get('/account')).statusCode, 303)
    t.equal((await again.get('/api/v1/sites')).statusCode, 401)
    await again.get('/sign-in/code')
    t.equal(
      (await again.post('/sign-in/code', { code: codeNow(secret) })).statusCode,
      401,
      'a code is used once',
    )
    stage.now += 30_000
    t.equal((await again.post('/sign-in/code', { code: codeNow(secret) })).headers.location, '/')
    t.equal((await again.get('/')).statusCode, 200)
    t.match((await said('sign-in')).at(-1), { who: 'linh', detail: { factor: 'app' } })

    const lost = await signedIn()
    await lost.get('/sign-in/code')
    t.equal((await lost.post('/sign-in/code', { code: recovery[3]!.toLowerCase() })).statusCode, 303)
    await lost.get('/account')
    t.match(lost.page, 'Còn 9 mã')
    const thief = await signedIn()
    await thief.get('/sign-in/code')
    t.equal((await thief.post('/sign-in/code', { code: recovery[3]! })).statusCode, 401, 'it works once')

    const { rows } = await stage.records.query('SELECT * FROM people')
    t.notOk(JSON.stringify(rows).includes(recovery[0]!.replace(' ', '')), 'neither is kept in the clear')
    await resetFactor(stage.records, 'linh')
    t.equal((await staff.get('/')).headers.location, '/account', 'a reset asks for a new one')
  },
)

t.test('where the console cannot be reached from elsewhere, nobody is held up', async (t) => {
  const staff = new Browser(await stage.console({ reach: 'loopback' }))
  await staff.signIn('linh', PASSWORD)
  t.equal((await staff.get('/')).statusCode, 200)
  await staff.get('/account')
  t.match(staff.page, 'Vai trò này cần xác minh bước hai', 'but told what is missing')
})

t.test('wrong codes close the second step for a while, the right one too', async (t) => {
  const { secret } = await enrolled(await signedIn())
  stage.now += 60_000
  const staff = await signedIn()
  await staff.get('/sign-in/code')
  for (let i = 0; i < 5; i++) await staff.post('/sign-in/code', { code: '000000' })
  t.equal((await staff.post('/sign-in/code', { code: codeNow(secret) })).statusCode, 401)
  t.match((await said('sign-in refused')).at(-1), { who: 'linh', detail: { reason: 'too-many-tries' } })
})

t.test('a second factor wants the password, a right code, and a form of this session', async (t) => {
  const staff = await signedIn()
  await staff.get('/account/second-factor')
  const sealed = /name="sealed" value="([^"]*)"/.exec(staff.page)![1]!
  for (const fields of [
    { sealed, password: 'sai hoan toan roi day', code: '000000' },
    { sealed, password: PASSWORD, code: '000000' },
    { sealed: stage.keys.seal('x', 'enrolment of another'), password: PASSWORD, code: '000000' },
    { sealed: '', password: PASSWORD, code: '000000' },
  ])
    t.equal((await staff.post('/account/second-factor', fields)).statusCode, 400)
  t.match((await stage.records.query('SELECT totp_sealed FROM people')).rows, [{ totp_sealed: null }])
})

t.test('a new password wants the old one, ends all other sessions, and renews this one', async (t) => {
  const [staff, other] = [await signedIn(), await signedIn()]
  await staff.get('/account')
  const wanted = 'mot mat khau khac han'
  t.equal((await staff.post('/account', { do: 'password', password: 'sai', wanted })).statusCode, 400)
  t.equal(
    (await staff.post('/account', { do: 'password', password: PASSWORD, wanted: 'ngan' })).statusCode,
    400,
  )
  const before = staff.cookies.get('hotspot-staff')
  t.equal((await staff.post('/account', { do: 'password', password: PASSWORD, wanted })).statusCode, 200)
  t.not(staff.cookies.get('hotspot-staff'), before)
  t.equal((await staff.get('/account')).statusCode, 200)
  t.equal((await other.get('/account')).statusCode, 303)
  t.equal((await new Browser(stage.app).signIn('linh', wanted)).statusCode, 303)
  t.match(await said('person.own-password'), [{ who: 'linh', target: 'linh' }])
})

t.test('a password that others would guess is not taken, and the page says why', async (t) => {
  const staff = await signedIn()
  for (const wanted of [
    'passwordpassword',
    'Hà Nội Wi-Fi 2026!',
    'Linh-linh-linh-1990',
    'qwertyuiopasdf',
    '1'.repeat(200),
  ]) {
    await staff.get('/account')
    const answer = await staff.post('/account', { do: 'password', password: PASSWORD, wanted })
    t.equal(answer.statusCode, 400, wanted)
    t.match(answer.body, 'dễ đoán', wanted)
  }
  t.same(await said('person.own-password'), [])
  const wanted = 'Ếch xanh gõ trống 7 lần'
  await staff.get('/account')
  t.equal((await staff.post('/account', { do: 'password', password: PASSWORD, wanted })).statusCode, 200)
})

t.test('one’s sessions are listed and ended one by one, nobody else’s', async (t) => {
  const [staff, other] = [await signedIn(), await signedIn({ 'x-forwarded-for': '203.0.113.7' })]
  await staff.get('/account')
  t.match(staff.page, '203.0.113.7')
  t.match(staff.page, 'Phiên này')
  const [id] = [
    ...staff.page.matchAll(/name="do" value="end"><input type="hidden" name="id" value="([^"]*)"/g),
  ].map((match) => match[1]!)
  await staff.post('/account', { do: 'end', id: 'of-nobody' })
  t.equal((await other.get('/account')).statusCode, 200)
  await staff.get('/account')
  await staff.post('/account', { do: 'end', id: id! })
  t.equal((await other.get('/account')).statusCode, 303)
  t.equal((await staff.get('/account')).statusCode, 200)
})

t.test('a token is made, shown once, listed and revoked', async (t) => {
  const staff = await stageEnter('auditor')
  await staff.get('/account')
  t.equal(
    (await staff.post('/account', { do: 'token', name: 'x', days: '400', scopes: 'sites:read' })).statusCode,
    400,
  )
  t.equal(
    (await staff.post('/account', { do: 'token', name: 'x', days: '4', scopes: 'people:read' })).statusCode,
    400,
    'a right that the role does not have',
  )
  await staff.post('/account', { do: 'token', name: 'bản đồ', days: '4', scopes: 'sites:read' })
  const token = /<code>(hnwifi_[\w-]{43})<\/code>/.exec(staff.page)![1]!
  const asks = () => stage.app.inject({ url: '/api/v1/sites', headers: { authorization: `Bearer ${token}` } })
  t.equal((await asks()).statusCode, 200)
  await staff.get('/account')
  t.match(staff.page, 'bản đồ')
  t.notMatch(staff.page, token)
  const id = /name="do" value="revoke"><input type="hidden" name="id" value="([^"]*)"/.exec(staff.page)![1]!
  await staff.post('/account', { do: 'revoke', id })
  t.equal((await asks()).statusCode, 401)
  t.match(await said('token.create'), [{ who: 'linh' }])
  t.match(await said('token.revoke'), [{ who: 'linh', target: id }])
  t.notMatch(JSON.stringify((await stage.records.query('SELECT * FROM audit')).rows), token)
})

t.test('the city adds a person, whose one-time password opens his account alone', async (t) => {
  const staff = await stageEnter('city')
  await staff.get('/people')
  const fields = { name: 'hoa', role: 'editor', sites: 'mine' }
  t.equal((await staff.post('/people', { ...fields, name: '<b>' })).statusCode, 400)
  await staff.post('/people', fields)
  const password = /<code>([\w-]{20})<\/code>/.exec(staff.page)![1]!
  t.equal((await staff.post('/people', fields)).statusCode, 400, 'a name is taken once')
  const hoa = new Browser(stage.app)
  t.equal((await hoa.signIn('hoa', password)).statusCode, 303)
  t.equal((await hoa.get('/sites/mine')).headers.location, '/account')
  await hoa.get('/account')
  await hoa.post('/account', { do: 'password', password, wanted: PASSWORD })
  t.equal((await hoa.get('/sites/mine')).statusCode, 200)
  t.equal((await hoa.get('/sites/other')).statusCode, 403)

  const { rows } = await stage.records.query<{ id: string }>("SELECT id FROM people WHERE name = 'hoa'")
  const page = `/people/${rows[0]!.id}`
  await staff.get(page)
  await staff.post(page, { do: 'role', role: 'site-manager', sites: 'other' })
  t.equal((await hoa.get('/sites/other')).statusCode, 200, 'at once')
  await staff.post(page, { do: 'password' })
  t.equal((await hoa.get('/sites/other')).statusCode, 303, 'his sessions are over')
  t.equal((await staff.post(page, { do: 'remove' })).headers.location, '/people')
  t.equal((await staff.get(page)).statusCode, 404)
  for (const what of ['person.add', 'person.role', 'person.password', 'person.remove'])
    t.match(await said(what), [{ who: 'linh', target: 'hoa' }], what)
  t.ok((await said('person.look')).length > 3, 'looks are audited')
  await staff.get('/people/p1')
  t.equal((await staff.post('/people/p1', { do: 'remove' })).statusCode, 400, 'nobody removes himself')
})

t.test('over https the form cookie is bound to this host', async (t) => {
  const staff = new Browser(stage.app, { 'x-forwarded-proto': 'https' })
  const answer = await staff.get('/sign-in')
  const cookie = answer.cookies.find(({ name }) => name === '__Host-hotspot-form')!
  t.match(cookie, { path: '/', httpOnly: true, secure: true, sameSite: 'Strict' })
  t.equal((await staff.post('/sign-in', { name: 'x', password: 'y' })).statusCode, 401, 'and works')
  staff.cookies.set('hotspot-form', staff.cookies.get('__Host-hotspot-form')!)
  staff.cookies.delete('__Host-hotspot-form')
  t.equal(
    (await staff.post('/sign-in', { name: 'x', password: 'y' })).statusCode,
    403,
    'under that name alone',
  )
})

/** Somebody signed in without the time that passwords take. */
async function stageEnter(role: Role): Promise<Browser> {
  await stage.records.query('DELETE FROM people')
  return stage.enter(role)
}
