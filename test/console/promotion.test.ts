import t from 'tap'
import { readCity, saveSite } from '../../core/records/city.ts'
import { addPerson } from '../../core/records/people.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { keys } from '../../core/store/keys.ts'
import { StaffStore } from '../../core/store/staff.ts'
import { Browser } from './browser.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())
const { records, store } = stage

t.beforeEach(async () => {
  await stage.clear()
  await records.query('TRUNCATE campaigns, sites CASCADE')
  for (const id of ['mine', 'other']) await saveSite(records, site(id))
  await stage.publish([site('mine'), site('other', { lat: 21.05 })], [])
})

const WORDS = {
  'name-vi': 'Đêm trăng',
  'name-en': 'Moon night',
  'line-vi': 'Trên hồ',
  'line-en': 'On the lake',
  'text-vi': 'Đi <thuyền>.',
  'text-en': 'Go by boat.',
}
const ITEM = {
  id: 'dem-trang',
  category: 'event',
  site: 'mine',
  picture: 'lotus',
  from: '09-01',
  to: '09-30',
  perDay: '6',
  weight: '2',
  holdOut: '10',
  'audience-languages': 'ko',
  ...WORDS,
}

async function another(sites: readonly string[] = []): Promise<Browser> {
  const { id } = await addPerson(records, { name: 'minh', role: 'editor', sites }, 'mot mat khau that dai')
  await records.query("UPDATE people SET totp_sealed = 'none' WHERE id = $1", [id])
  const browser = new Browser(stage.app)
  browser.cookies.set('hotspot-staff', (await new StaffStore(store).open(id, stage.now)).id)
  return browser
}
const shown = async () => {
  const published = JSON.parse((await store.get(keys.campaignTable)) ?? '[]') as {
    id: string
    weight: number
  }[]
  return published.map(({ id, weight }) => `${id} ${weight}`)
}
const versionOn = (page: string): string => /name="version" value="(\d+)"/.exec(page)![1]!
const step = async (staff: Browser, name: string, status = 200): Promise<void> => {
  await staff.get('/promotion/dem-trang')
  const fields = { version: versionOn(staff.page), do: name }
  t.equal((await staff.post('/promotion/dem-trang', fields)).statusCode, status, name)
}

t.test(
  'an item is written by one, shown when another approves it, paused, shown again and ended',
  async (t) => {
    const linh = await stage.enter('city')
    await linh.get('/promotion')
    t.match(linh.page, 'Chưa có nội dung nào')
    t.equal((await linh.post('/promotion', ITEM)).statusCode, 200)
    t.same(await shown(), [], 'nobody sees a draft')
    await linh.get('/promotion/dem-trang')
    t.notMatch(linh.page, 'value="approve"', 'who wrote it is not even asked')
    await step(linh, 'approve', 409)
    const minh = await another(['mine'])
    await step(minh, 'approve')
    t.same(await shown(), ['dem-trang 2'])
    t.match((await readCity(records, stage.keys)).campaigns, [
      { id: 'dem-trang', dates: { from: '09-01' }, audience: { languages: ['ko'] }, holdOut: 0.1 },
    ])
    const preview = (await minh.get('/promotion/dem-trang/preview?in=en')).body
    t.match(preview, 'Moon night')

    await linh.get('/promotion/dem-trang')
    const version = versionOn(linh.page)
    t.equal((await linh.post('/promotion/dem-trang', { ...ITEM, version, weight: '5' })).statusCode, 200)
    t.same(await shown(), ['dem-trang 2'], 'visitors see the old version')
    t.equal((await linh.post('/promotion/dem-trang', { ...ITEM, version, weight: '7' })).statusCode, 409)
    await step(minh, 'approve')
    t.same(await shown(), ['dem-trang 5'])
    await step(minh, 'pause')
    t.same(await shown(), [])
    await step(minh, 'resume')
    t.same(await shown(), ['dem-trang 5'])
    await step(linh, 'end')
    t.same(await shown(), [])
    await step(linh, 'resume', 409)
    const { rows } = await records.query(
      "SELECT who, what FROM audit WHERE what LIKE 'campaign.%' ORDER BY id",
    )
    t.match(rows, [
      { who: 'linh', what: 'campaign.draft' },
      { who: 'minh', what: 'campaign.approve' },
      { who: 'linh', what: 'campaign.propose' },
    ])
  },
)

