import t from 'tap'
import { deviceSubject } from '../../../core/domain/grants.ts'
import { dashedMac } from '../../../core/domain/mac.ts'
import { Counter, Registry } from '../../../core/process/metrics.ts'
import { handleAccess } from '../../../radius-server/handlers/access.ts'
import { AccessHandler } from '../../../radius-server/handlers/degraded.ts'
import type { Handling } from '../../../radius-server/handlers/request.ts'
import type { KnownNas } from '../../../radius-server/nas-table.ts'
import { asking, OTHER_PHONE, PHONE, tapped, type Asking } from '../authenticate/visitor.ts'
import { NOON, requestOf, SECRET, stageFor, type Stage } from '../stage.ts'
import { testKeys, testRedis } from '../../support/stores.ts'
import { provesReply, readWire, textOf, tlv, valueOf } from '../wire.ts'
import { blake2sOfTheRfc } from '../../support/blake2s.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [{}, { macAuth: true }])
const [nas, neighbour] = [stage.at(1), stage.at(2)]
const { passes } = stage.rights
const CUI = 89
const ASKS = tlv(CUI, Buffer.of(0))

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
})

/** What goes back, which has to prove itself. */
async function answered(request: Asking, at: KnownNas = nas, handling: Partial<Handling> = {}) {
  const datagram = asking(request)
  const answer = await handleAccess({ ...stage.handling, ...handling }, requestOf(datagram, at, stage.now))
  if (answer.kind === 'drop') throw new Error(`dropped: ${answer.reason}`)
  t.ok(provesReply(answer.bytes, datagram, SECRET), 'the answer proves itself')
  return { answer, wire: readWire(answer.bytes) }
}

/** The identity that a tap of a device earns at a gateway. */
async function identity(
  at: KnownNas = nas,
  { mac = PHONE, handling = {} } = {},
): Promise<string | undefined> {
  const { userName, password } = await tapped(stage, at, { mac })
  const proof = { pap: password }
  const { wire } = await answered({ userName, proof, station: dashedMac(mac), more: [ASKS] }, at, handling)
  t.equal(wire.code, 2)
  return textOf(wire, CUI)
}

const asText = (subject: string, operator = 'op'): string =>
  blake2sOfTheRfc(testKeys.chargeableUser, `${operator}\n${subject}`).slice(0, 32)
const SUBJECT = deviceSubject(testKeys.subject, PHONE)

// RFC 4372 §2.1, §2.2
t.test('one NUL asks for an identity, and who does not ask gets none', async (t) => {
  const { userName, password } = await tapped(stage, nas)
  const login = { userName, proof: { pap: password } }
  t.equal(textOf((await answered({ ...login, more: [ASKS] })).wire, CUI), asText(SUBJECT))
  t.equal(
    textOf((await answered({ ...login, more: [tlv(CUI, '')] })).wire, CUI),
    asText(SUBJECT),
    'as does none',
  )
  t.equal(valueOf((await answered(login)).wire, CUI), undefined)
  const refused = await answered({ userName, proof: { pap: 'wrong' }, more: [ASKS] })
  t.equal(refused.wire.code, 3)
  t.equal(valueOf(refused.wire, CUI), undefined, 'a reject has none')
})

t.test('a visitor is the same at every gateway of an operator, and nobody else is', async (t) => {
  const one = await identity()
  t.match(one, /^[A-Za-z0-9_-]{32}$/)
  stage.now += 600_000
  t.equal(await identity(), one, 'another time')
  t.equal(await identity(neighbour), one, 'at another gateway')
  t.not(await identity(nas, { mac: OTHER_PHONE }), one)
  t.not(await identity(nas, { handling: { chargeableUserKey: testKeys.class } }), one, 'under another key')
  t.notMatch(one, new RegExp(PHONE, 'i'))
})

t.test('another operator of the city knows the same visitor by another identity', async (t) => {
  const of = await stageFor(t, redis.url, [{}], { operator: 'op' })
  const site = { ...of.site, operator: 'another' }
  const current = { ...of.handling.tables.current, sites: new Map([[site.id, site]]) }
  const tables = { current, stop: () => Promise.resolve() }
  t.equal(await identity(nas, { handling: { tables } }), asText(SUBJECT, 'another'))
})

t.test('all devices of a pass are one visitor', async (t) => {
  const pass = await passes.make({ mac: PHONE, visit: 'V'.repeat(16), now: stage.now }, 5)
  const before = await identity(nas, { mac: OTHER_PHONE })
  await passes.join(pass.id, { mac: OTHER_PHONE, visit: 'W'.repeat(16), now: stage.now })
  t.equal(await identity(nas, { mac: OTHER_PHONE }), await identity())
  t.not(before, await identity())
  const { userName, password } = await tapped(stage, nas, { mac: OTHER_PHONE })
  const again = await answered({
    userName,
    proof: { pap: password },
    station: dashedMac(OTHER_PHONE),
    more: [tlv(CUI, before!)],
  })
  t.equal(textOf(again.wire, CUI), await identity(), 'who was known by its own identity is told the new one')
})

t.test('a later request may say the identity; that of another is rejected', async (t) => {
  const { userName, password, visit } = await tapped(stage, nas)
  const login = { userName, proof: { pap: password } }
  for (const wrong of [
    asText('m.another'),
    asText(SUBJECT, 'another'),
    asText(SUBJECT).slice(1),
    `${asText(SUBJECT)}x`,
    '\0\0',
    'x',
  ]) {
    const { answer, wire } = await answered({ ...login, more: [tlv(CUI, wrong)] })
    t.match(answer, { kind: 'reject', reason: 'cui-mismatch' })
    t.equal(valueOf(wire, CUI), undefined)
  }
  t.equal((await stage.rights.visits.find(visit.id))?.acceptedAt, null, 'no clock began to run')
  t.match(await stage.events(), Array(6).fill({ kind: 'refusal', reason: 'cui-mismatch', mac: PHONE }))
  const right = await answered({ ...login, more: [tlv(CUI, asText(SUBJECT))] })
  t.equal(right.wire.code, 2)
  t.equal(textOf(right.wire, CUI), asText(SUBJECT))
})

t.test('a test login of our own is told of nobody', async (t) => {
  const { userName, password } = await tapped(stage, nas)
  const request = requestOf(asking({ userName, proof: { pap: password }, more: [ASKS] }), nas, stage.now)
  const answer = await handleAccess(stage.handling, { ...request, isTest: true })
  if (answer.kind !== 'answer') return t.fail(answer.kind)
  t.equal(valueOf(readWire(answer.bytes), CUI), undefined)
})

t.test(
  'while the store is away the device is named, which is the visitor unless it joined a pass',
  async (t) => {
    const store = Object.create(stage.store, { status: { value: 'reconnecting' } }) as Stage['store']
    const accepted = new Counter({ name: 'accepted', help: 'accepted', registers: [new Registry()] })
    const handler = new AccessHandler({ ...stage.handling, store }, accepted)
    const ask = async (cui: Buffer | string) => {
      const { userName, password } = await tapped(stage, nas)
      const request = asking({ userName, proof: { pap: password }, more: [tlv(CUI, cui)] })
      return handler.handle(requestOf(request, nas, stage.now))
    }
    for (const asked of [Buffer.of(0), asText(SUBJECT)]) {
      const answer = await ask(asked)
      if (answer.kind !== 'answer') return t.fail(answer.kind)
      t.equal(textOf(readWire(answer.bytes), CUI), asText(SUBJECT))
    }
    t.match(await ask(asText('m.another')), { kind: 'reject', reason: 'store-away' })
  },
)
