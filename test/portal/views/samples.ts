import { readFileSync } from 'node:fs'
import { WEEKDAYS } from '../../../core/domain/hours.ts'
import type { Site } from '../../../core/domain/site.ts'
import type { Lang } from '../../../portal/messages.ts'
import type {
  Actions,
  DiscoverGroup,
  NearItem,
  NoticeView,
  Page,
  Pages,
  SiteView,
} from '../../../portal/pages.ts'

const at = Date.UTC(2026, 2, 15, 7, 32) // 14:32 in Hà Nội
const usedUp = { reason: { kind: 'time', seconds: 3600 }, endedAt: at - 30 * 60e3, toldAt: at } as const

export const sites: Readonly<Record<SiteView['category'], SiteView>> = {
  'tourist-site': { name: { vi: 'Hồ Hoàn Kiếm', en: 'Hoàn Kiếm Lake' }, category: 'tourist-site' },
  'craft-village': {
    name: { vi: 'Làng hương Quảng Phú Cầu', en: 'Quảng Phú Cầu Incense Village' },
    category: 'craft-village',
    promo: {
      vi: 'Xem phơi hương buổi sáng, thử chẻ tăm ở nhà nghệ nhân.',
      en: 'See the morning drying yards, then try splitting a stick.',
    },
  },
  'industrial-park': {
    name: { vi: 'Khu công nghiệp Bắc Thăng Long', en: 'Thăng Long Industrial Park' },
    category: 'industrial-park',
  },
}

const near: Readonly<Record<SiteView['category'], readonly NearItem[]>> = {
  'tourist-site': [
    item(
      'ngoc-son',
      'bridge',
      'Đền Ngọc Sơn',
      'Qua cầu Thê Húc, 2 phút đi bộ',
      'Ngọc Sơn Temple',
      'Over Thê Húc bridge, 2 minutes on foot',
    ),
    item(
      'roi-nuoc',
      'puppets',
      'Múa rối nước Thăng Long',
      'Diễn hằng ngày bên bờ hồ',
      'Thăng Long Water Puppets',
      'Every day by the lake',
    ),
    item(
      'bat-trang',
      'vase',
      'Làng gốm Bát Tràng',
      'Hơn 500 năm lửa lò bên sông Hồng',
      'Bát Tràng Pottery Village',
      'Five centuries of kilns by the Red River',
    ),
  ],
  'craft-village': [
    item(
      'incense',
      'incense',
      'Sân phơi hương Xà Cầu',
      'Đẹp nhất khi nắng vàng cuối năm',
      'Xà Cầu drying yard',
      'At its best in the low winter sun',
    ),
    item(
      'chuong',
      'hat',
      'Làng nón Chuông',
      'Chợ nón phiên mồng 4 và mồng 10',
      'Chuông hat village',
      'Hat market on the 4th and 10th lunar days',
    ),
    item(
      'van-phuc',
      'silk',
      'Làng lụa Vạn Phúc',
      'Khung cửi còn chạy giữa phố',
      'Vạn Phúc silk village',
      'Looms still running in the city',
    ),
  ],
  'industrial-park': [
    item(
      'invest',
      'factory',
      'Đầu tư vào Hà Nội',
      'Mười một khu đang hoạt động',
      'Invest in Hanoi',
      'Eleven parks in operation',
    ),
    item(
      'co-loa',
      'drum',
      'Thành Cổ Loa',
      'Trống đồng và ba vòng thành đất',
      'Cổ Loa Citadel',
      'Bronze drums and three earth walls',
    ),
    item(
      'van-mieu',
      'temple',
      'Văn Miếu',
      'Gác Khuê Văn và bia tiến sĩ',
      'Temple of Literature',
      'The pavilion and the doctors’ stelae',
    ),
  ],
}

