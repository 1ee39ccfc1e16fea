import t from 'tap'
import { dashedMac } from '../../../core/domain/mac.ts'
import type { Decision } from '../../../radius-server/authenticate/authenticate.ts'
import { NOON, stageFor } from '../stage.ts'
import { testRedis } from '../../support/stores.ts'
import { decided, OTHER_PHONE, PHONE, tapped } from './visitor.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [{ macAuth: true }, { macAuth: false }, { macAuth: true }])
const [open, closed, elsewhere] = [stage.at(1), stage.at(2), stage.at(3)]
const HOUR = 3_600_000

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
})

const userName = dashedMac(PHONE)
const reasonOf = (decision: Decision): string =>
  decision.kind === 'reject' ? decision.reason : 'was accepted'

/** A visitor whom a gateway has let in once already. */
async function known(nas = open) {
  const visitor = await tapped(stage, nas)
  await stage.rights.visits.accepted(visitor.visit, stage.now)
  return visitor
}

t.test(
  'a device that was let in before comes back by its address, in any way gateways send that',
  async (t) => {
    const { visit } = await known()
    for (const proof of [{ pap: userName }, { chap: userName }, { pap: '' }, undefined]) {
      const decision = await decided(stage, open, { userName, ...(proof && { proof }) })
      t.equal(decision.kind, 'accept', JSON.stringify(proof))
      if (decision.kind === 'accept') t.equal(decision.visit.id, visit.id)
    }
    for (const spelling of ['02:00:5e:00:53:01', '02005E005301', '0200.5e00.5301'])
      t.equal(
        (await decided(stage, open, { userName: spelling, proof: { pap: spelling } })).kind,
        'accept',
        spelling,
      )
  },
)

t.test('some gateways send no Calling-Station-Id: then the User-Name is the device', async (t) => {
  await known()
  t.equal((await decided(stage, open, { userName, proof: { pap: userName }, station: null })).kind, 'accept')
})

t.test('only where the NAS’s record allows it', async (t) => {
  await known(closed)
  t.equal(reasonOf(await decided(stage, closed, { userName, proof: { pap: userName } })), 'mac-auth-off')
})

t.test('only for the device that asks', async (t) => {
  await known()
  const station = dashedMac(OTHER_PHONE)
  t.equal(
    reasonOf(await decided(stage, open, { userName, station, proof: { pap: userName } })),
    'mac-mismatch',
  )
  t.equal(reasonOf(await decided(stage, open, { userName, proof: { pap: 'guess' } })), 'bad-password')
  t.equal(reasonOf(await decided(stage, open, { userName, proof: { chap: 'guess' } })), 'bad-password')
})

t.test('only at the NAS that let it in', async (t) => {
  await known(open)
  t.equal(reasonOf(await decided(stage, elsewhere, { userName, proof: { pap: userName } })), 'no-grant')
})

t.test('a device that tapped but was never let in has proved nothing', async (t) => {
  await tapped(stage, open)
  t.equal(reasonOf(await decided(stage, open, { userName, proof: { pap: userName } })), 'no-grant')
})

t.test('while the grant lasts, for what is left of it', async (t) => {
  await known()
  stage.now = NOON + 50 * 60_000
  const decision = await decided(stage, open, { userName, proof: { pap: userName } })
  t.match(decision, { kind: 'accept', limits: { seconds: 600 } })
  stage.now = NOON + HOUR
  t.equal(reasonOf(await decided(stage, open, { userName, proof: { pap: userName } })), 'no-grant')
})

t.test('not once the right was taken back', async (t) => {
  const { visit } = await known()
  await stage.rights.visits.revoke(visit.id)
  t.equal(reasonOf(await decided(stage, open, { userName, proof: { pap: userName } })), 'revoked')
})

t.test('not past the day’s quota, of time or of data', async (t) => {
  const { grant } = await known()
  const ask = () => decided(stage, open, { userName, proof: { pap: userName } })
  await stage.rights.usage.count(grant.subject, '2026-03-12', 's', { seconds: 7000, octets: 999_999_999 })
  t.match(await ask(), { kind: 'accept', limits: { seconds: 200, octets: 1 } })
  await stage.rights.usage.count(grant.subject, '2026-03-12', 's', { seconds: 7000, octets: 1_000_000_000 })
  t.equal(reasonOf(await ask()), 'quota-data')
  await stage.rights.usage.count(grant.subject, '2026-03-12', 's', { seconds: 7200, octets: 1_000_000_000 })
  t.equal(reasonOf(await ask()), 'quota-time')
})
