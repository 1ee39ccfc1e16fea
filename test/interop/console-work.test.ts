import type { BrowserContextOptions, Page as Tab } from 'playwright-core'
import t from 'tap'
import { codeSubject } from '../../core/domain/grants.ts'
import { saveSite } from '../../core/records/city.ts'
import { inTransaction } from '../../core/records/database.ts'
import { acknowledge } from '../../core/records/incident-notes.ts'
import { closeIncident, openIncident } from '../../core/records/incidents.ts'
import { approveNotice, draftNotice } from '../../core/records/notices.ts'
import { approvePage, savePage, sendPage } from '../../core/records/own-pages.ts'
import { addPerson } from '../../core/records/people.ts'
import { createVouchers, revokeVoucher } from '../../core/records/vouchers.ts'
import { UsageStore } from '../../core/store/usage.ts'
import { VoucherStore } from '../../core/store/vouchers.ts'
import { nas, site } from '../console/sample-city.ts'
import { startStage } from '../console/stage.ts'
import { cutOff, launch, skip, violations } from './console-checks.ts'

/** Pages on which staff of a site work, in a real browser: codes, the site's own words, incidents, people. */

t.setTimeout(5 * 60e3)

const stage = await startStage()
t.teardown(() => stage.stop())
const { records, store, keys } = stage
const origin = await stage.app.listen({ host: '127.0.0.1', port: 0 })
const browser = await launch()
t.teardown(() => browser?.close())

const name = (text: string) => ({ vi: text, en: text })
const promo = name('Một câu về nơi này.')
const HOUR = 3_600_000
const { batch, longest } = await fill()
const cookie = (await stage.enter('city')).cookies.get('hotspot-staff')!
/** Full, empty, partial, forbidden and gone. */
const pages = [
  '/sites/ho-hoan-kiem/codes',
  `/sites/ho-hoan-kiem/codes/${batch}`,
  `/sites/ho-hoan-kiem/codes/${batch}/sheet`,
  '/sites/ho-hoan-kiem/page',
  '/sites/ho-hoan-kiem/incidents',
  '/sites/ho-hoan-kiem/people',
  '/incidents',
  '/pages',
  '/sites/bat-trang/codes',
  '/sites/hanssip/page',
  '/sites/hanssip/incidents?month=2026-01',
  '/sites/hanssip/people',
  '/sites/none/codes',
]

for (const colorScheme of ['light', 'dark'] as const)
  t.test(`axe finds nothing, ${colorScheme}`, { skip }, async (t) => {
    for (const width of [390, 1440])
      await visit({ colorScheme, viewport: { width, height: 900 } }, async (tab, page) => {
        t.same(await violations(tab), [], `${page}, ${width}`)
      })
  })

t.test('axe finds nothing in English', { skip }, async (t) => {
  await visit({ locale: 'en-GB', viewport: { width: 1440, height: 900 } }, async (tab, page) => {
    t.equal(await tab.getAttribute('html', 'lang'), 'en', page)
    t.same(await violations(tab), [], page)
  })
})

t.test('nothing scrolls sideways, in any width and with any font', { skip }, async (t) => {
  const wider = '* { letter-spacing: 0.075em !important }'
  const spaced =
    '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }'
  for (const content of ['', wider, spaced])
    for (const width of [320, 390, 860, 1024, 1440])
      await visit({ viewport: { width, height: 900 }, bypassCSP: true }, async (tab, page) => {
        if (content) await tab.addStyleTag({ content })
        await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
        const which = `${page}, ${width}, ${content}`
        t.equal(await tab.evaluate('document.documentElement.scrollWidth'), width, which)
        t.same(await cutOff(tab), [], which)
      })
})

t.test(
  'our policy lets the pages have all they need, the portal’s splash in its frame among it',
  { skip },
  async (t) => {
    const complaints: string[] = []
    await visit(
      { viewport: { width: 1440, height: 900 } },
      async (tab, page) => {
        if (!page.endsWith('/page')) return
        await tab.frameLocator('iframe').locator('h1').waitFor()
        const frame = tab.frames().find((each) => each.url().includes('/preview'))!
        await frame.evaluate('document.fonts.ready')
        t.match(await frame.textContent('h1'), /Hoàn Kiếm|HANSSIP/)
        t.ok(await frame.evaluate(`document.fonts.check('540 30px "Fraunces HN"')`), 'with its own letters')
        await tab.click('a[target=preview][hreflang=ko]')
        await tab.frameLocator('iframe').locator('html[lang=ko]').waitFor()
      },
      (tab) =>
        tab.on('console', (message) => {
          // Chromium asks for scripts of a sandboxed document to look at it; pages have none.
          if (!/status of 40[34]|Blocked script execution/.test(message.text()))
            complaints.push(message.text())
        }),
    )
    t.same(complaints, [])
  },
)