/** As long as the list of Hà Nội is. */
const groups: readonly DiscoverGroup[] = (['tourist-site', 'craft-village', 'industrial-park'] as const).map(
  (kind) => {
    const file = readFileSync(new URL('../../../config/hanoi.json', import.meta.url), 'utf8')
    const all = (JSON.parse(file) as { sites: Site[] }).sites.filter(({ category }) => category === kind)
    return {
      category: { 'tourist-site': 'heritage', 'craft-village': 'craft', 'industrial-park': 'invest' }[
        kind
      ] as DiscoverGroup['category'],
      items: all.slice(0, 24).map(({ id, name }, i) => ({
        name,
        line: null,
        kind,
        metres: 350 + i * 1234,
        url: `/kham-pha/${id}?v=b7Yt3kQ`,
      })),
    }
  },
)

const warning: NoticeView = {
  level: 'warning',
  title: { vi: 'Cảnh báo mưa lớn, ngập cục bộ', en: 'Heavy rain, local flooding' },
  body: {
    vi: 'Tránh hầm chui và đường ven sông đến 18:00. Cứu hộ: gọi 114.',
    en: 'Keep off underpasses and river roads until 18:00. Rescue: call 114.',
  },
  limitsLifted: true,
  updatedAt: at,
}

const evacuation: NoticeView = {
  level: 'evacuate',
  title: { vi: 'Cháy ở phố Đinh Tiên Hoàng', en: 'Fire in Đinh Tiên Hoàng street' },
  body: {
    vi: 'Rời bờ hồ theo phố Hàng Khay. Đừng quay lại lấy đồ.',
    en: 'Leave the lake by Hàng Khay street. Do not go back for your things.',
  },
  limitsLifted: true,
  updatedAt: at,
}

