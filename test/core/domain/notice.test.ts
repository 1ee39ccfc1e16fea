import { test } from 'tap'
import { whileLifted } from '../../../core/domain/limits.ts'
import {
  draftFaults,
  maintenanceAt,
  needsTwoPeople,
  noticesAt,
  noticeState,
  siteNow,
  type Notice,
  type NoticeDraft,
} from '../../../core/domain/notice.ts'
import type { Site } from '../../../core/domain/site.ts'

const NOON = Date.parse('2026-03-12T12:00:00+07:00')
const HOUR = 3_600_000

const site = (more: Partial<Site> = {}): Site => ({
  id: 'lake',
  name: { vi: 'Hồ', en: 'Lake' },
  category: 'tourist-site',
  state: 'live',
  operator: 'op',
  ward: 'Hoàn Kiếm',
  vpostcode: null,
  lat: 21,
  lng: 105.8,
  promo: null,
  login: ['voucher'],
  limits: { sessionSeconds: 3600 },
  hours: [{ days: ['mon'], from: '05:00', to: '23:00' }],
  accessPoints: [],
  ...more,
})

const notice = (more: Partial<Notice> = {}): Notice => ({
  id: 'a-notice',
  kind: 'warning',
  places: { kind: 'all' },
  from: NOON,
  until: NOON + HOUR,
  title: { vi: 'Mưa lớn', en: 'Heavy rain' },
  body: { vi: 'Tránh hầm chui.', en: 'Keep off underpasses.' },
  lifts: [],
  approvedAt: NOON,
  ...more,
})

test('a notice is a draft, approved, published and over', (t) => {
  const { from, until } = notice()
  const state = (approvedAt: number | null, endedAt: number | null, now: number) =>
    noticeState({ from, until, approvedAt, endedAt }, now)
  t.equal(state(null, null, NOON), 'draft')
  t.equal(state(NOON - HOUR, null, NOON - 1), 'approved')
  t.equal(state(NOON - HOUR, null, NOON), 'published')
  t.equal(state(NOON - HOUR, null, NOON + HOUR - 1), 'published')
  t.equal(state(NOON - HOUR, null, NOON + HOUR), 'over')
  t.equal(state(null, null, NOON + HOUR), 'over', 'a draft that nobody approved in time')
  t.equal(state(NOON, NOON + 1, NOON + 2), 'over')
  t.equal(noticeState({ from, until: null, approvedAt: NOON, endedAt: null }, NOON + 9e9), 'published')
  t.end()
})

test('a notice holds where it says and nowhere else', (t) => {
  const holds = (places: Notice['places'], at: Site | null = site()) =>
    noticesAt([notice({ places })], at, NOON).length === 1
  t.ok(holds({ kind: 'all' }))
  t.ok(holds({ kind: 'all' }, null), 'also on a page of no site')
  t.ok(holds({ kind: 'category', category: 'tourist-site' }))
  t.notOk(holds({ kind: 'category', category: 'craft-village' }))
  t.notOk(holds({ kind: 'category', category: 'tourist-site' }, null))
  t.ok(holds({ kind: 'ward', ward: 'Hoàn Kiếm' }))
  t.notOk(holds({ kind: 'ward', ward: 'Ba Đình' }))
  t.notOk(holds({ kind: 'ward', ward: 'Hoàn Kiếm' }, site({ ward: null })))
  t.ok(holds({ kind: 'sites', ids: ['temple', 'lake'] }))
  t.notOk(holds({ kind: 'sites', ids: ['temple'] }))
  t.end()
})

test('the gravest comes first, and of two alike the later one', (t) => {
  const all = [
    notice({ id: 'works', kind: 'maintenance' }),
    notice({ id: 'told', kind: 'info' }),
    notice({ id: 'rain' }),
    notice({ id: 'more rain', approvedAt: NOON + 1 }),
    notice({ id: 'fire', kind: 'evacuate' }),
    notice({ id: 'past', kind: 'evacuate', until: NOON }),
    notice({ id: 'to come', kind: 'evacuate', from: NOON + 1 }),
  ]
  t.same(
    noticesAt(all, site(), NOON).map(({ id }) => id),
    ['fire', 'more rain', 'rain', 'told', 'works'],
  )
  t.end()
})

