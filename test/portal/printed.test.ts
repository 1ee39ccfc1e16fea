import { gunzipSync } from 'node:zlib'
import t from 'tap'
import type { Campaign } from '../../core/domain/campaign.ts'
import { parseMac } from '../../core/domain/mac.ts'
import type { Notice } from '../../core/domain/notice.ts'
import type { Site } from '../../core/domain/site.ts'
import { publishNotices, publishTables } from '../../core/store/tables.ts'
import { createPortal } from '../../portal/app.ts'
import { Press } from '../../portal/press.ts'
import { itemOf } from '../core/domain/items.ts'
import { testKeys, until } from '../support/stores.ts'
import { chilliArrival, IPHONE, MORNING, startStage, visitIn, type Stage } from './stage.ts'

const GZIP = { 'accept-encoding': 'gzip' }
const HOUR = 3_600_000

interface Change {
  readonly campaigns?: readonly Campaign[]
  readonly site?: Partial<Site>
  readonly notices?: readonly Notice[]
}

/** Publishes a change and waits until the portal has it. */
async function publish(stage: Stage, { campaigns, site, notices }: Change): Promise<void> {
  const { current } = stage.parts.tables
  const sites = [...current.sites.values()].map((each) => ({ ...each, ...site }))
  const nas = [...current.nas.values()]
  await publishTables(stage.store, testKeys, { sites, nas, campaigns: campaigns ?? current.campaigns })
  if (notices) await publishNotices(stage.store, notices)
  const { store, parts } = stage
  const wanted = JSON.stringify([sites, campaigns ?? current.campaigns, notices ?? current.notices])
  const has = () =>
    JSON.stringify([
      sites.map(({ id }) => parts.tables.current.sites.get(id)),
      parts.tables.current.campaigns,
      [...parts.tables.current.notices].sort((a, b) => (a.id < b.id ? -1 : 1)),
    ])
  await until(() => has() === wanted, 'the tables are known')
  await store.ping()
}

const notice = (id: string, more: Partial<Notice> = {}): Notice => ({
  id,
  kind: 'info',
  places: { kind: 'all' },
  from: MORNING,
  until: null,
  title: { vi: `Tin ${id}`, en: `News ${id}` },
  body: { vi: 'Nội dung.', en: 'Words.' },
  lifts: [],
  approvedAt: MORNING,
  ...more,
})

t.test('whatever changes, a page is as a press that never printed before prints it', async (t) => {
  const stage = await startStage(t)
  const { parts } = stage
  const warm = new Map<string, string>()
  const [here, codes] = await Promise.all(
    ['chilli', 'chilli-code-only'].map(async (nasid, i) =>
      visitIn((await stage.get(chilliArrival({ nasid }, parseMac(`02AABBCCEE0${i}`)!))).body),
    ),
  )
  const urls = [here, codes].flatMap((v) =>
    ['vi', 'en', 'zh-Hant'].flatMap((lang) =>
      ['splash', 'help', 'terms'].map((page) => `/${page}?v=${v}&lang=${lang}`),
    ),
  )
  /** Looks at all pages, from this press and from a new one; true where the first of them changed. */
  const look = async (when: string): Promise<boolean> => {
    const fresh = await createPortal({ ...parts, press: new Press() }, [])
    try {
      for (const url of urls) {
        const printed = await stage.get(url)
        const compressed = await stage.get(url, GZIP)
        const made = await fresh.inject({ url, headers: { 'user-agent': IPHONE } })
        t.equal(printed.statusCode, 200, `${when}: ${url}`)
        t.equal(printed.body, made.body, `${when}: ${url}`)
        t.equal(gunzipSync(compressed.rawPayload).toString(), made.body, `${when}: ${url}, compressed`)
      }
    } finally {
      await fresh.close()
    }
    const [first = ''] = urls
    const before = warm.get(first)
    const { body } = await stage.get(first)
    warm.set(first, body)
    return body !== before
  }
  const item = (id: string, more: Partial<Campaign> = {}) =>
    itemOf(id, { site: 'other', perDay: 100, ...more })

  t.ok(await look('at first'))
  t.notOk(await look('again'))
  await publish(stage, { campaigns: [item('silk'), item('tea', { dates: { from: '11-22', to: '11-30' } })] })
  t.ok(await look('with an item'))
  stage.now += 24 * HOUR
  t.ok(await look('on the day on which another item begins'))
  stage.now = MORNING
  await publish(stage, { campaigns: [item('silk', { name: { vi: 'Lụa', en: 'Silk' } })] })
  t.ok(await look('with another name of the item'))
  await publish(stage, { site: { promo: { vi: 'Câu khác.', en: 'Another sentence.' } } })
  t.ok(await look('with another sentence about the site'))
  const { limits } = parts.tables.current.sites.get('ho-hoan-kiem')!
  await publish(stage, { site: { limits: { ...limits, sessionSeconds: 1800 } } })
  t.ok(await look('with other limits'))
  await publish(stage, { notices: [notice('a', { until: MORNING + HOUR })] })
  t.ok(await look('with a notice'))
  await publish(stage, { notices: [notice('a', { kind: 'evacuate', until: MORNING + HOUR })] })
  t.ok(await look('with another kind of it'))
  stage.now = MORNING + HOUR
  t.ok(await look('when it is over by the clock'))
  const many = ['b', 'c', 'd'].map((id) => notice(id, { kind: 'warning' }))
  await publish(stage, { notices: many })
  t.ok(await look('with as many as are shown'))
  await publish(stage, {
    notices: [...many, notice('e', { lifts: ['codes'], until: MORNING + 2 * HOUR })],
  })
  await look('with one more, which is not shown and takes codes away')
  t.match((await stage.get(`/splash?v=${codes}`)).body, 'action="/login/click-through')
  stage.now = MORNING + 2 * HOUR
  await look('when that is over by the clock')
  t.notMatch((await stage.get(`/splash?v=${codes}`)).body, 'action="/login/click-through')
})