/** One page of every kind and state, by name, in one language. */
export function samplePages(pages: Pages, lang: Lang): Map<string, Page> {
  const base = (category: SiteView['category'] = 'tourist-site') => ({
    lang,
    languages: pages.languageLinks((code) => `/g/coova-chilli?v=1&lang=${code}`),
    site: sites[category],
    actions,
    visit: 'b7Yt3kQ',
    near: near[category],
  })
  const splash = { ...base(), kind: 'splash' as const, facts: { sessionMinutes: 60 } }
  const seconds = { left: 2280, total: 3600 }
  const today = { left: 4680, total: 7200 }
  const octets = { left: 640e6, total: 1e9 }
  const keepUrl = '/pass?v=b7Yt3kQ'
  const token = `p1.b7Yt3kQb7Yt3kQb7.tsvt2c.${'b7Yt3kQ'.repeat(3)}a`
  const pass = {
    ...base(),
    kind: 'pass' as const,
    id: 'b7Yt3kQb7Yt3kQb7',
    url: `http://wifi.hanoi.example/p/${token}`,
    code: '7K2M4 X9QRT',
    validUntil: at + 30 * 86_400e3,
    devices: 5,
  }
  const samples: Record<string, Page> = {
    splash,
    'splash-craft-village': { ...splash, ...base('craft-village'), site: sites['craft-village'] },
    'splash-industrial-park': { ...splash, ...base('industrial-park'), site: sites['industrial-park'] },
    'splash-code-open': { ...splash, code: { open: true } },
    'splash-code-only': { ...splash, actions: { ...actions, loginUrl: null } },
    'splash-no-code': {
      ...splash,
      actions: { ...actions, voucherUrl: null, passUrl: null },
      facts: { sessionMinutes: null },
    },
    'splash-pass-only': { ...splash, actions: { ...actions, voucherUrl: null }, code: { open: true } },
    'splash-back': { ...splash, welcome: { of: 'day', secondsLeft: 4800 } },
    'splash-back-unlimited': { ...splash, welcome: { of: 'day', secondsLeft: null } },
    'splash-back-code-only': {
      ...splash,
      actions: { ...actions, loginUrl: null },
      welcome: { of: 'code', secondsLeft: 86_400 },
    },
    'splash-info': { ...splash, notices: [{ ...warning, level: 'info', limitsLifted: false }] },
    'splash-warning': { ...splash, notices: [warning] },
    'splash-evacuate': { ...splash, notices: [{ ...warning, level: 'evacuate' }] },
    connecting: { ...base(), kind: 'connecting', checkUrl: '/status?v=b7Yt3kQ', refreshSeconds: 3 },
    'connecting-by-hand': {
      ...base(),
      kind: 'connecting',
      checkUrl: '/status?v=b7Yt3kQ',
      refreshSeconds: null,
    },
    'handoff-form': {
      ...base(),
      kind: 'handoff-form',
      url: 'http://10.5.50.1/login',
      method: 'post',
      fields: { username: 'v.b7Yt3kQ', password: 'x&y"z', dst: 'http://example.com/?a=1&b=2' },
    },
    online: {
      ...base(),
      near: [],
      kind: 'online',
      seconds: { left: 3600, total: 3600 },
      today: { left: 7200, total: 7200 },
      octets: { left: 1e9, total: 1e9 },
      keepUrl: '/pass?v=b7Yt3kQ',
    },
    'online-unlimited': { ...base(), kind: 'online', seconds: null, today: null, octets: null },
    status: {
      ...base(),
      near: [],
      kind: 'status',
      startedAt: at - 27 * 60e3,
      seconds,
      today,
      octets,
      keepUrl,
    },
    'status-ending': {
      ...base(),
      near: [],
      kind: 'status',
      startedAt: at - 27 * 60e3,
      seconds: { left: 200, total: 3600 },
      today,
      octets,
    },
    ended: { ...base(), kind: 'ended', ending: { reason: { kind: 'signed-out' }, endedAt: at, toldAt: at } },
    'ended-time': { ...base(), kind: 'ended', ending: usedUp },
    'quota-time': { ...base(), kind: 'quota', spent: { kind: 'time', minutes: 120 }, ending: usedUp },
    'quota-data': { ...base(), kind: 'quota', spent: { kind: 'data', octets: 1e9 } },
    'quota-devices': { ...base(), kind: 'quota', spent: { kind: 'devices', count: 3 } },
    pass,
    'pass-without-code': { ...pass, code: null },
    'pass-join': { ...base(), kind: 'pass-join', joinUrl: '/login/pass?v=b7Yt3kQ', token },
    'pass-kept': {
      ...base(),
      site: null,
      visit: null,
      near: [],
      kind: 'pass-kept',
      code: '7K2M4 X9QRT',
      actions: { ...actions, splashUrl: null },
    },
    'closed-planned': { ...base(), kind: 'closed', reason: 'planned' },
    'closed-unknown-site': { ...base(), site: null, near: [], kind: 'closed', reason: 'unknown-site' },
    'closed-no-visit': {
      ...base(),
      site: null,
      visit: null,
      near: [],
      kind: 'closed',
      reason: 'no-visit',
      actions: { ...actions, splashUrl: null },
    },
    'closed-hours': { ...base(), kind: 'closed', reason: 'hours', opensAt: at + 16 * 3600e3, at },
    maintenance: { ...base(), near: [], kind: 'maintenance', until: at + 3 * 3600e3, at },
    'maintenance-open': { ...base(), kind: 'maintenance', until: null, at },
    'maintenance-words': {
      ...base(),
      kind: 'maintenance',
      until: at + 3 * 3600e3,
      at,
      title: { vi: 'Thay bộ phát ven hồ', en: 'New access points by the lake' },
      body: { vi: 'Mạng ở phía đông hồ tạm nghỉ.', en: 'The network east of the lake is off.' },
    },
    notice: { ...splash, kind: 'notice', notices: [evacuation] },
    'notice-code-only': {
      ...splash,
      kind: 'notice',
      notices: [evacuation, warning],
      actions: { ...actions, loginUrl: null },
    },
    discover: {
      ...base(),
      kind: 'discover',
      item: {
        name: sites['craft-village'].name,
        category: 'craft-village',
        picture: 'incense',
        text: {
          vi: 'Những bó tăm hương nhuộm đỏ xòe như hoa trên sân phơi, đẹp nhất khi nắng vàng cuối năm.',
          en: 'Bundles of red incense fan out like flowers in the drying yards, at their best in the low winter sun.',
        },
        when: { vi: 'Tháng 11 đến Tết', en: 'November to Tết' },
        metres: 30_400,
        hours: [
          { days: ['mon', 'tue', 'wed', 'thu', 'sat'], from: '06:00', to: '22:00' },
          { days: WEEKDAYS, from: '05:00', to: '23:00' },
        ],
      },
      mapUrl: null,
    },
    'discover-online': {
      ...base(),
      kind: 'discover',
      item: {
        name: sites['tourist-site'].name,
        category: 'tourist-site',
        picture: 'tower',
        text: { vi: 'Hồ giữa lòng thành phố.', en: 'The lake at the heart of the city.' },
        when: null,
        metres: null,
        hours: [],
      },
      mapUrl: 'https://www.openstreetmap.org/?mlat=21.0287&mlon=105.8523#map=16/21.0287/105.8523',
    },
    'discover-list': { ...base(), kind: 'discover-list', groups },
    'discover-list-alone': {
      ...base(),
      site: null,
      visit: null,
      near: [],
      kind: 'discover-list',
      groups: groups.map(({ category, items }) => ({
        category,
        items: items.map((each) => ({ ...each, metres: null })),
      })),
      actions: { ...actions, splashUrl: null },
    },
    venue: { ...base('craft-village'), kind: 'venue', hours: [], mapUrl: null },
    'venue-online': {
      ...base(),
      kind: 'venue',
      hours: [{ days: WEEKDAYS, from: '05:00', to: '23:00' }],
      mapUrl: 'https://www.openstreetmap.org/?mlat=21.0287&mlon=105.8523#map=16/21.0287/105.8523',
    },
    terms: { ...base(), kind: 'terms' },
    privacy: {
      ...base(),
      kind: 'privacy',
      retention: { sessionDays: 365, addressHours: 24, sealedMonths: 12, passDays: 37 },
    },
    help: { ...base(), kind: 'help', address: 'wifi.hanoi.example' },
  }
  for (const kind of ['wrong', 'used', 'other-site', 'tries', 'pass-over'] as const) {
    samples[`splash-code-${kind}`] = { ...splash, code: { typed: 'HK2O 81XQ', fault: { kind } } }
  }
  samples['splash-code-expired'] = { ...splash, code: { typed: 'HK2O 81XQ', fault: { kind: 'expired', at } } }
  for (const reason of ['wrong', 'expired', 'revoked'] as const) {
    samples[`pass-${reason}`] = { ...base(), kind: 'pass-over', reason }
  }
  for (const reference of ['R-03', 'N-01', 'S-02', 'T-04', 'L-05', 'P-06', 'Q-07'] as const) {
    samples[`error-${reference}`] = { ...base(), kind: 'error', reference, at }
  }
  return new Map(Object.entries(samples))
}

export const actions: Actions = {
  splashUrl: '/g/coova-chilli?v=b7Yt3kQ',
  loginUrl: '/login/click-through?v=b7Yt3kQ',
  passUrl: '/login/pass?v=b7Yt3kQ',
  voucherUrl: '/login/voucher?v=b7Yt3kQ',
  statusUrl: '/status?v=b7Yt3kQ',
  logoutUrl: '/logout?v=b7Yt3kQ',
  termsUrl: '/terms?v=b7Yt3kQ',
  privacyUrl: '/privacy?v=b7Yt3kQ',
  helpUrl: '/help?v=b7Yt3kQ',
  discoverUrl: '/kham-pha?v=b7Yt3kQ',
  venueUrl: '/noi-nay?v=b7Yt3kQ',
}

function item(
  slug: string,
  picture: NearItem['picture'],
  vi: string,
  viLine: string,
  en: string,
  enLine: string,
): NearItem {
  const line = { vi: viLine, en: enLine }
  return {
    name: { vi, en },
    line,
    kind: 'tourist-site',
    metres: 1234,
    url: `/kham-pha/${slug}?v=b7Yt3kQ`,
    picture,
  }
}
