import t from 'tap'
import { dashedMac } from '../../../core/domain/mac.ts'
import type { Decision } from '../../../radius-server/authenticate/authenticate.ts'
import { NOON, SECRET, stageFor } from '../stage.ts'
import { testRedis } from '../../support/stores.ts'
import { tlv } from '../wire.ts'
import { decided, OTHER_PHONE, PHONE, tapped } from './visitor.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [
  { macAuth: true },
  { macAuth: false },
  { macAuth: true },
  { macAuth: true, messageAuthenticator: 'off' },
])
const [open, closed, elsewhere, trusting] = [stage.at(1), stage.at(2), stage.at(3), stage.at(4)]
const CALL_CHECK = tlv(6, 10)
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

t.test('the password may be the address in another spelling than the name', async (t) => {
  await known()
  for (const pap of ['02:00:5E:00:53:01', '02005e005301', '0200.5e00.5301', '02005E-005301'])
    t.equal((await decided(stage, open, { userName, proof: { pap } })).kind, 'accept', pap)
  // CHAP shows no password: the spellings that the request itself shows are tried.
  const station = '02:00:5e:00:53:01'
  for (const chap of [userName, station])
    t.equal((await decided(stage, open, { userName, station, proof: { chap } })).kind, 'accept', chap)
})

t.test('the password may be the shared secret, as some controllers send it', async (t) => {
  await known()
  for (const proof of [{ pap: SECRET }, { chap: SECRET }])
    t.equal((await decided(stage, open, { userName, proof })).kind, 'accept')
  t.equal(reasonOf(await decided(stage, open, { userName, proof: { pap: `${SECRET}x` } })), 'bad-password')
})

// RFC 2865 §5.6, RFC 5080 §2.1.1
t.test('Call-Check needs no password and takes whatever is sent for one', async (t) => {
  await known()
  for (const proof of [{ pap: 'cisco' }, { chap: 'cisco' }, undefined])
    t.equal(
      (await decided(stage, open, { userName, ...(proof && { proof }), more: [CALL_CHECK] })).kind,
      'accept',
      JSON.stringify(proof),
    )
  t.equal(
    reasonOf(await decided(stage, open, { userName, proof: { pap: 'cisco' }, more: [tlv(6, 1)] })),
    'bad-password',
    'another Service-Type does not',
  )
})

t.test('Call-Check opens nothing more: not where the NAS may not, not for another device', async (t) => {
  await known(closed)
  t.equal(reasonOf(await decided(stage, closed, { userName, more: [CALL_CHECK] })), 'mac-auth-off')
  await known()
  const station = dashedMac(OTHER_PHONE)
  t.equal(reasonOf(await decided(stage, open, { userName, station, more: [CALL_CHECK] })), 'mac-mismatch')
  const { userName: grant } = await tapped(stage, open)
  t.equal(
    reasonOf(await decided(stage, open, { userName: grant, proof: { pap: 'x' }, more: [CALL_CHECK] })),
    'bad-password',
    'a grant keeps its password',
  )
})

// RFC 5080 §2.1.1: an authorization check SHOULD carry Message-Authenticator; an address is no secret.
t.test('only with a Message-Authenticator, unless the NAS’s record says off', async (t) => {
  await known()
  const request = { userName, proof: { pap: userName }, messageAuthenticator: false }
  t.equal(reasonOf(await decided(stage, open, request)), 'mac-auth-unproved')
  t.equal((await decided(stage, open, { ...request, messageAuthenticator: true })).kind, 'accept')
  await known(trusting)
  t.equal((await decided(stage, trusting, request)).kind, 'accept')
  t.equal((await decided(stage, trusting, { ...request, proof: { pap: '' } })).kind, 'accept')
})

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
