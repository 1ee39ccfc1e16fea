import { test } from 'tap'
import type { Campaign } from '../../../core/domain/campaign.ts'
import type { OpeningHours } from '../../../core/domain/hours.ts'
import { parseMac, type Mac } from '../../../core/domain/mac.ts'
import type { Site } from '../../../core/domain/site.ts'
import { KEY_FAMILIES } from '../../../core/store/key-families.ts'
import { publishTables } from '../../../core/store/tables.ts'
import { createPortal } from '../../../portal/app.ts'
import { createPages } from '../../../portal/pages.ts'
import { Press } from '../../../portal/press.ts'
import { itemOf } from '../../core/domain/items.ts'
import { testKeys, until } from '../../support/stores.ts'
import { chilliArrival, IPHONE, PHONE, startStage, visitIn, type Stage } from '../stage.ts'

const HOURS: readonly OpeningHours[] = [
  { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '05:00', to: '23:00' },
]
/** Where the sites of the stage are: the lake in the middle, the others 1.1 and 11 km away. */
const MOVED: Readonly<Record<string, Partial<Site>>> = {
  other: { lat: 21.0387, hours: HOURS },
  codes: {
    lat: 21.1287,
    promo: { vi: 'Làng <gốm>.', en: 'A <pottery> village.' },
    category: 'craft-village',
  },
}
const [silk, vase, tea, drum] = ['silk', 'vase', 'tea', 'drum'].map((id) => itemOf(id, { site: 'codes' }))
const items = [silk!, vase!, tea!, drum!]

async function publish(stage: Stage, campaigns: readonly Campaign[]): Promise<void> {
  const { sites, nas } = stage.parts.tables.current
  const moved = [...sites.values()].map((each) => ({ ...each, ...MOVED[each.id] }))
  await publishTables(stage.store, testKeys, { sites: moved, nas: [...nas.values()], campaigns })
}

/** From now on the catalogue holds these. */
async function holds(stage: Stage, campaigns: readonly Campaign[]): Promise<void> {
  await publish(stage, campaigns)
  const isKnown = (): boolean => {
    const { current } = stage.parts.tables
    const isMoved = current.sites.get('codes')?.lat === MOVED.codes?.lat
    return isMoved && JSON.stringify(current.campaigns) === JSON.stringify(campaigns)
  }
  await until(isKnown, 'the catalogue is known')
}

