import type { BrowserContextOptions, Page as Tab } from 'playwright-core'
import t from 'tap'
import { addPerson } from '../../core/records/people.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { StaffStore } from '../../core/store/staff.ts'
import { noteHeard } from '../../core/store/heard.ts'
import { mac, nas, openSessions, recordDays, recordReach, site } from '../console/sample-city.ts'
import { startStage } from '../console/stage.ts'
import { cutOff, launch, skip, violations } from './console-checks.ts'

/** Every page of the console in a real browser: accessibility, reflow with wide fonts, no script needed, our policy. */

const PASSWORD = 'mot mat khau that dai'

t.setTimeout(5 * 60e3)

const stage = await startStage()
t.teardown(() => stage.stop())
const origin = await stage.app.listen({ host: '127.0.0.1', port: 0 })
const browser = await launch()
t.teardown(() => browser?.close())

const signedOut = ['/sign-in', '/sign-in?out', '/none']
const signedIn = [
  '/',
  '/sites',
  '/sites/ho-hoan-kiem',
  '/sites/phu-nghia',
  '/sites/dong-anh',
  '/sites/none',
  '/account',
  '/account/second-factor',
  '/people',
  '/people/p1',
]

await fillCity()
const cookie = (await stage.enter('city')).cookies.get('hotspot-staff')!
const expiresAt = stage.now + 86_400_000
await createToken(stage.records, 'p1', { name: 'Bản đồ của thành phố', scopes: SCOPES, expiresAt }, stage.now)
await addPerson(stage.records, { name: 'quan.ly', role: 'site-manager', sites: ['ho-hoan-kiem'] }, PASSWORD)

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [390, 1440])
    t.test(`axe finds nothing, ${colorScheme}, ${width} wide`, { skip }, async (t) => {
      await visit({ colorScheme, viewport: { width, height: 900 } }, async (tab, name) => {
        t.same(await violations(tab), [], name)
      })
    })

t.test('axe finds nothing in English, with late figures, and with none', { skip }, async (t) => {
  await stage.store.xadd('hs:{0}:events', '1-0', 'e', '{}')
  await visit({ locale: 'en-GB', viewport: { width: 1440, height: 900 } }, async (tab, name) => {
    t.equal(await tab.getAttribute('html', 'lang'), 'en')
    t.same(await violations(tab), [], name)
  })
  await stage.store.del('hs:{0}:events')
  const { now } = stage
  stage.now += 30 * 86_400_000
  await stage.store.hset(`hs:staff:${await onlyStaffKey()}`, 'openedAt', stage.now)
  await visit({ viewport: { width: 390, height: 900 } }, async (tab, name) => {
    t.same(await violations(tab), [], `${name}, empty`)
  })
  stage.now = now
  await stage.store.hset(`hs:staff:${await onlyStaffKey()}`, 'openedAt', now)
})

t.test('nothing scrolls sideways, in any width and with any font', { skip }, async (t) => {
  const fonts = {
    'as it is': '',
    // System fonts differ: Roboto is narrow, DejaVu and Segoe are wide. A letter is half its size wide.
    '15 % wider': '* { letter-spacing: 0.075em !important }',
    // WCAG 2.2 §1.4.12
    'spaced by its reader':
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }',
  }
  for (const [font, content] of Object.entries(fonts))
    for (const width of [320, 390, 860, 1024, 1440]) {
      const options = { viewport: { width, height: 900 }, bypassCSP: true }
      await visit(options, async (tab, name) => {
        if (content) await tab.addStyleTag({ content })
        await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
        t.equal(
          await tab.evaluate('document.documentElement.scrollWidth'),
          width,
          `${name}, ${font}, ${width}`,
        )
        t.same(await cutOff(tab), [], `${name}, ${font}, ${width}: nothing sticks out of its card`)
      })
    }
})

t.test('our policy lets the pages have all they need: no complaint, fonts loaded', { skip }, async (t) => {
  const complaints: string[] = []
  await visit(
    { viewport: { width: 1440, height: 900 } },
    async (tab, name) => {
      await tab.evaluate('document.fonts.ready')
      t.ok(await tab.evaluate(`document.fonts.check('540 30px "Fraunces HN"')`), name)
    },
    (tab) =>
      tab.on('console', (message) => {
        if (!/status of 40[34]/.test(message.text())) complaints.push(message.text())
      }),
  )
  t.same(complaints, [])
})

t.test('without script: sign in, look at a site, change the language, sign out', { skip }, async (t) => {
  const context = await browser!.newContext({ javaScriptEnabled: false, locale: 'vi-VN' })
  t.teardown(() => context.close())
  const tab = await context.newPage()
  await tab.goto(`${origin}/`)
  t.equal(new URL(tab.url()).pathname, '/sign-in')
  await tab.fill('#name', 'quan.ly')
  await tab.fill('#password', 'sai hoan toan roi day')
  await tab.click('button.act')
  t.match(await tab.textContent('[role=alert]'), 'chưa đúng')
  t.equal(await tab.inputValue('#name'), 'quan.ly')
  await tab.fill('#password', PASSWORD)
  await tab.click('button.act')
  t.equal(new URL(tab.url()).pathname, '/sites/ho-hoan-kiem', 'his only site')
  await tab.click('summary')
  t.ok(await tab.isVisible('details table'))
  await tab.click('a[hreflang=en]')
  t.match(await tab.textContent('.leave'), 'Sign out')
  await tab.goto(`${origin}/`)
  t.match(await tab.textContent('.leave'), 'Sign out', 'the language stays')
  await tab.click('.leave button')
  t.match(await tab.textContent('[role=status]'), 'signed out')
  await tab.goto(`${origin}/sites/ho-hoan-kiem`)
  t.equal(new URL(tab.url()).pathname, '/sign-in')
})