t.test('what is no item yet is refused with the field that is wrong, and stays typed', async (t) => {
  const staff = await stage.enter('city')
  for (const [wrong, field] of [
    [{ 'name-en': null }, 'Tên (en)'],
    [{ from: '2026-02-30', to: '2026-03-01' }, 'Thời gian'],
    [{ site: 'none' }, 'Giới thiệu nơi'],
    [{ id: 'promo-x' }, 'Địa chỉ'],
    [{ holdOut: '60' }, 'Nhóm đối chứng'],
    [{ perDay: '0' }, 'Mỗi máy thấy'],
    [{ picture: 'cat' }, 'Hình vẽ'],
    [{ 'line-vi': 'x'.repeat(121) }, 'Dòng giới thiệu (vi)'],
  ] as const) {
    await staff.get('/promotion')
    const answer = await staff.post('/promotion', { ...ITEM, ...wrong })
    t.equal(answer.statusCode, 400, field)
    t.match(answer.body, `Xem lại: ${field}`, field)
    t.match(answer.body, 'Đi &lt;thuyền&gt;.', field)
  }
  await staff.get('/promotion')
  await staff.post('/promotion', ITEM)
  await staff.get('/promotion')
  t.equal((await staff.post('/promotion', ITEM)).statusCode, 409, 'an address that is taken')
})

t.test(
  'an editor sees and changes what points to his sites, and items of the file stay the file’s',
  async (t) => {
    const city = await stage.enter('city')
    for (const id of ['mine', 'other']) {
      await city.get('/promotion')
      await city.post('/promotion', { ...ITEM, id: `item-${id}`, site: id })
    }
    await records.query(`INSERT INTO campaigns (id, record, origin)
    SELECT 'of-file', record || '{"id": "of-file"}', 'file' FROM campaigns WHERE id = 'item-mine'`)
    const editor = await another(['mine'])
    const { body } = await editor.get('/promotion')
    t.match(body, 'item-mine')
    t.notMatch(body, 'item-other')
    t.equal((await editor.get('/promotion/item-other')).statusCode, 404)
    t.equal((await editor.post('/promotion/item-other', { do: 'approve', version: '1' })).statusCode, 404)
    await editor.get('/promotion')
    t.equal((await editor.post('/promotion', { ...ITEM, site: 'other' })).statusCode, 403)
    await editor.get('/promotion/item-mine')
    t.equal(
      (await editor.post('/promotion/item-mine', { ...ITEM, site: 'other', version: '1' })).statusCode,
      403,
    )
    await editor.get('/promotion/of-file')
    t.notMatch(editor.page, 'name="text-vi"')
    t.equal((await editor.post('/promotion/of-file', { ...ITEM, version: '0' })).statusCode, 409)
    t.equal((await editor.post('/promotion/of-file', { do: 'pause', version: '0' })).statusCode, 200)
  },
)

t.test('programs write and approve by the same rules', async (t) => {
  await stage.enter('city')
  const expiresAt = stage.now + 3_600_000
  const { token } = await createToken(records, 'p1', { name: 't', scopes: SCOPES, expiresAt }, stage.now)
  const call = (url: string, payload?: object) =>
    stage.app.inject({
      method: payload ? 'POST' : 'GET',
      url: `/api/v1/campaigns${url}`,
      headers: { authorization: `Bearer ${token}` },
      ...(payload && { payload }),
    })
  const text = { vi: 'Chữ', en: 'Text' }
  const item = { id: 'new', category: 'craft', site: 'mine', picture: 'vase', name: text, line: text, text }
  t.equal((await call('', item)).statusCode, 201)
  t.match((await call('', item)).json(), { status: 409, code: 'known' })
  t.match((await call('', { ...item, id: 'x', site: 'none' })).json(), { code: 'bad-item' })
  t.match((await call('', { ...item, id: 'x', name: { vi: 'a\u0000', en: 'b' } })).json(), {
    code: 'bad-request',
  })
  t.match((await call('/new')).json(), { state: 'draft', version: 1, proposed: { id: 'new' }, perDay: 6 })
  t.match((await call('/new/approve', { version: 1 })).json(), { code: 'needs-two-people' })
  await records.query("UPDATE campaigns SET written_by = 'minh'")
  t.equal((await call('/new/approve', { version: 1 })).statusCode, 200)
  const { id: _, ...rest } = item
  t.equal((await call('/new', { ...rest, weight: 9, basedOn: 1 })).statusCode, 200)
  t.match((await call('/new', { ...rest, basedOn: 1 })).json(), { code: 'changed' })
  t.match((await call('/new')).json(), { state: 'live', weight: 1, proposed: { weight: 9 } })
  t.equal((await call('/new/discard', { version: 2 })).statusCode, 200)
  t.match((await call('/new')).json(), { state: 'live', proposed: null })
  t.same(await shown(), ['new 1'])
})
