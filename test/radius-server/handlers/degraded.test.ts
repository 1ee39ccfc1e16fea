import t from 'tap'
import { readClass } from '../../../core/domain/grant.ts'
import { dashedMac } from '../../../core/domain/mac.ts'
import { Counter, Registry } from '../../../core/process/metrics.ts'
import { StoreError } from '../../../core/process/errors.ts'
import { isStoreAway } from '../../../core/store/away.ts'
import { Later } from '../../../core/store/later.ts'
import { openStore } from '../../../core/store/redis.ts'
import { AccessHandler } from '../../../radius-server/handlers/degraded.ts'
import { asking, OTHER_PHONE, passwordOf, PHONE, tapped, type Asking } from '../authenticate/visitor.ts'
import { msChapV2 } from '../ms-chap.ts'
import { nasSocket, runningServer } from '../running.ts'
import { NOON, requestOf, SECRET, stageFor } from '../stage.ts'
import { testKeys, testRedis, until } from '../../support/stores.ts'
import { numberOf, provesReply, readWire, signedRequest, textOf, tlv, vendorOf } from '../wire.ts'

const redis = await testRedis(t)
const DEGRADED = 'hotspot_radius_degraded_total'
const REJECT = 3
const ACCEPT = 2

t.test('while Redis is away a fresh grant gets five minutes, once, and all else is refused', async (t) => {
  const stage = await stageFor(t, redis.url, [{ macAuth: true }])
  stage.now = Date.now()
  const server = await runningServer(t, redis.url)
  const nas = await nasSocket(t, '127.1.0.1')
  const visitor = await tapped(stage, stage.at(1))
  const second = await tapped(stage, stage.at(1), { mac: OTHER_PHONE })
  const wrong = await tapped(stage, stage.at(1))
  await stage.rights.visits.accepted(second.visit, stage.now)
  await stage.rights.vouchers.publish('HK2081XQ', {
    id: 'vch-1',
    site: 'lake',
    seconds: null,
    octets: null,
    devices: 1,
    expiresAt: null,
  })
  let identifier = 1
  const ask = (request: Asking): Promise<Buffer> => send(asking({ identifier: identifier++, ...request }))
  const send = async (datagram: Buffer): Promise<Buffer> => {
    const answer = await nas.ask(datagram, server.authPort)
    t.ok(provesReply(answer, datagram, SECRET), 'the answer proves itself')
    return answer
  }
  const start = signedRequest(
    4,
    [tlv(40, 1), tlv(44, 's'), tlv(31, dashedMac(PHONE)), tlv(1, visitor.userName)],
    {
      secret: SECRET,
      identifier: 99,
    },
  )

  await redis.stop()
  const login = { userName: visitor.userName, proof: { pap: visitor.password } }
  const request = asking({ ...login, identifier: 70 })
  const accept = await send(request)
  t.match(readWire(accept), { code: ACCEPT })
  t.equal(numberOf(readWire(accept), 27), 300, 'Session-Timeout')
  t.equal(vendorOf(readWire(accept), 14122, 8)?.readUInt32BE(0), 5_000_000, 'its speed is in the grant')
  const ticket = textOf(readWire(accept), 25)!
  t.match(readClass(testKeys.class, ticket, PHONE), { visit: visitor.visit.id, degraded: true })

  t.same(await send(request), accept, 'the same request again gets the same answer')
  t.match(readWire(await ask(login)), { code: REJECT }, 'another one of the same grant does not')
  for (const [what, request] of Object.entries({
    'a wrong password': { userName: wrong.userName, proof: { pap: 'wrong' } },
    'another device': { ...login, station: dashedMac(OTHER_PHONE) },
    'a MAC': { userName: dashedMac(OTHER_PHONE), station: dashedMac(OTHER_PHONE), proof: { pap: '' } },
    'a code': { userName: 'HK2081XQ', proof: { pap: '' } },
    'a stranger': { userName: 'nobody', proof: { pap: 'x' } },
    EAP: { userName: 'nobody', more: [tlv(79, Buffer.of(2, 1, 0, 5, 1))] },
  }))
    t.match(readWire(await ask(request)), { code: REJECT }, what)
  t.match(
    readWire(
      await ask({
        userName: second.userName,
        station: dashedMac(OTHER_PHONE),
        proof: { chap: second.password },
      }),
    ),
    { code: ACCEPT },
    'another grant has its own five minutes',
  )
  t.equal(await server.count(DEGRADED), 2)
  nas.send(start, server.acctPort)
  await until(
    async () => (await server.count('hotspot_radius_dropped_total', { reason: 'store-away' })) > 0,
    'accounting that cannot be recorded is not answered',
  )
  t.notOk(nas.received.some((datagram) => datagram[0] === 5))

  await redis.start()
  const again = signedRequest(
    4,
    [tlv(40, 1), tlv(44, 's'), tlv(31, dashedMac(PHONE)), tlv(1, visitor.userName), tlv(25, ticket)],
    { secret: SECRET, identifier: 100 },
  )
  await until(async () => (await server.part.notReady()) === null, 'Redis is back')
  t.match(readWire(await nas.ask(again, server.acctPort)), { code: 5 })
  const line = await openStore(redis.url)
  t.teardown(() => line.disconnect())
  await until(async () => (await stage.sessions.openCount('nas-1').catch(() => 0)) === 1, 'it is recorded')
  t.match(await stage.sessions.find({ nas: 'nas-1', acctSessionId: 's', mac: PHONE }), {
    id: ticket.split('.')[1],
    visit: visitor.visit.id,
    subject: visitor.grant.subject,
    method: 'degraded',
  })
  t.equal(await server.count('hotspot_accounting_outcomes_total', { outcome: 'started' }), 1)
  const normal = await ask(login)
  t.match(readWire(normal), { code: ACCEPT })
  t.equal(numberOf(readWire(normal), 27), 3600, 'all is as before')
  t.match(textOf(readWire(normal), 25), /^c1\./)
  t.equal(await server.count(DEGRADED), 2)
})

