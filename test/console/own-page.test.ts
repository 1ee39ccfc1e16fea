import t from 'tap'
import { saveSite, readCity } from '../../core/records/city.ts'
import { pagesOf } from '../../core/records/own-pages.ts'
import type { Role } from '../../core/records/people.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { followTables } from '../../core/store/tables.ts'
import type { Browser } from './browser.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())
const { records, store, keys } = stage
const promo = { vi: 'Hồ cũ.', en: 'The old lake.' }

const staff = async (role: Role, name: string, sites: readonly string[] = ['lake']): Promise<Browser> => {
  await records.query('DELETE FROM people')
  const browser = await stage.enter(role, sites)
  await records.query('UPDATE people SET name = $1', [name])
  return browser
}
const begin = async (): Promise<void> => {
  await stage.clear()
  await records.query('TRUNCATE own_pages, sites CASCADE')
  const sites = [
    site('lake', { promo }),
    site('temple', { promo, lat: 21.03, lng: 105.83 }),
    site('village', { promo, category: 'craft-village', lat: 20.97, lng: 105.91 }),
    site('other', { promo }),
  ]
  for (const each of sites) await saveSite(records, each)
  await stage.publish(sites, [])
}
const PAGE = { 'greeting-vi': 'Chào <bạn>', 'greeting-en': 'Welcome', hours: 'recorded', do: 'send' }
const versionIn = (page: string): string => /name="basedOn" value="(\d+)"/.exec(page)![1]!
const write = async (browser: Browser, fields: Record<string, string> = {}) => {
  await browser.get('/sites/lake/page')
  return browser.post('/sites/lake/page', { basedOn: versionIn(browser.page), ...PAGE, ...fields })
}
const decide = async (browser: Browser, fields: Record<string, string>) => {
  await browser.get('/sites/lake/page')
  const version = /name="version" value="(\d+)"/.exec(browser.page)?.[1] ?? '0'
  return browser.post('/sites/lake/page/decision', { version, ...fields })
}
/** The site as the portal's workers have it. */
const published = async () => {
  const tables = await followTables(store, keys, { failed: () => undefined })
  await tables.stop()
  return tables.current.sites.get('lake')!
}

t.test('a greeting is written, sent, approved, and in the portal’s table at that moment', async (t) => {
  await begin()
  const manager = await staff('site-manager', 'mai')
  t.equal((await write(manager, { 'greeting-ko': '환영합니다', near: 'temple' })).statusCode, 200)
  t.match(manager.page, 'Chờ duyệt')
  t.match(await published(), { promo }, 'nobody sees it yet')
  t.equal((await decide(manager, { do: 'approve' })).statusCode, 403)

  const editor = await staff('editor', 'lan')
  await editor.get('/pages')
  t.match(editor.page, 'Chào &lt;bạn&gt;')
  t.equal((await decide(editor, { do: 'approve' })).statusCode, 200)
  t.match(editor.page, 'Đã duyệt')
  const live = { promo: { vi: 'Chào <bạn>', en: 'Welcome', ko: '환영합니다' }, near: ['temple'] }
  t.match(await published(), live)
  const { sites } = await readCity(records, keys)
  t.match(
    sites.find(({ id }) => id === 'lake'),
    live,
    'and stays so when all is published anew',
  )
  t.match(
    sites.find(({ id }) => id === 'other'),
    { promo },
  )
  const { rows } = await records.query<{ what: string; who: string }>(
    "SELECT who, what FROM audit WHERE target = 'lake' ORDER BY id",
  )
  t.same(
    rows.map(({ who, what }) => `${who} ${what}`),
    ['mai page.save', 'mai page.send', 'lan page.approve'],
  )
  t.match(await pagesOf(records, 'lake'), {
    live: { version: 1, writtenBy: 'mai', decidedBy: 'lan' },
    inWork: null,
  })
})

