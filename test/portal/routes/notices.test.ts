import { test } from 'tap'
import { cityDay } from '../../../core/domain/day.ts'
import { parseGrantUserName } from '../../../core/domain/grant.ts'
import { parseMac } from '../../../core/domain/mac.ts'
import type { Notice } from '../../../core/domain/notice.ts'
import { publishNotices, publishTables } from '../../../core/store/tables.ts'
import { testKeys, until } from '../../support/stores.ts'
import { chilliArrival, MORNING, openndsArrival, PHONE, startStage, visitIn, type Stage } from '../stage.ts'

const HOUR = 3_600_000

const flood = (more: Partial<Notice> = {}): Notice => ({
  id: 'flood',
  kind: 'warning',
  places: { kind: 'all' },
  from: MORNING,
  until: null,
  title: { vi: 'Mưa lớn', en: 'Heavy rain' },
  body: { vi: 'Tránh hầm chui.', en: 'Keep off underpasses.' },
  lifts: [],
  approvedAt: MORNING,
  ...more,
})

/** From now on the portal knows these notices and no others. */
async function told(stage: Stage, ...notices: Notice[]): Promise<void> {
  await publishNotices(stage.store, notices)
  const known = () => JSON.stringify(stage.parts.tables.current.notices)
  await until(() => notices.every((notice) => known().includes(JSON.stringify(notice))))
  await until(() => stage.parts.tables.current.notices.length === notices.length)
}

const limitsIn = (location: unknown) =>
  parseGrantUserName(new URL(String(location)).searchParams.get('username') ?? '')?.limits

