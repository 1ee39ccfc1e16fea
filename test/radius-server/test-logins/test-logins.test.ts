import t from 'tap'
import { keys as storeKeys } from '../../../core/store/keys.ts'
import { lastTestLogin, noteTestLogin } from '../../../core/store/test-logins.ts'
import { testLoginProof } from '../../../radius-server/test-logins/proof.ts'
import { testLogin } from '../../../radius-server/test-logins/test-login.ts'
import { nasSocket, runningServer } from '../running.ts'
import { benchFor, OWN } from '../server-stage.ts'
import { cityOf, SECRET, stageFor, type Stage } from '../stage.ts'
import { silentLog, testKeys, testRedis, until } from '../../support/stores.ts'
import { accessRequest, readWire, tlv } from '../wire.ts'

const redis = await testRedis(t)
const DROPPED = 'hotspot_radius_dropped_total'
const REQUESTS = 'hotspot_radius_requests_total'
const TESTS = 'hotspot_test_logins_total'
const AUTHENTICATOR = Buffer.alloc(16, 5)

/** A request that bears a proof, right unless something of it is given. */
function claiming(
  now: number,
  { key = testKeys.testLogin, nas = 'nas-1', proved = AUTHENTICATOR, secret = SECRET, signed = true } = {},
): Buffer {
  return accessRequest(
    [tlv(1, 'nobody'), tlv(31, '02-00-00-00-00-00'), tlv(224, testLoginProof(key, nas, proved, now))],
    { secret, authenticator: AUTHENTICATOR, proof: { pap: 'x' }, messageAuthenticator: signed },
  )
}

const asked = (stage: Stage, authPort: number, number: number) =>
  testLogin(
    {
      visits: stage.rights.visits,
      keys: testKeys,
      now: Date.now,
      rejectMs: 1000,
      port: { address: '127.0.0.1', port: authPort },
    },
    stage.at(number),
    stage.site,
  )

/** The server's own tests of these are not due. */
async function testedAlready(stage: Stage, ...nas: string[]): Promise<void> {
  for (const each of nas) await noteTestLogin(stage.store, each, { at: Date.now(), result: 'passed' })
}

t.test('a running server tests every NAS record, and leaves no trace of a visitor', async (t) => {
  const stage = await stageFor(t, redis.url, [{}, { macAuth: true }])
  const server = await runningServer(t, redis.url)
  await until(async () => (await server.count(TESTS)) === 2, 'both are tested')
  t.equal(await server.count(TESTS, { result: 'passed' }), 2)
  for (const nas of ['nas-1', 'nas-2']) {
    // Counted first, then noted.
    await until(async () => (await lastTestLogin(stage.store, nas)) !== null, `the test of ${nas} is noted`)
    const last = await lastTestLogin(stage.store, nas)
    t.match(last, { result: 'passed', passedAt: last!.at })
  }
  t.same(await stage.events(), [], 'no event: no refusal, no step of the funnel, no session')
  t.equal(await server.count(REQUESTS, { kind: 'access' }), 0)
  t.equal(await server.count(REQUESTS, { kind: 'test-login', result: 'accept' }), 2)
  t.equal(await server.count(REQUESTS, { kind: 'test-login', result: 'reject' }), 2)
  t.same(await stage.store.keys('hs:*mac-grant*'), [], 'no device may come back by its MAC')
  t.same(await stage.store.keys('hs:*usage*'), [])
  t.equal(
    await stage.store.exists(storeKeys.messageAuthenticatorSeen),
    0,
    'nothing is learned of the gateway',
  )
  for (const key of await stage.store.keys('hs:{v:*'))
    t.equal(await stage.store.hget(key, 'revoked'), '1', 'the right is taken back')
})

