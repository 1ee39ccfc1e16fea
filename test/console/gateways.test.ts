import t from 'tap'
import { FAULT } from '../../core/domain/gateway-checks.ts'
import { VENDORS } from '../../core/domain/nas.ts'
import { readSettings } from '../../core/process/settings.ts'
import { readCity, saveNas, saveSite } from '../../core/records/city.ts'
import { inTransaction } from '../../core/records/database.ts'
import { keepChecks } from '../../core/records/session-checks.ts'
import { logSessions } from '../../core/records/session-log.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { noteHeard } from '../../core/store/heard.ts'
import { keys } from '../../core/store/keys.ts'
import { gatewaySetup } from '../../console/pages/gateway-setup.ts'
import { sessionOf } from '../analytics/support/visits.ts'
import { nas, openSessions, site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())
const { records, store } = stage

t.beforeEach(async () => {
  await stage.clear()
  await records.query('TRUNCATE nas, sites CASCADE')
  for (const id of ['mine', 'other']) await saveSite(records, site(id))
  await saveNas(records, nas('gw-mine', 'mine', { addresses: ['10.1.0.1/32'] }), stage.keys)
  await saveNas(records, nas('gw-other', 'other', { addresses: ['10.2.0.0/24'] }), stage.keys)
  await stage.publish([site('mine'), site('other')], [nas('gw-mine', 'mine'), nas('gw-other', 'other')])
})

const NEW = { site: 'mine', gateway: 'coova-chilli', id: 'gw-new', addresses: '10.9.0.1' }
const inRecords = async (id: string) =>
  (await readCity(records, stage.keys)).nas.find((each) => each.id === id) ?? null
const audited = async () =>
  (await records.query<{ what: string; target: string; detail: object }>('SELECT * FROM audit ORDER BY id'))
    .rows

t.test('a gateway added in the console has secrets of our making, shown once and never again', async (t) => {
  const staff = await stage.enter('city')
  await staff.get('/nas')
  t.equal((await staff.post('/nas', NEW)).statusCode, 200)
  const made = [...staff.page.matchAll(/<dd><code>([\w-]{32})<\/code><\/dd>/g)].map(([, text]) => text)
  const kept = await inRecords('gw-new')
  t.same(made, [kept!.secret.reveal(), kept!.uamSecret!.reveal()])
  t.equal(kept!.gatewayUrl, 'http://10.9.0.1:3990')
  for (const path of ['/nas', '/nas/gw-new', '/api/v1/nas', '/api/v1/nas/gw-new']) {
    const { body } = await staff.get(path)
    t.match(body, 'gw-new', path)
    for (const secret of made) t.notOk(body.includes(secret!), path)
  }
  t.match(await audited(), [{ what: 'nas.add', target: 'gw-new', detail: { site: 'mine' } }])
  t.notOk(JSON.stringify(await audited()).includes(made[0]!))
  t.equal(await store.hexists(keys.nasTable, 'gw-new'), 1, 'workers are told')
})

t.test('what cannot be a gateway is refused with the reason, and what was typed stays', async (t) => {
  const staff = await stage.enter('city')
  for (const [wrong, status, why] of [
    [{ id: 'GW new' }, 400, /Mã cổng chỉ gồm/],
    [{ addresses: '10.9.0' }, 400, /Địa chỉ chưa đúng/],
    [{ secret: 'short' }, 400, /Khóa RADIUS quá ngắn/],
    [{ secret: 'demo-secret-of-everybody' }, 400, /Khóa RADIUS quá ngắn/],
    [{ interimSeconds: '5' }, 400, /Chu kỳ từ 60/],
    [{ coa: 'gateway.example' }, 400, /Địa chỉ CoA/],
    [{ site: '' }, 400, /Hãy chọn điểm phát/],
    [{ site: 'none' }, 409, /Không có điểm phát/],
    [{ id: 'gw-mine' }, 409, /Đã có cổng/],
    [{ identifier: 'gw-other' }, 409, /mang NAS-Identifier/],
    [{ addresses: '10.1.0.1/32' }, 409, /thuộc về cổng khác/],
  ] as const) {
    await staff.get('/nas')
    const answer = await staff.post('/nas', { ...NEW, ...wrong })
    t.equal(answer.statusCode, status, JSON.stringify(wrong))
    t.match(answer.body, why)
    t.notMatch(answer.body, /demo-secret-of|value="short"/)
  }
  t.equal(await inRecords('gw-new'), null)
})

