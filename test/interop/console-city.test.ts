import type { BrowserContextOptions, Page as Tab } from 'playwright-core'
import t from 'tap'
import type { Campaign } from '../../core/domain/campaign.ts'
import { addDays, cityDay } from '../../core/domain/day.ts'
import { annotate } from '../../core/records/annotations.ts'
import { saveNas, saveSite } from '../../core/records/city.ts'
import { draftItem, proposeItem, stepItem } from '../../core/records/campaign-work.ts'
import { noteHeard } from '../../core/store/heard.ts'
import { nas, openSessions, recordDays, recordReach, site } from '../console/sample-city.ts'
import { startStage } from '../console/stage.ts'
import { cutOff, launch, skip, violations } from './console-checks.ts'

/** Pages on which the city works, in a real browser: gateways, the catalogue, settings, visitors. */

t.setTimeout(5 * 60e3)

const stage = await startStage()
t.teardown(() => stage.stop())
const { records, store } = stage
const origin = await stage.app.listen({ host: '127.0.0.1', port: 0 })
const browser = await launch()
t.teardown(() => browser?.close())

await fill()
const cookie = (await stage.enter('city')).cookies.get('hotspot-staff')!
/** Full, partial, and gone. */
const pages = [
  '/notices',
  '/audit',
  '/nas',
  '/nas/gw-1',
  '/nas/gw-2',
  '/nas/none',
  '/promotion',
  '/promotion/dem-ho-guom',
  '/promotion/gom',
  '/settings',
  '/visitors',
  '/visitors?site=hanssip&days=28&beside=year',
]

for (const colorScheme of ['light', 'dark'] as const)
  t.test(`axe finds nothing, ${colorScheme}`, { skip }, async (t) => {
    for (const width of [390, 1440])
      await visit({ colorScheme, viewport: { width, height: 900 } }, async (tab, page) => {
        await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
        t.same(await violations(tab), [], `${page}, ${width}`)
      })
  })

t.test('axe finds nothing in English', { skip }, async (t) => {
  await visit({ locale: 'en-GB', viewport: { width: 1440, height: 900 } }, async (tab, page) => {
    t.equal(await tab.getAttribute('html', 'lang'), 'en', page)
    t.same(await violations(tab), [], page)
  })
})

t.test('nothing scrolls sideways, in any width and with wider letters', { skip }, async (t) => {
  const wider = '* { letter-spacing: 0.075em !important }'
  for (const content of ['', wider])
    for (const width of [320, 390, 860, 1024, 1440])
      await visit({ viewport: { width, height: 900 }, bypassCSP: true }, async (tab, page) => {
        if (content) await tab.addStyleTag({ content })
        await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
        const which = `${page}, ${width}, ${content}`
        t.equal(await tab.evaluate('document.documentElement.scrollWidth'), width, which)
        t.same(await cutOff(tab), [], which)
      })
})

t.test('without script a gateway is added and removed, and an item is drafted', { skip }, async (t) => {
  const context = await browser!.newContext({ javaScriptEnabled: false, locale: 'vi-VN' })
  t.teardown(() => context.close())
  await context.addCookies([{ name: 'hotspot-staff', value: cookie, url: origin }])
  const tab = await context.newPage()
  await tab.goto(`${origin}/nas`)
  await tab.fill('#id', 'gw-9')
  await tab.fill('#addresses', '10.9.0.1')
  await tab.click('button.act')
  t.equal(await tab.locator('.once code').count(), 2)
  await tab.click('a >> text=gw-9')
  t.match(await tab.textContent('pre'), 'HS_NASID=gw-9')
  await tab.check('[name=sure]')
  await tab.click('button >> text=Gỡ cổng')
  t.match(await tab.textContent('[role=status]'), 'Đã gỡ cổng gw-9')
  await tab.goto(`${origin}/promotion`)
  await tab.click('summary >> text=Mở mẫu soạn')
  for (const [field, text] of [
    ['id', 'sen-ho-tay'],
    ['name-vi', 'Sen Hồ Tây'],
    ['name-en', 'Lotus of West Lake'],
    ['line-vi', 'Mùa sen'],
    ['line-en', 'Lotus season'],
    ['text-vi', 'Sớm mai.'],
    ['text-en', 'At dawn.'],
  ] as const)
    await tab.fill(`#${field}`, text)
  await tab.click('button.act')
  t.match(await tab.textContent('[role=status]'), 'Đã lưu bản nháp')
  await tab.click('a >> text=Sen Hồ Tây')
  t.match(await tab.frameLocator('iframe').locator('.near').textContent(), 'Sen Hồ Tây')
})

