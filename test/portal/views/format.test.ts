import t from 'tap'
import { type Lang, loadMessages } from '../../../portal/messages.ts'
import { formatFor } from '../../../portal/views/format.ts'

const catalogues = loadMessages()
const formats = new Map(
  catalogues.languages.map((lang) => [lang, formatFor(lang, catalogues, 'Asia/Ho_Chi_Minh')]),
)
/** What every language writes, in one line, its hard spaces shown as soft ones. */
const written = (write: (format: ReturnType<typeof formatFor>) => string): Record<string, string> =>
  Object.fromEntries(
    [...formats].map(([lang, format]) => [lang, write(format).replace(/[\u00a0\u202f]/g, ' ')]),
  )

/** 14:05 on 1 March 2026 in Hà Nội. */
const AT = Date.UTC(2026, 2, 1, 7, 5)
const HOUR = 3600_000

t.test('data is counted in the units of the language', async (t) => {
  t.same(
    written((format) => `${format.octets(640e6)} / ${format.octets(1.54e9)}`),
    {
      vi: '640 MB / 1,5 GB',
      en: '640 MB / 1.5 GB',
      'zh-Hans': '640 MB / 1.5 GB',
      ko: '640MB / 1.5GB',
      'zh-Hant': '640 MB / 1.5 GB',
      ja: '640 MB / 1.5 GB',
      fr: '640 Mo / 1,5 Go',
      ru: '640 МБ / 1,5 ГБ',
    },
  )
  const { octets } = formats.get('en')!
  t.equal(octets(0), '0\u00a0MB', 'a figure is not torn from its unit')
  t.equal(octets(999.4e6), '999\u00a0MB')
  t.equal(octets(999.6e6), '1\u00a0GB', 'never 1000 MB')
})

t.test('dates and times are those of the city, in the order of the language', async (t) => {
  t.same(
    written((format) => format.moment(AT, AT + 13 * HOUR)),
    {
      vi: '14:05 ngày 1/3/2026',
      en: '14:05 on 1 March 2026',
      'zh-Hans': '2026年3月1日 14:05',
      ko: '2026년 3월 1일 14:05',
      'zh-Hant': '2026年3月1日 14:05',
      ja: '2026年3月1日 14:05',
      fr: '14:05 le 01/03/2026',
      ru: '14:05 01.03.2026',
    },
  )
  for (const [lang, format] of formats) {
    t.equal(format.moment(AT, AT + 11 * HOUR), '14:05', `${lang}: today the clock is enough`)
    t.equal(format.clock(AT + 10 * HOUR), '00:05', `${lang}: midnight is not 24`)
  }
})

t.test('a time that is left is said as people say it', async (t) => {
  t.same(
    written((format) => [59, 60, 8400, 7200].map(format.duration).join(' / ')),
    {
      vi: 'dưới 1 phút / 1 phút / 2 giờ 20 phút / 2 giờ',
      en: 'under 1 minute / 1 minute / 2 hours 20 minutes / 2 hours',
      'zh-Hans': '不到 1 分钟 / 1 分钟 / 2 小时 20 分钟 / 2 小时',
      ko: '1분 미만 / 1분 / 2시간 20분 / 2시간',
      'zh-Hant': '不到 1 分鐘 / 1 分鐘 / 2 小時 20 分鐘 / 2 小時',
      ja: '1分未満 / 1分 / 2時間20分 / 2時間',
      fr: 'moins d’une minute / 1 minute / 2 heures 20 minutes / 2 heures',
      ru: 'меньше минуты / 1 минута / 2 часа 20 минут / 2 часа',
    },
  )
})

t.test('a distance is as near as feet can tell', async (t) => {
  const from = (lang: Lang) => [20, 430, 949, 951, 3250, 12_400].map(formats.get(lang)!.distance).join(' / ')
  t.equal(from('vi').replaceAll('\u00a0', ' '), '50 m / 450 m / 950 m / 1 km / 3,3 km / 12 km')
  t.equal(
    from('zh-Hant').replaceAll('\u00a0', ' '),
    '50 公尺 / 450 公尺 / 950 公尺 / 1 公里 / 3.3 公里 / 12 公里',
  )
})

t.test('every figure is in the digits of the phone’s keypad', async (t) => {
  for (const [lang, format] of formats)
    for (const text of [format.octets(1.5e9), format.clock(AT), format.date(AT), format.distance(3250)])
      t.notMatch(text, /(?![0-9])\p{Nd}/u, `${lang}: ${text}`)
})
