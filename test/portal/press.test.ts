import { gunzipSync } from 'node:zlib'
import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { parseMac } from '../../core/domain/mac.ts'
import { publishTables } from '../../core/store/tables.ts'
import { testKeys, until } from '../support/stores.ts'
import { chilliArrival, PHONE, startStage, visitIn, type Stage } from './stage.ts'

const GZIP = { 'accept-encoding': 'gzip, deflate' }

/** The page as a browser reads it. */
function htmlOf(answer: LightMyRequestResponse): string {
  t.equal(Number(answer.headers['content-length']), answer.rawPayload.length)
  const isGzip = answer.headers['content-encoding'] === 'gzip'
  return (isGzip ? gunzipSync(answer.rawPayload) : answer.rawPayload).toString()
}

/** Every visit that an address or a field of a page names. */
const visitsIn = (html: string): string[] => [
  ...new Set(
    [...html.matchAll(/(?:(?:href|action)="[^"]*[?;&]v=|name="v" value=")([^"&]*)/g)].map(([, id]) => id!),
  ),
]

async function arrivals(stage: Stage, count: number, from: number): Promise<string[]> {
  const languages = ['vi', 'en', 'ko', 'en-US,en;q=0.9', 'fr']
  const visits = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const mac = parseMac((0x02_00_00_00_00_00 + from + i).toString(16).padStart(12, '0'))!
      const nasid = i % 3 === 0 ? 'chilli-taps' : i % 3 === 1 ? 'chilli' : 'chilli-code-only'
      const answer = await stage.get(chilliArrival({ nasid }, mac), {
        'accept-language': languages[i % languages.length]!,
        ...(i % 2 === 0 ? GZIP : {}),
      })
      t.equal(answer.statusCode, 200)
      const html = htmlOf(answer)
      const visit = visitIn(html)
      t.same(visitsIn(html), [visit])
      t.match(String(answer.headers['set-cookie']), `visit=${visit}.`)
      return visit
    }),
  )
  return visits
}

t.test('thousands of visits at once: no page carries the id of another', async (t) => {
  const stage = await startStage(t)
  const visits = (await Promise.all([0, 1, 2, 3].map((part) => arrivals(stage, 500, part * 500)))).flat()
  const all = new Set(visits)
  t.equal(all.size, 2000)
  await Promise.all(
    visits.map(async (visit, i) => {
      const path = i % 5 === 0 ? '/terms' : '/splash'
      const lang = i % 7 === 0 ? 'en' : 'vi'
      const answer = await stage.get(`${path}?v=${visit}&lang=${lang}`, i % 2 === 0 ? GZIP : {})
      const html = htmlOf(answer)
      t.same(visitsIn(html), [visit], path)
      const others = (html.match(/[\w-]{16,}/g) ?? []).filter((word) => word !== visit && all.has(word))
      t.same(others, [], path)
    }),
  )
})

t.test('a page from the press is the page that would be rendered for its visit alone', async (t) => {
  const stage = await startStage(t)
  const visit = visitIn(htmlOf(await stage.get(chilliArrival())))
  for (const path of ['/splash', '/help', '/terms', '/privacy'])
    for (const lang of stage.parts.pages.catalogues.languages) {
      const url = `${path}?v=${visit}&lang=${lang}`
      const plain = await stage.get(url)
      const gzip = await stage.get(url, GZIP)
      t.equal(plain.headers['content-encoding'], undefined)
      t.equal(gzip.headers['content-encoding'], 'gzip', url)
      t.equal(gzip.headers.vary, 'accept-encoding')
      t.equal(htmlOf(gzip), htmlOf(plain), url)
      t.match(htmlOf(plain), /^<!doctype html>\n[\s\S]*<\/html>\s*$/, url)
      t.notMatch(htmlOf(plain), '<!--', `${url}: no mark of the press is left`)
    }
})

t.test('only who asks for gzip gets it', async (t) => {
  const stage = await startStage(t)
  const encodingFor = async (wish: string) =>
    (await stage.get('/help', { 'accept-encoding': wish })).headers['content-encoding']
  for (const wish of ['gzip', 'gzip, deflate', 'deflate,gzip;q=0.5', 'br, GZIP', 'gzip;q=1.0'])
    t.equal(await encodingFor(wish), 'gzip', wish)
  for (const wish of ['', 'identity', 'br', 'gzip;q=0', 'gzip; q=0.0, br', 'x-gzip', 'gzipped'])
    t.equal(await encodingFor(wish), undefined, wish)
})

t.test('a change of the tables changes the pages', async (t) => {
  const stage = await startStage(t)
  const before = htmlOf(await stage.get(chilliArrival()))
  t.match(before, 'Hồ Hoàn Kiếm')
  const { sites, nas } = stage.parts.tables.current
  const renamed = [...sites.values()].map((site) =>
    site.id === 'ho-hoan-kiem' ? { ...site, name: { vi: 'Hồ Gươm', en: 'Sword Lake' } } : site,
  )
  await publishTables(stage.store, testKeys, { sites: renamed, nas: [...nas.values()] })
  await until(() => stage.parts.tables.current.sites !== sites, 'the new tables are known')
  const after = htmlOf(await stage.get(chilliArrival()))
  t.match(after, 'Hồ Gươm')
  t.notMatch(after, 'Hồ Hoàn Kiếm</h1>')
})

t.test('who is welcomed back shares the page only with those to whom it says the same', async (t) => {
  const stage = await startStage(t)
  const others = await stage.get(chilliArrival({}, parseMac('02AABBCCDD99')!))
  const visit = visitIn(htmlOf(await stage.get(chilliArrival())))
  await stage.post('/login/click-through', { v: visit })
  const pass = (await stage.parts.passes.ofDevice(PHONE))!
  const day = '2026-11-21'
  for (const [seconds, told] of [
    [2400, '80 phút'],
    [2401, '79 phút'],
    [4790, '40 phút'],
    [7195, 'dưới 1 phút'],
  ] as const) {
    await stage.parts.usage.count(pass.subject, day, 'a-session', { seconds, octets: 0 })
    t.match(htmlOf(await stage.get(chilliArrival(), GZIP)), told, `${seconds} seconds used`)
  }
  t.notMatch(htmlOf(others), /phút nữa|còn/i)
  t.match(htmlOf(await stage.get(chilliArrival({}, parseMac('02AABBCCDD99')!), GZIP)), 'Không cần đăng ký')
})
