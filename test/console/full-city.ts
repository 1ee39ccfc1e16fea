import type { Campaign } from '../../core/domain/campaign.ts'
import { addDays, cityDay } from '../../core/domain/day.ts'
import { codeSubject } from '../../core/domain/grants.ts'
import { annotate } from '../../core/records/annotations.ts'
import { audit } from '../../core/records/audit.ts'
import { draftItem, proposeItem, stepItem } from '../../core/records/campaign-work.ts'
import { saveNas, saveSite } from '../../core/records/city.ts'
import { inTransaction } from '../../core/records/database.ts'
import { acknowledge } from '../../core/records/incident-notes.ts'
import { closeIncident, openIncident } from '../../core/records/incidents.ts'
import { approveNotice, draftNotice } from '../../core/records/notices.ts'
import { approvePage, savePage, sendPage } from '../../core/records/own-pages.ts'
import { addPerson } from '../../core/records/people.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { createVouchers, revokeVoucher } from '../../core/records/vouchers.ts'
import { noteHeard } from '../../core/store/heard.ts'
import { keys as storeKeys } from '../../core/store/keys.ts'
import { UsageStore } from '../../core/store/usage.ts'
import { VoucherStore } from '../../core/store/vouchers.ts'
import { addUpItems } from '../support/item-parts.ts'
import { mac, nas, openSessions, recordDays, recordReach, site } from './sample-city.ts'
import type { Stage } from './stage.ts'

/** A city in which everything has happened that a page of the console can show. */

const HOUR = 3_600_000
const name = (text: string) => ({ vi: text, en: text })
const promo = name('Một câu về nơi này.')
const publish = () => Promise.resolve()

/** What only its making tells: a batch whose codes have each state, one at the longest name, a person. */
export interface FullCity {
  readonly batch: string
  readonly longest: string
  readonly person: string
}

/** Fills an empty stage. Full: `ho-hoan-kiem`. Partial: `bat-trang`, `hanssip` (a long name). Empty: `dong-anh`. */
export async function fillCity(stage: Stage): Promise<FullCity> {
  await places(stage)
  await figures(stage)
  await items(stage)
  await ownPages(stage)
  await incidents(stage)
  await notices(stage)
  const codes = await makeCodes(stage)
  const person = await people(stage)
  return { ...codes, person }
}

async function places({ records, keys, store, now, publish }: Stage): Promise<void> {
  const aps = ['Cổng chính', 'Sân trong', 'Bến xe'].map((each, i) => ({ mac: mac(i + 1), name: each }))
  const sites = [
    site('ho-hoan-kiem', {
      name: name('Hồ Hoàn Kiếm – đền Ngọc Sơn'),
      accessPoints: aps,
      ward: 'Phường Hoàn Kiếm',
      login: ['click-through', 'voucher', 'sms-otp'],
      limits: { sessionSeconds: 3600, dailySeconds: 7200, dailyOctets: 1e9 },
      promo,
      hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '05:00', to: '23:00' }],
    }),
    site('van-mieu', {
      name: name('Văn Miếu – Quốc Tử Giám'),
      ward: 'Phường Văn Miếu – Quốc Tử Giám',
      operator: 'west',
      lat: 21.029,
      lng: 105.8355,
      promo,
    }),
    site('bat-trang', {
      name: name('Làng gốm Bát Tràng'),
      category: 'craft-village',
      ward: 'Xã Bát Tràng',
      lat: 20.975,
      lng: 105.913,
      promo,
    }),
    site('hanssip', {
      name: name('Khu công nghiệp hỗ trợ Nam Hà Nội (HANSSIP), giai đoạn một'),
      category: 'industrial-park',
      operator: 'west',
      lat: 20.73,
      lng: 105.9,
    }),
    site('dong-anh', {
      name: name('Khu công nghiệp Đông Anh'),
      state: 'planned',
      category: 'industrial-park',
      lat: 21.14,
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
    nas('gw-lang-nghe-cong-chinh-phia-dong', 'bat-trang', { gateway: 'unifi', addresses: ['10.3.0.0/24'] }),
  ]
  await records.query(
    "INSERT INTO operators VALUES ('operator', 'Sông Hồng Telecom'), ('west', 'Công ty Mạng Hồ Tây và vùng phụ cận')",
  )
  for (const each of sites) await saveSite(records, each)
  for (const each of gateways) await saveNas(records, each, keys)
  await publish(sites, gateways)
  await noteHeard(store, 'gw-1', mac(2), now - HOUR)
  await noteHeard(store, 'gw-1', mac(1), now - 60_000)
  await noteHeard(store, 'gw-2', null, now - HOUR)
  await store.sadd(storeKeys.messageAuthenticatorSeen, 'gw-1')
  await openSessions(store, 'gw-1', 642, now)
  await openSessions(store, 'gw-2', 24, now)
}

