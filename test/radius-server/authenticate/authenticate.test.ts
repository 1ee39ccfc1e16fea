import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import t from 'tap'
import { dashedMac } from '../../../core/domain/mac.ts'
import { Blake2s } from '../../../core/domain/blake2s.ts'
import type { Decision } from '../../../radius-server/authenticate/authenticate.ts'
import { Md5 } from '../../../radius-server/packet/md5.ts'
import { msChapV2 } from '../ms-chap.ts'
import { NOON, stageFor } from '../stage.ts'
import { testRedis } from '../../support/stores.ts'
import { tlv, vsa, type Tlv } from '../wire.ts'
import { decided, PHONE, prepared, tapped, type Asking } from './visitor.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [{}, { macAuth: true }])
const [nas, byAddress] = [stage.at(1), stage.at(2)]
const CODE = 'HK2081XQ'
// It looks into the store once a second, and this file counts looks.
await stage.handling.tables.stop()
const STATE = tlv(24, 'a state of somebody')
const AUTHORIZE_ONLY = tlv(6, 17)

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
})

const reasonOf = (decision: Decision): string =>
  decision.kind === 'reject' ? decision.reason : 'was accepted'
/** What the credential adds to the answer. */
const addedTo = (decision: Decision) => (decision.kind === 'accept' ? decision.attributes : [])
const published = (code = CODE): Promise<void> =>
  stage.rights.vouchers.publish(code, {
    id: `vch-${code}`,
    site: 'lake',
    seconds: null,
    octets: null,
    devices: 5,
    expiresAt: null,
  })

// RFC 5080 §2.1.1
t.test(
  'Authorize-Only is refused, with the right password, too: nothing was authenticated before',
  async (t) => {
    const { userName, password } = await tapped(stage, nas)
    const ask = (more: readonly Tlv[]) => decided(stage, nas, { userName, proof: { pap: password }, more })
    t.equal(reasonOf(await ask([AUTHORIZE_ONLY])), 'authorize-only')
    t.equal(reasonOf(await ask([AUTHORIZE_ONLY, STATE])), 'unknown-state')
    t.equal((await ask([])).kind, 'accept')
  },
)

t.test('a State that we never gave is refused, whatever the Service-Type', async (t) => {
  const { userName, password } = await tapped(stage, nas)
  for (const serviceType of [1, 2, 8, 10])
    t.equal(
      reasonOf(
        await decided(stage, nas, { userName, proof: { pap: password }, more: [tlv(6, serviceType), STATE] }),
      ),
      'unknown-state',
      `Service-Type ${serviceType}`,
    )
})

t.test('the other Service-Types are answered alike, and one that is no number', async (t) => {
  const { userName, password } = await tapped(stage, nas)
  for (const value of [1, 2, 8, 10, 99, Buffer.of(17)])
    t.equal(
      (await decided(stage, nas, { userName, proof: { pap: password }, more: [tlv(6, value)] })).kind,
      'accept',
    )
})

t.test('a grant proves itself by MS-CHAPv2, and the Accept proves us', async (t) => {
  const { userName, password, visit } = await tapped(stage, nas)
  const { attributes, success } = msChapV2({ userName, password })
  const decision = await decided(stage, nas, { userName, more: attributes })
  t.match(decision, { kind: 'accept', visit: { id: visit.id }, attributes: [{ vendor: 311, type: 26 }] })
  t.same(addedTo(decision)[0]?.value, success)
})

t.test('PAP and CHAP add nothing to the answer', async (t) => {
  const { userName, password } = await tapped(stage, nas)
  for (const proof of [{ pap: password }, { chap: password }])
    t.same(addedTo(await decided(stage, nas, { userName, proof })), [])
})

t.test('a code logs in by MS-CHAPv2, in the spelling it was typed in and in its own', async (t) => {
  await published()
  for (const [userName, password] of [
    [CODE, CODE],
    ['hk20 81xq', 'hk20 81xq'],
    ['hk20 81xq', CODE],
  ] as const) {
    const { attributes, success } = msChapV2({ userName, password })
    const decision = await decided(stage, nas, { userName, more: attributes })
    t.equal(decision.kind, 'accept', `${userName} / ${password}`)
    t.same(addedTo(decision)[0]?.value, success)
  }
})

t.test('a device comes back by its address with MS-CHAPv2', async (t) => {
  const { visit } = await tapped(stage, byAddress)
  await stage.rights.visits.accepted(visit, stage.now)
  const userName = dashedMac(PHONE)
  const { attributes, success } = msChapV2({ userName, password: userName })
  const decision = await decided(stage, byAddress, { userName, more: attributes })
  t.equal(decision.kind, 'accept')
  t.same(addedTo(decision)[0]?.value, success)
})

