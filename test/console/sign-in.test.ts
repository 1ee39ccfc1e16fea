import t from 'tap'
import { addPerson, setPassword } from '../../core/records/people.ts'
import { wayOn } from '../../console/routes/sign-in.ts'
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

/** The answer without what changes from page to page: the form's token and what was typed. */
const plain = (body: string): string =>
  body.replace(/name="form" value="[^"]*"/g, '').replace(/name="name" value="[^"]*"/g, '')

t.test('the right name and password open the console', async (t) => {
  const staff = browser()
  t.equal((await staff.get('/')).headers.location, '/sign-in')
  const answer = await staff.signIn('linh', PASSWORD)
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/')
  t.equal((await staff.get('/')).statusCode, 200)
  t.match(staff.page, 'linh')
  t.match(await audited(), [{ who: 'linh', what: 'sign-in' }])
})

t.test('a spelling of the same password in other Unicode composition opens it too', async (t) => {
  await setPassword(stage.records, 'linh', 'mật khẩu thật dài'.normalize('NFC'))
  t.equal((await browser().signIn('linh', 'mật khẩu thật dài'.normalize('NFD'))).statusCode, 303)
})

t.test('the way goes on to the page that was asked for, and never to another site', async (t) => {
  const staff = browser()
  const asked = await staff.get('/sites/ho-hoan-kiem')
  t.equal(asked.headers.location, '/sign-in?next=%2Fsites%2Fho-hoan-kiem')
  await staff.get(asked.headers.location!)
  t.match(staff.page, 'name="next" value="/sites/ho-hoan-kiem"')
  const answer = await staff.post('/sign-in', {
    name: 'linh',
    password: PASSWORD,
    next: '/sites/ho-hoan-kiem',
  })
  t.equal(answer.headers.location, '/sites/ho-hoan-kiem')
  const elsewhere = [
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '/sites/a/b',
    'javascript:1',
  ]
  for (const next of [...elsewhere, undefined, ['/sites']]) t.equal(wayOn(next), '/', String(next))
})

t.test('a wrong password and an unknown name get the same answer', async (t) => {
  const wrong = await browser().signIn('linh', 'sai hoan toan roi day')
  const unknown = await browser().signIn('khong co', 'sai hoan toan roi day')
  t.equal(wrong.statusCode, 401)
  t.equal(unknown.statusCode, 401)
  t.equal(plain(wrong.body), plain(unknown.body))
  t.match(wrong.body, 'Tên hoặc mật khẩu chưa đúng')
  t.match(wrong.body, 'value="linh"', 'what was typed stays')
  t.notMatch(wrong.body, 'sai hoan toan', 'save the password')
})

t.test('failures are audited without password, and without a name that nobody has', async (t) => {
  await browser().signIn('linh', 'sai hoan toan roi day')
  await browser().signIn('mat khau go nham cho', 'sai hoan toan roi day')
  const rows = await audited()
  t.match(rows, [
    { who: 'linh', what: 'sign-in refused', detail: { reason: 'wrong', address: '127.0.0.1' } },
    { who: 'unknown', what: 'sign-in refused', detail: { reason: 'wrong' } },
  ])
  t.notMatch(JSON.stringify(rows) + stage.logged.join(), /sai hoan toan|go nham/)
})

t.test(
  'a name is locked after five failures, with the same answer, even for the right password',
  async (t) => {
    const answers = []
    for (let i = 0; i < 5; i++) answers.push(await browser().signIn('linh', 'sai hoan toan roi day'))
    const locked = await browser().signIn('Linh', PASSWORD)
    t.equal(locked.statusCode, 401)
    t.equal(plain(locked.body), plain(answers[0]!.body))
    t.equal((await browser().signIn('linh', PASSWORD)).statusCode, 401)
    t.match((await audited()).at(-1), { who: 'linh', detail: { reason: 'too-many-tries' } })
    const ttl = await stage.store.ttl(keys.staffTries('name:linh'))
    t.ok(ttl > 0 && ttl <= 900, 'for a quarter of an hour from the first')
    await stage.store.del(keys.staffTries('name:linh'))
    t.equal((await browser().signIn('linh', PASSWORD)).statusCode, 303, 'then it opens again')
  },
)

