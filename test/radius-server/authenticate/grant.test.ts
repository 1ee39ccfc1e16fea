import t from 'tap'
import type { Decision } from '../../../radius-server/authenticate/authenticate.ts'
import { NOON, stageFor } from '../stage.ts'
import { testRedis } from '../../support/stores.ts'
import { asking, decided, OTHER_PHONE, passwordOf, PHONE, tapped } from './visitor.ts'
import { dashedMac } from '../../../core/domain/mac.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [{}, {}])
const [here, elsewhere] = [stage.at(1), stage.at(2)]
const HOUR = 3_600_000

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
})

const reasonOf = (decision: Decision): string =>
  decision.kind === 'reject' ? decision.reason : 'was accepted'
const secondsOf = (decision: Decision): number | undefined | string =>
  decision.kind === 'accept' ? decision.limits.seconds : decision.reason

t.test('a grant proves itself by PAP and by CHAP, with a challenge of its own and without', async (t) => {
  const { userName, password, visit } = await tapped(stage, here)
  const challenge = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
  for (const proof of [{ pap: password }, { chap: password, challenge }, { chap: password }]) {
    const decision = await decided(stage, here, { userName, proof })
    t.equal(decision.kind, 'accept', JSON.stringify(Object.keys(proof)))
    if (decision.kind === 'accept') t.equal(decision.visit.id, visit.id)
  }
})

t.test('a wrong password, or none, is refused', async (t) => {
  const { userName, password } = await tapped(stage, here)
  const wrong = `${password.slice(0, -1)}${password.endsWith('A') ? 'B' : 'A'}`
  for (const proof of [{ pap: wrong }, { chap: wrong }, { pap: '' }, { pap: `${password}x` }])
    t.equal(reasonOf(await decided(stage, here, { userName, proof })), 'bad-password')
  t.equal(reasonOf(await decided(stage, here, { userName })), 'bad-password', 'Message-Authenticator alone')
})

t.test('a grant opens nothing for another device, at another NAS, or with other limits', async (t) => {
  const { userName, password } = await tapped(stage, here)
  const proof = { pap: password }
  t.equal(
    reasonOf(await decided(stage, here, { userName, proof, station: dashedMac(OTHER_PHONE) })),
    'bad-password',
  )
  t.equal(reasonOf(await decided(stage, elsewhere, { userName, proof })), 'bad-password')
  const longer = userName.replace(`.${(3600).toString(36)}.`, `.${(36_000).toString(36)}.`)
  t.not(longer, userName)
  t.equal(reasonOf(await decided(stage, here, { userName: longer, proof })), 'bad-password')
})

t.test('a device is the same in every spelling of its address', async (t) => {
  const { userName, password } = await tapped(stage, here)
  for (const station of ['02005e005301', '02:00:5e:00:53:01', '0200.5e00.5301', '02-00-5E-00-53-01'])
    t.equal((await decided(stage, here, { userName, proof: { pap: password }, station })).kind, 'accept')
})

t.test('a grant waits ten minutes for its Access-Request, in whole minutes', async (t) => {
  const { userName, password } = await tapped(stage, here)
  const proof = { pap: password }
  stage.now = NOON + 10 * 60_000 - 1
  t.equal((await decided(stage, here, { userName, proof })).kind, 'accept')
  stage.now = NOON + 10 * 60_000
  t.equal(reasonOf(await decided(stage, here, { userName, proof })), 'grant-expired')
})

t.test('a grant that was taken back, replaced or forgotten opens nothing', async (t) => {
  const first = await tapped(stage, here)
  const ask = (userName: string) =>
    decided(stage, here, { userName, proof: { pap: passwordOf(userName, PHONE, here.id) } })
  await stage.rights.visits.revoke(first.visit.id)
  t.equal(reasonOf(await ask(first.userName)), 'revoked')

  stage.now += 60_000
  const second = await tapped(stage, here, { again: first.visit })
  t.not(second.userName, first.userName)
  t.equal(reasonOf(await ask(first.userName)), 'no-grant', 'the older one')
  t.equal((await ask(second.userName)).kind, 'accept', 'a new tap gives the right back')

  await stage.clear()
  t.equal(reasonOf(await ask(second.userName)), 'no-grant', 'the visit is gone')
})

