import t from 'tap'
import { codeSubject } from '../../core/domain/grants.ts'
import { saveSite } from '../../core/records/city.ts'
import type { Role } from '../../core/records/people.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { createVouchers } from '../../core/records/vouchers.ts'
import { UsageStore } from '../../core/store/usage.ts'
import { VoucherStore } from '../../core/store/vouchers.ts'
import type { Browser } from './browser.ts'
import { nas, site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())
const { records, store, keys } = stage
const live = new VoucherStore(store, keys.voucher)

const staff = async (role: Role, sites: readonly string[] = ['lake']): Promise<Browser> => {
  await records.query('DELETE FROM people')
  return stage.enter(role, sites)
}
const begin = async (): Promise<void> => {
  await stage.clear()
  await records.query('TRUNCATE vouchers, voucher_batches')
  const sites = [site('lake', { login: ['click-through', 'voucher'] }), site('other')]
  await stage.publish(sites, [nas('gw', 'lake'), nas('gw-o', 'other')])
  for (const each of sites) await saveSite(records, each)
}
const audited = async (what: string): Promise<{ who: string; target: string; detail: object }[]> =>
  (await records.query('SELECT who, target, detail FROM audit WHERE what = $1 ORDER BY id', [what])).rows as {
    who: string
    target: string
    detail: object
  }[]
const codesIn = (page: string): string[] =>
  [...page.matchAll(/<code>(\w{4}) (\w{4})<\/code>/g)].map((match) => match[1]! + match[2]!)

t.test('a manager makes a batch, and its codes open the net at his site', async (t) => {
  await begin()
  const manager = await staff('site-manager')
  await manager.get('/sites/lake/codes')
  t.match(manager.page, 'Chưa có mã nào')
  const made = await manager.post('/sites/lake/codes', {
    count: '3',
    label: 'Hội xuân <3',
    minutes: '90',
    gigabytes: '1,5',
    devices: '2',
    days: '3650',
    down: '20',
    up: '',
  })
  t.equal(made.statusCode, 303)
  await manager.get(made.headers.location!)
  t.match(manager.page, 'Hội xuân &lt;3')
  t.match(manager.page, '90 phút, 1,5 GB, 2 máy, tải xuống 20 Mbit/s')
  const codes = codesIn(manager.page)
  t.equal(codes.length, 3)
  t.match(await live.redeem(codes[0]!, 'lake', 'm.one', stage.now), {
    kind: 'ok',
    voucher: {
      seconds: 5400,
      octets: 1.5e9,
      devices: 2,
      downBitsPerSecond: 20e6,
      expiresAt: stage.now + 3650 * 86_400_000,
    },
  })
  t.match(await audited('voucher.create'), [{ who: 'linh', target: 'lake', detail: { count: 3 } }])
  await manager.get('/sites/lake/codes')
  t.match(manager.page, 'Còn 3 mã chưa dùng')
  t.match(manager.page, 'Sắp hết mã')
})

t.test('what was used of a code is told, and of nobody’s device', async (t) => {
  await begin()
  const plan = { site: 'lake', count: 2, seconds: 3600, octets: null, devices: 3, expiresAt: null }
  const [one] = await createVouchers(records, keys, { ...plan, madeBy: 'lan', label: 'Quầy' })
  await live.publish(one!.code, one!)
  await live.redeem(one!.code, 'lake', 'm.first', stage.now)
  await live.redeem(one!.code, 'lake', 'm.second', stage.now)
  const at = { id: 'x', startedAt: stage.now - 3_600_000, place: 'hs:{1}:s:abc' }
  const usage = new UsageStore(store)
  await usage.begin(codeSubject(one!), null, at, { seconds: 1800, octets: 2_500_000_000 })
  const manager = await staff('site-manager')
  await manager.get(`/sites/lake/codes/${one!.batch}`)
  const row = new RegExp(`${one!.code.slice(0, 4)} ${one!.code.slice(4)}.*?</tr>`, 's').exec(manager.page)![0]
  t.match(row, '30 phút, 2,5 GB')
  t.match(row, '2 / 3')
  t.match(row, '13:05')
  t.match(row, 'Đang dùng')
  await usage.count(codeSubject(one!), null, 'x', { seconds: 3600, octets: 2_500_000_000 })
  await manager.get(`/sites/lake/codes/${one!.batch}`)
  t.match(manager.page, 'Hết lượt')
  await manager.get('/sites/lake/codes')
  t.match(manager.page, 'Còn 1 mã chưa dùng')
  t.match(await audited('voucher.look'), [{ who: 'linh', target: one!.batch }, {}])
})