test('a notice stands above every page', async (t) => {
  const stage = await startStage(t)
  const v = visitIn((await stage.get(chilliArrival())).body)
  await told(stage, flood())
  for (const path of [
    chilliArrival(),
    `/splash?v=${v}`,
    `/terms?v=${v}`,
    '/help',
    '/status?v=none',
    '/g/none',
  ])
    for (const [lang, words] of [
      ['vi', 'Mưa lớn'],
      ['en', 'Heavy rain'],
    ] as const) {
      const { body } = await stage.get(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
      // A signed redirect takes no parameter more: there the phone's language tells.
      const page = path.startsWith('/g/coova')
        ? (await stage.get(path, { 'accept-language': lang })).body
        : body
      t.match(page, words, `${path} in ${lang}`)
      t.ok(page.indexOf(words) < page.indexOf('<h1'), 'before all else')
      t.notMatch(page, 'class="near"')
    }
  await told(stage, flood({ places: { kind: 'sites', ids: ['other'] } }))
  t.notMatch((await stage.get(chilliArrival())).body, 'Mưa lớn')
  t.match((await stage.get(chilliArrival({ nasid: 'chilli-other' }))).body, 'Mưa lớn')
  t.notMatch((await stage.get('/help')).body, 'Mưa lớn')
  await told(stage, flood({ until: MORNING + HOUR }))
  stage.now = MORNING + HOUR
  t.notMatch((await stage.get(chilliArrival())).body, 'Mưa lớn', 'it is over by the clock')
})

test('an evacuation is read first, and one tap is on the same page', async (t) => {
  const stage = await startStage(t)
  const fire = flood({ id: 'fire', kind: 'evacuate', title: { vi: 'Cháy', en: 'Fire' } })
  await told(stage, flood(), fire)
  const { body } = await stage.get(chilliArrival())
  t.match(body, /<h1 class="title">.*Cháy<\/h1>/)
  t.match(body, 'Mưa lớn', 'the other one is there, too')
  t.match(body, '<dt>113</dt>')
  t.equal(body.match(/<form method="post" action="\/login\/click-through/g)?.length, 1)
  const v = visitIn(body)
  const tap = await stage.post('/login/click-through', { v, lang: 'vi' })
  t.match(tap.headers.location, /^http:\/\/10\.1\.0\.1:3990\/logon/)
  t.equal(limitsIn(tap.headers.location)?.seconds, 3600, 'a notice that lifts nothing changes no limit')
  t.match((await stage.get(`/online?v=${v}&lang=vi`)).body, /class="notice grave"[\s\S]*Cháy/)
})

test('with its limits lifted a site asks no code, knows no quota and no closing time', async (t) => {
  const stage = await startStage(t)
  const lifts = ['time', 'data', 'codes'] as const

  await t.test('where codes are needed', async (t) => {
    await told(stage)
    const arrival = chilliArrival({ nasid: 'chilli-code-only' })
    const before = await stage.get(arrival)
    const v = visitIn(before.body)
    t.notMatch(before.body, 'click-through')
    t.match((await stage.post('/login/click-through', { v })).headers.location, /^\/splash/)
    await told(stage, flood({ lifts }))
    const page = await stage.get(arrival)
    t.match(page.body, 'action="/login/click-through')
    t.match(page.body, 'Không giới hạn thời gian')
    const tap = await stage.post('/login/click-through', { v })
    t.match(limitsIn(tap.headers.location), { seconds: undefined, octets: undefined, idleSeconds: 900 })
    t.match((await stage.get(`/online?v=${v}`)).body, /Thời gian còn lại<\/span> <b>Không giới hạn/)
    await told(stage, flood({ lifts: ['time'] }))
    t.notMatch((await stage.get(chilliArrival({ nasid: 'chilli-code-only' }))).body, 'click-through')
  })

  await t.test('when the day is used up', async (t) => {
    const subject = stage.parts.passes.deviceOf(PHONE)
    const spent = { since: MORNING - 2 * HOUR, seconds: 7200, octets: 2e9 }
    await stage.parts.usage.count(subject, cityDay(MORNING), 'before', spent)
    await told(stage)
    const v = visitIn((await stage.get(chilliArrival())).body)
    t.match((await stage.post('/login/click-through', { v })).body, 'dùng hết 120 phút')
    await told(stage, flood({ lifts }))
    const tap = await stage.post('/login/click-through', { v })
    t.match(limitsIn(tap.headers.location), { seconds: undefined, octets: undefined })
    const { grant } = (await stage.parts.visits.find(v))!
    t.match(grant, { limits: { seconds: 3600 }, allowance: { seconds: 7200 } }, 'kept for afterwards')
    await told(stage)
    t.match((await stage.post('/login/click-through', { v })).body, 'dùng hết 120 phút')
  })

  await t.test('outside opening hours, at openNDS, too', async (t) => {
    const { sites, nas } = stage.parts.tables.current
    const hours = [{ days: ['sun'] as const, from: '05:00', to: '06:00' }]
    const closed = [...sites.values()].map((each) => ({ ...each, hours }))
    await publishTables(stage.store, testKeys, { sites: closed, nas: [...nas.values()] })
    await until(() => stage.parts.tables.current.sites.get('ho-hoan-kiem')?.hours !== undefined)
    const mac = parseMac('02AABBCCDD0B')!
    t.match((await stage.get(chilliArrival({}, mac))).body, 'Điểm này đang nghỉ')
    await told(stage, flood({ lifts: ['time'] }))
    const v = visitIn((await stage.get(chilliArrival({}, mac))).body)
    t.equal(limitsIn((await stage.post('/login/click-through', { v })).headers.location)?.seconds, undefined)
    const nds = visitIn((await stage.get(openndsArrival(2, '02:aa:bb:cc:dd:0c'))).body)
    const { location } = (await stage.post('/login/click-through', { v: nds })).headers
    const custom = Buffer.from(new URL(String(location)).searchParams.get('custom')!, 'base64').toString()
    t.notMatch(custom, /(^|&)s=[1-9]/, 'no session time')
  })
})

test('maintenance stands in the splash’s place, says until when, and lets nobody in', async (t) => {
  const stage = await startStage(t)
  const v = visitIn((await stage.get(chilliArrival())).body)
  const works = flood({
    kind: 'maintenance',
    until: MORNING + HOUR,
    title: { vi: 'Thay bộ phát', en: 'New access points' },
    body: { vi: 'Ven hồ tạm nghỉ.', en: 'The lakeside is off.' },
  })
  await told(stage, works)
  for (const page of [
    await stage.get(chilliArrival()),
    await stage.get(`/splash?v=${v}`),
    await stage.get(`/go?v=${v}`),
    await stage.post('/login/click-through', { v }),
  ]) {
    t.match(page.body, 'Đang bảo trì đến 11:00')
    t.match(page.body, 'Thay bộ phát')
    t.notMatch(page.body, 'action="/login')
  }
  t.match((await stage.get(`/splash?v=${v}&lang=en`)).body, 'The lakeside is off.')
  t.equal((await stage.parts.visits.find(v))?.grant, null)
  const reasons = (await stage.events('chilli')).flatMap((e) => (e.kind === 'refusal' ? [e.reason] : []))
  t.same(reasons, ['maintenance'])
  await told(stage, works, flood({ id: 'rain', lifts: ['time'] }))
  t.match(
    (await stage.get(chilliArrival())).body,
    'action="/login',
    'an emergency that lifts limits goes first',
  )
})