t.test('what is not as it should be fails the test', async (t) => {
  const stage = await stageFor(t, redis.url, [{}, {}])
  await testedAlready(stage, 'nas-1', 'nas-2')
  const server = await runningServer(t, redis.url)
  t.equal(await asked(stage, server.authPort, 1), 'passed')
  const other = cityOf([{ secret: 'another secret of the stage' }]).nas[0]!
  const parts = {
    visits: stage.rights.visits,
    keys: testKeys,
    now: Date.now,
    rejectMs: 1000,
    port: { address: '127.0.0.1', port: server.authPort },
  }
  const [other_, noRight] = await Promise.all([
    testLogin(parts, other, stage.site),
    testLogin({ ...parts, keys: { ...testKeys, grant: Buffer.alloc(32, 1) } }, stage.at(2), stage.site),
  ])
  t.equal(other_, 'no-answer', 'a secret that the table does not have')
  t.equal(noRight, 'refused', 'a password that the server does not know')
  const elsewhere = { address: '192.0.2.1', port: server.authPort }
  t.equal(await testLogin({ ...parts, port: elsewhere }, stage.at(1), stage.site), 'unsent')
})

t.test('where the site is closed a refusal is what is wanted', async (t) => {
  // Shut on every day but the one that was five days ago.
  const day = new Date(Date.now() - 5 * 86_400_000).getUTCDay()
  const days = [['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][day]!]
  const stage = await stageFor(t, redis.url, [{}], { hours: [{ days, from: '10:00', to: '10:30' }] })
  await testedAlready(stage, 'nas-1')
  const server = await runningServer(t, redis.url)
  t.equal(await asked(stage, server.authPort, 1), 'passed')
  t.equal(await server.count(REQUESTS, { kind: 'test-login', result: 'accept' }), 0)
  const always = { ...stage.site, hours: undefined }
  const port = { address: '127.0.0.1', port: server.authPort }
  const parts = { visits: stage.rights.visits, keys: testKeys, now: Date.now, rejectMs: 1000, port }
  t.equal(await testLogin(parts, stage.at(1), always), 'refused', 'but not where it should be open')
})

t.test('a proof counts from an address of our own, fresh, for this request and with our key', async (t) => {
  const stage = await stageFor(t, redis.url, [{}, {}])
  const bench = await benchFor(stage.store, [{}, {}], silentLog)
  const own = { address: OWN }
  bench.send('auth', claiming(bench.now), own)
  t.match(bench.asked, [{ nas: { id: 'nas-1' }, isTest: true }])
  const forged: Record<string, Buffer> = {
    'another key': claiming(bench.now, { key: Buffer.alloc(32, 9) }),
    'another request': claiming(bench.now, { proved: Buffer.alloc(16, 6) }),
    'half a minute ago': claiming(bench.now - 31_000),
    'half a minute ahead': claiming(bench.now + 31_000),
    'a NAS that is not there': claiming(bench.now, { nas: 'nas-9' }),
    'no name': claiming(bench.now, { nas: '' }),
  }
  for (const [what, datagram] of Object.entries(forged)) {
    const before = await bench.count(DROPPED, { reason: 'unknown-client' })
    bench.send('auth', datagram, own)
    t.equal(await bench.count(DROPPED, { reason: 'unknown-client' }), before + 1, what)
  }
  bench.send('auth', claiming(bench.now), { address: '127.9.9.9' })
  t.equal(await bench.count(DROPPED, { reason: 'unknown-client' }), 7, 'a stranger who has a proof')
  bench.send('auth', claiming(bench.now, { secret: 'another secret' }), own)
  t.equal(await bench.count(DROPPED, { reason: 'bad-message-authenticator' }), 1)
  bench.send('auth', claiming(bench.now, { signed: false }), own)
  t.equal(await bench.count(DROPPED, { reason: 'missing-message-authenticator' }), 1)
  t.equal(bench.asked.length, 1, 'none of them was asked')
})

t.test('a gateway that sends such an attribute is a gateway like any other', async (t) => {
  const stage = await stageFor(t, redis.url)
  await testedAlready(stage, 'nas-1')
  const server = await runningServer(t, redis.url)
  const nas = await nasSocket(t, '127.1.0.1')
  const answer = await nas.ask(claiming(Date.now()), server.authPort)
  t.equal(readWire(answer).code, 3)
  t.equal(await server.count(REQUESTS, { kind: 'access', result: 'reject' }), 1)
  t.match(await stage.events(), [{ kind: 'refusal', nas: 'nas-1' }])
})