t.test('a refusal needs a reason, which the writer reads; what is live stays', async (t) => {
  await begin()
  await write(await staff('site-manager', 'mai'))
  const editor = await staff('editor', 'lan')
  t.equal((await decide(editor, { do: 'reject', reason: ' ' })).statusCode, 400)
  await decide(editor, { do: 'reject', reason: 'Thiếu tên <hồ>' })
  const manager = await staff('site-manager', 'mai')
  await manager.get('/sites/lake/page')
  t.match(manager.page, 'Bị từ chối')
  t.match(manager.page, 'Thiếu tên &lt;hồ&gt;')
  t.match(await published(), { promo })
  await write(manager, { do: 'save' })
  t.match(manager.page, 'Bản nháp')
  t.notMatch(manager.page, 'Thiếu tên')
})

t.test('nobody approves his own words, save the city; nobody decides over what he did not see', async (t) => {
  await begin()
  const editor = await staff('editor', 'lan')
  await write(editor)
  t.equal((await decide(editor, { do: 'approve' })).statusCode, 400)
  t.match(editor.page, 'cần một người khác')
  const city = await staff('city', 'hoa')
  await city.get('/sites/lake/page')
  const stale = versionIn(city.page)
  await write(city, { 'greeting-en': 'Second' })
  const late = await city.post('/sites/lake/page', { basedOn: stale, ...PAGE, 'greeting-en': 'Third' })
  t.equal(late.statusCode, 400)
  t.match(late.body, 'Có người vừa lưu bản khác')
  t.match(late.body, 'Third', 'and what was typed is kept')
  const old = await city.post('/sites/lake/page/decision', { version: stale, do: 'approve' })
  t.equal(old.statusCode, 400)
  t.match(await published(), { promo })
  await decide(city, { do: 'approve' })
  t.match(await published(), { promo: { en: 'Second' } })
  const { rows } = await records.query<{ detail: object }>(
    "SELECT detail FROM audit WHERE what = 'page.approve'",
  )
  t.match(rows, [{ detail: { version: 2, onOneWord: true } }])
})

t.test('hours are those of each day, of the record, or none', async (t) => {
  await begin()
  const city = await staff('city', 'hoa')
  const days = {
    hours: 'own',
    'mon-from': '08:00',
    'mon-to': '22:00',
    'tue-from': '08:00',
    'tue-to': '22:00',
  }
  const night = { 'sat-from': '18:00', 'sat-to': '00:00', 'sun-from': '00:00', 'sun-to': '00:00' }
  await write(city, { ...days, ...night })
  await decide(city, { do: 'approve' })
  t.same((await published()).hours, [
    { days: ['mon', 'tue'], from: '08:00', to: '22:00' },
    { days: ['sat'], from: '18:00', to: '00:00' },
    { days: ['sun'], from: '00:00', to: '24:00' },
  ])
  await city.get('/sites/lake/page')
  t.match(city.page, /name="sat-from" value="18:00"/)
  await write(city, { hours: 'always' })
  await decide(city, { do: 'approve' })
  t.equal((await published()).hours, undefined)
})

t.test('what cannot be a page is told, and saved nowhere', async (t) => {
  await begin()
  const manager = await staff('site-manager', 'mai')
  for (const odd of [
    { 'greeting-vi': ' ' },
    { 'greeting-en': 'x'.repeat(161) },
    { 'greeting-ko': 'a\u0007b' },
    { hours: 'own' },
    { hours: 'own', 'mon-from': '08:00' },
    { hours: 'own', 'mon-from': '8', 'mon-to': '25:00' },
    { near: 'none' },
    { basedOn: 'x' },
  ])
    t.equal((await write(manager, odd as Record<string, string>)).statusCode, 400, JSON.stringify(odd))
  t.equal((await records.query('SELECT FROM own_pages')).rowCount, 0)
  const most = 'ế'.repeat(160)
  const languages = ['vi', 'en', 'zh-Hans', 'ko', 'zh-Hant', 'ja', 'fr', 'ru']
  const full = Object.fromEntries(languages.map((lang) => [`greeting-${lang}`, most]))
  t.equal((await write(manager, full)).statusCode, 200, 'eight long greetings fit into a form')
})

