import t from 'tap'
import { CoaTimers, sendDisconnect } from '../../../radius-server/coa/client.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import { text } from '../../../radius-server/packet/values.ts'
import { NOON } from '../stage.ts'
import { provesRequest, readWire, signedReply, signedRequest, tlv } from '../wire.ts'
import { nasStub } from './nas-stub.ts'

const SECRET = 'a secret of this NAS'
const ACK = 41
const NAK = 42
const secret = new SharedSecret(Buffer.from(SECRET))
/** Quick tries, so that a test of five needs no half minute; patience where an answer is certain. */
const quick = { firstMs: 20, mostMs: 40, tries: 5 }
const patient = { firstMs: 60_000, mostMs: 60_000, tries: 1 }
const options = { now: () => NOON, random: () => 0.5 }
const attributes = [text(1, 'g1.visit'), text(44, 'session-1')]

t.test(
  'a Disconnect-Request names the session and its time, is signed, and holds nothing else',
  async (t) => {
    const nas = await nasStub(t, (request) => [signedReply(ACK, request, [], SECRET)])
    t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers: patient }), { kind: 'ack' })
    const [request] = nas.received
    t.ok(provesRequest(request!, SECRET))
    const wire = readWire(request!)
    t.equal(wire.code, 40)
    // RFC 5176 §3: what is neither NAS nor session identification would be refused. §6.3: Event-Timestamp.
    t.same(wire.attributes, [tlv(1, 'g1.visit'), tlv(44, 'session-1'), tlv(55, NOON / 1000)])
  },
)

t.test('a NAK says its Error-Cause, if it has one', async (t) => {
  const nas = await nasStub(t, (request) => [signedReply(NAK, request, [tlv(101, 503)], SECRET)])
  const ask = () => sendDisconnect(nas, attributes, secret, { ...options, timers: patient })
  t.same(await ask(), { kind: 'nak', cause: 503 })
  nas.answer = (request) => [signedReply(NAK, request, [], SECRET)]
  t.same(await ask(), { kind: 'nak', cause: null })
})

t.test('what does not prove itself is passed over, and the true answer behind it taken', async (t) => {
  const nas = await nasStub(t, (request) => {
    const otherIdentifier = Buffer.from(request)
    otherIdentifier[1]! ^= 1
    return [
      signedReply(ACK, request, [], 'a forger’s secret'),
      signedReply(ACK, otherIdentifier, [], SECRET),
      signedReply(ACK, signedRequest(40, [], { secret: SECRET, identifier: request[1]! }), [], SECRET),
      // Signed, but no answer to a Disconnect-Request.
      signedReply(2, request, [], SECRET),
      signedReply(44, request, [], SECRET),
      Buffer.from('noise'),
      signedReply(NAK, request, [tlv(101, 404)], SECRET),
    ]
  })
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers: patient }), {
    kind: 'nak',
    cause: 404,
  })
})

t.test('forged answers alone end in a timeout, after as many tries as ever', async (t) => {
  const nas = await nasStub(t, (request) => [signedReply(ACK, request, [], 'a forger’s secret')])
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers: quick }), { kind: 'timeout' })
  t.equal(nas.received.length, 5)
})

t.test('a request that gets no answer goes again, the same bytes each time', async (t) => {
  // RFC 5080 §2.2.1, RFC 5176 §2.3
  const nas = await nasStub(t, (request) =>
    nas.received.length < 3 ? [] : [signedReply(ACK, request, [], SECRET)],
  )
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers: { ...quick, tries: 1000 } }), {
    kind: 'ack',
  })
  t.ok(nas.received.length >= 3)
  for (const request of nas.received) t.ok(request.equals(nas.received[0]!))
})

t.test('a NAS that is silent for all tries is given up', async (t) => {
  const nas = await nasStub(t, () => [])
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers: quick }), { kind: 'timeout' })
  t.equal(nas.received.length, 5)
  nas.close()
  t.same(
    await sendDisconnect(nas, attributes, secret, { ...options, timers: quick }),
    { kind: 'timeout' },
    'nobody listens there',
  )
})

t.test('the timers are those of the RFC', async (t) => {
  // RFC 5080 §2.2.1: IRT 2 s, MRT 16 s, MRC 5.
  t.same(CoaTimers, { firstMs: 2000, mostMs: 16_000, tries: 5 })
})

t.test('a NAS with an IPv6 address is asked there', async (t) => {
  const nas = await nasStub(t, (request) => [signedReply(ACK, request, [], SECRET)], '::1')
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers: patient }), { kind: 'ack' })
})
