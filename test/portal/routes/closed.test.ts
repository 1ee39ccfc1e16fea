import { test } from 'tap'
import { parseMac } from '../../../core/domain/mac.ts'
import { wantedDeauths } from '../../../core/store/commands.ts'
import { publishTables } from '../../../core/store/tables.ts'
import { testKeys, until } from '../../support/stores.ts'
import { chilliArrival, openndsArrival, signedEvent, startStage, visitIn, type Stage } from '../stage.ts'

const at = (text: string): number => Date.parse(`2026-11-${text}+07:00`)
const DAYTIME = [
  { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const, from: '05:00', to: '23:00' },
]
const WEEKDAYS = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const, from: '08:00', to: '17:00' }]

/** From now on the lake has opening hours. */
async function opens(stage: Stage, hours: typeof DAYTIME | typeof WEEKDAYS): Promise<void> {
  const { sites, nas } = stage.parts.tables.current
  const changed = [...sites.values()].map((each) => (each.id === 'ho-hoan-kiem' ? { ...each, hours } : each))
  await publishTables(stage.store, testKeys, { sites: changed, nas: [...nas.values()] })
  const now = () => stage.parts.tables.current.sites.get('ho-hoan-kiem')?.hours?.[0]?.from
  await until(() => now() === hours[0]!.from, 'the hours are known')
}

