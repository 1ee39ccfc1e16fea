import t from 'tap'
import type { Mac } from '../../core/domain/mac.ts'
import { appendEvent } from '../../core/store/events.ts'
import { noteHeard } from '../../core/store/heard.ts'
import { Browser } from './browser.ts'
import { mac, nas, openSessions, recordDays, recordReach, site } from './sample-city.ts'
import { startStage } from './stage.ts'

const MINUTE = 60_000
const stage = await startStage()
t.teardown(() => stage.stop())

let staff: Browser
t.beforeEach(async () => {
  await stage.clear()
  staff = await stage.enter('city')
})

/** The page as it reads, without its markup. */
async function text(url: string): Promise<string> {
  const answer = await staff.get(url)
  t.equal(answer.statusCode, 200, url)
  return answer.body
    .replace(/<svg[\s\S]*?<\/svg>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
}

const heard = (nasId: string, ap: Mac | null, minutesAgo: number): Promise<void> =>
  noteHeard(stage.store, nasId, ap, stage.now - minutesAgo * MINUTE)

t.test('with nothing recorded yet every page says so and stands', async (t) => {
  t.match(await text('/'), 'chưa có số liệu')
  t.match(await text('/'), 'Chưa có điểm phát nào')
  t.match(await text('/sites'), 'Chưa có điểm phát nào')
  await stage.publish([site('moi')], [])
  t.match(await text('/sites/moi'), 'chưa có số liệu')
  t.match(await text('/sites/moi'), 'Chưa lắp')
  t.match(await text('/?lang=en'), 'There are no figures')
})

t.test('the figures of today are written in the numbers of the language', async (t) => {
  await stage.publish([site('a')], [nas('gw', 'a')])
  await recordDays(stage.records, stage.now, [
    { site: 'a', visitors: 98_000, exact: false, sessions: 120_417, octets: 14_800_000_000 },
  ])
  await recordReach(stage.records, stage.now, { visitors: 104_600, exact: false })
  await openSessions(stage.store, 'gw', 1234, stage.now)
  const vi = await text('/')
  t.match(vi, /Khách hôm nay 104\.600 ± 1,6%/)
  t.match(vi, /Phiên hôm nay 120\.417/)
  t.match(vi, /Dữ liệu hôm nay 14,8 GB/)
  t.match(vi, /Đang trực tuyến 1\.234/)
  t.match(vi, 'Thứ Năm, 12/3/2026, cập nhật 14:05')
  const en = await text('/?lang=en')
  t.match(en, /Visitors today 104,600 ± 1\.6%/)
  t.match(en, /Data today 14\.8 GB/)
})

t.test('an exact count has no ±', async (t) => {
  await stage.publish([site('a')], [nas('gw', 'a')])
  await recordDays(stage.records, stage.now, [{ site: 'a', visitors: 7 }])
  await recordReach(stage.records, stage.now, { visitors: 7 })
  const page = await text('/')
  t.match(page, /Khách hôm nay 7 Đếm đúng từng máy/, 'exact for staff of the city, small as it is')
  t.notMatch(page, '±')
})

t.test('a day of the city begins at midnight in Hà Nội', async (t) => {
  await stage.publish([site('a')], [])
  stage.now = Date.parse('2026-03-11T16:59:00Z')
  await recordReach(stage.records, stage.now, { visitors: 55 })
  t.match(await text('/'), /Thứ Tư, 11\/3\/2026, cập nhật 23:59.*Khách hôm nay 55/)
  stage.now += 2 * MINUTE
  t.match(await text('/'), /Thứ Năm, 12\/3\/2026, cập nhật 00:01.*Khách hôm nay 0 /)
})

t.test('sites count as live when a gateway was heard within three intervals', async (t) => {
  const aps = [
    { mac: mac(1), name: 'Cổng' },
    { mac: mac(2), name: 'Sân' },
  ]
  await stage.publish(
    [
      site('live', { accessPoints: aps }),
      site('silent'),
      site('night'),
      site('bare'),
      site('soon', { state: 'planned' }),
    ],
    [nas('gw-live', 'live'), nas('gw-silent', 'silent'), nas('gw-night', 'night')],
  )
  await heard('gw-live', mac(1), 14)
  await heard('gw-silent', null, 16)
  await heard('gw-night', null, 600)
  await openSessions(stage.store, 'gw-silent', 3, stage.now)
  const page = await text('/')
  t.match(page, /Điểm đang phát 1 \/ 4 Trong kế hoạch: thêm 1/)
  t.match(page, /Bộ phát hoạt động 1 \/ 2/)
  t.match(page, /Điểm silent Mất kết nối Cổng im lặng dù còn 3 phiên đang mở\. Nghe lần cuối 13:49\./)
  t.match(page, '1 điểm chưa rõ')
  t.match(page, '1 điểm chưa lắp cổng')
  t.match(page, /Sắp phủ sóng: Điểm soon/)
  t.match(await text('/sites?state=silent'), /Chỉ các điểm: Mất kết nối/)
  t.notMatch(await text('/sites?state=silent'), 'Điểm live')
})

t.test('an access point is silent only when its gateway is heard without it', async (t) => {
  const aps = [1, 2, 3].map((n) => ({ mac: mac(n), name: `AP ${n}` }))
  await stage.publish([site('a', { accessPoints: aps })], [nas('gw', 'a')])
  await heard('gw', mac(1), 40)
  await heard('gw', mac(2), 1)
  const page = await text('/sites/a')
  t.match(page, /AP 1 13:25 Mất tín hiệu/)
  t.match(page, /AP 2 14:04 Hoạt động/)
  t.match(page, /AP 3 chưa lần nào Mất tín hiệu/)
  t.match(page, /Bộ phát hoạt động 1 \/ 3 Mất tín hiệu: 2/)
  t.match(await text('/'), /Điểm a Chú ý 2 trên 3 bộ phát mất tín hiệu/)
  stage.now += 60 * MINUTE
  t.notMatch(await text('/sites/a'), /AP 1 13:25 Mất tín hiệu/, 'with the gateway away nobody knows')
})

t.test('the table of sites goes by visitors and tells category and state in words', async (t) => {
  await stage.publish(
    [site('a'), site('b', { category: 'craft-village' }), site('c', { category: 'industrial-park' })],
    [nas('gw', 'b')],
  )
  await heard('gw', null, 1)
  await recordDays(stage.records, stage.now, [
    { site: 'a', visitors: 12, sessions: 20, octets: 3e9 },
    { site: 'b', visitors: 2345, sessions: 3000, octets: 412e9 },
  ])
  const page = await text('/sites')
  t.match(
    page,
    /Làng nghề: Điểm b .*2\.345 3\.000 412 Tốt.*Du lịch: Điểm a .*12 20 3,0 Chưa lắp.*Công nghiệp: Điểm c/,
  )
  const villages = await text('/sites?category=craft-village')
  t.match(villages, 'Điểm b')
  t.notMatch(villages, 'Điểm a')
})

t.test('groups under ten are hidden on the page of the city, under twenty on that of a site', async (t) => {
  await stage.publish([site('a')], [])
  const counts = {
    language: { vi: 500, en: 120, ko: 15, fr: 9, de: 3 },
    device: { Android: 600, iOS: 43, Tizen: 4 },
  }
  await recordDays(stage.records, stage.now, [{ site: 'a', visitors: 647, counts }])
  const city = await text('/')
  t.match(city, /한국어 2,3%/)
  t.match(city, /Deutsch dưới 10/)
  t.match(city, /Français dưới 10/)
  t.match(city, /Tizen dưới 10/)
  t.match(city, /iOS không hiển thị/, 'the total would tell the one that is small')
  t.match(city, /Android 92,7%/)
  t.match(await text('/sites/a'), /한국어 dưới 20/)
  t.match(await text('/?lang=en'), /Deutsch under 10/)
})

t.test('the funnel shows each step of the one before, and failures by reason', async (t) => {
  await stage.publish([site('a')], [])
  await recordDays(stage.records, stage.now, [
    {
      site: 'a',
      visitors: 80,
      counts: {
        funnel: { arrival: 200, splash: 160, tap: 120, granted: 108, online: 102 },
        refusal: { 'code-wrong': 9, 'some-new-reason': 3 },
      },
    },
  ])
  const page = await text('/')
  t.match(
    page,
    /Máy chạm cổng 200 Thấy trang chào 80% 160 Bấm kết nối 75% 120 Được cấp quyền 90% 108 Vào mạng 94,4% 102/,
  )
  t.match(page, /Bị từ chối: 12 lượt Mã sai 9 some-new-reason 3/)
})

t.test('fourteen days stand as bars with their table behind', async (t) => {
  await stage.publish([site('a')], [])
  for (const daysAgo of [0, 1, 5, 13, 14])
    await recordReach(stage.records, stage.now, { daysAgo, visitors: 1000 + daysAgo, exact: daysAgo !== 1 })
  const answer = await staff.get('/')
  t.equal(answer.body.match(/<rect class="(?:full|part)"/g)!.length, 4, 'days without visitors have no bar')
  const rows = answer.body.match(/<tr><th scope="row">(?:Thứ|Chủ)[^]*?<\/tr>/g)!
  t.equal(rows.length, 14)
  t.match(rows[0], /Thứ Sáu 27\/2.*1\.013/)
  t.match(rows[12], /Thứ Tư 11\/3.*1\.001 <small>± 1,6%/)
  t.match(rows[13], /Thứ Năm 12\/3.*1\.000/)
  t.notMatch(answer.body, '1.014', 'the day before them is not shown')
})

t.test('late figures say since when', async (t) => {
  await stage.clear()
  // The live store stamps events by its own clock.
  stage.now = Date.now()
  staff = await stage.enter('city')
  await stage.publish([site('a')], [])
  t.notMatch(await text('/'), 'Số liệu dừng lúc')
  const refusal = { kind: 'refusal', at: stage.now, nas: 'gw', site: 'a', reason: 'code-wrong' } as const
  await appendEvent(stage.store, refusal)
  const queued = Date.now()
  stage.now = queued + 14 * MINUTE
  t.notMatch(await text('/'), 'Số liệu dừng lúc', 'fourteen minutes are now')
  stage.now = queued + 34 * MINUTE
  for (const page of ['/', '/sites', '/sites/a'])
    t.match(await text(page), /Số liệu dừng lúc \d\d:\d\d.* \(34 phút trước\)/, page)
  t.match(await text('/?lang=en'), /Figures stopped at .*\(34 min ago\)/)
})

t.test('hostile names of sites, reasons and devices are text on every page', async (t) => {
  const evil = `"><script>alert(1)</script>'&<img src=x onerror=alert(2)>`
  await stage.publish(
    [
      site('a', {
        name: { vi: evil, en: evil },
        ward: evil,
        accessPoints: [{ mac: mac(1), name: evil }],
      }),
      site('b', { name: { vi: evil, en: evil }, state: 'planned' }),
    ],
    [nas('gw', 'a')],
  )
  await heard('gw', mac(1), 100)
  await openSessions(stage.store, 'gw', 2, stage.now)
  await recordDays(stage.records, stage.now, [
    {
      site: 'a',
      visitors: 80,
      counts: { language: { [evil]: 50, [`x${evil}`]: 3 }, device: { [evil]: 50 }, refusal: { [evil]: 4 } },
    },
  ])
  for (const page of [
    '/',
    '/sites',
    '/sites/a',
    '/?lang=en',
    '/sites/a?lang=en',
    `/${encodeURIComponent(evil)}`,
  ]) {
    const { body } = await staff.get(page)
    const others = body.replace(/<script src="\/assets\/live-[0-9a-f]{12}\.js" defer>/, '')
    t.notMatch(others, /<script|<img|onerror=alert\(2\)>'|"><script/, page)
    if (!page.startsWith('/%')) t.match(body, '&lt;script&gt;', `${page} shows it as text`)
  }
})

t.test('every page speaks both languages, by address, cookie and header', async (t) => {
  await stage.publish([site('a')], [])
  for (const page of ['/', '/sites', '/sites/a', '/sites/none', '/none']) {
    const { body: vi } = await staff.get(`${page}?lang=vi`)
    t.match(vi, '<html lang="vi">', page)
    t.match(vi, 'Đăng xuất', page)
    const { body: en } = await staff.get(`${page}?lang=en`)
    t.match(en, '<html lang="en">', page)
    t.match(en, 'Sign out', page)
    t.notMatch(
      en.replace(/Hà Nội Wi-Fi|Tiếng Việt/g, ''),
      /[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/,
      page,
    )
  }
  t.match((await staff.get('/')).body, '<html lang="en">', 'the choice stays')
  const stranger = new Browser(stage.app)
  t.match(
    (await stranger.get('/sign-in', { 'accept-language': 'fr, en-GB;q=0.8, vi;q=0.3' })).body,
    'Sign in',
  )
  t.match((await stranger.get('/sign-in', { 'accept-language': 'vi;q=0, en;q=0.1' })).body, 'Sign in')
  t.match((await stranger.get('/sign-in', { 'accept-language': 'ko' })).body, 'Đăng nhập')
  t.match((await stranger.get('/sign-in?lang=xx')).body, 'Đăng nhập')
})

t.test('a page never shows a bare key of a sentence', async (t) => {
  await stage.publish(
    [site('a'), site('b', { login: ['voucher', 'sms-otp', 'email-link', 'oidc', 'staff'] })],
    [],
  )
  for (const page of ['/', '/sites', '/sites/a', '/sites/b', '/sites/none'])
    t.notMatch(
      await staff.get(page).then(({ body }) => body),
      /\b(kpi|state|fact|login|step|days)\.[a-z]/,
      page,
    )
})

t.test(
  'a record that cannot be read is a fault with a code for the log, and nothing of its own words',
  async (t) => {
    await stage.records.query('ALTER TABLE site_days RENAME TO site_days_away')
    t.teardown(() => stage.records.query('ALTER TABLE site_days_away RENAME TO site_days'))
    const answer = await staff.get('/')
    t.equal(answer.statusCode, 500)
    const code = /Mã lỗi ([0-9A-F]{8})/.exec(answer.body)![1]!
    t.notMatch(answer.body, /site_days|relation|Error/)
    t.match(stage.logged.join(), code)
    t.match(stage.logged.join(), 'site_days')
  },
)