const phone = (n: number): Mac => parseMac(`02AABBCCEE${n.toString(16).padStart(2, '0')}`)!
/** The items in the slots of a page, by their addresses. */
const slotsOf = (html: string): string[] => {
  const section = /<section class="near" aria-labelledby="near">[\s\S]*?<\/section>/.exec(html)?.[0] ?? ''
  return [...section.matchAll(/href="\/kham-pha\/([^?]+)\?/g)].map(([, id = '']) => id)
}

test('items of the catalogue', async (t) => {
  const stage = await startStage(t)
  /** What was told of one device's items. */
  const told = async (mac: Mac) => {
    await stage.parts.afterReply.settled()
    return (await stage.events('chilli')).flatMap((event) =>
      (event.kind === 'items-met' || event.kind === 'item-opened') && event.mac === mac ? [event] : [],
    )
  }
  const splash = (mac: Mac, headers: Record<string, string> = {}) =>
    stage.get(chilliArrival({}, mac), headers)

  await t.test('without a catalogue the slots hold what is near, and nothing is told', async (t) => {
    await holds(stage, [])
    const page = await splash(phone(1))
    t.same(slotsOf(page.body), ['taps', 'planned', 'other'])
    t.match(page.body, 'Điểm tham quan, cách 1,1\u00a0km')
    t.same(await told(phone(1)), [])
  })

  await t.test('fill the slots within five seconds of being published, in the page’s language', async (t) => {
    await publish(stage, items)
    const published = Date.now()
    /** Asks until they are served; who asks five seconds from now must be, however long a busy machine takes. */
    const areServed = async (): Promise<boolean> => {
      for (;;) {
        const asked = Date.now()
        if (slotsOf((await splash(phone(90))).body).some((id) => items.some((item) => item.id === id)))
          return true
        if (asked - published >= 5000) return false
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    t.ok(await areServed())
    const page = await splash(phone(2), { 'accept-language': 'en' })
    const shown = slotsOf(page.body)
    t.equal(shown.length, 3)
    t.ok(shown.every((id) => items.some((item) => item.id === id)))
    t.match(page.body, `Line of ${shown[0]} ·\u00a011\u00a0km`)
    t.match(await told(phone(2)), [
      { kind: 'items-met', nas: 'chilli', site: 'ho-hoan-kiem', lang: 'en', at: stage.now, held: [] },
    ])
  })

  await t.test('are told once a device and day, with what was served', async (t) => {
    const first = slotsOf((await splash(phone(3))).body)
    const v = visitIn((await splash(phone(3))).body)
    t.same(slotsOf((await stage.get(`/splash?v=${v}&lang=en`)).body), first)
    const events = await told(phone(3))
    t.equal(events.length, 1)
    t.same(
      new Set(events.flatMap((event) => (event.kind === 'items-met' ? event.served : []))),
      new Set(first),
    )
    stage.now += 86_400_000
    await splash(phone(3))
    t.equal((await told(phone(3))).length, 2, 'the next day counts anew')
    stage.now -= 86_400_000
  })

  await t.test('are not counted for probes, crawlers, HEAD, or a page that was refused', async (t) => {
    for (const agent of ['CaptiveNetworkSupport-443.60.1 wispr', 'Googlebot/2.1', 'Microsoft NCSI'])
      await splash(phone(4), { 'user-agent': agent })
    await stage.app.inject({
      method: 'HEAD',
      url: chilliArrival({}, phone(4)),
      headers: { 'user-agent': 'Mozilla/5.0' },
    })
    await stage.get(`${chilliArrival({}, phone(4))}0`)
    t.same(await told(phone(4)), [])
    await splash(phone(4))
    t.equal((await told(phone(4))).length, 1)
  })

  await t.test('are not counted on a page that could not be drawn', async (t) => {
    const pages = createPages()
    const broken: typeof pages = {
      ...pages,
      view(page) {
        if (page.kind === 'splash') throw new Error('no ink')
        return pages.view(page)
      },
    }
    const app = await createPortal({ ...stage.parts, pages: broken, press: new Press() }, [])
    t.teardown(() => app.close())
    const page = await app.inject({ url: chilliArrival({}, phone(24)), headers: { 'user-agent': IPHONE } })
    t.equal(page.statusCode, 500)
    t.same(await told(phone(24)), [])
  })

  await t.test('that are held back leave their slot to the next, and are told apart', async (t) => {
    await holds(
      stage,
      items.map((item) => ({ ...item, holdOut: 0.5 })),
    )
    let held = 0
    for (let n = 5; n < 20; n++) {
      const shown = slotsOf((await splash(phone(n))).body)
      const [event] = await told(phone(n))
      if (event?.kind !== 'items-met') return t.fail('nothing was told')
      t.same(new Set(event.served), new Set(shown.filter((id) => items.some((item) => item.id === id))))
      t.notOk(
        event.held.some((id) => shown.includes(id)),
        'what is held back is not on the page',
      )
      t.equal(shown.length, 3, 'every slot is filled')
      held += event.held.length
      await splash(phone(n))
      t.equal((await told(phone(n))).length, 1, 'and that is told once, too')
    }
    t.ok(held > 0)
  })

  await t.test('give way once a device met them as often as a day allows', async (t) => {
    await holds(stage, [{ ...silk!, perDay: 2 }])
    const pages = []
    for (let i = 0; i < 3; i++) {
      pages.push(slotsOf((await splash(phone(21))).body).includes('silk'))
      await stage.parts.afterReply.settled()
    }
    t.same(pages, [true, true, false])
    const [key = ''] = await stage.store.keys('hs:{i:*')
    const family = KEY_FAMILIES.find(({ pattern }) => pattern.test(key))
    t.match(family, { type: await stage.store.type(key) })
    const ttl = await stage.store.ttl(key)
    t.ok(ttl > 0 && ttl <= Number(family?.lifetime), `${ttl} s`)
    t.notOk(key.includes(phone(21)))
    await holds(stage, items)
  })

  await t.test('open before login and after it, and each opening is told with its device', async (t) => {
    const v = visitIn((await splash(phone(22))).body)
    const page = await stage.get(`/kham-pha/silk?v=${v}&lang=vi`)
    t.equal(page.statusCode, 200)
    t.match(page.body, '<h1 class="title">Món silk</h1>')
    t.match(page.body, 'Chuyện silk')
    t.match(page.body, 'Cách đây 11\u00a0km')
    t.match(page.body, '<svg viewBox="0 0 68 68"')
    t.match(page.body, new RegExp(`href="/splash\\?v=${v}`), 'Connect leads back')
    t.notMatch(page.body, /https:\/\//, 'nothing outside before login')
    t.notMatch(page.body, /<script/)
    t.notOk(slotsOf(page.body).includes('silk'), 'it does not point to itself')
    await stage.get(`/kham-pha/silk?v=${v}`, { 'user-agent': 'CaptiveNetworkSupport wispr' })
    t.match(
      (await told(phone(22))).filter(({ kind }) => kind === 'item-opened'),
      [{ item: 'silk', site: 'ho-hoan-kiem', lang: 'vi' }],
    )
    t.equal((await told(phone(22))).filter(({ kind }) => kind === 'item-opened').length, 1)
  })

  await t.test('that are opened without a visit are shown and count for nobody', async (t) => {
    const all = async () => (await stage.events('chilli')).length
    const before = await all()
    for (const url of ['/kham-pha/silk', '/kham-pha/silk?v=AAAAAAAAAAAAAAAA', '/kham-pha/silk?v=1&v=2'])
      t.match((await stage.get(url)).body, 'Món silk', url)
    await stage.parts.afterReply.settled()
    t.equal(await all(), before)
  })

  await t.test('and places share their addresses; any other leads to the list', async (t) => {
    const place = await stage.get('/kham-pha/codes?lang=en')
    t.match(place.body, 'A &lt;pottery&gt; village.')
    const open = await stage.get('/kham-pha/other?lang=vi')
    t.match(open.body, 'Wi-Fi mở hằng ngày, 05:00–23:00')
    for (const slug of ['nothing', '__proto__', '%00', 'x'.repeat(120)]) {
      const answer = await stage.get(`/kham-pha/${slug}?lang=vi`)
      t.equal(answer.statusCode, 302, slug)
      t.equal(answer.headers.location, '/kham-pha?lang=vi')
    }
  })

  await t.test('stand in the list by category, then places, nearest first', async (t) => {
    const v = visitIn((await splash(phone(23))).body)
    const page = await stage.get(`/kham-pha?v=${v}&lang=en`)
    t.equal(page.statusCode, 200)
    t.equal(slotsOf(page.body).length, 3)
    const craft =
      /<section class="near" aria-labelledby="craft">([\s\S]*?)<\/section>/.exec(page.body)?.[1] ?? ''
    t.same(
      [...craft.matchAll(/href="\/kham-pha\/([^?]+)\?/g)].map(([, id]) => id),
      ['silk', 'vase', 'tea', 'drum', 'codes'],
    )
    const heritage = /aria-labelledby="heritage">([\s\S]*?)<\/section>/.exec(page.body)?.[1] ?? ''
    t.same(
      [...heritage.matchAll(/href="\/kham-pha\/([^?]+)\?/g)].map(([, id]) => id),
      ['taps', 'planned', 'other'],
    )
    t.match((await stage.get('/kham-pha')).body, 'Khám phá Hà Nội', 'also for who has no visit')
  })
})

test('the page of the place', async (t) => {
  const stage = await startStage(t)
  await holds(stage, items)
  const v = visitIn((await stage.get(chilliArrival({ nasid: 'chilli-other' }))).body)
  const online = () =>
    stage.parts.sessions.record({
      status: 'start',
      nas: 'chilli-other',
      site: 'other',
      acctSessionId: 'A1',
      mac: PHONE,
      at: stage.now,
      receivedAt: stage.now,
      fromVisitorOctets: null,
      toVisitorOctets: null,
      gigawords: true,
      seconds: 0,
      cause: null,
      userName: null,
      visit: v,
      ip: null,
      ap: null,
      interimSeconds: 300,
      classSession: 'CCCCCCCCCCCCCCCC',
    })

  await t.test('tells of the place, its hours and what is near', async (t) => {
    const page = await stage.get(`/noi-nay?v=${v}&lang=vi`)
    t.equal(page.statusCode, 200)
    t.match(page.body, '<h1 class="title">Văn Miếu</h1>')
    t.match(page.body, 'Wi-Fi mở hằng ngày, 05:00–23:00')
    t.equal(slotsOf(page.body).length, 3)
    t.notMatch(page.body, /https:\/\//)
  })

  await t.test('without a visit nobody knows which place: the list', async (t) => {
    for (const url of ['/noi-nay?lang=vi', '/noi-nay?v=zz&lang=vi'])
      t.equal((await stage.get(url)).headers.location, '/kham-pha?lang=vi')
  })

  await t.test('is what the captive portal API names, to who is online', async (t) => {
    const url = 'https://portal.test:8443'
    const parts = { ...stage.parts, portalTlsUrl: () => url }
    const app = await createPortal(parts, ['127.0.0.1'])
    t.teardown(() => app.close())
    const ask = async () => {
      const headers = { 'x-forwarded-proto': 'https' }
      return (await app.inject({ url: `/captive-portal/api?v=${v}`, headers })).json<object>()
    }
    t.match(await ask(), { captive: true, 'venue-info-url': `${url}/noi-nay?v=${v}&lang=vi` })
    await stage.post('/login/click-through', { v })
    await online()
    t.match(await ask(), { captive: false, 'venue-info-url': `${url}/noi-nay?v=${v}&lang=vi` })
  })

  await t.test(
    'has a map once the visitor is online, as items have; the pages after login lead to it',
    async (t) => {
      await stage.post('/login/click-through', { v })
      await online()
      const map = 'https://www.openstreetmap.org/?mlat=21.0387&amp;mlon=105.8523#map=16/21.0387/105.8523'
      t.match((await stage.get(`/noi-nay?v=${v}`)).body, map)
      t.match((await stage.get(`/kham-pha/silk?v=${v}`)).body, 'mlat=21.1287')
      for (const path of ['/online', '/status']) {
        const { body } = await stage.get(`${path}?v=${v}&lang=vi`)
        t.match(body, `href="/noi-nay?v=${v}&amp;lang=vi"`, path)
      }
      t.match((await stage.get(`/online?v=${v}&lang=vi`)).body, `href="/kham-pha?v=${v}&amp;lang=vi"`)
    },
  )
})
