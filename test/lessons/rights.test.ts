// What users of the peers taught about whose right it is, and until when. What a pass gives is proved beside the pass.
import t from 'tap'
import { dashedMac, parseMac } from '../../core/domain/mac.ts'
import type { Decision } from '../../radius-server/authenticate/authenticate.ts'
import { decided, OTHER_PHONE, PHONE, tapped } from '../radius-server/authenticate/visitor.ts'
import { NOON, stageFor } from '../radius-server/stage.ts'
import { testRedis } from '../support/stores.ts'
import { Gateways } from './gateway.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [{ gateway: 'mikrotik', macAuth: true }])
const nas = stage.at(1)
let gateways = new Gateways(stage)
const CODE = 'HK2081XQ'

t.beforeEach(async () => {
  await redis.start()
  stage.now = NOON
  await stage.clear()
  gateways = new Gateways(stage)
})

const published = (devices: number): Promise<void> =>
  stage.rights.vouchers.publish(CODE, {
    id: 'vch-1',
    site: 'lake',
    seconds: 1000,
    octets: null,
    devices,
    expiresAt: null,
  })
const byCode = (mac = PHONE): Promise<Decision> =>
  decided(stage, nas, { userName: CODE, proof: { pap: CODE }, station: dashedMac(mac) })
const byMac = (mac = PHONE): Promise<Decision> =>
  decided(stage, nas, { userName: dashedMac(mac), proof: { pap: '' }, station: dashedMac(mac) })
const letIn = async (decision: Decision): Promise<void> => {
  if (decision.kind !== 'accept') throw new Error(`refused: ${decision.reason}`)
  await stage.rights.visits.accepted(decision.visit, stage.now)
}
const pass = (seconds: number): void => void (stage.now += seconds * 1000)

t.test(
  'lesson 12: a phone that makes up a new MAC goes on with its code, for what is left of it',
  async (t) => {
    await published(2)
    await letIn(await byCode())
    await gateways.say('start')
    pass(400)
    await gateways.say('stop', { seconds: 400, octets: [1, 2] })
    t.equal((await byMac(OTHER_PHONE)).kind, 'reject', 'the new address alone opens nothing')
    t.match(await byCode(OTHER_PHONE), { kind: 'accept', limits: { seconds: 600 } })
  },
)

t.test('lesson 14: coming back by MAC is held against the day’s quota like any login', async (t) => {
  const { visit } = await tapped(stage, nas)
  await stage.rights.visits.accepted(visit, stage.now)
  await gateways.say('start')
  pass(1800)
  await gateways.say('stop', { seconds: 1800, octets: [0, 0] })
  t.match(await byMac(), { kind: 'accept', limits: { seconds: 1800 } })
  // The site gives a gigabyte a day.
  await gateways.say('interim', { id: 'again', seconds: 60, octets: [1, 1_000_000_000] })
  t.match(await byMac(), { kind: 'reject', reason: 'quota-data' })
})

t.test(
  'lesson 15: a phone that slept is let in again by its MAC, without a page, for the rest of its time',
  async (t) => {
    const { visit } = await tapped(stage, nas)
    await stage.rights.visits.accepted(visit, stage.now)
    await gateways.say('start')
    pass(1800)
    await gateways.say('stop', { seconds: 1800, octets: [1, 2] })
    t.match(await byMac(), { kind: 'accept', again: true, limits: { seconds: 1800 } })
  },
)

t.test('lesson 29: where the store cannot say what is allowed, nobody is let in', async (t) => {
  await published(1)
  const both = await Promise.all([byCode(PHONE), byCode(OTHER_PHONE), byCode(parseMac('02005E005303')!)])
  t.equal(
    both.filter(({ kind }) => kind === 'accept').length,
    1,
    'of three at once the code’s one place takes one',
  )
  await tapped(stage, nas)
  await redis.stop()
  await t.rejects(byCode(), 'a question that cannot be asked is no yes')
  await t.rejects(byMac())
})