async function figures({ records, now }: Stage): Promise<void> {
  const counts = {
    funnel: { arrival: 29_000, splash: 24_000, tap: 20_500, granted: 20_100, online: 19_800 },
    refusal: { 'code-wrong': 1240, 'used-up': 310, 'code-other-site': 44, 'too-many-tries': 9 },
    language: { vi: 8900, en: 3100, ko: 2400, 'zh-Hans': 2100, ja: 700, fr: 19, de: 3 },
    device: { Android: 10_000, iOS: 7400, Windows: 90, Tizen: 2 },
  }
  for (let daysAgo = 0; daysAgo < 45; daysAgo++) {
    const visitors = 18_420 + ((daysAgo * 7919) % 9000)
    const lake = { site: 'ho-hoan-kiem', daysAgo, visitors, exact: false, sessions: 26_117, octets: 1_920e9 }
    const craft = { site: 'bat-trang', daysAgo, visitors: 412, octets: 31e9 }
    await recordDays(records, now, [daysAgo % 7 === 0 ? { ...lake, counts } : lake, craft])
    await recordReach(records, now, { daysAgo, visitors: visitors + 300, exact: false })
  }
  const day = addDays(cityDay(now), -3)
  for (const [way, count] of [
    ['ho-hoan-kiem van-mieu', 1284],
    ['van-mieu ho-hoan-kiem', 1102],
    ['ho-hoan-kiem bat-trang', 318],
    ['bat-trang hanssip', 24],
  ] as const)
    await records.query("INSERT INTO device_counts VALUES ('all', $1, 'flow', $2, $3)", [day, way, count])
  const words = name('Cuối tuần hội chùa Hương, mưa rét cả ngày và phố đi bộ đóng cửa sớm')
  await annotate(records, { day, site: null, ...words }, 'mai')
  for (const week of ['2026-01-26', '2026-02-02', '2026-02-09', '2026-02-16', '2026-02-23'])
    await records.query(
      `INSERT INTO reach_sketches (period, starts_on, site, sketch, visitors, exact) VALUES ('week', $1, 'ho-hoan-kiem', '', 96100, false)`,
      [week],
    )
  for (const [column, table, scope] of [
    ['site', 'reach_sketches', 'ho-hoan-kiem'],
    ['category', 'reach_totals', 'all'],
  ] as const)
    await records.query(
      `INSERT INTO ${table} (period, starts_on, ${column}, sketch, visitors, exact) VALUES ('month', '2026-02-01', $1, '', 321240, false)`,
      [scope],
    )
}

async function items({ records, now }: Stage): Promise<void> {
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
  const [mai, lan] = ['mai', 'lan'].map((who) => ({ who, now: now - HOUR }))
  const live = item('dem-ho-guom', { dates: { from: '12-15', to: '02-20' } })
  await draftItem(records, live, mai!)
  await stepItem({ records, publish }, { id: live.id, step: 'approve', version: 1 }, lan!)
  await proposeItem(records, { item: { ...live, weight: 4 }, basedOn: 1 }, mai!)
  const craft = { category: 'craft', site: 'bat-trang', picture: 'vase' } as const
  const near = { audience: { sites: ['ho-hoan-kiem'], withinKilometres: 12 } }
  await draftItem(records, item('gom', { ...craft, name: name('Gốm Bát Tràng'), ...near }), mai!)
  const day = addDays(cityDay(now), -2)
  for (const [arm, devices, opened, visited] of [
    ['served', 41_280, 2188, 640],
    ['held', 4560, 0, 51],
  ])
    for (const table of ['campaign_days', 'campaign_totals'])
      await records.query(
        table === 'campaign_days'
          ? `INSERT INTO campaign_days (campaign, arm, devices, opened, visited, day, site, lang) VALUES ('dem-ho-guom', $1, $2, $3, $4, $5, 'van-mieu', 'vi')`
          : `INSERT INTO campaign_totals (campaign, arm, devices, opened, visited) VALUES ('dem-ho-guom', $1, $2, $3, $4)`,
        [arm, devices, opened, visited, ...(table === 'campaign_days' ? [day] : [])],
      )
  await addUpItems(records, { from: day, to: day })
}

async function ownPages({ records, now }: Stage): Promise<void> {
  const draft = { hours: 'recorded', near: null } as const
  const step = { who: 'nguyen.thi.mai', now: now - 30 * HOUR }
  const write = async (vi: string, basedOn: number): Promise<void> => {
    const greeting = { vi, en: 'Turtle Tower is lit until 11 p.m.; the walking streets are this way.' }
    await savePage(records, { site: 'ho-hoan-kiem', page: { ...draft, greeting }, basedOn }, step)
    await sendPage(records, 'ho-hoan-kiem', basedOn + 1, step)
  }
  await write('Tháp Rùa sáng đèn đến 23 giờ.', 0)
  await approvePage({ records, publish }, 'ho-hoan-kiem', 1, { who: 'lan', now: now - 28 * HOUR })
  await write('Tháp Rùa sáng đèn đến 23 giờ; phố đi bộ bắt đầu ngay trước cửa.', 1)
}

