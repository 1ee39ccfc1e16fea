import type { BrowserContextOptions, Page as Tab } from 'playwright-core'
import t from 'tap'
import { nas, recordDays, recordReach, site } from '../console/sample-city.ts'
import { startStage } from '../console/stage.ts'
import { cutOff, launch, skip, violations } from './console-checks.ts'

/** The map for everybody and the monthly reports in a real browser: accessibility, reflow, no script, our policy. */

t.setTimeout(90e3)

const stage = await startStage()
t.teardown(() => stage.stop())
const origin = await stage.app.listen({ host: '127.0.0.1', port: 0 })
const browser = await launch()
t.teardown(() => browser?.close())

const name = (vi: string, en: string) => ({ vi, en })
await stage.publish(
  [
    site('lake', { name: name('Hồ Hoàn Kiếm – đền Ngọc Sơn', 'Hoàn Kiếm Lake'), ward: 'Phường Hoàn Kiếm' }),
    site('kilns', {
      name: name('Làng gốm Bát Tràng', 'Bát Tràng'),
      category: 'craft-village',
      lat: 20.975,
      lng: 105.913,
      hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '05:00', to: '23:00' }],
    }),
    site('park', {
      name: name('Khu công nghiệp hỗ trợ Nam Hà Nội (HANSSIP), giai đoạn một', 'HANSSIP industrial park'),
      category: 'industrial-park',
      state: 'planned',
      lat: 20.75,
    }),
  ],
  [nas('gw', 'lake')],
)
await recordDays(
  stage.records,
  Date.parse('2026-02-28T05:00:00Z'),
  Array.from({ length: 28 }, (_, daysAgo) => ({
    site: 'lake',
    daysAgo,
    visitors: 400 + ((daysAgo * 7919) % 900),
    octets: 31e9,
  })),
)
for (const week of ['2026-01-26', '2026-02-02', '2026-02-09', '2026-02-16', '2026-02-23'])
  await stage.records.query(
    `INSERT INTO reach_sketches (period, starts_on, site, sketch, visitors, exact) VALUES ('week', $1, 'lake', '', 6100, false)`,
    [week],
  )
await recordReach(stage.records, Date.parse('2026-02-28T05:00:00Z'), { visitors: 1311 })
for (const [column, table, scope] of [
  ['site', 'reach_sketches', 'lake'],
  ['category', 'reach_totals', 'all'],
])
  await stage.records.query(
    `INSERT INTO ${table} (period, starts_on, ${column}, sketch, visitors, exact) VALUES ('month', '2026-02-01', $1, '', 21240, false)`,
    [scope],
  )
await stage.records.query(
  `INSERT INTO incidents (cause, subject, site, detail, began_at, opened_at, closed_at, planned)
   VALUES ('site-down', 'lake', 'lake', '{"gateways":["gw"]}', '2026-02-03T05:00Z', '2026-02-03T05:00Z', '2026-02-03T09:00Z', false)`,
)
const cookie = (await stage.enter('city')).cookies.get('hotspot-staff')!
const pages = ['/map', '/reports/2026-02', '/sites/lake/reports/2026-02', '/reports/2026-03']

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

for (const colorScheme of ['light', 'dark'] as const)
  t.test(`axe finds nothing, ${colorScheme}`, { skip }, async (t) => {
    for (const [width, locale] of [
      [390, 'vi-VN'],
      [1440, 'en-GB'],
    ] as const)
      await visit({ colorScheme, locale, viewport: { width, height: 900 } }, async (tab, page) => {
        t.same(await violations(tab), [], `${page}, ${width}`)
        const folder = process.env['PICTURES']
        if (folder !== undefined)
          await tab.screenshot({
            path: `${folder}/${page.replaceAll('/', '_')}-${width}-${colorScheme}.png`,
            fullPage: true,
          })
      })
  })

t.test('nothing scrolls sideways, in any width and with any font', { skip }, async (t) => {
  const spaced =
    '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }'
  for (const content of ['', spaced])
    for (const width of [320, 390, 860, 1024, 1440])
      await visit({ viewport: { width, height: 900 }, bypassCSP: true }, async (tab, page) => {
        if (content) await tab.addStyleTag({ content })
        t.equal(await tab.evaluate('document.documentElement.scrollWidth'), width, `${page}, ${width}`)
        t.same(await cutOff(tab), [], `${page}, ${width}: nothing sticks out of its card`)
      })
})

t.test('our policy lets the pages have all they need, and no script is needed', { skip }, async (t) => {
  const complaints: string[] = []
  await visit(
    { viewport: { width: 1440, height: 900 } },
    async (tab, page) => {
      await tab.evaluate('document.fonts.ready')
      t.ok(await tab.evaluate(`document.fonts.check('540 30px "Fraunces HN"')`), page)
      t.equal(await tab.locator('script').count(), 0)
    },
    (tab) => tab.on('console', (message) => complaints.push(message.text())),
  )
  t.same(complaints, [])
})

t.test('the map is there for who is not signed in, with every place by name', { skip }, async (t) => {
  const context = await browser!.newContext({ javaScriptEnabled: false, locale: 'en-GB' })
  t.teardown(() => context.close())
  const tab = await context.newPage()
  await tab.goto(`${origin}/map`)
  t.equal(new URL(tab.url()).pathname, '/map')
  for (const place of ['Hoàn Kiếm Lake', 'Bát Tràng', 'HANSSIP industrial park'])
    t.ok(await tab.locator('.places b', { hasText: place }).first().isVisible(), place)
  await tab.click('a[hreflang=vi]')
  t.match(await tab.textContent('h1'), 'Bản đồ')
})