t.test('with the keyboard the content is one step away, and every step is seen', { skip }, async (t) => {
  const context = await browser!.newContext({ viewport: { width: 1440, height: 900 } })
  t.teardown(() => context.close())
  await context.addCookies([{ name: 'hotspot-staff', value: cookie, url: origin }])
  const tab = await context.newPage()
  await tab.goto(`${origin}/`)
  await tab.keyboard.press('Tab')
  t.equal(await tab.evaluate('document.activeElement.className'), 'skip')
  t.ok(await tab.evaluate('document.activeElement.getBoundingClientRect().top >= 0'))
  await tab.keyboard.press('Enter')
  t.equal(new URL(tab.url()).hash, '#main')
  for (let i = 0; i < 8; i++) {
    await tab.keyboard.press('Tab')
    const outline = await tab.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    t.equal(outline, 'solid', `step ${i}`)
  }
})

t.test('the second step holds in every width, light and dark', { skip }, async (t) => {
  const { id } = await new StaffStore(stage.store).open('p1', stage.now, { waits: true })
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [320, 1440]) {
      const context = await browser!.newContext({ viewport: { width, height: 900 }, colorScheme })
      await context.addCookies([{ name: 'hotspot-staff', value: id, url: origin }])
      const tab = await context.newPage()
      await tab.goto(`${origin}/sign-in/code`)
      t.ok(await tab.isVisible('#code'))
      t.same(await violations(tab), [])
      t.equal(await tab.evaluate('document.documentElement.scrollWidth'), width)
      await context.close()
    }
})

/** Opens every page in a fresh context, signed out and signed in. */
async function visit(
  options: BrowserContextOptions,
  see: (tab: Tab, name: string) => Promise<void>,
  before: (tab: Tab) => void = () => undefined,
): Promise<void> {
  for (const pages of [signedOut, signedIn]) {
    const context = await browser!.newContext({ locale: 'vi-VN', ...options })
    if (pages === signedIn) await context.addCookies([{ name: 'hotspot-staff', value: cookie, url: origin }])
    const tab = await context.newPage()
    before(tab)
    for (const page of pages) {
      await tab.goto(origin + page)
      await see(tab, page)
    }
    await context.close()
  }
}

async function onlyStaffKey(): Promise<string> {
  const [key] = await stage.store.keys('hs:staff:*')
  return key!.slice('hs:staff:'.length)
}

async function fillCity(): Promise<void> {
  const name = (text: string) => ({ vi: text, en: text })
  const aps = ['Cổng chính', 'Sân trong', 'Bến xe'].map((each, i) => ({ mac: mac(i + 1), name: each }))
  await stage.publish(
    [
      site('ho-hoan-kiem', {
        name: name('Hồ Hoàn Kiếm – đền Ngọc Sơn'),
        accessPoints: aps,
        ward: 'Phường Hoàn Kiếm',
        login: ['click-through', 'voucher', 'sms-otp'],
        limits: { sessionSeconds: 3600, dailySeconds: 7200, dailyOctets: 1e9 },
      }),
      site('bat-trang', {
        name: name('Làng gốm Bát Tràng'),
        category: 'craft-village',
        lat: 20.975,
        lng: 105.913,
      }),
      site('phu-nghia', {
        name: name('Khu công nghiệp hỗ trợ Nam Hà Nội (HANSSIP), giai đoạn một'),
        category: 'industrial-park',
        lat: 20.93,
        lng: 105.65,
      }),
      site('dong-anh', {
        name: name('Khu công nghiệp Đông Anh'),
        state: 'planned',
        category: 'industrial-park',
        lat: 21.14,
      }),
    ],
    [nas('gw-1', 'ho-hoan-kiem'), nas('gw-2', 'bat-trang'), nas('gw-3', 'phu-nghia')],
  )
  await noteHeard(stage.store, 'gw-1', mac(2), stage.now - 3_600_000)
  await noteHeard(stage.store, 'gw-1', mac(1), stage.now - 60_000)
  await noteHeard(stage.store, 'gw-3', null, stage.now - 3_600_000)
  await openSessions(stage.store, 'gw-1', 642, stage.now)
  await openSessions(stage.store, 'gw-3', 24, stage.now)
  const counts = {
    funnel: { arrival: 29_000, splash: 24_000, tap: 20_500, granted: 20_100, online: 19_800 },
    refusal: { 'code-wrong': 1240, 'used-up': 310, 'code-other-site': 44, 'too-many-tries': 9 },
    language: { vi: 8900, en: 3100, ko: 2400, 'zh-Hans': 2100, ja: 700, fr: 19, de: 3 },
    device: { Android: 10_000, iOS: 7400, Windows: 90, Tizen: 2 },
  }
  for (let daysAgo = 0; daysAgo < 14; daysAgo++) {
    const visitors = 18_420 + ((daysAgo * 7919) % 9000)
    await recordDays(stage.records, stage.now, [
      {
        site: 'ho-hoan-kiem',
        daysAgo,
        visitors,
        exact: false,
        sessions: 26_117,
        octets: 1_920e9,
        ...(daysAgo === 0 && { counts }),
      },
      { site: 'bat-trang', daysAgo, visitors: 412, octets: 31e9 },
    ])
    await recordReach(stage.records, stage.now, { daysAgo, visitors: visitors + 300, exact: false })
  }
}