t.test('tries at once cannot slip through beside one another', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => browser().signIn('linh', 'sai hoan toan roi day')),
  )
  t.ok(answers.every(({ statusCode }) => statusCode === 401))
  const reasons = (await audited()).map(({ detail }) => detail.reason)
  t.equal(reasons.filter((reason) => reason === 'wrong').length, 5)
  t.equal(reasons.filter((reason) => reason === 'too-many-tries').length, 3)
})

t.test(
  'an address is locked after twenty failures over many names, and other addresses are not',
  async (t) => {
    const from = (address: string) => browser({ 'x-forwarded-for': address })
    await stage.store.set(keys.staffTries('address:203.0.113.7'), 20, 'EX', 900)
    t.equal((await from('203.0.113.7').signIn('linh', PASSWORD)).statusCode, 401)
    t.equal((await from('203.0.113.8').signIn('linh', PASSWORD)).statusCode, 303)
    await stage.store.set(keys.staffTries('address:2001:db8:1:2::/64'), 20, 'EX', 900)
    t.equal(
      (await from('2001:db8:1:2::99').signIn('linh', PASSWORD)).statusCode,
      401,
      'a /64 is one customer',
    )
    t.equal((await from('2001:db8:1:3::99').signIn('linh', PASSWORD)).statusCode, 303)
  },
)

t.test('signing in is no failure: neither name nor address stays counted', async (t) => {
  await browser().signIn('linh', 'sai hoan toan roi day')
  await browser().signIn('linh', PASSWORD)
  t.equal(await stage.store.get(keys.staffTries('name:linh')), null)
  t.equal(await stage.store.get(keys.staffTries('address:127.0.0.1')), '1')
})

t.test(
  'a form without its token, or with one of another browser, is refused and changes nothing',
  async (t) => {
    const staff = browser()
    await staff.get('/sign-in')
    const without = await staff.post('/sign-in', { form: null, name: 'linh', password: PASSWORD })
    t.equal(without.statusCode, 403)
    t.match(without.body, 'Trang đã cũ')
    const other = browser()
    await other.get('/sign-in')
    const token = /name="form" value="([^"]*)"/.exec(other.page)![1]!
    await staff.get('/sign-in')
    t.equal((await staff.post('/sign-in', { form: token, name: 'linh', password: PASSWORD })).statusCode, 403)
    t.same(await audited(), [])
  },
)

t.test('a form that another site sent is refused whatever token it has', async (t) => {
  for (const [site, status] of [
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 303],
  ] as const) {
    const staff = browser()
    await staff.get('/sign-in')
    const answer = await staff.post(
      '/sign-in',
      { name: 'linh', password: PASSWORD },
      { 'sec-fetch-site': site },
    )
    t.equal(answer.statusCode, status, site)
  }
})

t.test('odd and oversized fields are a failure like any other, never a fault', async (t) => {
  const staff = browser()
  for (const [name, password] of [
    ['', ''],
    ['linh', 'x'.repeat(500)],
    ['x'.repeat(500), 'y'],
    ["' OR 1=1 --", "' OR 1=1 --"],
    ['linh\u0000', PASSWORD],
  ] as const) {
    await staff.get('/sign-in')
    const { statusCode } = await staff.post('/sign-in', { name, password })
    t.equal(statusCode, 401, JSON.stringify(name.slice(0, 20)))
  }
  const twice = await stage.app.inject({
    method: 'POST',
    url: '/sign-in',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      cookie: [...staff.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    },
    payload: `form=${encodeURIComponent(/name="form" value="([^"]*)"/.exec(staff.page)![1]!)}&name=a&name=b&password=c`,
  })
  t.equal(twice.statusCode, 401)
  t.notMatch(stage.logged.join(), 'page failed')
})
