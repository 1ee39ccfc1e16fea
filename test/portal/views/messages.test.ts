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
const choose = (acceptLanguage: string | undefined, available = all, query?: unknown) =>
  chooseLanguage({ query, acceptLanguage, available })

const names = 'page place months count date time ref amount address hours minutes left id code'
const anyParams = Object.fromEntries(names.split(' ').map((name) => [name, 2]))

t.test('the catalogues load, Vietnamese first, and share their keys', async (t) => {
  const catalogues = loadMessages()
  t.equal(catalogues.languages[0], 'vi')
  t.equal(catalogues.languages[1], 'en')
  for (const lang of catalogues.languages) {
    for (const key of catalogues.keys)
      t.doesNotThrow(() => catalogues.render(lang, key, anyParams, (text) => text))
  }
})

t.test('the copy that was agreed is kept to the letter', async (t) => {
  const { translate } = loadMessages()
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
  const count = '{n, plural, one {# minute} few {# few} other {# minutes}} of {name}'
  const { translate } = buildCatalogues(
    new Map<Lang, Record<string, string>>([
      ['vi', { left: '{n, plural, other {# phút}} của {name}', hash: 'số #1' }],
      ['en', { left: count, hash: 'number #1' }],
      ['ru', { left: count, hash: '№ #1' }],
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
  t.throws(load({ a: '{n, plural, one {x}}' }, { a: '{n, plural, other {x}}' }), /without "other"/)
  t.throws(load({ a: 'a < b' }, { a: 'a < b' }), /stray </)
  t.throws(() => buildCatalogues(new Map()), /vi\.json is missing/)
  const folder = new URL(`file://${t.testdir({ 'vi.json': '{"a":{"b":"nested"}}' })}/`)
  t.throws(() => loadMessages(folder), /flat object/)
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