t.test('what a request proves by itself, on a clock of its own', async (t) => {
  const hours = [{ days: ['thu'], from: '05:00', to: '12:20' }]
  const stage = await stageFor(t, redis.url, [{}], { hours })
  const nas = stage.at(1)
  const accepted = new Counter({ name: 'accepted', help: 'accepted', registers: [new Registry()] })
  /** A client that lost its connection: nothing can be asked. */
  const store = Object.create(stage.store, { status: { value: 'reconnecting' } }) as typeof stage.store
  const handler = new AccessHandler({ ...stage.handling, store }, accepted)
  const answer = (request: Asking) => handler.handle(requestOf(asking(request), nas, stage.now))
  const kind = async (request: Asking): Promise<string> => {
    const answered = await answer(request)
    return answered.kind === 'answer' ? answered.kind : answered.reason
  }
  const timeout = async (request: Asking): Promise<number | undefined> => {
    const answered = await answer(request)
    return answered.kind === 'answer' ? numberOf(readWire(answered.bytes), 27) : undefined
  }
  const login = ({ userName, password }: { userName: string; password: string }): Asking => ({
    userName,
    proof: { pap: password },
  })
  stage.now = NOON
  const visitor = await tapped(stage, nas)

  await t.test('State and Authorize-Only are refused as ever', async (t) => {
    for (const more of [[tlv(24, 'a state')], [tlv(6, 17)]])
      t.equal(await kind({ ...login(visitor), more }), 'store-away')
  })

  await t.test('MS-CHAPv2 proves a grant, too', async (t) => {
    const { attributes, success } = msChapV2({
      userName: visitor.userName,
      password: visitor.password,
      ident: 7,
    })
    const answered = await answer({ userName: visitor.userName, more: attributes })
    t.equal(answered.kind, 'answer')
    t.same(answered.kind === 'answer' && vendorOf(readWire(answered.bytes), 311, 26), success)
  })

  await t.test('no session outlasts the closing of the site, and none begins after it', async (t) => {
    stage.now = NOON + 18 * 60_000
    const late = await tapped(stage, nas)
    t.equal(await timeout(login(late)), 120)
    const later = await tapped(stage, nas)
    stage.now = NOON + 20 * 60_000
    t.equal(await kind(login(later)), 'store-away')
  })

  await t.test('a grant that is over is refused', async (t) => {
    stage.now = NOON
    const old = await tapped(stage, nas)
    stage.now = NOON + 11 * 60_000
    t.equal(await kind(login(old)), 'store-away')
  })

  await t.test('a grant whose own time is less gets that', async (t) => {
    stage.now = NOON
    const { userName } = await tapped(stage, nas)
    const short = userName.replace('.2s0.', '.1o.')
    t.not(short, userName)
    t.equal(await timeout(login({ userName: short, password: passwordOf(short, PHONE, nas.id) })), 60)
  })

  await t.test('two credentials, or none and no Message-Authenticator, are dropped as ever', async (t) => {
    t.equal(await kind({ ...login(visitor), more: [tlv(3, Buffer.alloc(17))] }), 'two-credentials')
    t.equal(await kind({ userName: visitor.userName, messageAuthenticator: false }), 'no-credential')
  })

  await t.test(
    'a store that fails in the middle of a request is away, too; a fault of ours is not',
    async (t) => {
      stage.now = NOON
      const fresh = await tapped(stage, nas)
      const failing = (error: Error) => {
        const visits = Object.create(stage.rights.visits) as typeof stage.rights.visits
        visits.right = () => Later.from(Promise.reject(error))
        const handling = { ...stage.handling, rights: { ...stage.rights, visits } }
        return new AccessHandler(handling, accepted).handle(requestOf(asking(login(fresh)), nas, stage.now))
      }
      t.match(await failing(new StoreError('Redis does not answer')), { kind: 'answer' })
      await t.rejects(failing(new TypeError('a fault of ours')).then(), /a fault of ours/)
    },
  )

  await t.test('a test login of our own is not let in on trust: it is there to find this', async (t) => {
    stage.now = NOON
    const fresh = await tapped(stage, nas)
    const request = requestOf(asking(login(fresh)), nas, stage.now)
    t.match(await handler.handle({ ...request, isTest: true }), { kind: 'reject', reason: 'store-away' })
    t.match(await handler.handle(request), { kind: 'answer' })
  })

  await t.test(
    'with no room left to remember grants nobody is let in, until older ones are over',
    async (t) => {
      stage.now = NOON
      const crowded = new AccessHandler({ ...stage.handling, store }, accepted)
      const name = (i: number): string =>
        visitor.userName.replace(/^g1\.[^.]{16}/, `g1.${String(i).padStart(16, '0')}`)
      const admit = async (i: number): Promise<string> => {
        const userName = name(i)
        const request = asking(login({ userName, password: passwordOf(userName, PHONE, nas.id) }))
        return (await crowded.handle(requestOf(request, nas, stage.now))).kind
      }
      for (let i = 0; i < 65_536; i++) if ((await admit(i)) !== 'answer') return t.fail(`grant ${i}`)
      t.equal(await admit(65_536), 'reject')
      t.equal(await admit(0), 'reject')
      t.end()
    },
  )
})

t.test('what tells that the store is away', async (t) => {
  const named = (name: string, message = ''): Error => Object.assign(new Error(message), { name })
  for (const error of [
    new StoreError('Redis is away'),
    named('MaxRetriesPerRequestError'),
    new Error('Connection is closed.'),
    new Error('LOADING Redis is loading the dataset in memory'),
  ])
    t.ok(isStoreAway(error), error.message || error.name)
  for (const error of [
    new TypeError('x is undefined'),
    new Error('WRONGTYPE Operation against a key'),
    new Error('OOM command not allowed'),
    'away',
    null,
  ])
    t.notOk(isStoreAway(error), String(error))
})