t.test('the preview is the portal’s own splash of what was saved last, in any language', async (t) => {
  await begin()
  const manager = await staff('site-manager', 'mai')
  t.match((await manager.get('/sites/lake/page/preview')).body, 'Hồ cũ.')
  await write(manager, { 'greeting-ko': '환영합니다', near: 'village', do: 'save' })
  const korean = await manager.get('/sites/lake/page/preview?in=ko')
  t.match(korean.body, '<html lang="ko">')
  t.match(korean.body, '환영합니다')
  t.match(korean.body, 'village')
  t.notMatch(korean.body, 'temple')
  t.match((await manager.get('/sites/lake/page/preview?in=vi')).body, 'Chào &lt;bạn&gt;')
  t.match((await manager.get('/sites/lake/page/preview?in=fr')).body, '<span lang="en">Welcome</span>')
  t.notMatch(korean.body, /<script|action="(?!#)/)
  const policy = korean.headers['content-security-policy'] as string
  t.match(policy, /sandbox allow-same-origin$/)
  t.match(policy, "frame-ancestors 'self'")
  t.notMatch(policy, 'script')
  t.equal(korean.headers['x-frame-options'], 'SAMEORIGIN')
  const font = /url\((\/assets\/fonts\/[^)?]+)/.exec(korean.body)![1]!
  t.equal((await manager.get(font)).headers['content-type'], 'font/woff2')
  t.equal((await manager.get('/sites/other/page/preview')).statusCode, 403)
})

t.test('programs write, send and decide as people do', async (t) => {
  await begin()
  const tokenOf = async (role: Role, name: string): Promise<string> => {
    await staff(role, name)
    const expiresAt = stage.now + 3_600_000
    return (await createToken(records, 'p1', { name: 'x', scopes: SCOPES, expiresAt }, stage.now)).token
  }
  const call = async (token: string, method: 'GET' | 'POST', path: string, payload?: object) => {
    const headers = { authorization: `Bearer ${token}` }
    const url = `/api/v1/pages${path}`
    const answer = await stage.app.inject({ method, url, headers, ...(payload && { payload }) })
    return { status: answer.statusCode, told: answer.json<Record<string, unknown>>() }
  }
  const manager = await tokenOf('site-manager', 'mai')
  const draft = { basedOn: 0, greeting: { vi: 'Chào', en: 'Welcome', ja: 'ようこそ' }, near: ['temple'] }
  t.match(await call(manager, 'POST', '/lake', draft), { status: 201, told: { version: 1 } })
  t.match(await call(manager, 'POST', '/lake', draft), { status: 409, told: { code: 'changed' } })
  t.match(await call(manager, 'POST', '/lake', { ...draft, greeting: { vi: 'x', en: '' }, basedOn: 1 }), {
    status: 400,
    told: { code: 'bad-page' },
  })
  t.match(await call(manager, 'POST', '/other', draft), { status: 403 })
  t.match((await call(manager, 'GET', '/lake/preview?lang=ja')).told, { html: /ようこそ/ })
  t.match(await call(manager, 'POST', '/lake/send', { version: 1 }), { status: 200 })
  const editor = await tokenOf('editor', 'lan')
  t.match((await call(editor, 'GET', '?state=waiting')).told, { items: [{ site: 'lake', sentBy: 'mai' }] })
  t.match(await call(editor, 'POST', '/lake/reject', { version: 1, reason: '' }), { status: 400 })
  t.match(await call(editor, 'POST', '/lake/approve', { version: 1 }), { status: 200 })
  t.match(await call(editor, 'POST', '/lake/approve', { version: 1 }), { status: 409 })
  t.match(await published(), { promo: { ja: 'ようこそ' } })
})
