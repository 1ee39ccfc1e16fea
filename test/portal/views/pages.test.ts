import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { createHash } from 'node:crypto'
import fastifyView from '@fastify/view'
import fastify from 'fastify'
import t from 'tap'
import { buildCatalogues, type Lang } from '../../../portal/messages.ts'
import { createPages, errorReferences, type LocalText, type Page } from '../../../portal/pages.ts'
import { samplePages } from './samples.ts'

const pages = createPages()
const views = new URL('../../../portal/views/', import.meta.url)
const everyPage = pages.catalogues.languages.flatMap((lang) =>
  [...samplePages(pages, lang)].map(([name, page]) => ({
    name: `${name} in ${lang}`,
    page,
    html: pages.render(page),
  })),
)

t.test('every page is well formed, complete and without script', async (t) => {
  for (const { name, page, html } of everyPage) {
    t.same(faultsOfMarkup(html), [], name)
    t.match(html, /^<!doctype html>\n<html lang="\w/, name)
    t.equal(html.match(/<h1/g)?.length, 1, `${name}: one h1`)
    t.equal(html.match(/<main>/g)?.length, 1, `${name}: one main`)
    t.match(html, /<title>[^<]{4,120}<\/title>/, `${name}: a title`)
    t.match(html, '<meta name="robots" content="noindex">', name)
    t.notMatch(
      html,
      /<script|<iframe|<img|<link rel="stylesheet"|\son\w+\s*=|javascript:|\sstyle=|target=/i,
      name,
    )
    t.notMatch(html, /undefined|\[object|NaN|\bnull\b/, `${name}: nothing leaks from code`)
    for (const { url } of page.languages)
      t.ok(html.includes(`href="${url.replaceAll('&', '&amp;')}"`), `${name}: languages`)
  }
})

t.test('no word that content blockers hide stands in an address, a class or a file name', async (t) => {
  const forbidden = /^(ads?|adverts?|banners?|sponsor(s|ed)?|promos?|promotions?|campaigns?)$/i
  const wordsOf = (text: string) => text.split(/[^a-z]+/i).filter((word) => forbidden.test(word))
  for (const { name, html } of everyPage) {
    for (const [, attribute, value = ''] of html.matchAll(/\s(class|id|name|href|action|for)="([^"]*)"/g)) {
      t.same(wordsOf(value), [], `${name}: ${attribute}`)
    }
  }
  for (const folder of [views, new URL('../assets/', views), new URL('../assets/fonts/', views)]) {
    for (const file of readdirSync(folder)) t.same(wordsOf(file), [], file)
  }
})

t.test('the splash of each category fits the first TCP flight', async (t) => {
  for (const { name, page, html } of everyPage) {
    t.ok(gzipSync(html).length <= 14 * 1024, `${name}: ${gzipSync(html).length} bytes`)
    const requests = html.match(/(?:src|srcset)="|url\((?!#)/g) ?? []
    t.equal(requests.length, 2, `${name}: two fonts and nothing else are fetched`)
    if (page.kind === 'splash') t.match(html, `<svg viewBox="0 0 390 248"`, `${name}: the scene`)
  }
})

t.test('the splash carries one form that connects, with the visit in address and field', async (t) => {
  const html = rendered('splash')
  t.equal(html.match(/<form method="post" action="\/login\/click-through\?v=b7Yt3kQ">/g)?.length, 1)
  t.equal(
    html.match(/<input type="hidden" name="v" value="b7Yt3kQ">/g)?.length,
    2,
    'and so does the code form',
  )
  t.equal(html.match(/class="go"/g)?.length, 1, 'one red button')
  t.match(
    html,
    'đồng ý với <a href="/terms?v=b7Yt3kQ">Điều khoản</a>. Chúng tôi chỉ đếm lượt truy cập, không xem bạn vào trang nào.',
  )
  t.match(html, '60 phút mỗi lượt')
  t.match(html, '<b>Khẩn cấp:</b> 113 Công an, 114 Cứu hỏa, 115 Cấp cứu.')
  t.notMatch(rendered('splash-no-code'), 'name="code"')
  t.match(rendered('splash-no-code'), 'Không giới hạn thời gian')
  const only = rendered('splash-code-only')
  t.notMatch(only, 'click-through')
  t.match(
    only,
    /<form class="field" method="post" action="\/login\/voucher\?v=b7Yt3kQ">[\s\S]*<button class="go">/,
  )
})

t.test('a refused code is kept, said in words and tied to its field', async (t) => {
  for (const kind of ['wrong', 'used', 'expired', 'other-site', 'tries']) {
    const html = rendered(`splash-code-${kind}`)
    t.match(html, '<details class="code" open>', kind)
    t.match(
      html,
      /<input id="code" name="code" value="HK2O 81XQ"[^>]* aria-invalid="true" aria-describedby="fault" autofocus>/,
      kind,
    )
    t.match(html, '<p class="err" id="fault" role="alert">', kind)
    t.match(html, '<title>Lỗi: Hồ Hoàn Kiếm', kind)
  }
  t.match(rendered('splash-code-expired'), 'Mã này hết hạn ngày 15/3/2026.')
  t.match(rendered('splash-code-expired', 'en'), 'This code expired on 15 March 2026.')
})

t.test('a warning stands first, hides what is near and lifts the limit', async (t) => {
  const html = rendered('splash-warning')
  t.ok(html.indexOf('Cảnh báo mưa lớn') < html.indexOf('<h1'), 'above the name of the place')
  t.notMatch(html, 'Gần bạn')
  t.match(html, 'không giới hạn thời gian trong lúc có cảnh báo')
  t.match(rendered('splash-info'), 'Gần bạn')
})

t.test('a notice in no language of the page is told by a standard sentence and in English', async (t) => {
  const read = (lang: Lang) =>
    JSON.parse(readFileSync(new URL(`../locales/${lang}.json`, views), 'utf8')) as Record<string, string>
  const ko = {
    ...read('ko'),
    'notice.standard.warning': 'ko-warning',
    'notice.standard.evacuate': 'ko-leave',
  }
  const sources = new Map<Lang, Record<string, string>>([
    ['vi', read('vi')],
    ['en', read('en')],
    ['ko', ko],
  ])
  const three = createPages({ catalogues: buildCatalogues(sources) })
  const samples = samplePages(three, 'ko')
  const strip = three.render(samples.get('splash-warning')!)
  t.match(strip, /<p>ko-warning<\/p>[\s\S]*<span lang="en">Heavy rain, local flooding<\/span>/)
  const whole = three.render(samples.get('notice')!)
  t.match(whole, /<h1 [\s\S]*ko-leave<\/h1>[\s\S]*<b><span lang="en">Fire in/)
  const page = samples.get('splash-warning')!
  const translated = page.notices!.map((notice) => ({
    ...notice,
    title: { ...notice.title, ko: 'ko-title' },
    body: { ...notice.body, ko: 'ko-body' },
  }))
  const own = three.render({ ...page, notices: translated })
  t.match(own, /ko-title<\/b> ko-body/)
  t.notMatch(own, 'ko-warning')
})

t.test('three notices of the longest texts leave a page within its budget', async (t) => {
  const words = (length: number) =>
    Array.from({ length }, (_, i) => 'ăâđêôơư aeiou'[(i * 7 + (i >> 3)) % 13]).join('')
  for (const name of ['splash-warning', 'notice', 'splash-code-wrong']) {
    const page = samplePages(pages, 'vi').get(name)!
    const notices = (['evacuate', 'warning', 'info'] as const).map((level, i) => {
      const [title, body] = [words(90).slice(i) + 'x'.repeat(i), words(400).slice(i) + 'x'.repeat(i)]
      return { level, title: { vi: title, en: title }, body: { vi: body, en: body }, updatedAt: 0 }
    })
    const size = gzipSync(pages.render({ ...page, notices })).length
    t.ok(size <= 14 * 1024, `${name}: ${size} bytes`)
  }
})

t.test('waiting reloads every three seconds and can be done by hand', async (t) => {
  t.match(rendered('connecting'), '<meta http-equiv="refresh" content="3;url=/status?v=b7Yt3kQ">')
  t.match(rendered('connecting'), '<a class="go quiet" href="/status?v=b7Yt3kQ">')
  t.notMatch(rendered('connecting-by-hand'), 'http-equiv')
})

t.test('the hand-off form carries the gateway’s fields, escaped, and nothing of ours', async (t) => {
  const html = rendered('handoff-form')
  t.match(html, '<form method="post" action="http://10.5.50.1/login">')
  t.match(html, '<input type="hidden" name="password" value="x&amp;y&quot;z">')
  t.notMatch(html, 'name="v"')
  t.notMatch(html, 'name="lang"')
})

t.test('what is left is said in words beside each bar', async (t) => {
  const html = rendered('status')
  t.match(html, 'Hồ Hoàn Kiếm, từ 14:05')
  t.match(html, /<span id="time">Thời gian còn lại<\/span> <b>38 phút<\/b>/)
  t.match(html, '<progress aria-labelledby="time" max="3600" value="2280">38 phút</progress>')
  t.match(html, '<b>640\u00a0MB</b>')
  t.match(html, '<form method="post" action="/logout?v=b7Yt3kQ">')
  t.match(rendered('status-ending'), 'Sắp hết giờ')
  t.notMatch(rendered('online-unlimited'), '<progress')
  t.match(rendered('quota-time'), 'Hôm nay bạn đã dùng hết 120 phút')
  t.match(rendered('quota-data', 'en'), 'You&#39;ve used today&#39;s 1\u00a0GB')
  t.match(rendered('quota-devices', 'en'), '3 devices are already online')
})

t.test('an item says when, how far and when its WiFi is on, as each language writes it', async (t) => {
  for (const words of [
    'Tháng 11 đến Tết',
    'Cách đây 30\u00a0km',
    'Wi-Fi mở Thứ 2 – Thứ 5, Thứ 7, 06:00–22:00',
    'Wi-Fi mở hằng ngày, 05:00–23:00',
  ])
    t.match(rendered('discover'), words)
  t.match(rendered('discover', 'en'), 'Wi-Fi is on Mon – Thu, Sat, 06:00–22:00')
  t.match(rendered('discover-list'), '350\u00a0m')
  t.match(rendered('discover-list', 'en'), '1.6\u00a0km')
  t.notMatch(rendered('discover-list-alone'), /\d\u00a0k?m/)
  t.notMatch(rendered('discover'), 'openstreetmap')
})

t.test('an error gives staff its reference and time in Hà Nội', async (t) => {
  for (const reference of Object.keys(errorReferences)) {
    t.match(rendered(`error-${reference}`), `báo nhân viên mã <b>${reference}</b> và giờ <b>14:32</b>`)
  }
  t.match(rendered('maintenance'), 'Đang bảo trì đến 17:32')
  t.match(rendered('closed-hours'), '06:32 ngày 16/3/2026')
})

t.test('hostile text stays text', async (t) => {
  const evil = `"><script>alert('1')</script>&amp;{name}<%= 1 %>`
  const text = { vi: evil, en: evil }
  const url = `/x?a="><script>&b='`
  const urls = {
    splashUrl: url,
    loginUrl: url,
    passUrl: url,
    voucherUrl: url,
    statusUrl: url,
    logoutUrl: url,
    termsUrl: url,
    privacyUrl: url,
    helpUrl: url,
    discoverUrl: url,
    venueUrl: url,
  }
  for (const [name, page] of samplePages(pages, 'vi')) {
    const hostile = {
      ...page,
      ...Object.fromEntries(
        ['checkUrl', 'url', 'mapUrl', 'address', 'keepUrl', 'joinUrl', 'token', 'code', 'id']
          .filter((key) => key in page)
          .map((key) => [key, url]),
      ),
      site: page.site && { ...page.site, name: text, promo: text },
      near: page.near.map((item) => ({ ...item, name: text, line: text, url, picture: `constructor` })),
      languages: page.languages.map((language) => ({ ...language, url })),
      notices: page.notices?.map((notice) => ({ ...notice, title: text, body: text })),
      ...('title' in page && { title: text, body: text }),
      actions: urls,
      visit: evil,
      ...('fields' in page && { fields: { [evil]: evil } }),
      ...('code' in page && typeof page.code === 'object' && { code: { ...page.code, typed: evil } }),
      ...('item' in page && { item: { ...page.item, name: text, text, when: text } }),
      ...('groups' in page && {
        groups: page.groups.map((group) => ({
          ...group,
          items: group.items.map((item) => ({ ...item, name: text, line: text, url })),
        })),
      }),
    } as unknown as Page
    const html = pages.render(hostile)
    t.same(faultsOfMarkup(html), [], name)
    t.notMatch(html, /<script|<%/, name)
  }
})

t.test('staff text the page’s language lacks is in English, and marked so', async (t) => {
  const splash = samplePages(pages, 'ko').get('splash')
  if (splash?.kind !== 'splash') throw new Error('no splash sample')
  const named = (name: LocalText) => pages.render({ ...splash, site: { ...splash.site, name } })
  t.match(pages.render(splash), '<html lang="ko">')
  t.match(pages.render(splash), '<h1 class="place"><span lang="en">Hoàn Kiếm Lake</span></h1>')
  t.match(named({ vi: 'Hồ', en: '' }), '<h1 class="place"><span lang="vi">Hồ</span></h1>')
  t.match(named({ vi: 'Hồ', en: 'Lake', ko: '호수' }), '<h1 class="place">호수</h1>')
  t.match(named({ vi: 'Hồ', en: 'Lake', ko: '호수' }), '<title>호수 – 하노이 무료 와이파이</title>')
})

t.test('a catalogue that is not there is no page', async (t) => {
  const { vi = {}, en = {} } = Object.fromEntries(
    ['vi', 'en'].map((lang) => [
      lang,
      JSON.parse(readFileSync(new URL(`../locales/${lang}.json`, views), 'utf8')),
    ]),
  ) as Record<string, Record<string, string>>
  const catalogues = buildCatalogues(
    new Map<Lang, Record<string, string>>([
      ['en', en],
      ['vi', vi],
    ]),
  )
  const two = createPages({ catalogues })
  t.same(
    two.languageLinks((lang) => `/?lang=${lang}`).map(({ code, name, url }) => `${code} ${name} ${url}`),
    ['vi Tiếng Việt /?lang=vi', 'en English /?lang=en'],
  )
  const splash = samplePages(pages, 'ko').get('splash')!
  t.throws(() => two.render(splash), /no catalogue for language ko/)
})

t.test('a page says its language, and the menu each name in its own', async (t) => {
  for (const lang of pages.catalogues.languages) {
    const html = pages.render(samplePages(pages, lang).get('splash')!)
    t.match(html, `<html lang="${lang}">`)
    t.same(
      [...html.matchAll(/ lang="([\w-]+)" hreflang="\1"(?: aria-current="true")?>([^<]+)</g)].map(
        ([, code, name]) => `${code} ${name}`,
      ),
      [
        'vi Tiếng Việt',
        'en English',
        'zh-Hans 简体中文',
        'ko 한국어',
        'zh-Hant 繁體中文',
        'ja 日本語',
        'fr Français',
        'ru Русский',
      ],
    )
    t.match(html, new RegExp(`hreflang="${lang}" aria-current="true"`))
  }
})

t.test('what is near says its kind and how far, in each language', async (t) => {
  const near = (lang: Lang, metres: number) => {
    const splash = samplePages(pages, lang).get('splash')!
    const [first] = splash.near
    const html = pages.render({
      ...splash,
      near: [{ ...first!, line: null, kind: 'craft-village', metres }],
    })
    return /<\/b> <span>(.*?)<\/span>/.exec(html)?.[1]?.replace(/[\u00a0\u202f]/g, ' ')
  }
  t.equal(near('vi', 3250), 'Làng nghề, cách 3,3 km')
  t.equal(near('en', 12_400), 'Craft village, 12 km away')
  t.equal(near('zh-Hans', 3250), '手工艺村，距此 3.3公里')
  t.equal(near('ko', 430), '공예 마을, 450m 거리')
  t.equal(near('fr', 20), 'Village d’artisans, à 50 m')
  t.equal(near('ru', 3250), 'Деревня ремёсел, 3,3 км отсюда')
  const discover = samplePages(pages, 'ja').get('discover')!
  if (discover.kind !== 'discover') throw new Error('no discover sample')
  t.notMatch(pages.render({ ...discover, item: { ...discover.item, metres: null } }), 'ここから')
  const away = { ...discover, item: { ...discover.item, metres: 30_200 } }
  t.match(pages.render(away), '<span>ここから30\u00a0km</span>')
})

t.test('the policy lets in the one style, the fonts and the gateway’s form, and nothing else', async (t) => {
  const policy = pages.contentSecurityPolicy(['http://10.5.50.1/login?x=1', 'http://10.5.50.1/'])
  t.match(policy, "default-src 'none'")
  t.match(policy, "form-action 'self' http://10.5.50.1;")
  t.notMatch(policy, 'unsafe')
  for (const { name, html } of everyPage) {
    const css = html.match(/<style>([\s\S]*?)<\/style>/)?.[1] ?? ''
    t.ok(policy.includes(`'sha256-${createHash('sha256').update(css).digest('base64')}'`), name)
  }
})

t.test('reply.view gives the same document', async (t) => {
  const app = fastify()
  t.teardown(() => app.close())
  await app.register(fastifyView, { engine: { eta: pages.eta }, templates: views.pathname })
  const splash = samplePages(pages, 'vi').get('splash')
  if (!splash) throw new Error('no splash sample')
  const { template, model } = pages.view(splash)
  app.get('/', (_request, reply) => reply.view(template, model))
  t.equal((await app.inject('/')).body, pages.render(splash))
})

t.test('every message is used and every message used exists', async (t) => {
  const source = ['layout.eta', ...readdirSync(views)]
    .filter((file) => /\.(eta|ts)$/.test(file))
    .map((file) => readFileSync(new URL(file, views), 'utf8'))
    .join('\n')
    .concat(readFileSync(new URL('../pages.ts', views), 'utf8'))
  // a key may be made of parts: `code.${kind}` uses every key under "code."
  const whole = new Set([...source.matchAll(/['"]([a-z][\w.-]*)['"]/g)].map(([, key]) => key))
  const made = [...source.matchAll(/`([\w.-]*)\$\{[^}]*\}([\w.-]*)`/g)].map(([, start = '', end = '']) => ({
    start,
    end,
  }))
  for (const key of pages.catalogues.keys) {
    const used =
      whole.has(key) ||
      made.some(({ start, end }) => start !== '' && key.startsWith(start) && key.endsWith(end))
    t.ok(used, key)
  }
})

function rendered(name: string, lang: 'vi' | 'en' = 'vi'): string {
  const page = samplePages(pages, lang).get(name)
  if (!page) throw new Error(`no sample ${name}`)
  return pages.render(page)
}

/** Enough of a validator for markup without optional tags: nesting, quotes, double ids, bare ampersands. */
function faultsOfMarkup(html: string): string[] {
  const faults: string[] = []
  const open: string[] = []
  const ids = new Set<string>()
  const empty = /^(meta|link|input|br|hr|img)$/
  const body = html.replace(/<style>[\s\S]*?<\/style>/, '').replace('<!doctype html>', '')
  for (const [tag, slash, name = '', attributes = '', closed] of body.matchAll(
    /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/g,
  )) {
    if (slash) {
      if (open.pop() !== name) faults.push(`unexpected ${tag}`)
    } else if (!closed && !empty.test(name)) open.push(name)
    for (const [, id = ''] of attributes.matchAll(/\sid="([^"]*)"/g)) {
      if (ids.has(id)) faults.push(`id ${id} twice`)
      ids.add(id)
    }
    const names = [...attributes.matchAll(/\s([\w:-]+)(?:="[^"]*")?/g)].map(([, attribute]) => attribute)
    if (new Set(names).size < names.length) faults.push(`attribute twice in ${tag}`)
  }
  if (open.length > 0) faults.push(`left open: ${open.join()}`)
  const text = body.replace(/<\/?[a-zA-Z][\w-]*(?:\s+[\w:-]+(?:="[^"<]*")?)*\s*\/?>/g, '')
  for (const [sign] of text.matchAll(/[<>]/g)) faults.push(`stray ${sign}`)
  for (const [rest] of body.matchAll(/&(?!(amp|lt|gt|quot|#39);).{0,10}/g)) faults.push(`bare ${rest}`)
  return faults
}
