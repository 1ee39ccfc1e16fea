import t from 'tap'
import { dashedMac, parseMac, type Mac } from '../../../core/domain/mac.ts'
import type { Voucher } from '../../../core/domain/voucher.ts'
import type { Decision } from '../../../radius-server/authenticate/authenticate.ts'
import { keys as storeKeys } from '../../../core/store/keys.ts'
import { NOON, stageFor } from '../stage.ts'
import { testRedis } from '../../support/stores.ts'
import { decided, OTHER_PHONE, PHONE } from './visitor.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [{ macAuth: true }, {}])
const [nas, closed] = [stage.at(1), stage.at(2)]
const CODE = 'HK2081XQ'

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
})

const reasonOf = (decision: Decision): string =>
  decision.kind === 'reject' ? decision.reason : 'was accepted'
const published = (given: Partial<Voucher> = {}): Promise<void> =>
  stage.rights.vouchers.publish(CODE, {
    id: 'vch-1',
    site: 'lake',
    seconds: null,
    octets: null,
    devices: 1,
    expiresAt: null,
    ...given,
  })

t.test('a code logs in with itself for password, with none, and as PAP or CHAP', async (t) => {
  await published()
  for (const proof of [{ pap: CODE }, { chap: CODE }, { pap: '' }, undefined]) {
    const decision = await decided(stage, nas, { userName: CODE, ...(proof && { proof }) })
    t.equal(decision.kind, 'accept', JSON.stringify(proof))
  }
})

t.test('a code is the same in every spelling that people type, as name and as password', async (t) => {
  await published()
  for (const userName of ['hk20 81xq', 'HK20-81XQ', 'hk2o8lxq', 'ＨＫ２０８１ＸＱ'])
    for (const typed of [userName, CODE, 'Hk20 81xq', ''])
      t.equal(
        (await decided(stage, nas, { userName, proof: { pap: typed } })).kind,
        'accept',
        `${userName} / ${typed}`,
      )
  // CHAP shows no password, so only the two spellings that the server can guess are tried.
  for (const typed of ['hk20 81xq', CODE])
    t.equal((await decided(stage, nas, { userName: 'hk20 81xq', proof: { chap: typed } })).kind, 'accept')
})

t.test('octets that are no UTF-8 are no code, though they look alike as text', async (t) => {
  await published()
  const password = Buffer.concat([Buffer.from(CODE), Buffer.of(0x80)])
  t.equal(
    reasonOf(await decided(stage, nas, { userName: CODE, proof: { pap: password.toString('latin1') } })),
    'bad-password',
  )
  t.equal(
    reasonOf(await decided(stage, nas, { userName: `${CODE}\u0301`, proof: { pap: CODE } })),
    'unknown-user',
    'nor is one with an accent typed on it',
  )
})

t.test('another password than the code is refused', async (t) => {
  await published()
  for (const proof of [{ pap: 'HK2081XX' }, { pap: 'x' }, { chap: 'HK2081XX' }])
    t.equal(reasonOf(await decided(stage, nas, { userName: CODE, proof })), 'bad-password')
})

t.test('a code gives its own time and data, at the site’s speed', async (t) => {
  await published({ seconds: 86_400, octets: 5_000_000_000 })
  t.match(await decided(stage, nas, { userName: CODE, proof: { pap: CODE } }), {
    kind: 'accept',
    limits: {
      seconds: 86_400,
      octets: 5_000_000_000,
      idleSeconds: 900,
      downBitsPerSecond: 5_000_000,
      upBitsPerSecond: 2_000_000,
    },
  })
})

t.test('a code has a speed of its own where it says so, in each direction for itself', async (t) => {
  await published({ downBitsPerSecond: 20_000_000 })
  t.match(await decided(stage, nas, { userName: CODE, proof: { pap: CODE } }), {
    kind: 'accept',
    limits: { downBitsPerSecond: 20_000_000, upBitsPerSecond: 2_000_000 },
  })
})

t.test('a code without a time of its own gives the site’s session, and no data quota', async (t) => {
  await published()
  const decision = await decided(stage, nas, { userName: CODE, proof: { pap: CODE } })
  t.match(decision, { kind: 'accept', limits: { seconds: 3600 } })
  if (decision.kind === 'accept') t.equal(decision.limits.octets, undefined)
})