t.test(
  'the page of a gateway says which checks its sessions kept, with advice where one did not',
  async (t) => {
    const staff = await stage.enter('city')
    await staff.get('/nas/gw-mine')
    t.match(staff.page, 'Không có phiên nào trong 7 ngày qua.')
    const now = Date.now()
    const session = (id: string, faults: number) => {
      const startedAt = now - 600_000
      const given = {
        id,
        nas: 'gw-mine',
        startedAt,
        heardAt: now,
        endedAt: now,
        cause: 'User-Request',
        seconds: 600,
      }
      const seen = { id, startedAt, nas: 'gw-mine', acct: id, faults, interims: 1, gigawords: true }
      return { session: sessionOf(given), seen: { ...seen, longestGapSeconds: 300, interimSeconds: 300 } }
    }
    const both = [session('good', 0), session('bad', FAULT.noClass)]
    await inTransaction(records, async (transaction) => {
      await logSessions(
        transaction,
        stage.keys,
        both.map((each) => each.session),
      )
      await keepChecks(
        transaction,
        both.map((each) => each.seen),
      )
    })
    await staff.get('/nas/gw-mine')
    t.match(staff.page, /Có báo cáo Stop<\/th><td class="num"><span class="pill ok">2 trên 2/)
    t.match(
      staff.page,
      /Class được gửi lại<small>Hãy để cổng gửi lại Class[^<]*<\/small><\/th><td class="num"><span class="pill bad">1 trên 2/,
    )
    t.match(staff.page, /quá 4 GiB<\/th><td class="num"><span class="pill none">–/)
    await staff.get('/nas/gw-other')
    t.match(staff.page, 'Không có phiên nào', 'the sessions of another gateway are its own')
  },
)

t.test('an operator adds and removes at his sites alone, and takes no address of another’s', async (t) => {
  const staff = await stage.enter('operator', ['mine'])
  await staff.get('/nas')
  t.match(staff.page, 'gw-mine')
  t.notMatch(staff.page, /gw-other|value="other"/)
  t.equal((await staff.get('/nas/gw-other')).statusCode, 404)
  t.equal((await staff.post('/nas/gw-other', { sure: 'yes' })).statusCode, 404)
  await staff.get('/nas')
  t.equal((await staff.post('/nas', { ...NEW, site: 'other' })).statusCode, 403)
  await staff.get('/nas')
  t.equal((await staff.post('/nas', { ...NEW, addresses: '10.2.0.7' })).statusCode, 409, 'within a block')
  await staff.get('/nas')
  const wide = { ...NEW, addresses: '10.0.0.0/8', gatewayUrl: 'http://10.9.0.1:3990' }
  t.equal((await staff.post('/nas', wide)).statusCode, 409, 'around it')
  await staff.get('/nas')
  t.equal((await staff.post('/nas', NEW)).statusCode, 200)
  t.ok(await inRecords('gw-other'))
})

t.test('a gateway that is removed takes its sessions along', async (t) => {
  await openSessions(store, 'gw-mine', 3, stage.now)
  const staff = await stage.enter('city')
  await staff.get('/nas/gw-mine')
  t.equal((await staff.post('/nas/gw-mine')).statusCode, 400, 'unless he is sure')
  t.ok(await inRecords('gw-mine'))
  t.equal((await staff.post('/nas/gw-mine', { sure: 'yes' })).statusCode, 200)
  t.match(staff.page, 'Đã gỡ cổng gw-mine, 3 phiên')
  t.equal(await inRecords('gw-mine'), null)
  t.equal(await store.hexists(keys.nasTable, 'gw-mine'), 0)
  t.match(await audited(), [{ what: 'nas.remove', target: 'gw-mine' }])
})

