import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { requestDisconnect } from '../../core/store/commands.ts'
import { keys as storeKeys } from '../../core/store/keys.ts'
import { publishTables } from '../../core/store/tables.ts'
import { PHONE, tapped, asking } from './authenticate/visitor.ts'
import { nasStub } from './coa/nas-stub.ts'
import { nasSocket, runningServer } from './running.ts'
import { cityOf, SECRET, stageFor } from './stage.ts'
import { testKeys, testRedis, until } from '../support/stores.ts'
import { accessRequest, numberOf, provesReply, readWire, signedReply, signedRequest, tlv } from './wire.ts'

const redis = await testRedis(t)
const DROPPED = 'hotspot_radius_dropped_total'
const start = (id: string, identifier: number): Buffer =>
  signedRequest(4, [tlv(40, 1), tlv(44, id), tlv(31, '02-00-5E-00-53-01')], { secret: SECRET, identifier })

t.test('a visitor’s Access-Request and accounting go their way over real sockets', async (t) => {
  const stage = await stageFor(t, redis.url)
  stage.now = Date.now()
  const server = await runningServer(t, redis.url)
  const nas = await nasSocket(t, '127.1.0.1')
  const { userName, password } = await tapped(stage, stage.at(1))
  const request = asking({ userName, proof: { pap: password } })
  const accept = await nas.ask(request, server.authPort)
  t.ok(provesReply(accept, request, SECRET))
  t.match(readWire(accept), { code: 2 })
  t.equal(numberOf(readWire(accept), 27), 3600)

  const report = start('s', 2)
  const response = await nas.ask(report, server.acctPort)
  t.ok(provesReply(response, report, SECRET))
  t.equal(await stage.sessions.openCount('nas-1'), 1)
  t.equal(await server.count('hotspot_radius_requests_total', { kind: 'access', result: 'accept' }), 1)
  t.equal(await server.count('hotspot_radius_requests_total', { kind: 'accounting', result: 'recorded' }), 1)
  t.ok((await server.count('hotspot_radius_request_seconds')) > 0)
  t.equal(await server.part.notReady(), null)
})

t.test('what a stranger sends gets no answer', async (t) => {
  await stageFor(t, redis.url)
  const server = await runningServer(t, redis.url)
  const stranger = await nasSocket(t, '127.1.0.77')
  stranger.send(accessRequest([tlv(1, 'x')], { secret: SECRET, proof: { pap: 'x' } }), server.authPort)
  stranger.send(Buffer.alloc(0), server.authPort)
  // Its Length, 257, is less than what came.
  stranger.send(Buffer.alloc(5000, 1), server.authPort)
  await until(async () => (await server.count(DROPPED)) === 3, 'all three are counted')
  for (const reason of ['unknown-client', 'datagram-too-short', 'attribute-too-short'])
    t.equal(await server.count(DROPPED, { reason }), 1, reason)
  t.equal(stranger.received.length, 0)
})

t.test('a NAS that is added or changed is known without a restart', async (t) => {
  const { store } = await stageFor(t, redis.url)
  const server = await runningServer(t, redis.url)
  const nas = await nasSocket(t, '127.1.0.2')
  nas.send(start('s', 1), server.acctPort)
  await until(async () => (await server.count(DROPPED, { reason: 'unknown-client' })) > 0, 'it is a stranger')
  const { site, nas: all } = cityOf([{}, {}])
  await publishTables(store, testKeys, { sites: [site], nas: all })
  t.equal((await nas.ask(start('s', 2), server.acctPort))[0], 5)
})

t.test('beyond loopback a NAS whose secret everybody knows is left out', async (t) => {
  await stageFor(t, redis.url, [{ secret: 'demo-radius-secret' }, { secret: SECRET }])
  const server = await runningServer(t, redis.url, { loopbackOnly: false })
  const [demo, real] = [await nasSocket(t, '127.1.0.1'), await nasSocket(t, '127.1.0.2')]
  demo.send(signedRequest(4, [tlv(40, 7)], { secret: 'demo-radius-secret' }), server.acctPort)
  await until(
    async () => (await server.count(DROPPED, { reason: 'unknown-client' })) === 1,
    'it is no client',
  )
  t.equal((await real.ask(start('s', 1), server.acctPort))[0], 5)
  t.equal(demo.received.length, 0)
})