t.test('security headers are the same on each page, and on what is no page', async (t) => {
  const stage = await startStage(t)
  const arrival = await stage.get(chilliArrival())
  const v = visitIn(arrival.body)
  const printed = await stage.get(`/splash?v=${v}`)
  const names = Object.keys(printed.headers).filter((name) => /^(x-|cross-|referrer-)/.test(name))
  for (const name of ['x-content-type-options', 'x-frame-options', 'referrer-policy'])
    t.ok(names.includes(name), name)
  const font = /url\((\/assets\/[^)]+)\)/.exec(printed.body)![1]!
  const others = [
    '/help',
    '/kham-pha',
    `/noi-nay?v=${v}`,
    '/splash?v=none',
    '/g/none',
    '/none',
    '/healthz',
    font,
  ]
  for (const url of [...others, `/status?v=${v}`, chilliArrival({ nasid: 'chilli-planned' })])
    for (const headers of [{}, GZIP]) {
      const answer = await stage.get(url, headers)
      for (const name of names) t.equal(answer.headers[name], printed.headers[name], `${url}: ${name}`)
      t.equal(answer.headers['cache-control'] === 'no-store', url !== font, `${url}: nobody keeps it`)
      if (!String(answer.headers['content-type']).startsWith('text/html')) continue
      t.match(answer.headers['content-security-policy'], /^default-src 'none'; style-src 'sha256-/, url)
      if (headers === GZIP) t.match(answer.headers.vary, /accept-encoding/i, url)
    }
  t.equal(arrival.headers['content-security-policy'], printed.headers['content-security-policy'])
})

t.test('pages that are for one visit alone come compressed as well', async (t) => {
  const stage = await startStage(t)
  const v = visitIn((await stage.get(chilliArrival())).body)
  for (const url of ['/kham-pha', `/noi-nay?v=${v}`, '/splash?v=none']) {
    const plain = await stage.get(url)
    const compressed = await stage.get(url, GZIP)
    t.equal(compressed.headers['content-encoding'], 'gzip', url)
    t.equal(gunzipSync(compressed.rawPayload).toString(), plain.body, url)
  }
})

t.test('who asks for the head of a page gets that alone', async (t) => {
  const stage = await startStage(t)
  const page = await stage.get('/help')
  const head = await stage.app.inject({ method: 'HEAD', url: '/help', headers: { 'user-agent': IPHONE } })
  t.equal(head.statusCode, 200)
  t.equal(head.headers['content-length'], page.headers['content-length'])
})

t.test('a press keeps so many pages and no more, and none of tables that have gone meanwhile', async (t) => {
  const press = new Press()
  let made = 0
  const print = (tables: object, frame: string, meanwhile = async () => {}) =>
    press.print(
      {
        tables,
        frame,
        near: [],
        html: async (visit) => {
          made++
          await meanwhile()
          return `<p>${frame} ${visit}</p>`
        },
      },
      'abcdefghijklmnop',
      false,
    )
  const [old, young] = [{}, {}]
  for (let i = 0; i < 3000; i++) await print(old, `page ${i}`)
  t.equal(made, 3000)
  await print(old, 'page 2999')
  t.equal(made, 3000, 'the latest is kept')
  await print(old, 'page 0')
  t.equal(made, 3001, 'the oldest is not')
  await print(old, 'slow', async () => void (await print(young, 'other')))
  t.equal(made, 3003)
  await print(young, 'slow')
  t.equal(made, 3004, 'what was made of the old tables is not taken for the young ones')
})