t.test('a fresh visitor gets the site’s session, however much is left of his day', async (t) => {
  const { userName, password } = await tapped(stage, here)
  const decision = await decided(stage, here, { userName, proof: { pap: password } })
  t.match(decision, {
    kind: 'accept',
    limits: {
      seconds: 3600,
      idleSeconds: 900,
      octets: 1_000_000_000,
      downBitsPerSecond: 5_000_000,
      upBitsPerSecond: 2_000_000,
    },
  })
})

t.test(
  'what is left of the day’s quota narrows the session, and ends the right when it is used up',
  async (t) => {
    const { userName, password, grant } = await tapped(stage, here)
    const ask = () => decided(stage, here, { userName, proof: { pap: password } })
    const use = (session: string, seconds: number, octets: number) =>
      stage.rights.usage.count(grant.subject, '2026-03-12', session, { seconds, octets })

    await use('a', 5000, 400_000_000)
    t.match(await ask(), { kind: 'accept', limits: { seconds: 2200, octets: 600_000_000 } })
    await use('b', 0, 599_999_999)
    t.match(await ask(), { kind: 'accept', limits: { seconds: 2200, octets: 1 } })
    await use('b', 0, 600_000_000)
    t.equal(reasonOf(await ask()), 'quota-data')
    await use('b', 2200, 600_000_000)
    t.equal(reasonOf(await ask()), 'quota-time', 'time is asked first')
  },
)

t.test('yesterday’s usage does not count', async (t) => {
  const { userName, password, grant } = await tapped(stage, here)
  await stage.rights.usage.count(grant.subject, '2026-03-11', 'a', { seconds: 7200, octets: 1e9 })
  t.equal(secondsOf(await decided(stage, here, { userName, proof: { pap: password } })), 3600)
})

t.test('the session’s clock runs from the first Access-Accept, not from the last', async (t) => {
  const { userName, password, visit } = await tapped(stage, here)
  const ask = () => decided(stage, here, { userName, proof: { pap: password } })
  await stage.rights.visits.accepted(visit, stage.now)
  stage.now += 5 * 60_000
  await stage.rights.visits.accepted(visit, stage.now)
  t.equal(secondsOf(await ask()), 3300)
})

t.test(
  'who taps again after his session has a whole one again, as far as the day’s quota reaches',
  async (t) => {
    const first = await tapped(stage, here)
    t.equal(
      secondsOf(await decided(stage, here, { userName: first.userName, proof: { pap: first.password } })),
      3600,
    )
    await stage.rights.visits.accepted(first.visit, stage.now)
    await stage.rights.usage.count(first.grant.subject, '2026-03-12', 'a', { seconds: 3600, octets: 1000 })

    stage.now += 1.5 * HOUR
    const second = await tapped(stage, here, { again: first.visit })
    const decision = await decided(stage, here, {
      userName: second.userName,
      proof: { pap: second.password },
    })
    t.equal(secondsOf(decision), 3600)
  },
)

t.test('a request that names no user or no device is refused', async (t) => {
  const { userName, password } = await tapped(stage, here)
  const proof = { pap: password }
  t.equal(reasonOf(await decided(stage, here, { proof })), 'no-user-name')
  t.equal(reasonOf(await decided(stage, here, { userName, proof, station: null })), 'no-calling-station')
  t.equal(
    reasonOf(await decided(stage, here, { userName, proof, station: 'not a MAC' })),
    'no-calling-station',
  )
  t.equal(reasonOf(await decided(stage, here, { userName: 'an.nguyen', proof })), 'unknown-user')
  t.ok(asking({ userName }), 'and the test’s own request is well formed')
})
