import t from 'tap'
import { saveSite } from '../../core/records/city.ts'
import { ROLES } from '../../core/records/people.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { noteHeard } from '../../core/store/heard.ts'
import type { Browser } from './browser.ts'
import { nas, recordDays, site } from './sample-city.ts'
import { startStage } from './stage.ts'

/** `/sites` and its twin of the API: which sites of his somebody sees, as a table and on the map. */

const stage = await startStage()
const { records } = stage
t.teardown(() => stage.stop())

const SITES = [
  site('lake', { ward: 'Phường Hoàn Kiếm', operator: 'red' }),
  site('temple', { ward: 'Phường Ba Đình', operator: 'west' }),
  site('silk', { ward: 'Phường Hà Đông', operator: 'red', category: 'craft-village' }),
  site('bronze', { ward: 'Phường Ba Đình', operator: 'red', category: 'craft-village' }),
  site('park', { operator: 'west', category: 'industrial-park', lat: 20.73, lng: 105.9 }),
  site('soon', { operator: 'west', category: 'industrial-park', state: 'planned', lat: 21.14 }),
]

t.beforeEach(async () => {
  await stage.clear()
  await records.query('TRUNCATE sites, operators CASCADE')
  await records.query("INSERT INTO operators VALUES ('red', 'Sông Hồng'), ('west', 'Hồ Tây')")
  for (const each of SITES) await saveSite(records, each)
  await stage.publish(
    SITES,
    ['lake', 'silk', 'bronze', 'park'].map((id) => nas(`gw-${id}`, id)),
  )
  for (const id of ['lake', 'silk', 'bronze']) await noteHeard(stage.store, `gw-${id}`, null, stage.now)
})

/** Ids of the sites in the table, in order. */
const rowsOf = (body: string): string[] =>
  [...body.matchAll(/<th scope="row">.*?href="\/sites\/([^"]*)"/g)].map(([, id]) => id!)
/** Those that the map names to a pointer. */
const markedOn = (body: string): string[] =>
  [...new Set([...body.matchAll(/<title>Điểm (\w+): /g)].map(([, id]) => id!))].sort()
const optionsOf = (body: string, name: string): string[] => {
  const select = new RegExp(`<select name="${name}"[^]*?</select>`).exec(body)?.[0] ?? ''
  return [...select.matchAll(/<option value="([^"]*)"( selected)?>([^<]*)/g)].map(
    ([, value, chosen, label]) => `${value}|${label}${chosen ? '|chosen' : ''}`,
  )
}
const ask = async (staff: Browser, query: Record<string, string> = {}): Promise<string> => {
  const asked = new URLSearchParams(query).toString()
  const answer = await staff.get(asked === '' ? '/sites' : `/sites?${asked}`)
  t.equal(answer.statusCode, 200, asked)
  return answer.body
}

const CHOICES: readonly (readonly [Record<string, string>, readonly string[]])[] = [
  [{}, ['bronze', 'lake', 'park', 'silk', 'soon', 'temple']],
  [{ category: 'craft-village' }, ['bronze', 'silk']],
  [{ ward: 'Phường Ba Đình' }, ['bronze', 'temple']],
  [{ operator: 'west' }, ['park', 'soon', 'temple']],
  [{ state: 'live' }, ['bronze', 'lake', 'silk']],
  [{ state: 'planned' }, ['soon']],
  [{ category: 'industrial-park', operator: 'west' }, ['park', 'soon']],
  [{ ward: 'Phường Ba Đình', operator: 'red' }, ['bronze']],
  [{ category: 'craft-village', ward: 'Phường Ba Đình', operator: 'red', state: 'live' }, ['bronze']],
  [{ category: 'craft-village', ward: 'Phường Ba Đình', operator: 'west', state: 'live' }, []],
]