t.test('the slips fill pages of paper, so many on each', { skip }, async (t) => {
  const context = await browser!.newContext()
  t.teardown(() => context.close())
  await context.addCookies([{ name: 'hotspot-staff', value: cookie, url: origin }])
  const tab = await context.newPage()
  for (const [per, sheets] of [
    [6, 4],
    [12, 2],
    [24, 1],
  ] as const) {
    await tab.goto(`${origin}/sites/hanssip/codes/${longest}/sheet?per=${per}`)
    await tab.emulateMedia({ media: 'print' })
    await tab.setViewportSize({ width: 718, height: 1047 })
    const outside = `[...document.querySelectorAll('.slips li')].filter((slip) => {
      const [paper, text] = [slip, slip.querySelector('div')].map((each) => each.getBoundingClientRect())
      return text.top < paper.top || text.bottom > paper.bottom || text.right > paper.right
    }).length`
    t.equal(await tab.evaluate(outside), 0, `${per} a page: no word is cut`)
    const paper = (await tab.pdf({ preferCSSPageSize: true })).toString('latin1')
    t.equal(paper.match(/\/Type ?\/Page\b(?!s)/g)!.length, sheets, `${per} a page`)
  }
})

t.test(
  'without script a manager makes codes, prints them, writes a page and sends it',
  { skip },
  async (t) => {
    const context = await browser!.newContext({ javaScriptEnabled: false, locale: 'vi-VN' })
    t.teardown(() => context.close())
    await context.addCookies([{ name: 'hotspot-staff', value: cookie, url: origin }])
    const tab = await context.newPage()
    await tab.goto(`${origin}/sites/hanssip`)
    await tab.click('.tabs a >> text=Mã truy cập')
    await tab.fill('#count', '4')
    await tab.fill('#label', 'Khách họp')
    await tab.click('button.act')
    t.match(await tab.textContent('[role=status]'), 'Đã tạo 4 mã')
    await tab.click('a.act')
    t.equal(await tab.locator('.slips li').count(), 4)
    await tab.goto(`${origin}/sites/hanssip/page`)
    await tab.fill('#greeting-vi', 'Chào mừng đến khu công nghiệp.')
    await tab.fill('#greeting-en', 'Welcome to the park.')
    await tab.click('button[value=send]')
    t.match(await tab.textContent('[role=status]'), 'Đã gửi duyệt')
    t.match(await tab.frameLocator('iframe').locator('.near').textContent(), 'Chào mừng')
    await tab.click('form[action$=decision] button.act')
    t.match(await tab.textContent('[role=status]'), 'Đã duyệt')
  },
)

async function visit(
  options: BrowserContextOptions,
  see: (tab: Tab, page: string) => Promise<void>,
  before: (tab: Tab) => void = () => undefined,
): Promise<void> {
  const context = await browser!.newContext({ locale: 'vi-VN', ...options })
  await context.addCookies([{ name: 'hotspot-staff', value: cookie, url: origin }])
  const tab = await context.newPage()
  before(tab)
  for (const page of pages) {
    await tab.goto(origin + page)
    await see(tab, page)
  }
  await context.close()
}