t.test('a Message-Authenticator that another worker saw is insisted on here', async (t) => {
  const { store } = await stageFor(t, redis.url)
  const server = await runningServer(t, redis.url)
  const nas = await nasSocket(t, '127.1.0.1')
  const plain = (identifier: number): Buffer =>
    accessRequest([tlv(1, 'nobody'), tlv(31, '02-00-5E-00-53-01')], {
      secret: SECRET,
      proof: { pap: 'x' },
      messageAuthenticator: false,
      identifier,
    })
  t.equal((await nas.ask(plain(1), server.authPort))[0], 3, 'answered at first')
  await store.sadd(storeKeys.messageAuthenticatorSeen, 'nas-1')
  let identifier = 2
  await until(async () => {
    nas.send(plain(identifier++ % 256), server.authPort)
    return (await server.count(DROPPED, { reason: 'missing-message-authenticator' })) > 0
  }, 'this worker has learned it')
  t.pass('learned')
})

t.test('a Disconnect command is carried out', async (t) => {
  const stub = await nasStub(t, (request) => [signedReply(41, request, [], SECRET)])
  const stage = await stageFor(t, redis.url, [{ coa: { address: stub.address, port: stub.port } }])
  const server = await runningServer(t, redis.url)
  const nas = await nasSocket(t, '127.1.0.1')
  await nas.ask(start('s', 1), server.acctPort)
  const session = await stage.sessions.find({ nas: 'nas-1', acctSessionId: 's', mac: PHONE })
  await requestDisconnect(stage.store, session!, 'visitor', Date.now())
  await until(
    async () => (await server.count('hotspot_coa_requests_total', { result: 'ack' })) === 1,
    'the gateway acknowledged',
  )
  // Whoever answers late is asked again, in the same octets.
  t.equal(new Set(stub.received.map((request) => request.toString('latin1'))).size, 1)
})

t.test('a single worker has no private port, and tells of its receive buffers', async (t) => {
  await stageFor(t, redis.url)
  const server = await runningServer(t, redis.url, { hosts: '127.0.0.1,::1' })
  t.equal(server.part.peering, undefined)
  t.ok((await server.count('hotspot_radius_receive_buffer_bytes')) > 0)
  t.equal(await server.count('hotspot_radius_kernel_dropped_total'), 0)
})

t.test('a server that stops answers what is in hand, and frees its ports', async (t) => {
  const { store } = await stageFor(t, redis.url)
  const server = await runningServer(t, redis.url)
  const nas = await nasSocket(t, '127.1.0.1')
  await nas.ask(start('s', 1), server.acctPort)
  // Scripts that write wait; UNPAUSE does not.
  await store.call('CLIENT', 'PAUSE', '60000', 'WRITE')
  const report = start('in hand', 2)
  nas.send(report, server.acctPort)
  // Status-Server waits for no store: once it is answered, what came before it is in hand.
  await nas.ask(accessRequest([], { secret: SECRET, code: 12, identifier: 3 }), server.acctPort)
  t.notOk(
    nas.received.some((each) => each[1] === 2),
    'not answered yet',
  )
  const stopped = server.stop()
  await store.call('CLIENT', 'UNPAUSE')
  await stopped
  await until(() => nas.received.some((each) => provesReply(each, report, SECRET)), 'its answer')
  const socket = createSocket('udp4')
  socket.bind(server.authPort, '127.0.0.1')
  await once(socket, 'listening')
  t.pass('the port is free')
  socket.close()
})

// Last, for it ends the Redis of this file.
t.test('with the store away no report is answered, each is counted, and readiness says so', async (t) => {
  const stage = await stageFor(t, redis.url)
  stage.now = Date.now()
  const server = await runningServer(t, redis.url)
  const nas = await nasSocket(t, '127.1.0.1')
  await nas.ask(start('s', 1), server.acctPort)
  nas.received.length = 0
  await redis.stop()
  nas.send(start('s', 2), server.acctPort)
  nas.send(start('s', 3), server.acctPort)
  await until(async () => (await server.count(DROPPED, { reason: 'store-away' })) === 2, 'both are counted')
  t.equal(nas.received.length, 0)
  t.match(await server.part.notReady(), /^Redis is away \(/)
  // Status-Server asks whether the port works, and touches no store.
  const status = accessRequest([], { secret: SECRET, code: 12, identifier: 4 })
  t.equal((await nas.ask(status, server.authPort))[0], 2)
})