test('a site that is closed', async (t) => {
  const stage = await startStage(t)
  await opens(stage, DAYTIME)
  const refusals = async (): Promise<string[]> =>
    (await stage.events('chilli')).flatMap((event) => (event.kind === 'refusal' ? [event.reason] : []))

  await t.test('says so on arrival, and when it opens, in the language of the phone', async (t) => {
    stage.now = at('22T04:00:00')
    const vi = await stage.get(chilliArrival())
    t.equal(vi.statusCode, 200)
    t.match(vi.body, /Điểm này đang nghỉ/)
    t.match(vi.body, /Mạng mở lại lúc 05:00\./)
    t.match(vi.body, /<b>Hồ Hoàn Kiếm<\/b>/)
    t.match(vi.body, /113 Công an, 114 Cứu hỏa, 115 Cấp cứu/, 'emergency numbers stay')
    t.notMatch(vi.body, /action="\/login/)
    const en = await stage.get(chilliArrival(), { 'accept-language': 'en' })
    t.match(en.body, /lang="en"/)
    t.match(en.body, /05:00/)
    t.match(en.body, /113/)
  })

  await t.test('says the day, too, where that is not today', async (t) => {
    await opens(stage, WEEKDAYS)
    // Friday evening, 20 November 2026; it opens on Monday.
    stage.now = at('20T20:00:00')
    t.match((await stage.get(chilliArrival())).body, /Mạng mở lại lúc 08:00 ngày 23\/11\/2026\./)
    await opens(stage, DAYTIME)
  })

  await t.test('keeps its page when the visitor changes its language', async (t) => {
    stage.now = at('22T04:00:00')
    const page = await stage.get(chilliArrival({}, parseMac('02AABBCCDD07')!))
    const [, english = ''] = /href="([^"]+)" lang="en"/.exec(page.body) ?? []
    t.match(english, /^\/splash\?v=/)
    t.match((await stage.get(english.replaceAll('&amp;', '&'))).body, /05:00/)
  })

  await t.test('was seen by nobody as a splash, but somebody was there', async (t) => {
    stage.now = at('22T04:10:00')
    const mac = parseMac('02AABBCCDD08')!
    await stage.get(chilliArrival({}, mac))
    const steps = (await stage.events('chilli')).flatMap((event) =>
      event.kind === 'funnel' && event.mac === mac ? [event.step] : [],
    )
    t.same(steps, ['arrival'])
  })

  await t.test('tells who was online until then that it closed, not that his time was up', async (t) => {
    stage.now = at('22T22:30:00')
    const mac = parseMac('02AABBCCDD77')!
    const v = visitIn((await stage.get(chilliArrival({}, mac))).body)
    await stage.post('/login/click-through', { v })
    const report = (status: 'start' | 'stop', seconds: number) => {
      stage.now = at('22T22:30:00') + seconds * 1000
      return stage.parts.sessions.record({
        ...{ status, nas: 'chilli', site: 'ho-hoan-kiem', acctSessionId: 'until-eleven', mac, seconds },
        ...{ at: stage.now, receivedAt: stage.now, fromVisitorOctets: 0n, toVisitorOctets: 0n },
        ...{ gigawords: true, cause: status === 'stop' ? 'Session-Timeout' : null, userName: null },
        ...{ visit: v, ip: null, ap: null, interimSeconds: 60, classSession: null },
      })
    }
    await report('start', 0)
    await report('stop', 1799)
    t.match((await stage.get(`/status?v=${v}&lang=vi`)).body, 'Điểm này đóng cửa lúc 22:59')
  })

  await t.test('lets nobody log in from a page that was opened before', async (t) => {
    stage.now = at('22T22:59:00')
    const v = visitIn((await stage.get(chilliArrival({}, parseMac('02AABBCCDD09')!))).body)
    t.match(v, /^[\w-]{16}$/)
    const before = (await refusals()).length
    stage.now = at('22T23:00:00')
    for (const [method, fields] of [
      ['click-through', {}],
      ['voucher', { code: 'HK20 81XQ' }],
    ] as const) {
      const answer = await stage.post(`/login/${method}`, { v, lang: 'vi', ...fields })
      t.equal(answer.statusCode, 200)
      t.match(answer.body, /Điểm này đang nghỉ/)
    }
    t.same((await refusals()).slice(before), ['closed', 'closed'])
    t.equal((await stage.parts.visits.find(v))?.grant, null)
  })

  await t.test('hands nobody over to the gateway whose right is from before', async (t) => {
    stage.now = at('22T22:59:00')
    const v = visitIn((await stage.get(chilliArrival({}, parseMac('02AABBCCDD0A')!))).body)
    t.equal((await stage.post('/login/click-through', { v })).statusCode, 303)
    t.match((await stage.get(`/go?v=${v}`)).headers.location, /^http:\/\/10\.1\.0\.1:3990\//)
    stage.now = at('22T23:00:00')
    t.match((await stage.get(`/go?v=${v}`)).body, /Điểm này đang nghỉ/)
  })

  await t.test('opens again', async (t) => {
    stage.now = at('23T05:00:00')
    t.match((await stage.get(chilliArrival())).body, /action="\/login\/click-through/)
  })
})

test('openNDS at a site that closes', async (t) => {
  const stage = await startStage(t)
  await opens(stage, DAYTIME)
  const mac = '02:aa:bb:cc:dd:01'
  stage.now = at('22T22:50:00')
  const start = stage.now / 1000
  const v = visitIn((await stage.get(openndsArrival(2, mac))).body)

  await t.test('is told no longer a session than until then', async (t) => {
    const { location } = (await stage.post('/login/click-through', { v })).headers
    const custom = Buffer.from(new URL(location as string).searchParams.get('custom')!, 'base64').toString()
    t.match(custom, /(^|&)s=600&/)
  })

  await t.test('puts out who is still there, and the session ended of its time', async (t) => {
    const told = (body: object) => stage.app.inject(signedEvent(stage, JSON.stringify(body)))
    const login = {
      kind: 'binauth',
      id: 'login',
      at: start,
      method: 'client_auth',
      mac,
      incoming: 0,
      outgoing: 0,
      sessionStart: start,
      sessionEnd: 0,
      token: '6d7364ca',
      custom: Buffer.from(`v=${v}`).toString('base64'),
    }
    await told(login)
    const client = {
      mac,
      ip: '10.77.0.176',
      token: '6d7364ca',
      state: 'Authenticated',
      session_start: String(start),
      session_end: 'null',
      custom: Buffer.from(`v=${v}`).toString('base64'),
      download_this_session: '1',
      upload_this_session: '1',
    }
    const counters = (seconds: number) => {
      stage.now = (start + seconds) * 1000
      const ndsctl = { client_list_length: '1', clients: { [mac]: client } }
      return told({ kind: 'counters', id: `c${seconds}`, at: start + seconds, ndsctl })
    }
    t.equal((await counters(590)).body, '')
    t.equal((await counters(600)).body, `deauth ${mac}\n`)
    t.same(Object.keys(await wantedDeauths(stage.store, 'nds')), [parseMac(mac)])
    await told({
      ...login,
      id: 'out',
      at: start + 602,
      method: 'ndsctl_deauth',
      incoming: 2000,
      outgoing: 2000,
    })
    t.match(await stage.parts.sessions.find({ nas: 'nds', acctSessionId: '6d7364ca', mac: parseMac(mac)! }), {
      cause: 'Session-Timeout',
      seconds: 602,
    })
  })
})
