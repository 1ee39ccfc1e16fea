import t from 'tap'
import {
  buildCatalogues,
  chooseLanguage,
  firstLanguage,
  type Lang,
  loadMessages,
} from '../../../portal/messages.ts'

const both: readonly Lang[] = ['vi', 'en']
const all: readonly Lang[] = ['vi', 'en', 'zh-Hans', 'ko', 'zh-Hant', 'ja', 'fr', 'ru']
const catalogues = loadMessages()
const choose = (acceptLanguage: string | undefined, available = all, query?: unknown) =>
  chooseLanguage({ query, acceptLanguage, available })

const names =
  'page place months count date time ref amount address hours minutes left id code label kind distance days'
const anyParams = Object.fromEntries(names.split(' ').map((name) => [name, 2]))

t.test('the catalogues of all eight languages load, Vietnamese first, and share their keys', async (t) => {
  t.same(catalogues.languages, all)
  for (const lang of catalogues.languages) {
    for (const key of catalogues.keys)
      t.doesNotThrow(() => catalogues.render(lang, key, anyParams, (text) => text))
  }
})

t.test('the copy that was agreed is kept to the letter', async (t) => {
  const { translate } = catalogues
  const agreed: Array<[string, string, string]> = [
    ['splash.lead', 'Wi-Fi miễn phí của thành phố Hà Nội', 'Free Wi-Fi from the City of Hanoi'],
    ['splash.cta', 'Kết nối ngay', 'Connect'],
    ['splash.fact.signup', 'Không cần đăng ký', 'No sign-up'],
    [
      'splash.terms',
      'Bấm kết nối là bạn đồng ý với Điều khoản. Chúng tôi chỉ đếm lượt truy cập, không xem bạn vào trang nào.',
      'By connecting you accept the Terms. We count visits, not the pages you view.',
    ],
    ['code.open', 'Tôi có mã truy cập', 'I have an access code'],
    ['code.label', 'Mã gồm 8 ký tự, in trên phiếu', '8 characters, printed on your slip'],
    ['code.cta', 'Dùng mã', 'Use code'],
    [
      'code.wrong',
      'Mã này không đúng. Xem lại chữ O và số 0.',
      'That code is not right. Check the letter O and the number 0.',
    ],
    [
      'code.used',
      'Mã này đã dùng hết. Mời bạn xin mã mới ở quầy.',
      'This code is used up. Please ask for a new one at the desk.',
    ],
    [
      'code.tries',
      'Bạn thử hơi nhiều lần. Đợi 1 phút rồi nhập lại.',
      'Too many tries. Wait a minute, then try again.',
    ],
    ['left.time', 'Thời gian còn lại', 'Time left'],
    ['left.data', 'Dữ liệu còn lại', 'Data left'],
    [
      'emerg',
      'Khẩn cấp: 113 Công an, 114 Cứu hỏa, 115 Cấp cứu.',
      'Emergency: 113 police, 114 fire, 115 ambulance.',
    ],
    ['near.h', 'Gần bạn', 'Near you'],
    ['off', 'Ngắt kết nối', 'Disconnect'],
    ['privacy.h', 'Chúng tôi ghi gì?', 'What do we record?'],
  ]
  for (const [key, vi, en] of agreed) {
    t.equal(translate('vi', key), vi)
    t.equal(translate('en', key), en)
  }
  t.equal(translate('vi', 'splash.fact.minutes', { count: 60 }), '60 phút mỗi lượt')
  t.equal(translate('en', 'splash.fact.minutes', { count: 60 }), '60 minutes a visit')
  t.equal(translate('vi', 'code.expired', { date: '15/3/2026' }), 'Mã này hết hạn ngày 15/3/2026.')
  t.equal(
    translate('vi', 'error.ref', { ref: 'R-03', time: '14:32' }),
    'Nếu vẫn lỗi, báo nhân viên mã R-03 và giờ 14:32.',
  )
})