t.test(
  'a code is taken back, then its whole batch, and gateways are asked to end its sessions',
  async (t) => {
    await begin()
    const plan = { site: 'lake', count: 3, seconds: 60, octets: null, devices: 1, expiresAt: null }
    const made = await createVouchers(records, keys, plan)
    for (const each of made) await live.publish(each.code, each)
    const { id, batch, code } = made[0]!
    const manager = await staff('site-manager')
    await manager.get(`/sites/lake/codes/${batch}`)
    t.equal((await manager.post(`/sites/lake/codes/${batch}`, { code: id })).statusCode, 200)
    t.match(manager.page, 'Đã thu hồi mã')
    t.match(await live.redeem(code, 'lake', 'm.one', stage.now), { reason: 'code-wrong' })
    t.equal((await manager.post(`/sites/lake/codes/${batch}`, { code: id })).statusCode, 400, 'once')
    t.equal(
      (await manager.post(`/sites/lake/codes/${batch}`, { do: 'batch' })).statusCode,
      400,
      'not unasked',
    )
    t.match(await live.redeem(made[1]!.code, 'lake', 'm.one', stage.now), { kind: 'ok' })
    await manager.post(`/sites/lake/codes/${batch}`, { do: 'batch', sure: 'yes' })
    t.match(manager.page, 'Đã thu hồi 2 mã')
    t.match(await live.redeem(made[2]!.code, 'lake', 'm.one', stage.now), { reason: 'code-wrong' })
    t.match(await audited('voucher.revoke-batch'), [{ target: batch, detail: { codes: 2, sessions: 0 } }])
  },
)

t.test('the sheet has each unused code as text and as a QR code, and says so in the audit', async (t) => {
  await begin()
  const plan = { site: 'lake', count: 14, seconds: 60, octets: null, devices: 1, expiresAt: null }
  const made = await createVouchers(records, keys, plan)
  const used = { id: 'x', startedAt: stage.now, place: 'p' }
  await new UsageStore(store).begin(codeSubject(made[5]!), null, used, { seconds: 1, octets: 1 })
  const manager = await staff('site-manager')
  const sheet = await manager.get(`/sites/lake/codes/${made[0]!.batch}/sheet`)
  t.equal(sheet.statusCode, 200)
  t.same(
    codesIn(sheet.body).sort(),
    made
      .filter((each) => each !== made[5])
      .map(({ code }) => code)
      .sort(),
  )
  t.equal(sheet.body.match(/<svg class="slip-qr"/g)!.length, 13)
  t.equal(sheet.body.match(/<ul class="slips of-12"/g)!.length, 2)
  t.notMatch(sheet.body, /<script|\sstyle=/)
  t.equal(
    (await manager.get(`/sites/lake/codes/${made[0]!.batch}/sheet?per=6`)).body.match(/of-6/g)!.length,
    3,
  )
  t.match(await audited('voucher.print'), [{ who: 'linh', target: made[0]!.batch }, {}])
})