t.test('what a code has used counts over its whole life, on every device that has it', async (t) => {
  await published({ seconds: 1000, octets: 1000, devices: 2 })
  const ask = (mac?: Mac) =>
    decided(stage, nas, { userName: CODE, proof: { pap: CODE }, ...(mac && { station: dashedMac(mac) }) })
  t.match(await ask(), { kind: 'accept', limits: { seconds: 1000, octets: 1000 } })
  await stage.rights.usage.count('v.vch-1', null, 'a', { seconds: 400, octets: 100 })
  stage.now += 3 * 86_400_000
  t.match(await ask(OTHER_PHONE), { kind: 'accept', limits: { seconds: 600, octets: 900 } })
  await stage.rights.usage.count('v.vch-1', null, 'b', { seconds: 600, octets: 0 })
  t.equal(reasonOf(await ask()), 'quota-time')
  await stage.rights.usage.count('v.vch-1', null, 'b', { seconds: 0, octets: 900 })
  t.equal(reasonOf(await ask()), 'quota-time')
})

t.test('data alone can use a code up', async (t) => {
  await published({ octets: 1000 })
  await stage.rights.usage.count('v.vch-1', null, 'a', { seconds: 4, octets: 1000 })
  t.equal(reasonOf(await decided(stage, nas, { userName: CODE, proof: { pap: CODE } })), 'quota-data')
})

t.test('a code serves as many devices as it says, each counted once', async (t) => {
  await published({ devices: 2 })
  const ask = (mac: string) =>
    decided(stage, nas, { userName: CODE, proof: { pap: CODE }, station: dashedMac(parseMac(mac)!) })
  t.equal((await ask('02005E005301')).kind, 'accept')
  t.equal((await ask('02005E005301')).kind, 'accept')
  t.equal((await ask('02005E005302')).kind, 'accept')
  t.equal(reasonOf(await ask('02005E005303')), 'code-devices')
  t.equal((await ask('02005E005301')).kind, 'accept', 'who is counted stays')
})

t.test('a code of another site, past its day, or taken back is refused and says why', async (t) => {
  await published({ site: 'other' })
  const ask = () => decided(stage, nas, { userName: CODE, proof: { pap: CODE } })
  t.equal(reasonOf(await ask()), 'code-other-site')
  await published({ expiresAt: Date.now() + 60_000 })
  stage.now = Date.now() + 60_000
  t.equal(reasonOf(await ask()), 'code-expired')
  stage.now = NOON
  await stage.clear()
  await published()
  await stage.rights.vouchers.revoke(CODE)
  t.equal(reasonOf(await ask()), 'code-wrong')
})

t.test(
  'a device may try five wrong codes a minute, and no right one then; others are not held up',
  async (t) => {
    await published({ devices: 5 })
    for (let i = 0; i < 5; i++)
      t.equal(
        reasonOf(await decided(stage, nas, { userName: `WRNGC0D${i}`, proof: { pap: '' } })),
        'code-wrong',
      )
    t.equal(reasonOf(await decided(stage, nas, { userName: CODE, proof: { pap: CODE } })), 'too-many-tries')
    const station = dashedMac(OTHER_PHONE)
    t.equal((await decided(stage, nas, { userName: CODE, proof: { pap: CODE }, station })).kind, 'accept')
    t.ok((await stage.store.ttl(storeKeys.tries(nas.id, PHONE))) > 0, 'and the count is forgotten in time')
  },
)

t.test('only where the site takes codes', async (t) => {
  const other = await stageFor(t, redis.url, [{}], { login: ['click-through'] })
  await other.rights.vouchers.publish(CODE, {
    id: 'vch-1',
    site: 'lake',
    seconds: null,
    octets: null,
    devices: 1,
    expiresAt: null,
  })
  t.equal(reasonOf(await decided(other, other.at(1), { userName: CODE, proof: { pap: CODE } })), 'method-off')
})

t.test(
  'a device that came in by a code comes back by its address while the code’s session lasts, then by its pass',
  async (t) => {
    await published({ seconds: 1000 })
    const first = await decided(stage, nas, { userName: CODE, proof: { pap: CODE } })
    if (first.kind !== 'accept') return t.fail(first.reason)
    await stage.rights.visits.accepted(first.visit, stage.now)
    const mac = dashedMac(first.visit.mac)
    stage.now += 999_000
    t.equal((await decided(stage, nas, { userName: mac, proof: { pap: mac } })).kind, 'accept')
    t.equal(reasonOf(await decided(stage, closed, { userName: mac, proof: { pap: mac } })), 'mac-auth-off')
    stage.now += 1000
    t.match(await decided(stage, nas, { userName: mac, proof: { pap: mac } }), {
      kind: 'accept',
      limits: { seconds: 3600 },
    })
  },
)