t.test('plurals and numbers follow the language', async (t) => {
  const count = '{n, plural, one {# minute} other {# minutes}} of {name}'
  const counted = '{n, plural, one {# one} few {# few} many {# many} other {# other}} of {name}'
  const { translate } = buildCatalogues(
    new Map<Lang, Record<string, string>>([
      ['vi', { left: '{n, plural, other {# phút}} của {name}', hash: 'số #1' }],
      ['en', { left: count, hash: 'number #1' }],
      ['ru', { left: counted, hash: '№ #1' }],
    ]),
  )
  t.equal(translate('en', 'left', { n: 1, name: '<b>' }), '1 minute of <b>')
  t.equal(translate('en', 'left', { n: 1200, name: 'x' }), '1,200 minutes of x')
  t.equal(translate('vi', 'left', { n: 1200, name: 'x' }), '1.200 phút của x')
  t.equal(translate('ru', 'left', { n: 3, name: 'x' }), '3 few of x')
  t.equal(translate('en', 'hash'), 'number #1', '# counts inside a plural alone')
  t.throws(() => translate('en', 'left', { n: 1 }), /needs \{name\}/)
  t.throws(() => translate('en', 'nowhere'), /no message "nowhere" in en/)
  t.throws(() => translate('ja', 'left', { n: 1, name: 'x' }), /in ja/)
})

