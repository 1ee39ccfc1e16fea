import t from 'tap'
import { addPerson } from '../../core/records/people.ts'
import { StaffStore } from '../../core/store/staff.ts'
import { keys } from '../../core/store/keys.ts'
import { Browser } from './browser.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())

t.beforeEach(async () => {
  await stage.clear()
  await stage.records.query('TRUNCATE notices')
  await stage.publish([site('mine'), site('other')], [])
})

const WORDS = {
  'title-vi': 'Ngập lụt',
  'title-en': 'Flood',
  'title-ko': '홍수',
  'body-vi': 'Lên tầng <cao>.',
  'body-en': 'Go upstairs.',
}
const CITY = { kind: 'warning', where: 'all', lifts: 'time', ...WORDS }

/** A second person of the city. */
async function another(): Promise<Browser> {
  const person = await addPerson(
    stage.records,
    { name: 'minh', role: 'city', sites: [] },
    'mot mat khau that dai',
  )
  await stage.records.query("UPDATE people SET totp_sealed = 'none' WHERE id = $1", [person.id])
  const browser = new Browser(stage.app)
  browser.cookies.set('hotspot-staff', (await new StaffStore(stage.store).open(person.id, stage.now)).id)
  return browser
}
const idOn = (page: string): string => /action="\/notices\/([\w-]+)"/.exec(page)![1]!
const published = async (): Promise<unknown> =>
  Object.values(await stage.store.hgetall(keys.noticeTable)).map((json) => JSON.parse(json) as unknown)

t.test('an emergency of the whole city is drafted by one and approved by another', async (t) => {
  const linh = await stage.enter('city')
  await linh.get('/notices')
  t.match(linh.page, 'Hiện không có thông báo nào')
  t.equal((await linh.post('/notices', CITY)).statusCode, 200)
  t.match(linh.page, 'Cảnh báo: Ngập lụt')
  t.match(linh.page, 'Bản nháp')
  t.match(linh.page, 'Lên tầng &lt;cao&gt;.')
  t.match(linh.page, '<blockquote lang="ko">')
  t.match(linh.page, 'cần một người khác duyệt')
  const id = idOn(linh.page)
  t.notMatch(linh.page, 'value="approve"', 'who drafted it is not even asked')
  t.equal((await linh.post(`/notices/${id}`, { do: 'approve' })).statusCode, 409)
  t.match(linh.page, 'Cần một người khác với người soạn')
  t.same(await published(), [])

  const minh = await another()
  await minh.get('/notices')
  t.match(minh.page, 'value="approve"')
  t.equal((await minh.post(`/notices/${id}`, { do: 'approve' })).statusCode, 200)
  t.match(minh.page, 'Đang hiện')
  t.match(await published(), [
    { id, kind: 'warning', title: { vi: 'Ngập lụt', ko: '홍수' }, lifts: ['time'] },
  ])

  t.equal((await minh.post(`/notices/${id}`, { do: 'end' })).statusCode, 200)
  t.same(await published(), [])
  t.match(minh.page, 'Đã kết thúc')
  t.equal((await minh.post(`/notices/${id}`, { do: 'end' })).statusCode, 409)
  const { rows } = await stage.records.query(
    "SELECT who, what FROM audit WHERE what LIKE 'notice.%' ORDER BY id",
  )
  t.match(rows, [
    { who: 'linh', what: 'notice.draft' },
    { who: 'minh', what: 'notice.approve' },
    { who: 'minh', what: 'notice.end' },
  ])
})

t.test('what was typed stays where it is no notice yet', async (t) => {
  const staff = await stage.enter('city')
  for (const [wrong, why] of [
    [{ 'title-en': null }, 'no English title'],
    [{ where: 'nowhere' }, 'no place'],
    [{ where: 'sites' }, 'no sites chosen'],
    [{ where: 'ward', ward: 'none' }, 'a ward that is none'],
    [{ kind: 'storm' }, 'a kind that is none'],
    [{ from: '2026-03-13T10:00', until: '2026-03-13T09:00' }, 'over before it begins'],
    [{ until: 'tomorrow' }, 'a time that is none'],
    [{ kind: 'maintenance' }, 'maintenance that lifts limits'],
    [{ 'title-vi': 'x'.repeat(91) }, 'a title that is too long'],
  ] as const) {
    await staff.get('/notices')
    const answer = await staff.post('/notices', { ...CITY, ...wrong })
    t.equal(answer.statusCode, 400, why)
    t.match(answer.body, 'Chưa đủ để thành thông báo', why)
    t.match(answer.body, 'value="홍수"', why)
  }
  t.same((await stage.records.query('SELECT id FROM notices')).rows, [])
})

t.test('eight languages at their longest still fit', async (t) => {
  const staff = await stage.enter('city')
  await staff.get('/notices')
  const long = Object.fromEntries(
    ['vi', 'en', 'zh-Hans', 'ko', 'zh-Hant', 'ja', 'fr', 'ru'].flatMap((lang) => [
      [`title-${lang}`, '한'.repeat(90)],
      [`body-${lang}`, '語'.repeat(400)],
    ]),
  )
  t.equal((await staff.post('/notices', { ...CITY, ...long })).statusCode, 200)
})

t.test('an operator tells his own sites, by name, and nobody else’s', async (t) => {
  const staff = await stage.enter('operator', ['mine'])
  await staff.get('/notices')
  t.notMatch(staff.page, 'value="all"')
  t.notMatch(staff.page, 'value="other"')
  const his = { ...CITY, where: 'sites', sites: 'mine' }
  t.equal((await staff.post('/notices', { ...his, sites: 'other' })).statusCode, 403)
  await staff.get('/notices')
  t.equal((await staff.post('/notices', CITY)).statusCode, 403)
  await staff.get('/notices')
  t.equal((await staff.post('/notices', his)).statusCode, 200)
  const id = idOn(staff.page)
  t.equal(
    (await staff.post(`/notices/${id}`, { do: 'approve' })).statusCode,
    200,
    'one person is enough there',
  )
  t.match(await published(), [{ id, places: { ids: ['mine'] } }])
})

t.test('others read what holds at their sites, and change nothing', async (t) => {
  const city = await stage.enter('city')
  for (const sites of ['mine', 'other']) {
    await city.get('/notices')
    await city.post('/notices', { ...CITY, where: 'sites', sites, 'title-vi': `Tin ${sites}` })
  }
  const id = idOn(city.page)
  await stage.records.query('DELETE FROM people')
  const staff = await stage.enter('site-manager', ['mine'])
  const { body } = await staff.get('/notices')
  t.match(body, 'Tin mine')
  t.notMatch(body, /Tin other|<form[^>]*notices/)
  t.equal((await staff.post(`/notices/${id}`, { do: 'end' })).statusCode, 403)
})