test('a site is as its notices say while they hold, and as before afterwards', (t) => {
  const plain = site()
  const both = [notice({ lifts: ['time'] }), notice({ lifts: ['codes'], until: null })]
  t.equal(siteNow(plain, [], NOON), plain)
  t.equal(siteNow(plain, [notice()], NOON), plain, 'one that lifts nothing')
  t.match(siteNow(plain, both, NOON), {
    lifts: ['time', 'codes'],
    login: ['click-through', 'voucher'],
    limits: plain.limits,
  })
  t.equal(siteNow(plain, both, NOON).hours, undefined, 'it does not close')
  const later = siteNow(plain, both, NOON + HOUR)
  t.same(later.lifts, ['codes'])
  t.same(later.hours, plain.hours, 'closing hours hold again')
  t.equal(siteNow(plain, both.slice(0, 1), NOON + HOUR), plain)
  const taps = site({ login: ['click-through'] })
  t.same(siteNow(taps, both, NOON).login, ['click-through'], 'once')
  t.end()
})

test('what is lifted is no limit, and the rest is', (t) => {
  const limits = { seconds: 60, octets: 1000, idleSeconds: 900 }
  t.same(whileLifted(limits), limits)
  t.same(whileLifted(limits, ['codes']), limits)
  t.match(whileLifted(limits, ['time']), { seconds: undefined, octets: 1000, idleSeconds: 900 })
  t.match(whileLifted(limits, ['data']), { seconds: 60, octets: undefined })
  t.end()
})

test('maintenance shuts a site, unless an emergency lifts limits there', (t) => {
  const works = notice({ kind: 'maintenance' })
  t.equal(maintenanceAt([works], site(), NOON), works)
  t.equal(maintenanceAt([works, notice()], site(), NOON), works)
  t.equal(maintenanceAt([works, notice({ lifts: ['time'] })], site(), NOON), null)
  t.equal(maintenanceAt([works], site(), NOON + HOUR), null)
  t.end()
})

test('an emergency of the whole city needs two people', (t) => {
  t.ok(needsTwoPeople(notice({ kind: 'info' })))
  t.ok(needsTwoPeople(notice({ kind: 'evacuate' })))
  t.notOk(needsTwoPeople(notice({ kind: 'maintenance' })))
  t.notOk(needsTwoPeople(notice({ places: { kind: 'ward', ward: 'Hoàn Kiếm' } })))
  t.end()
})

test('a draft tells all that is wrong with it', (t) => {
  const faults = (more: Partial<NoticeDraft>) => draftFaults(notice(more), [site()], NOON)
  t.same(faults({}), [])
  t.match(faults({ title: { vi: ' ', en: '' } }), [/title in Vietnamese/, /title in English/])
  t.match(faults({ body: { vi: 'a', en: 'b', ko: 'c'.repeat(401) } }), [/body in ko is longer than 400/])
  t.match(faults({ title: { vi: 'a\nb', en: 'b' } }), [/control character/])
  t.match(faults({ until: NOON }), [/over before it begins/])
  t.match(faults({ from: NOON - 2 * HOUR, until: NOON - HOUR }), [/over before it begins/])
  t.match(faults({ kind: 'maintenance', lifts: ['time'] }), [/lifts no limits/])
  t.match(faults({ places: { kind: 'sites', ids: ['lake', 'moon'] } }), [/no site "moon"/])
  t.match(faults({ places: { kind: 'ward', ward: 'Mars' } }), [/no site in "Mars"/])
  t.match(faults({ places: { kind: 'category', category: 'craft-village' } }), [/no site in that/])
  t.end()
})