/** A city in which everything has happened; a batch whose codes have each state, and one of the longest name. */
async function fill(): Promise<{ batch: string; longest: string }> {
  const sites = [
    site('ho-hoan-kiem', {
      name: name('Hồ Hoàn Kiếm – đền Ngọc Sơn'),
      login: ['click-through', 'voucher'],
      limits: { sessionSeconds: 3600, dailySeconds: 7200 },
      promo,
      hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '05:00', to: '23:00' }],
    }),
    site('van-mieu', { name: name('Văn Miếu – Quốc Tử Giám'), lat: 21.029, lng: 105.8355, promo }),
    site('bat-trang', {
      name: name('Làng gốm Bát Tràng'),
      category: 'craft-village',
      lat: 20.975,
      lng: 105.913,
      promo,
    }),
    site('hanssip', {
      name: name('Khu công nghiệp hỗ trợ Nam Hà Nội (HANSSIP), giai đoạn một'),
      category: 'industrial-park',
      lat: 20.73,
      lng: 105.9,
    }),
  ]
  await stage.publish(sites, [nas('gw-1', 'ho-hoan-kiem'), nas('gw-2', 'hanssip')])
  for (const each of sites) await saveSite(records, each)
  await addPerson(
    records,
    { name: 'nguyen.thi.mai', role: 'site-manager', sites: ['ho-hoan-kiem'] },
    'mot hai ba bon',
  )
  await addPerson(
    records,
    { name: 'lan', role: 'editor', sites: ['ho-hoan-kiem', 'van-mieu'] },
    'mot hai ba bon',
  )

  const plan = { site: 'ho-hoan-kiem', count: 24, seconds: 7200, octets: 2e9, devices: 2, expiresAt: null }
  const by = { madeBy: 'nguyen.thi.mai', label: 'Quầy thông tin phố đi bộ, cuối tuần Hội sách' }
  const speed = { downBitsPerSecond: 20e6, upBitsPerSecond: 5e6 }
  const made = await createVouchers(records, keys, { ...plan, ...by, ...speed })
  const live = new VoucherStore(store, keys.voucher)
  for (const each of made) await live.publish(each.code, each)
  const usage = new UsageStore(store)
  const order = [...made].sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const [i, seconds] of [1840, 7200].entries()) {
    await live.redeem(order[i]!.code, 'ho-hoan-kiem', `m.${i}`, stage.now)
    const at = { id: `s${i}`, startedAt: stage.now - (i + 1) * 20 * HOUR, place: 'p' }
    await usage.begin(codeSubject(order[i]!), null, at, { seconds, octets: 412_000_000 * (i + 1) })
  }
  await revokeVoucher(records, keys, order[2]!.id)
  await createVouchers(records, keys, { ...plan, count: 3, expiresAt: stage.now - HOUR })

  const draft = { hours: 'recorded', near: null } as const
  const step = { who: 'nguyen.thi.mai', now: stage.now - 30 * HOUR }
  const write = async (vi: string, basedOn: number): Promise<void> => {
    const greeting = { vi, en: 'Turtle Tower is lit until 11 p.m.; the walking streets are this way.' }
    await savePage(records, { site: 'ho-hoan-kiem', page: { ...draft, greeting }, basedOn }, step)
    await sendPage(records, 'ho-hoan-kiem', basedOn + 1, step)
  }
  await write('Tháp Rùa sáng đèn đến 23 giờ.', 0)
  const publish = () => Promise.resolve()
  await approvePage({ records, publish }, 'ho-hoan-kiem', 1, { who: 'lan', now: stage.now - 28 * HOUR })
  await write('Tháp Rùa sáng đèn đến 23 giờ; phố đi bộ bắt đầu ngay trước cửa.', 1)

  await inTransaction(records, async (transaction) => {
    const open = async (
      cause: 'site-down' | 'gateway-silent' | 'access-points-silent' | 'platform-logins',
      [at, subject]: readonly [string | null, string],
      hoursAgo: number,
      rest: { lasted?: number; planned?: boolean; detail?: Record<string, number | readonly string[]> } = {},
    ): Promise<void> => {
      const beganAt = stage.now - hoursAgo * HOUR
      const finding = { cause, subject, site: at, reading: 'bad', detail: rest.detail ?? {} } as const
      await openIncident(transaction, finding, { beganAt, at: beganAt, planned: rest.planned ?? false })
      if (rest.lasted !== undefined) await closeIncident(transaction, finding, beganAt + rest.lasted * HOUR)
    }
    const aps = { accessPoints: ['Cổng chính', 'Sân trong', 'Bến thuyền phía đường Đinh Tiên Hoàng'] }
    await open('access-points-silent', ['ho-hoan-kiem', 'ho-hoan-kiem'], 4, { detail: aps })
    await open('site-down', ['hanssip', 'hanssip'], 30, { detail: { gateways: ['gw-2'], ...aps } })
    await open('platform-logins', [null, 'platform'], 50, { lasted: 1, detail: { failing: 3, tested: 4 } })
    await open('gateway-silent', ['ho-hoan-kiem', 'gw-1'], 70, { lasted: 2, planned: true })
    await open('gateway-silent', ['ho-hoan-kiem', 'gw-1'], 100, { lasted: 0.5 })
  })
  const note = 'Đã gọi đội kỹ thuật khu vực, đang chờ cấp lại nguồn ở trụ số 3.'
  await acknowledge(records, { id: '1', sites: null, note }, { who: 'nguyen.thi.mai', now: stage.now - HOUR })
  const words = name('Thay cáp quang quanh hồ')
  const span = { from: stage.now - 71 * HOUR, until: stage.now - 67 * HOUR }
  for (const each of [span, { from: stage.now + 20 * HOUR, until: stage.now + 22 * HOUR }]) {
    const places = { kind: 'sites', ids: ['ho-hoan-kiem'] } as const
    const work = { kind: 'maintenance', places, ...each, title: words, body: words, lifts: [] } as const
    const { id } = await draftNotice(records, work, { who: 'lan', now: span.from })
    await approveNotice({ records, publish }, id, { who: 'lan', now: span.from })
  }
  const park = { ...plan, site: 'hanssip', count: 21, expiresAt: stage.now + 1000 * HOUR }
  const [slip] = await createVouchers(records, keys, park)
  return { batch: made[0]!.batch, longest: slip!.batch }
}