t.test('each choice, alone and with others, holds in the table and on the map', async (t) => {
  const staff = await stage.enter('city')
  for (const [query, ids] of CHOICES) {
    const body = await ask(staff, query)
    const said = JSON.stringify(query)
    t.same(rowsOf(body).sort(), ids, said)
    t.same(markedOn(body), ids, said)
    t.match(body, `${ids.length} trong 6 điểm`)
    const others = /<path class="others" d="([^"]*)"/.exec(body)?.[1]?.match(/h0/g)?.length ?? 0
    t.equal(others, ids.length === 0 ? 0 : 6 - ids.length, `${said}: the others are faint`)
    t.equal(body.includes('Chỉ các điểm:'), Object.keys(query).length > 0, said)
  }
  const body = await ask(staff, { category: 'craft-village', operator: 'red', state: 'live' })
  t.match(body, 'Chỉ các điểm: Làng nghề · Sông Hồng · Tốt')
  t.match(body, '<a href="/sites">Tất cả điểm phát</a>')
})

t.test(
  'what can be chosen is what there is, with how many sites the rest of the choice leaves',
  async (t) => {
    const staff = await stage.enter('city')
    const body = await ask(staff)
    t.same(optionsOf(body, 'ward'), [
      '|Mọi phường, xã',
      'Phường Ba Đình|Phường Ba Đình (2)',
      'Phường Hà Đông|Phường Hà Đông (1)',
      'Phường Hoàn Kiếm|Phường Hoàn Kiếm (1)',
    ])
    t.same(optionsOf(body, 'operator'), ['|Mọi đơn vị vận hành', 'west|Hồ Tây (3)', 'red|Sông Hồng (3)'])
    t.same(optionsOf(body, 'state'), [
      '|Mọi trạng thái',
      'live|Tốt (3)',
      'unknown|Chưa rõ (1)',
      'no-gateway|Chưa lắp (1)',
      'planned|Sắp có (1)',
    ])
    const narrowed = await ask(staff, { category: 'craft-village', ward: 'Phường Ba Đình' })
    t.same(optionsOf(narrowed, 'operator').slice(1), ['west|Hồ Tây (0)', 'red|Sông Hồng (1)'])
    t.same(optionsOf(narrowed, 'ward').slice(1), [
      'Phường Ba Đình|Phường Ba Đình (1)|chosen',
      'Phường Hà Đông|Phường Hà Đông (1)',
      'Phường Hoàn Kiếm|Phường Hoàn Kiếm (0)',
    ])
    t.match(narrowed, '<input type="hidden" name="category" value="craft-village">')
    const ward = new URLSearchParams({ ward: 'Phường Ba Đình' }).toString()
    t.match(narrowed, `<a href="/sites?${ward}">Tất cả <small>2</small></a>`)
    t.match(
      narrowed,
      `<a href="/sites?category=craft-village&amp;${ward}" aria-current="true">Làng nghề <small>1</small></a>`,
    )
    t.notMatch(await ask(staff), 'type="hidden" name="category"')
  },
)

t.test('a row has its ward and its operator', async (t) => {
  const staff = await stage.enter('city')
  const body = await ask(staff)
  t.match(body, /Điểm bronze<\/a><small class="wide">Phường Ba Đình · Sông Hồng<\/small>/)
  t.match(body, /Điểm park<\/a><small class="wide">Hồ Tây<\/small>/, 'of no ward')
  await records.query("DELETE FROM operators WHERE id = 'red'")
  t.match(await ask(staff), 'Phường Ba Đình · red', 'without a name it is told by its id')
})

t.test('no site for a choice is said, with the way back to all', async (t) => {
  const staff = await stage.enter('city')
  const body = await ask(staff, { state: 'silent' })
  t.match(body, 'Không điểm phát nào hợp với lựa chọn này.')
  t.match(body, 'Chỉ các điểm: Mất kết nối')
  t.match(body, '<a href="/sites">Tất cả điểm phát</a>')
  t.match(optionsOf(body, 'state'), /silent\|Mất kết nối \(0\)\|chosen/)
  t.notMatch(body, '<svg class="map"')
  await stage.publish([], [])
  const empty = await ask(staff)
  t.match(empty, 'Chưa có điểm phát nào ở đây.')
  t.notMatch(empty, /class="filter"|<svg class="map"/)
})