t.test('a malformed credential is a wrong password, and nothing is thrown', async (t) => {
  const { userName, password } = await tapped(stage, nas)
  const [challenge] = msChapV2({ userName, password }).attributes as [Tlv]
  for (const [what, ...more] of [
    ['a CHAP-Password of one octet', tlv(3, Buffer.of(1))],
    ['an empty CHAP-Password', tlv(3, '')],
    ['a User-Password of 15 octets', tlv(2, Buffer.alloc(15))],
    ['a User-Password of 144 octets', tlv(2, Buffer.alloc(144))],
    ['an empty MS-CHAP2-Response', challenge, vsa(311, 25, '')],
    ['an MS-CHAP2-Response without a challenge', vsa(311, 25, Buffer.alloc(50))],
    ['ARAP', tlv(70, Buffer.alloc(16))],
    ['the first MS-CHAP', challenge, vsa(311, 1, Buffer.alloc(50))],
  ] as const)
    t.equal(reasonOf(await decided(stage, nas, { userName, more })), 'bad-password', what)
})

/** What node:crypto computes for a decision; BLAKE2s, MD5 and MD4 are our own. */
const COUNTED = ['hash', 'createHash', 'createHmac', 'createCipheriv', 'timingSafeEqual'] as const

/** How often the store was asked for one Access-Request, and what was computed. */
async function costOf(request: Asking) {
  const decide = prepared(stage, nas, request)
  await stage.store.config('RESETSTAT')
  const computed: Partial<Record<(typeof COUNTED)[number] | 'blake2s' | 'md5', number>> = {}
  const own = [
    ['blake2s', Blake2s.prototype, Blake2s.prototype.digest],
    ['md5', Md5.prototype, Md5.prototype.digest],
  ] as const
  for (const [name, prototype, digest] of own)
    Object.assign(prototype, {
      digest(this: unknown, ...given: unknown[]): unknown {
        computed[name] = (computed[name] ?? 0) + 1
        return Reflect.apply(digest, this, given)
      },
    })
  const real = Object.fromEntries(COUNTED.map((name) => [name, crypto[name]]))
  for (const name of COUNTED)
    Object.assign(crypto, {
      [name]: (...given: unknown[]): unknown => {
        computed[name] = (computed[name] ?? 0) + 1
        return (real[name] as (...given: unknown[]) => unknown)(...given)
      },
    })
  syncBuiltinESMExports()
  let decision: Decision
  try {
    decision = await decide()
  } finally {
    Object.assign(crypto, real)
    syncBuiltinESMExports()
    for (const [, prototype, digest] of own) Object.assign(prototype, { digest })
  }
  const lines = (await stage.store.info('commandstats')).split('\r\n')
  const store = lines.flatMap((line) => {
    const [, command, calls] = /^cmdstat_([a-z|]+):calls=(\d+)/.exec(line) ?? []
    return command && !/^(config|info)/.test(command) ? [`${command} ${calls}`] : []
  })
  return { reason: reasonOf(decision), cost: { store, computed } }
}

t.test(
  'an unknown user costs what a wrong password costs: the same sums, and no look into the store',
  async (t) => {
    const { userName } = await tapped(stage, nas)
    const unknownVisit = userName.replace(/^g1\.[^.]{16}/, 'g1.AAAAAAAAAAAAAAAA')
    const station = dashedMac(PHONE)
    for (const [how, credential] of [
      ['PAP', () => ({ proof: { pap: 'wrong' } })],
      ['CHAP', () => ({ proof: { chap: 'wrong' } })],
      ['MS-CHAPv2', (name: string) => ({ more: msChapV2({ userName: name, password: 'wrong' }).attributes })],
    ] as const) {
      const ask = (name: string) => costOf({ userName: name, station, ...credential(name) })
      const known = await ask(userName)
      t.equal(known.reason, 'bad-password')
      t.same(known.cost.store, [])
      // PAP is compared octet by octet as it is revealed.
      if (how !== 'PAP') t.ok(known.cost.computed.timingSafeEqual, 'something is compared')
      t.equal(known.cost.computed.blake2s, 1, 'the right password is computed')
      if (how !== 'MS-CHAPv2') t.ok(known.cost.computed.md5, 'and what was sent')
      t.same((await ask(unknownVisit)).cost, known.cost, `${how}: a grant of nobody`)
      const nobody = await ask('an.nguyen')
      t.equal(nobody.reason, 'unknown-user')
      t.same(nobody.cost, known.cost, `${how}: a name of nobody`)
    }
  },
)

t.test('a code that exists and one that does not cost the same with a wrong password', async (t) => {
  await published()
  for (const proof of [{ pap: 'wrong' }, { chap: 'wrong' }]) {
    const known = await costOf({ userName: CODE, proof })
    const unknown = await costOf({ userName: 'HK2081XZ', proof })
    t.equal(known.reason, 'bad-password')
    t.same(known.cost.store, [])
    t.same(unknown, known)
  }
})

t.test('the count of costs counts: a right password looks into the store', async (t) => {
  const { userName, password } = await tapped(stage, nas)
  const { reason, cost } = await costOf({ userName, proof: { pap: password } })
  t.equal(reason, 'was accepted')
  t.not(cost.store.length, 0)
})