t.test('a catalogue that lacks or breaks a message does not load', async (t) => {
  const load = (vi: Record<string, string>, en: Record<string, string>) => () =>
    buildCatalogues(
      new Map<Lang, Record<string, string>>([
        ['vi', vi],
        ['en', en],
      ]),
    )
  t.throws(load({ a: 'một', b: 'hai' }, { a: 'one' }), /en\.json lacks "b"/)
  t.throws(load({ a: 'một' }, { a: 'one', b: 'two' }), /en\.json has "b"/)
  t.throws(load({ a: 'một {n}' }, { a: 'one' }), /en\.json "a": other params/)
  t.throws(load({ a: '<b>một {n}</b>' }, { a: '<b>one</b>' }), /other params/)
  t.throws(load({ a: '<b>một</b>' }, { a: 'one' }), /other params or tags/)
  const plural = (...forms: string[]) =>
    `{n, plural, ${forms.map((form) => `${form} {# ${form}}`).join(' ')}}`
  const one = { a: plural('other') }
  t.throws(load({ a: plural('one') }, { a: plural('one', 'other') }), /vi\.json "a": plural without "other"/)
  t.throws(load(one, { a: plural('other') }), /en\.json "a": plural without "one"/)
  t.throws(load(one, { a: plural('one', 'few', 'other') }), /en\.json "a": no plural form "few"/)
  t.throws(load({ a: `<b>${plural('other')}</b>` }, { a: `<b>${plural('other')}</b>` }), /without "one"/)
  t.doesNotThrow(load(one, { a: plural('one', 'other') }))
  t.throws(load({ a: 'a < b' }, { a: 'a < b' }), /stray </)
  t.throws(() => buildCatalogues(new Map()), /vi\.json is missing/)
  const folder = new URL(`file://${t.testdir({ 'vi.json': '{"a":{"b":"nested"}}' })}/`)
  t.throws(() => loadMessages(folder), /flat object/)
})

t.test('each language counts its own way', async (t) => {
  const printed = (lang: Lang, key: string) =>
    [0, 1, 2, 5, 11, 21].map((count) => catalogues.translate(lang, key, { count })).join(', ')
  const minutes: Readonly<Record<Lang, string>> = {
    vi: '0 phút, 1 phút, 2 phút, 5 phút, 11 phút, 21 phút',
    en: '0 minutes, 1 minute, 2 minutes, 5 minutes, 11 minutes, 21 minutes',
    'zh-Hans': '0 分钟, 1 分钟, 2 分钟, 5 分钟, 11 分钟, 21 分钟',
    ko: '0분, 1분, 2분, 5분, 11분, 21분',
    'zh-Hant': '0 分鐘, 1 分鐘, 2 分鐘, 5 分鐘, 11 分鐘, 21 分鐘',
    ja: '0分, 1分, 2分, 5分, 11分, 21分',
    fr: '0 minute, 1 minute, 2 minutes, 5 minutes, 11 minutes, 21 minutes',
    ru: '0 минут, 1 минута, 2 минуты, 5 минут, 11 минут, 21 минута',
  }
  for (const lang of all) t.equal(printed(lang, 'duration.minutes'), minutes[lang])
  t.equal(
    printed('ru', 'quota.devices.title'),
    [
      'В сети уже 0 устройств',
      'В сети уже 1 устройство',
      'В сети уже 2 устройства',
      'В сети уже 5 устройств',
      'В сети уже 11 устройств',
      'В сети уже 21 устройство',
    ].join(', '),
  )
  t.equal(catalogues.translate('fr', 'duration.hours', { count: 1e6 }), '1\u202f000\u202f000 d’heures')
})

/** Every sentence of a language as it is read, figures in. */
const sentences = (lang: Lang) =>
  catalogues.keys.map((key) => ({ key, text: catalogues.translate(lang, key, anyParams) }))

t.test('no word of another script is left in a language that has its own', async (t) => {
  const known = 'Hà Nội Wi Fi O QR MAC IP VPN https iPhone Android' // what such readers write in Latin letters themselves
  const allowed = new Set(known.split(' '))
  const scripts = {
    'zh-Hans': /\p{Script=Han}/u,
    'zh-Hant': /\p{Script=Han}/u,
    ko: /\p{Script=Hangul}/u,
    ja: /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u,
    ru: /\p{Script=Cyrillic}/u,
  }
  for (const lang of ['zh-Hans', 'zh-Hant', 'ko', 'ja', 'ru'] as const)
    for (const { key, text } of sentences(lang)) {
      const latin = text.match(/\p{Script=Latin}+/gu) ?? []
      t.same(
        latin.filter((word) => !allowed.has(word)),
        [],
        `${lang} ${key}: ${text}`,
      )
      if (!['brand', 'title', 'duration.both', 'date.time'].includes(key))
        t.match(text, scripts[lang], `${lang} ${key}`)
    }
})

t.test('no sentence of one language stands in another', async (t) => {
  // The same word, or a frame around params.
  const shared = /^(brand|title|duration\.both|date\.time)$/
  const said = new Map(
    all.map((lang) => [lang, new Map(sentences(lang).map(({ key, text }) => [key, text]))]),
  )
  const near = (a: Lang, b: Lang) => a.startsWith('zh') && b.startsWith('zh') // the scripts share many signs
  for (const a of all)
    for (const b of all)
      for (const [key, text] of said.get(a)!)
        if (a < b && !near(a, b) && !shared.test(key) && text.length > 9)
          t.not(said.get(b)!.get(key), text, `${key} in ${a} and ${b}`)
  for (const { key, text } of sentences('zh-Hant')) t.notMatch(text, /[们这码网连线时间页个为]/u, key)
  for (const { key, text } of sentences('zh-Hans')) t.notMatch(text, /[們這碼網連線時間頁個為]/u, key)
})

t.test('figures that matter are the same in every language', async (t) => {
  const figures = (text: string) => (text.match(/\d+/g) ?? []).sort().join()
  for (const lang of all) {
    for (const key of [
      'emerg',
      'code.label',
      'code.or-pass',
      'pass.until',
      'pass.expired.lead',
      'terms.children',
    ])
      t.equal(
        figures(catalogues.translate(lang, key, anyParams)),
        figures(catalogues.translate('vi', key, anyParams)),
        `${key} in ${lang}`,
      )
    const order = catalogues.translate(lang, 'emerg').match(/11\d/g)
    t.same(order, ['113', '114', '115'], lang)
    t.match(catalogues.translate(lang, 'code.wrong'), /O.*0/, `the Latin letter O and the figure in ${lang}`)
  }
})

t.test('a button is called in a sentence what it is called on the page', async (t) => {
  for (const lang of all) {
    const marked = (key: string) => {
      const names: string[] = []
      catalogues.render(lang, key, { code: '' }, (text, tag) => {
        if (tag === 'b') names.push(text)
        return text
      })
      return names
    }
    const connect = catalogues.translate(lang, 'splash.cta')
    t.same(marked('help.connect'), [connect], lang)
    t.same(marked('pass.kept.connect'), [connect], lang)
    t.equal(marked('pass.kept.code')[0], catalogues.translate(lang, 'code.open'), lang)
    t.equal(catalogues.translate(lang, 'discover.cta'), connect, lang)
  }
})

t.test('French has its spaces and apostrophes', async (t) => {
  for (const { key, text } of sentences('fr')) {
    t.notMatch(text, /'|"/, key)
    t.notMatch(text, /(?<!\u202f)[?!;]/, `${key}: a narrow space that does not break`)
    t.notMatch(text, /(?<!\u00a0):(?!\/)/, key)
  }
})

t.test('markup is left to the caller, text by text', async (t) => {
  const { render } = buildCatalogues(new Map([['vi', { a: 'mã <b>{ref}</b> & giờ' }]]))
  const seen: Array<string | undefined> = []
  const out = render('vi', 'a', { ref: '<i>' }, (text, tag) => {
    seen.push(tag)
    return tag ? `[${text}]` : text.toUpperCase()
  })
  t.equal(out, 'MÃ [<I>] & GIỜ')
  t.same(seen, [undefined, undefined, 'b', undefined])
})

t.test('the language comes from the URL, then Accept-Language, then is Vietnamese', async (t) => {
  t.equal(choose('fr', both, 'en'), 'en')
  t.equal(choose('fr', both, 'EN'), 'en')
  t.equal(choose('en', both, 'xx'), 'en')
  t.equal(choose('en', both, ['vi']), 'en', 'a repeated parameter is not a string')
  t.equal(choose(undefined), 'vi')
  t.equal(choose(''), 'vi')
  t.equal(choose('th-TH'), 'vi')
  t.equal(choose('th-TH,th;q=0.9,en;q=0.8'), 'en')
  t.equal(choose('en-AU,en;q=0.9'), 'en')
  t.equal(choose('vi-VN,vi;q=0.9,en;q=0.8'), 'vi')
  t.equal(choose('en;q=0.3, ko;q=0.9'), 'ko')
  t.equal(choose('en;q=0, ru;q=0.1'), 'ru', 'q=0 is "not acceptable"')
  t.equal(choose('ko;q=nonsense, ja'), 'ja')
  t.equal(choose('*'), 'vi')
  t.equal(choose('en;q=1.0;level=2, ko;q=0.9'), 'en')
})

t.test('what phones really ask for gets the language their owner reads', async (t) => {
  const asked: ReadonlyArray<[header: string, lang: Lang]> = [
    ['vi-VN,vi;q=0.9', 'vi'],
    ['vi-VN,vi;q=0.9,fr-FR;q=0.8,fr;q=0.7,en-US;q=0.6,en;q=0.5', 'vi'],
    ['vi,en-US;q=0.9,en;q=0.8', 'vi'],
    ['en-US,en;q=0.9,vi;q=0.8', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['en-AU', 'en'],
    ['en-IN,en;q=0.9,hi;q=0.8', 'en'],
    ['en-SG,en-GB;q=0.9,en;q=0.8,zh-Hans;q=0.7', 'en'],
    ['zh-CN,zh;q=0.9', 'zh-Hans'],
    ['zh-CN,zh-Hans;q=0.9', 'zh-Hans'],
    ['zh-Hans-CN', 'zh-Hans'],
    ['zh-SG,zh;q=0.9,en;q=0.8', 'zh-Hans'],
    ['zh-CN,zh;q=0.8,zh-TW;q=0.7,zh-HK;q=0.5,en-US;q=0.3,en;q=0.2', 'zh-Hans'],
    ['zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7', 'zh-Hant'],
    ['zh-TW,zh-Hant;q=0.9', 'zh-Hant'],
    ['zh-HK,zh-Hant;q=0.9', 'zh-Hant'],
    ['zh-HK,zh-TW;q=0.9,zh;q=0.8,en-US;q=0.7,en;q=0.6', 'zh-Hant'],
    ['yue-Hant-HK,zh-Hant-HK;q=0.9', 'zh-Hant'],
    ['zh-MO', 'zh-Hant'],
    ['ko-KR,ko;q=0.9', 'ko'],
    ['ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7', 'ko'],
    ['ko', 'ko'],
    ['ja-JP', 'ja'],
    ['ja,en-US;q=0.9,en;q=0.8', 'ja'],
    ['fr-FR,fr;q=0.9', 'fr'],
    ['fr-CA,fr-FR;q=0.9,fr;q=0.8,en-CA;q=0.7', 'fr'],
    ['fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5', 'fr'],
    ['ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7', 'ru'],
    ['uk-UA,uk;q=0.9,ru;q=0.8,en-US;q=0.7', 'ru'],
    ['kk-KZ,ru-KZ;q=0.9,ru;q=0.8', 'ru'],
    ['de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7', 'en'],
    ['th-TH,th;q=0.9', 'vi'],
    ['km-KH', 'vi'],
    ['es-ES,es;q=0.9,en;q=0.8', 'en'],
  ]
  for (const [header, lang] of asked) t.equal(choose(header), lang, header)
  for (const [query, lang] of [
    ['zh', 'zh-Hans'],
    ['zh-TW', 'zh-Hant'],
    ['zh-hant', 'zh-Hant'],
    ['RU', 'ru'],
  ] as const)
    t.equal(choose('fr', all, query), lang, `?lang=${query}`)
})

t.test('Chinese is told apart by script', async (t) => {
  t.equal(choose('zh-TW'), 'zh-Hant')
  t.equal(choose('zh-HK,zh;q=0.9'), 'zh-Hant')
  t.equal(choose('zh-Hant-MO'), 'zh-Hant')
  t.equal(choose('zh_TW'), 'zh-Hant')
  t.equal(choose('zh-CN,zh;q=0.9'), 'zh-Hans')
  t.equal(choose('zh'), 'zh-Hans')
  t.equal(
    choose('zh-TW', ['vi', 'en', 'zh-Hans']),
    'zh-Hans',
    'the other script is nearer than another language',
  )
  t.equal(choose('zh-TW,en;q=0.5', both), 'en')
})

t.test('a hostile header costs nothing and changes nothing', async (t) => {
  t.equal(choose(`${'x'.repeat(1e6)},en`), 'vi')
  t.equal(choose(`${'a-'.repeat(5e5)}`), 'vi')
  t.equal(choose(`${',;q='.repeat(1e5)}`), 'vi')
  t.equal(choose(`${'ja;q=0.1,'.repeat(1e5)}en`), 'ja')
  t.equal(choose('en-u-ca-\u0000, <script>, en--x, i-klingon'), 'vi')
  t.equal(choose('__proto__, constructor'), 'vi')
})

t.test('reports name the first language a browser asks for, whether or not a page speaks it', async (t) => {
  for (const [header, language] of [
    ['ko-KR,ko;q=0.9,en;q=0.8', 'ko'],
    ['zh-TW,zh;q=0.9', 'zh-Hant'],
    ['zh-CN', 'zh-Hans'],
    ['vi', 'vi'],
    ['*;q=0.5, fr;q=0.9', 'fr'],
    ['qqq-made-up', 'other'],
    ['<script>', 'und'],
    ['', 'und'],
    [undefined, 'und'],
  ] as const)
    t.equal(firstLanguage(header), language, String(header))
})