t.test('what cannot be chosen is no choice, whatever it is', async (t) => {
  const staff = await stage.enter('city')
  const evil = `"><script>alert(1)</script>`
  for (const query of [
    `ward=${encodeURIComponent(evil)}`,
    `operator=${encodeURIComponent(evil)}&state=${encodeURIComponent(evil)}`,
    'ward=%00',
    'ward=',
    'ward=null',
    'state=__proto__&operator=constructor&category=toString',
    'ward=Ph%C6%B0%E1%BB%9Dng+Ba+%C4%90%C3%ACnh&ward=Ph%C6%B0%E1%BB%9Dng+H%C3%A0+%C4%90%C3%B4ng',
    '__proto__=x&constructor=y',
    `ward=${'x'.repeat(5000)}`,
  ]) {
    const answer = await staff.get(`/sites?${query}`)
    t.equal(answer.statusCode, 200, query)
    t.equal(rowsOf(answer.body).length, 6, query)
    t.notMatch(answer.body, /<script|Chỉ các điểm/, query)
  }
  await stage.publish([site('a', { ward: evil, operator: evil }), site('b', { ward: 'x' })], [])
  const body = await ask(staff, { ward: evil })
  t.same(rowsOf(body), ['a'])
  t.notMatch(body, '<script')
})

for (const role of ROLES.filter((each) => each !== 'city' && each !== 'auditor'))
  t.test(`the role ${role} chooses among his sites, and learns of no other`, async (t) => {
    const staff = await stage.enter(role, ['lake', 'bronze', 'silk'])
    const body = await ask(staff)
    t.same(rowsOf(body).sort(), ['bronze', 'lake', 'silk'])
    t.same(markedOn(body), ['bronze', 'lake', 'silk'])
    t.same(
      optionsOf(body, 'ward').map((each) => each.split('|')[0]),
      ['', 'Phường Ba Đình', 'Phường Hà Đông', 'Phường Hoàn Kiếm'],
    )
    t.match(body, 'Phường Ba Đình (1)', 'another of that ward is not his')
    t.same(optionsOf(body, 'operator'), [], 'one operator has them all')
    t.notMatch(body, /Hồ Tây|west|Công nghiệp/)
    for (const query of [{ operator: 'west' }, { ward: 'none' }]) {
      const all = await ask(staff, query)
      t.same(rowsOf(all).length, 3, 'an operator that is elsewhere is no choice')
      t.notMatch(
        all.replaceAll('/sites?operator=west&amp;lang=', ''),
        /Hồ Tây|west/,
        'but for his own address',
      )
    }
    const one = await ask(staff, { ward: 'Phường Ba Đình' })
    t.same(rowsOf(one), ['bronze'])
    t.equal(/class="others" d="([^"]*)"/.exec(one)![1]!.match(/h0/g)!.length, 2, 'faint are his alone')
  })

t.test('the auditor chooses as the city does', async (t) => {
  const staff = await stage.enter('auditor')
  t.same(rowsOf(await ask(staff, { operator: 'west' })).sort(), ['park', 'soon', 'temple'])
})

t.test('who has one site is asked to choose nothing', async (t) => {
  const body = await ask(await stage.enter('site-manager', ['lake']))
  t.same(rowsOf(body), ['lake'])
  t.notMatch(body, /class="filter"|Loại điểm/)
})

t.test('the map hides what the table hides: small counts, and sizes that would tell them', async (t) => {
  await recordDays(records, stage.now, [
    { site: 'lake', visitors: 400 },
    { site: 'silk', visitors: 9 },
  ])
  // In the enlargement: on the whole map all places of the inner city are alike.
  const sizeOf = (body: string, id: string): string =>
    [...body.matchAll(new RegExp(`<title>Điểm ${id}: [^<]*</title><path d="M0-([\\d.]+)`, 'g'))].at(-1)![1]!
  const his = await ask(await stage.enter('operator', ['lake', 'silk', 'bronze']))
  t.match(his, 'Điểm silk: Tốt, hôm nay dưới 10 khách')
  t.match(his, 'Điểm lake: Tốt, hôm nay 400 khách')
  t.equal(sizeOf(his, 'silk'), sizeOf(his, 'bronze'), 'as one without visitors')
  await records.query('DELETE FROM people')
  const city = await ask(await stage.enter('city'))
  t.match(city, 'Điểm silk: Tốt, hôm nay 9 khách')
  t.not(sizeOf(city, 'silk'), sizeOf(city, 'bronze'))
})

