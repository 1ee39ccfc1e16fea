import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { parseMac, type Mac } from '../../core/domain/mac.ts'
import { keys } from '../../core/store/keys.ts'
import { MetItems } from '../../core/store/met-items.ts'
import { PassStore } from '../../core/store/passes.ts'
import { publishNotices } from '../../core/store/tables.ts'
import { VisitStore } from '../../core/store/visits.ts'
import { createPortal } from '../../portal/app.ts'
import { Press } from '../../portal/press.ts'
import { testKeys, until } from '../support/stores.ts'
import { chilliArrival, IPHONE, MORNING, startStage, visitIn, type Stage } from './stage.ts'
import { overTls } from './tls.ts'

const phone = (n: number): Mac => parseMac(`02AABBCCED${n.toString(16).padStart(2, '0')}`)!

/** Counts the pages that a press is asked for on the long way. */
async function startCounting(
  test: Parameters<typeof startStage>[0],
): Promise<Stage & { long: () => number }> {
  const stage = await startStage(test)
  let long = 0
  const { press } = stage.parts
  const print = press.print.bind(press)
  press.print = (...order) => {
    long++
    return print(...order)
  }
  return Object.assign(stage, { long: () => long })
}

t.test('a splash that goes the short way says what it says on the long one, in head and body', async (t) => {
  const stage = await startCounting(t)
  const { parts } = stage
  const v = visitIn((await stage.get(chilliArrival({}, phone(1)))).body)
  // Nothing is remembered here, so that each page goes the long way.
  const strange = await createPortal(
    { ...parts, visits: new VisitStore(stage.store), press: new Press() },
    [],
  )
  t.teardown(() => strange.close())
  for (const lang of ['vi', 'en'])
    for (const more of [{}, { 'accept-encoding': 'gzip' }]) {
      const url = `/splash?v=${v}&lang=${lang}`
      await stage.get(url, more)
      const before = stage.long()
      const short = await stage.get(url, more)
      t.equal(stage.long(), before, 'the press was not asked to make it')
      const long = await strange.inject({ url, headers: { 'user-agent': IPHONE, ...more } })
      await parts.afterReply.settled()
      const bodyOf = (page: typeof short): string =>
        (page.headers['content-encoding'] ? gunzipSync(page.rawPayload) : page.rawPayload).toString()
      t.equal(bodyOf(short), bodyOf(long))
      const { date: _, 'content-length': length, ...head } = short.headers
      const { date: __, 'content-length': wanted, ...wantedHead } = long.headers
      t.same(head, wantedHead)
      t.equal(Number(length), short.rawPayload.length)
      t.equal(Number(wanted), long.rawPayload.length)
    }
})

t.test('what a visit has become since it was remembered is what its splash goes by', async (t) => {
  const stage = await startCounting(t)
  const { parts, store } = stage
  const splashOf = async (v: string, headers: Record<string, string> = {}) => {
    const before = stage.long()
    const page = await stage.get(`/splash?v=${v}&lang=vi`, headers)
    return { page, isLong: stage.long() > before || page.statusCode !== 200 }
  }
  const arrive = async (n: number) => {
    const v = visitIn((await stage.get(chilliArrival({}, phone(n)))).body)
    await splashOf(v)
    await parts.afterReply.settled()
    t.notOk((await splashOf(v)).isLong)
    await parts.afterReply.settled()
    return v
  }

  await t.test('gone from the store: nobody knows it', async (t) => {
    const v = await arrive(10)
    await store.del(keys.visit(v))
    t.equal((await splashOf(v)).page.statusCode, 404)
  })
  await t.test('a device that got a pass is welcomed back', async (t) => {
    const v = await arrive(11)
    const passes = new PassStore(store, testKeys)
    await passes.make({ mac: phone(11), visit: v, now: stage.now }, 2)
    const { page, isLong } = await splashOf(v)
    t.ok(isLong)
    t.not(page.body, (await splashOf(await arrive(12))).page.body)
  })
  await t.test('a visit that another process wrote anew is read anew', async (t) => {
    const v = await arrive(13)
    const { visit } = (await parts.visits.find(v))!
    await new VisitStore(store).update({ ...visit, site: 'other' })
    const { page } = await splashOf(v)
    t.match(page.body, 'Văn Miếu')
  })
  await t.test('what another process counted counts', async (t) => {
    const v = await arrive(14)
    const others = new MetItems(store, testKeys.campaign)
    await others.note(others.day(phone(14), stage.now), new Map(), ['silk'])
    const met = await parts.met.of(parts.met.day(phone(14), stage.now))
    t.same([...met], [['silk', 1]])
    t.equal((await splashOf(v)).page.statusCode, 200)
  })
  await t.test('a code in a cookie opens the field', async (t) => {
    const v = await arrive(15)
    t.notMatch((await splashOf(v)).page.body, 'HK2081XQ')
    const set = await stage.get('/ma/hk20-8ixq')
    const cookie = String(set.headers['set-cookie']).split(';')[0]!
    t.match((await splashOf(v, { cookie })).page.body, 'HK2081XQ')
  })
  await t.test('a store that is away is a page of ours, and the next one is served', async (t) => {
    const v = await arrive(16)
    const of = parts.met.of.bind(parts.met)
    parts.met.of = (day) =>
      of(day).map(() => {
        throw new Error('away')
      })
    const { page, isLong } = await splashOf(v)
    t.ok(isLong)
    t.equal(page.statusCode, 500)
    t.match(page.body, 'P-06')
    parts.met.of = of
    t.notOk((await splashOf(v)).isLong)
  })
  await t.test('a notice stands above it', async (t) => {
    const v = await arrive(17)
    await publishNotices(store, [
      {
        id: 'storm',
        kind: 'warning',
        places: { kind: 'all' },
        from: MORNING,
        until: null,
        title: { vi: 'Bão số 3', en: 'Storm 3' },
        body: { vi: 'Ở trong nhà.', en: 'Stay in.' },
        lifts: [],
        approvedAt: MORNING,
      },
    ])
    await until(() => parts.tables.current.notices.length === 1, 'the notice is known')
    t.match((await splashOf(v)).page.body, 'Bão số 3')
  })
})

t.test('over TLS each of a connection gets its own splash, with the head of the first', async (t) => {
  const stage = await startCounting(t)
  const ask = await overTls(t, stage)
  const visits: string[] = []
  for (const n of [30, 31, 32]) visits.push(visitIn((await stage.get(chilliArrival({}, phone(n)))).body))
  const headers = { 'user-agent': IPHONE }
  for (const v of visits) await ask(`/splash?v=${v}&lang=vi`, headers)
  const before = stage.long()
  const pages = []
  for (const v of [...visits, ...visits]) pages.push(await ask(`/splash?v=${v}&lang=vi`, headers))
  t.equal(stage.long(), before, 'all went the short way')
  for (const [i, { status, headers, body }] of pages.entries()) {
    t.equal(status, 200)
    t.match(body, visits[i % 3])
    t.equal(Number(headers['content-length']), Buffer.byteLength(body))
    t.equal(headers['content-security-policy'], pages[0]!.headers['content-security-policy'])
    t.equal(headers.connection, 'keep-alive')
    for (const other of visits) if (other !== visits[i % 3]) t.notMatch(body, other)
  }
})