t.test('the table tells what was heard, and who has to sign', async (t) => {
  await noteHeard(store, 'gw-mine', null, stage.now - 60_000)
  await store.sadd(keys.messageAuthenticatorSeen, 'gw-mine')
  await openSessions(store, 'gw-other', 1, stage.now)
  const staff = await stage.enter('auditor')
  const { body } = await staff.get('/nas')
  t.match(body, /gw-mine[\s\S]*?14:04[\s\S]*?Có ký, từ nay bắt buộc[\s\S]*?Hoạt động/)
  t.match(body, /gw-other[\s\S]*?Chưa thấy ký[\s\S]*?Mất tín hiệu/)
  t.notMatch(body, 'action="/nas"', 'he changes nothing')
  const api = (await staff.get('/api/v1/nas/gw-mine')).json<object>()
  t.match(api, { state: 'live', hasSigned: true, locked: true, origin: 'staff', accessPoints: 0 })
})

t.test('programs add and remove, and the secret is in one answer', async (t) => {
  await stage.enter('operator', ['mine'])
  const expiresAt = stage.now + 3_600_000
  const { token } = await createToken(records, 'p1', { name: 't', scopes: SCOPES, expiresAt }, stage.now)
  const call = (method: 'POST' | 'DELETE', url: string, payload?: object) =>
    stage.app.inject({
      method,
      url: `/api/v1${url}`,
      headers: { authorization: `Bearer ${token}` },
      ...(payload && { payload }),
    })
  const wanted = { ...NEW, gateway: 'opennds', addresses: ['10.9.0.1'] }
  const added = await call('POST', '/nas', wanted)
  t.equal(added.statusCode, 201)
  t.match(added.json(), { id: 'gw-new', secret: /^[\w-]{32}$/, fasKey: /^[a-z0-9]{32}$/ })
  t.match((await call('POST', '/nas', wanted)).json(), { status: 409, code: 'known' })
  t.match((await call('POST', '/nas', { ...wanted, id: 'x', site: 'other' })).json(), { code: 'forbidden' })
  t.match((await call('POST', '/nas', { ...wanted, id: 'x', addresses: ['x'] })).json(), { code: 'bad-nas' })
  const env = { ...wanted, id: 'x', secret: { env: 'HOTSPOT_KEY' } }
  t.match((await call('POST', '/nas', env)).json(), { code: 'bad-request' })
  t.match((await call('DELETE', '/nas/gw-new')).json(), { id: 'gw-new', sessions: 0 })
  t.match((await call('DELETE', '/nas/gw-other')).json(), { code: 'forbidden' })
})

t.test(
  'each maker gets what to write into it, with the portal’s address where it speaks to it',
  async (t) => {
    const secure = readSettings({
      HOTSPOT_HOST: '10.0.0.10',
      PORTAL_TLS_CERT: 'c',
      PORTAL_TLS_KEY: 'k',
      PORTAL_TLS_URL: 'https://wifi.example:8443',
    })
    for (const vendor of VENDORS) {
      const text = gatewaySetup(
        { ...nas('gw-7', 'mine'), gateway: vendor, coa: { address: '10.1.0.1', port: 1700 } },
        secure,
        'http://wifi.example:8080',
      )
      t.match(text, 'gw-7', vendor)
      t.match(text, /<secret>|<fasKey>/, vendor)
      t.match(text, 'DHCP option 114', vendor)
      if (vendor !== 'opennds') t.match(text, /10\.0\.0\.10[\s\S]*1812[\s\S]*1813|1812[\s\S]*1813/, vendor)
      t.equal(/wifi\.example/.test(text), ['coova-chilli', 'opennds', 'mikrotik'].includes(vendor), vendor)
    }
  },
)