async function visit(
  options: BrowserContextOptions,
  see: (tab: Tab, page: string) => Promise<void>,
): Promise<void> {
  const context = await browser!.newContext({ locale: 'vi-VN', ...options })
  await context.addCookies([{ name: 'hotspot-staff', value: cookie, url: origin }])
  const tab = await context.newPage()
  for (const page of pages) {
    await tab.goto(origin + page)
    await see(tab, page)
  }
  await context.close()
}

async function fill(): Promise<void> {
  const name = (text: string) => ({ vi: text, en: text })
  const promo = name('Một câu về nơi này.')
  const sites = [
    site('ho-hoan-kiem', { name: name('Hồ Hoàn Kiếm – đền Ngọc Sơn'), promo }),
    site('bat-trang', { name: name('Làng gốm Bát Tràng'), category: 'craft-village', lat: 20.975, promo }),
    site('hanssip', {
      name: name('Khu công nghiệp hỗ trợ Nam Hà Nội (HANSSIP), giai đoạn một'),
      category: 'industrial-park',
      lat: 20.73,
    }),
  ]
  const gateways = [
    nas('gw-1', 'ho-hoan-kiem', { addresses: ['10.1.0.1/32'], coa: { address: '10.1.0.1', port: 3799 } }),
    nas('gw-2', 'hanssip', {
      gateway: 'mikrotik',
      addresses: ['10.2.0.0/24', '2001:db8:2026:1122::/64'],
      gatewayUrl: 'http://dang-nhap.khu-cong-nghiep-ho-tro-nam-ha-noi.example/login',
      messageAuthenticator: 'require',
    }),
    nas('gw-duong-lam-cong-chinh-phia-dong', 'bat-trang', { gateway: 'unifi', addresses: ['10.3.0.0/24'] }),
  ]
  for (const each of sites) await saveSite(records, each)
  for (const each of gateways) await saveNas(records, each, stage.keys)
  await stage.publish(sites, gateways)
  for (let daysAgo = 1; daysAgo < 15; daysAgo++)
    await recordReach(records, stage.now, { daysAgo, visitors: 9000 + 700 * (daysAgo % 5) })
  const counts = { language: { vi: 900, en: 300, ko: 9 }, device: { android: 700, ios: 500 } }
  await recordDays(records, stage.now, [{ site: 'ho-hoan-kiem', daysAgo: 2, visitors: 1200, counts }])
  const day = addDays(cityDay(stage.now), -3)
  const words = name('Cuối tuần hội chùa Hương, mưa rét cả ngày và phố đi bộ đóng cửa sớm')
  await annotate(records, { day, site: null, ...words }, 'mai')
  await noteHeard(store, 'gw-1', null, stage.now - 60_000)
  await openSessions(store, 'gw-2', 3, stage.now)

  const item = (id: string, more: Partial<Campaign>): Campaign => ({
    id,
    category: 'event',
    site: 'ho-hoan-kiem',
    picture: 'tower',
    name: { ...name('Đêm hội Hồ Gươm và phố đi bộ cuối tuần'), ko: '호안끼엠 호수 축제' },
    line: name('Nhạc, múa rối và ẩm thực quanh hồ'),
    text: name('Từ 19 giờ.'),
    audience: {},
    perDay: 6,
    weight: 1,
    holdOut: 0.1,
    ...more,
  })
  const desk = { records, publish: () => Promise.resolve() }
  const [mai, lan] = ['mai', 'lan'].map((who) => ({ who, now: stage.now - 3_600_000 }))
  const live = item('dem-ho-guom', { dates: { from: '12-15', to: '02-20' } })
  await draftItem(records, live, mai!)
  await stepItem(desk, { id: live.id, step: 'approve', version: 1 }, lan!)
  await proposeItem(records, { item: { ...live, weight: 4 }, basedOn: 1 }, mai!)
  const craft = {
    category: 'craft',
    site: 'bat-trang',
    picture: 'vase',
    name: name('Gốm Bát Tràng'),
  } as const
  await draftItem(
    records,
    item('gom', { ...craft, audience: { sites: ['ho-hoan-kiem'], withinKilometres: 12 } }),
    mai!,
  )
}
