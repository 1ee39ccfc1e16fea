import t from 'tap'
import { addDays, cityDay } from '../../core/domain/day.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { recordDays, recordReach, site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())
const { records } = stage

t.beforeEach(async () => {
  await stage.clear()
  await records.query('TRUNCATE annotations')
  await stage.publish([site('mine'), site('other')], [])
})

const NOTE = { day: '2026-03-09', site: '', vi: 'Mưa <rét>', en: 'Cold rain' }

t.test('days stand beside those before and those of last year, with what staff noted', async (t) => {
  for (const [daysAgo, visitors] of [
    [3, 4210],
    [10, 3100],
    [367, 2500],
  ] as const)
    await recordReach(records, stage.now, { daysAgo, visitors })
  const staff = await stage.enter('city')
  await staff.get('/visitors')
  t.match(staff.page, /Thứ Hai 9\/3[\s\S]{0,80}4\.210<\/td><td class="num">3\.100/)
  t.equal((await staff.post('/visitors', NOTE)).statusCode, 200)
  t.match(staff.page, 'Mưa &lt;rét&gt;')
  const { body } = await staff.get('/visitors?beside=year&days=28')
  t.match(body, /4\.210<\/td><td class="num">2\.500/)
  t.match(body, /4\.210 khách\. Mưa &lt;rét&gt;<\/title>/, 'on the chart as well')
  const id = /name="remove" value="(\d+)"/.exec(body)![1]!
  t.equal((await staff.post('/visitors', { remove: id })).statusCode, 200)
  t.notMatch(staff.page, 'Mưa')
  const { rows } = await records.query("SELECT what FROM audit WHERE what LIKE 'annotation.%' ORDER BY id")
  t.match(rows, [{ what: 'annotation.add' }, { what: 'annotation.remove' }])
})

t.test('small counts of languages are withheld, of a site under twenty', async (t) => {
  const counts = { language: { vi: 300, en: 100, ko: 15, ja: 4 } }
  await recordDays(records, stage.now, [{ site: 'mine', daysAgo: 2, visitors: 8, counts }])
  const city = await stage.enter('city')
  const told = (await city.get('/api/v1/visitors')).json<{ languages: { value: string; share: number }[] }>()
  const shareOf = (value: string) => told.languages.find((each) => each.value === value)!.share
  t.equal(shareOf('ja'), null)
  t.equal(shareOf('ko'), null, 'or the sum would tell the other')
  t.type(shareOf('en'), 'number')
  await records.query('DELETE FROM people')
  const manager = await stage.enter('site-manager', ['mine'])
  t.match((await manager.get('/visitors')).body, 'dưới 10')
  const days = (await manager.get('/api/v1/visitors?site=mine')).json<{ days: { visitors: number }[] }>().days
  t.equal(days.find(({ visitors }) => visitors === null) !== undefined, true)
  t.equal((await manager.get('/api/v1/visitors')).statusCode, 403)
  t.equal((await manager.get('/api/v1/visitors?site=other')).statusCode, 403)
  t.equal((await manager.get('/visitors?site=other')).statusCode, 403)
})

t.test(
  'the city reads the ways from site to site that twenty took on a day, who runs a site none',
  async (t) => {
    const day = addDays(cityDay(stage.now), -2)
    for (const [way, count] of [
      ['mine other', 45],
      ['other mine', 19],
    ] as const)
      await records.query("INSERT INTO device_counts VALUES ('all', $1, 'flow', $2, $3)", [day, way, count])
    const way = /<th scope="row">Điểm mine<\/th><td>Điểm other<\/td><td class="num">45</
    const city = await stage.enter('city')
    const { body } = await city.get('/visitors')
    t.match(body, way)
    t.equal(body.split('<td>Điểm').length, 2, 'nor the way back, which nineteen took')
    t.notMatch((await city.get('/visitors?site=mine')).body, way)
    t.same((await city.get('/api/v1/visitors')).json<{ ways: unknown }>().ways, [
      { from: 'mine', to: 'other', devices: 45 },
    ])
    await records.query('DELETE FROM people')
    const manager = await stage.enter('site-manager', ['mine', 'other'])
    t.notMatch((await manager.get('/visitors')).body, way)
    t.same((await manager.get('/api/v1/visitors?site=mine')).json<{ ways: unknown }>().ways, [])
  },
)

t.test('notes of a site are of who runs it; of the whole city they are the city’s', async (t) => {
  const city = await stage.enter('city')
  for (const [where, vi] of [
    ['', 'Toàn thành phố'],
    ['other', 'Chỉ nơi khác'],
  ] as const) {
    await city.get('/visitors')
    t.equal((await city.post('/visitors', { ...NOTE, site: where, vi })).statusCode, 200)
  }
  for (const wrong of [{ day: '2026-02-30' }, { vi: '' }, { en: 'x'.repeat(121) }, { site: 'none' }]) {
    await city.get('/visitors')
    t.equal((await city.post('/visitors', { ...NOTE, ...wrong })).statusCode, 400, JSON.stringify(wrong))
  }
  await records.query('DELETE FROM people')
  const manager = await stage.enter('site-manager', ['mine'])
  await manager.get('/visitors')
  t.equal((await manager.post('/visitors', NOTE)).statusCode, 403)
  await manager.get('/visitors')
  t.equal((await manager.post('/visitors', { ...NOTE, site: 'other' })).statusCode, 403)
  await manager.get('/visitors')
  t.equal((await manager.post('/visitors', { ...NOTE, site: 'mine' })).statusCode, 200)
  const expiresAt = stage.now + 3_600_000
  const { token } = await createToken(records, 'p1', { name: 't', scopes: SCOPES, expiresAt }, stage.now)
  const headers = { authorization: `Bearer ${token}` }
  const list = await stage.app.inject({ url: '/api/v1/annotations', headers })
  t.notMatch(list.body, 'Chỉ nơi khác')
  t.match(list.body, 'Toàn thành phố')
  const { rows } = await records.query<{ id: string }>('SELECT id FROM annotations ORDER BY id')
  for (const [i, status] of [403, 403, 200].entries()) {
    const url = `/api/v1/annotations/${rows[i]!.id}`
    t.equal((await stage.app.inject({ method: 'DELETE', url, headers })).statusCode, status)
  }
})