t.test('figures of all his sites are one question, however many they are', async (t) => {
  const questions = async (sites: readonly string[]): Promise<number> => {
    await records.query('DELETE FROM people')
    const staff = await stage.enter('operator', sites)
    const asked = t.capture(records, 'query', records.query)
    await ask(staff)
    asked.restore()
    return asked().length
  }
  t.equal(await questions(['lake', 'silk', 'bronze', 'park', 'temple']), await questions(['lake', 'silk']))
})

t.test('programs choose alike, page by page', async (t) => {
  const tokenOf = async (role: 'city' | 'operator', sites: readonly string[] = []): Promise<string> => {
    await records.query('DELETE FROM people')
    await stage.enter(role, sites)
    const expiresAt = stage.now + 3_600_000
    return (await createToken(records, 'p1', { name: 'test', scopes: SCOPES, expiresAt }, stage.now)).token
  }
  const call = (query: string, token: string, headers: Record<string, string> = {}) =>
    stage.app.inject({
      url: `/api/v1/sites?${query}`,
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
  interface Page {
    readonly items: readonly { readonly id: string; readonly operator: string }[]
    readonly next: string | null
  }
  const all = async (query: Record<string, string>, token: string): Promise<string[]> => {
    const ids: string[] = []
    const asked = new URLSearchParams({ ...query, limit: '1' })
    for (;;) {
      const { items, next } = (await call(asked.toString(), token)).json<Page>()
      t.ok(items.length <= 1)
      ids.push(...items.map(({ id }) => id))
      if (next === null) return ids
      asked.set('cursor', next)
    }
  }
  const city = await tokenOf('city')
  for (const [query, ids] of CHOICES) t.same(await all(query, city), ids, JSON.stringify(query))
  t.same(await all({ ward: 'none' }, city), [], 'a ward without sites has none')
  t.match((await call('operator=red&limit=1', city)).json(), { items: [{ id: 'bronze', operator: 'red' }] })
  const { headers } = await call('state=live', city)
  const tag = headers.etag as string
  t.equal((await call('state=live', city, { 'if-none-match': tag })).statusCode, 304)
  await noteHeard(stage.store, 'gw-park', null, stage.now)
  t.same(await all({ state: 'live' }, city), ['bronze', 'lake', 'park', 'silk'])
  t.equal((await call('state=live', city, { 'if-none-match': tag })).statusCode, 200)
  for (const query of [
    'category=x',
    'state=up',
    'ward=',
    'ward=%00',
    'ward=a&ward=b',
    `operator=${'x'.repeat(191)}`,
  ])
    t.equal((await call(query, city)).statusCode, 400, query)

  const document = await stage.app.inject({
    url: '/api/v1/openapi.json',
    headers: { authorization: `Bearer ${city}` },
  })
  const { parameters } = document.json<{
    paths: Record<string, { get: { parameters: { name: string; required: boolean }[] } }>
  }>().paths['/sites']!.get
  t.same(
    parameters.map(({ name, required }) => `${name} ${required}`).sort(),
    ['category', 'cursor', 'limit', 'operator', 'state', 'ward'].map((name) => `${name} false`),
  )

  const his = await tokenOf('operator', ['lake', 'bronze'])
  t.same(await all({}, his), ['bronze', 'lake'])
  t.same(await all({ ward: 'Phường Ba Đình' }, his), ['bronze'])
  t.same(await all({ operator: 'west' }, his), [])
  t.same(await all({ state: 'live' }, his), ['bronze', 'lake'])
})