async function incidents({ records, now }: Stage): Promise<void> {
  await inTransaction(records, async (transaction) => {
    const open = async (
      cause: 'site-down' | 'gateway-silent' | 'access-points-silent' | 'platform-logins',
      [at, subject]: readonly [string | null, string],
      hoursAgo: number,
      rest: { lasted?: number; planned?: boolean; detail?: Record<string, number | readonly string[]> } = {},
    ): Promise<void> => {
      const beganAt = now - hoursAgo * HOUR
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
    await open('site-down', ['ho-hoan-kiem', 'ho-hoan-kiem'], 700, { lasted: 4 })
  })
  const note = 'Đã gọi đội kỹ thuật khu vực, đang chờ cấp lại nguồn ở trụ số 3.'
  await acknowledge(records, { id: '1', sites: null, note }, { who: 'nguyen.thi.mai', now: now - HOUR })
}

/** Planned work that is over and that is to come; a warning to the whole city that waits for a second person. */
async function notices({ records, now }: Stage): Promise<void> {
  const words = name('Thay cáp quang quanh hồ')
  const span = { from: now - 71 * HOUR, until: now - 67 * HOUR }
  for (const each of [span, { from: now + 20 * HOUR, until: now + 22 * HOUR }]) {
    const places = { kind: 'sites', ids: ['ho-hoan-kiem'] } as const
    const work = { kind: 'maintenance', places, ...each, title: words, body: words, lifts: [] } as const
    const { id } = await draftNotice(records, work, { who: 'lan', now: span.from })
    await approveNotice({ records, publish }, id, { who: 'lan', now: span.from })
  }
  const storm = {
    kind: 'warning',
    places: { kind: 'all' },
    from: now,
    until: null,
    title: { vi: 'Bão số 3 đổ bộ tối nay', en: 'Typhoon No. 3 lands tonight' },
    body: {
      vi: 'Tránh xa cây lớn và mặt nước. Nhà văn hóa các phường mở cửa đón người dân.',
      en: 'Keep away from large trees and from the water. The ward halls are open to all.',
    },
    lifts: ['time', 'data'],
  } as const
  await draftNotice(records, storm, { who: 'mai', now: now - HOUR })
}

async function makeCodes({ records, keys, store, now }: Stage): Promise<Pick<FullCity, 'batch' | 'longest'>> {
  const plan = { site: 'ho-hoan-kiem', count: 24, seconds: 7200, octets: 2e9, devices: 2, expiresAt: null }
  await createVouchers(records, keys, { ...plan, count: 3, expiresAt: now - HOUR })
  const by = { madeBy: 'nguyen.thi.mai', label: 'Quầy thông tin phố đi bộ, cuối tuần Hội sách' }
  const speed = { downBitsPerSecond: 20e6, upBitsPerSecond: 5e6 }
  const made = await createVouchers(records, keys, { ...plan, ...by, ...speed })
  const live = new VoucherStore(store, keys.voucher)
  for (const each of made) await live.publish(each.code, each)
  const usage = new UsageStore(store)
  const order = [...made].sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const [i, seconds] of [1840, 7200].entries()) {
    await live.redeem(order[i]!.code, 'ho-hoan-kiem', `m.${i}`, now)
    const at = { id: `s${i}`, startedAt: now - (i + 1) * 20 * HOUR, place: 'p' }
    await usage.begin(codeSubject(order[i]!), null, at, { seconds, octets: 412_000_000 * (i + 1) })
  }
  await revokeVoucher(records, keys, order[2]!.id)
  const park = { ...plan, site: 'hanssip', count: 21, expiresAt: now + 1000 * HOUR }
  const [slip] = await createVouchers(records, keys, park)
  return { batch: made[0]!.batch, longest: slip!.batch }
}

async function people({ records, now }: Stage): Promise<string> {
  const password = 'mot hai ba bon nam'
  const { id } = await addPerson(
    records,
    { name: 'nguyen.thi.mai', role: 'site-manager', sites: ['ho-hoan-kiem'] },
    password,
  )
  await addPerson(records, { name: 'lan', role: 'editor', sites: ['ho-hoan-kiem', 'van-mieu'] }, password)
  const expiresAt = now + 86_400_000
  await createToken(records, id, { name: 'Bản đồ của thành phố', scopes: SCOPES, expiresAt }, now)
  await audit(records, 'lan', 'notice.approve', '1', { address: '10.0.0.8' })
  return id
}