t.test('texts are for those who hand codes out; a batch of another site is nobody’s business', async (t) => {
  await begin()
  const plan = { site: 'lake', count: 1, seconds: 60, octets: null, devices: 1, expiresAt: null }
  const [own] = await createVouchers(records, keys, { ...plan, madeBy: 'lan' })
  const [other] = await createVouchers(records, keys, { ...plan, site: 'other' })
  const auditor = await staff('auditor', [])
  await auditor.get(`/sites/lake/codes/${own!.batch}`)
  t.match(auditor.page, own!.id)
  t.notMatch(auditor.page, own!.code.slice(4))
  t.notMatch(auditor.page, '/sheet')
  t.equal((await auditor.get(`/sites/lake/codes/${own!.batch}/sheet`)).statusCode, 403)
  const editor = await staff('editor')
  t.equal((await editor.get('/sites/lake/codes')).statusCode, 403)
  t.notMatch((await editor.get('/sites/lake')).body, '/sites/lake/codes')
  const manager = await staff('site-manager')
  t.equal((await manager.get('/sites/other/codes')).statusCode, 403)
  t.equal(
    (await manager.get(`/sites/lake/codes/${other!.batch}`)).statusCode,
    404,
    'by the address of his own',
  )
  await manager.get(`/sites/lake/codes/${own!.batch}`)
  t.equal((await manager.post(`/sites/lake/codes/${own!.batch}`, { code: other!.id })).statusCode, 400)
  const { rows } = await records.query('SELECT FROM vouchers WHERE revoked_at IS NOT NULL')
  t.equal(rows.length, 0)
})

t.test('a form that asks for what cannot be makes nothing and keeps what was typed', async (t) => {
  await begin()
  const manager = await staff('site-manager')
  await manager.get('/sites/lake/codes')
  for (const odd of [
    { count: '' },
    { count: '1001' },
    { count: '1.5' },
    { count: '5', minutes: '-1' },
    { count: '5', gigabytes: '1e9' },
    { count: '5', label: 'x'.repeat(81) },
    { count: '5', label: 'a\u0007' },
    { count: '5', days: '9999' },
  ]) {
    const answer = await manager.post('/sites/lake/codes', { devices: '7', ...odd })
    t.equal(answer.statusCode, 400, JSON.stringify(odd))
    t.match(answer.body, /name="devices"[^>]*value="7"/)
  }
  t.equal((await records.query('SELECT FROM vouchers')).rowCount, 0)
  for (const after of ['', '%00', 'x y z', "'"])
    t.equal((await manager.get(`/sites/lake/codes?after=${after}`)).statusCode, 200, after)
})

t.test('programs can do the same, and page through batches and their codes', async (t) => {
  await begin()
  await staff('site-manager')
  const expiresAt = stage.now + 3_600_000
  const { token } = await createToken(records, 'p1', { name: 'x', scopes: SCOPES, expiresAt }, stage.now)
  const call = async <T>(method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await stage.app.inject({
      method,
      url: `/api/v1${path}`,
      headers,
      ...(payload && { payload }),
    })
    return { status: answer.statusCode, told: answer.json<T>() }
  }
  const order = { site: 'lake', count: 3, seconds: 60, label: 'Tour', downBitsPerSecond: 1e6 }
  const made = await call<{ batch: string; items: { id: string; code: string }[] }>(
    'POST',
    '/vouchers',
    order,
  )
  await call('POST', '/vouchers', { ...order, label: null })
  type Page<T> = { items: T[]; next: string | null }
  const first = await call<Page<{ id: string; label: string }>>('GET', '/vouchers/batches?limit=1&site=lake')
  const second = await call<Page<{ id: string }>>(
    'GET',
    `/vouchers/batches?limit=1&cursor=${first.told.next}`,
  )
  t.match(second.told, {
    items: [
      { id: made.told.batch, label: 'Tour', madeBy: 'linh', count: 3, inForce: 3, downBitsPerSecond: 1e6 },
    ],
    next: null,
  })
  const batch = `/vouchers/batches/${made.told.batch}`
  const codes = await call<Page<object>>('GET', `${batch}?limit=2`)
  t.match(codes.told.items[0], { state: 'in-force', seconds: 0, devices: 0, lastAt: null })
  t.notMatch(JSON.stringify(codes.told), made.told.items[0]!.code)
  t.ok(codes.told.next)
  const texts = await call<Page<{ code: string }>>('GET', `${batch}/codes`)
  t.same(texts.told.items.map(({ code }) => code).sort(), made.told.items.map(({ code }) => code).sort())
  t.match((await call('DELETE', batch)).told, { codes: 3, sessions: 0 })
  t.match(await call('DELETE', batch), { status: 409, told: { code: 'revoked' } })
  t.match((await call('GET', '/vouchers/batches/none')).status, 403)
  t.match((await call('GET', '/vouchers/batches?cursor=eA')).status, 400)
})
