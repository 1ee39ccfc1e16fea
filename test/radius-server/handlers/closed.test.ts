import t from 'tap'
import { dashedMac } from '../../../core/domain/mac.ts'
import { handleAccess } from '../../../radius-server/handlers/access.ts'
import { asking, PHONE, tapped, type Asking } from '../authenticate/visitor.ts'
import { NOON, requestOf, stageFor } from '../stage.ts'
import { testRedis } from '../../support/stores.ts'
import { numberOf, readWire, textOf } from '../wire.ts'

const redis = await testRedis(t)
const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const stage = await stageFor(t, redis.url, [{ macAuth: true }], {
  hours: [{ days: EVERY_DAY, from: '05:00', to: '23:00' }],
})
const nas = stage.at(1)
const ELEVEN = NOON + 11 * 3_600_000

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
})

async function answered(request: Asking) {
  const answer = await handleAccess(stage.handling, requestOf(asking(request), nas, stage.now))
  if (answer.kind === 'drop') throw new Error(`dropped: ${answer.reason}`)
  return { reason: answer.kind === 'reject' ? answer.reason : null, wire: readWire(answer.bytes) }
}

t.test('no session outlasts the closing of its site', async (t) => {
  stage.now = ELEVEN - 600_000
  const { userName, password } = await tapped(stage, nas)
  const timeout = async () => numberOf((await answered({ userName, proof: { pap: password } })).wire, 27)
  t.equal(await timeout(), 600)
  stage.now = ELEVEN - 400
  t.equal(await timeout(), 1, 'a moment before it is one second, since 0 is no limit to some')
})

t.test('a session that ends before is not shortened', async (t) => {
  const { userName, password } = await tapped(stage, nas)
  t.equal(numberOf((await answered({ userName, proof: { pap: password } })).wire, 27), 3600)
})

t.test('at a closed site nobody logs in, by whatever means, and no code is spent on it', async (t) => {
  stage.now = ELEVEN - 1000
  const { userName, password, visit } = await tapped(stage, nas)
  await stage.rights.visits.accepted(visit, stage.now)
  await stage.rights.vouchers.publish('HK2081XQ', {
    id: 'vch-1',
    site: 'lake',
    seconds: null,
    octets: null,
    devices: 1,
    expiresAt: null,
  })
  stage.now = ELEVEN
  for (const request of [
    { userName, proof: { pap: password } },
    { userName: dashedMac(PHONE), proof: { pap: '' } },
    { userName: 'HK2081XQ', proof: { pap: '' } },
  ]) {
    const { reason, wire } = await answered(request)
    t.equal(reason, 'closed')
    t.equal(wire.code, 3)
    t.equal(textOf(wire, 18), 'Access refused')
  }
  t.same(
    (await stage.events()).map((event) => event.kind === 'refusal' && event.reason),
    Array(3).fill('closed'),
  )
  stage.now = ELEVEN + 6 * 3_600_000
  const other = await answered({ userName: 'HK2081XQ', station: '02-00-5E-00-53-09', proof: { pap: '' } })
  t.equal(other.reason, null, 'in the morning another phone may use the code')
})
