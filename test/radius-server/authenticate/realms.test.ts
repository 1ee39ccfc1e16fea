import t from 'tap'
import { dashedMac } from '../../../core/domain/mac.ts'
import { Counter, Registry } from '../../../core/process/metrics.ts'
import type { Decision } from '../../../radius-server/authenticate/authenticate.ts'
import { AccountingHandler } from '../../../radius-server/handlers/accounting.ts'
import { AccessHandler } from '../../../radius-server/handlers/degraded.ts'
import { msChapV2 } from '../ms-chap.ts'
import { NOON, requestOf, SECRET, stageFor } from '../stage.ts'
import { testRedis } from '../../support/stores.ts'
import { signedRequest, tlv } from '../wire.ts'
import { asking, decided, PHONE, tapped, type Asking } from './visitor.ts'

const redis = await testRedis(t)
const REALM = 'free.hanoi.vn'
const stage = await stageFor(t, redis.url, [{ macAuth: true }], {}, [REALM])
const nas = stage.at(1)
const CODE = 'HK2081XQ'

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
})

const reasonOf = (decision: Decision): string =>
  decision.kind === 'reject' ? decision.reason : 'was accepted'
const published = (): Promise<void> =>
  stage.rights.vouchers.publish(CODE, {
    id: 'vch-1',
    site: 'lake',
    seconds: null,
    octets: null,
    devices: 5,
    expiresAt: null,
  })

// RFC 7542; standards A8
t.test('a grant in one of our realms is the grant, and its password is that of the name', async (t) => {
  const { userName, password, visit } = await tapped(stage, nas)
  for (const realm of [REALM, 'Free.HaNoi.VN'])
    for (const proof of [{ pap: password }, { chap: password }]) {
      const decision = await decided(stage, nas, { userName: `${userName}@${realm}`, proof })
      t.match(decision, { kind: 'accept', visit: { id: visit.id } }, realm)
    }
  for (const typed of [userName, `${userName}@${REALM}`]) {
    const { attributes } = msChapV2({ userName: typed, password })
    const decision = await decided(stage, nas, { userName: `${userName}@${REALM}`, more: attributes })
    t.equal(decision.kind, 'accept', 'MS-CHAPv2')
  }
  const wrong = await decided(stage, nas, { userName: `${userName}@${REALM}`, proof: { pap: 'wrong' } })
  t.equal(reasonOf(wrong), 'bad-password')
  t.equal(
    (await decided(stage, nas, { userName, proof: { pap: password } })).kind,
    'accept',
    'without it, too',
  )
})

t.test('a device comes back by its address with a realm behind it', async (t) => {
  const { visit } = await tapped(stage, nas)
  await stage.rights.visits.accepted(visit, stage.now)
  const address = dashedMac(PHONE)
  for (const proof of [{ pap: address }, { chap: address }, { pap: '' }]) {
    const decision = await decided(stage, nas, { userName: `${address}@${REALM}`, proof })
    t.match(decision, { kind: 'accept', visit: { id: visit.id } })
  }
})

t.test('a code logs in with a realm behind it', async (t) => {
  await published()
  for (const proof of [{ pap: CODE }, { chap: CODE }, { pap: '' }])
    t.equal((await decided(stage, nas, { userName: `${CODE}@${REALM}`, proof })).kind, 'accept')
})

t.test('other realms and names of nobody are refused, each for its own reason', async (t) => {
  const { userName, password } = await tapped(stage, nas)
  const reason = async (userName: string): Promise<string> =>
    reasonOf(await decided(stage, nas, { userName, proof: { pap: password } }))
  t.equal(await reason(`${userName}@other.vn`), 'unknown-realm')
  t.equal(await reason(`${userName}@${REALM}@other.vn`), 'unknown-realm')
  t.equal(await reason(`@${REALM}`), 'anonymous-name')
  t.equal(await reason(`anonymous@${REALM}`), 'unknown-user')
  t.equal(await reason(`other.vn!${userName}@${REALM}`), 'unknown-user', 'no decoration is understood')
  t.equal(await reason(`${REALM}/${userName}`), 'unknown-user')
  const long = `${'ă'.repeat(119)}a@${REALM}`
  t.equal(Buffer.byteLength(long), 253)
  t.equal(await reason(long), 'unknown-user', '253 octets are read')
})

t.test('where the city has no realms a name with one is unknown like every other', async (t) => {
  const plain = await stageFor(t, redis.url, [{ macAuth: true }])
  const { userName, password, visit } = await tapped(plain, plain.at(1))
  await plain.rights.visits.accepted(visit, plain.now)
  for (const name of [
    `${userName}@${REALM}`,
    `${dashedMac(PHONE)}@${REALM}`,
    `${CODE}@${REALM}`,
    `@${REALM}`,
  ])
    t.equal(
      reasonOf(await decided(plain, plain.at(1), { userName: name, proof: { pap: password } })),
      'unknown-user',
    )
})

t.test('while the store is away a grant with a realm gets its short session, once', async (t) => {
  const { userName, password } = await tapped(stage, nas)
  const other = await tapped(stage, nas)
  const store = Object.create(stage.store, { status: { value: 'reconnecting' } }) as typeof stage.store
  const accepted = new Counter({ name: 'accepted', help: 'accepted', registers: [new Registry()] })
  const handler = new AccessHandler({ ...stage.handling, store }, accepted)
  const kind = async (request: Asking): Promise<string> =>
    (await handler.handle(requestOf(asking(request), nas, stage.now))).kind
  const proof = { pap: password }
  t.equal(await kind({ userName: `${userName}@other.vn`, proof }), 'reject')
  t.equal(await kind({ userName: `@${REALM}`, proof }), 'reject')
  t.equal(await kind({ userName: `${userName}@${REALM}`, proof }), 'answer')
  t.equal(await kind({ userName, proof }), 'reject', 'the same grant without its realm')
  t.equal(await kind({ userName: other.userName, proof: { pap: other.password } }), 'answer')
})

t.test(
  'a session whose User-Name has a realm belongs to its visit, and is ended by that very name',
  async (t) => {
    const { userName, visit, grant } = await tapped(stage, nas)
    const handler = new AccountingHandler(stage.handling)
    const named = `${userName}@${REALM}`
    const start = [tlv(40, 1), tlv(44, 'session-1'), tlv(31, dashedMac(PHONE)), tlv(1, named)]
    await handler.handle(requestOf(signedRequest(4, start, { secret: SECRET }), nas, stage.now))
    t.match(await stage.sessions.find({ nas: nas.id, acctSessionId: 'session-1', mac: PHONE }), {
      visit: visit.id,
      subject: grant.subject,
      method: 'click-through',
      userName: named,
    })
  },
)

t.test('a report that names its device by User-Name alone may have a realm behind the address', async (t) => {
  const handler = new AccountingHandler(stage.handling)
  const start = [tlv(40, 1), tlv(44, 'session-2'), tlv(1, `${dashedMac(PHONE)}@${REALM}`)]
  await handler.handle(requestOf(signedRequest(4, start, { secret: SECRET }), nas, stage.now))
  t.ok(await stage.sessions.find({ nas: nas.id, acctSessionId: 'session-2', mac: PHONE }))
})
