import { createHash, createHmac } from 'node:crypto'
import t from 'tap'
import { CoaTimers, sendDisconnect, waitsOf } from '../../../radius-server/coa/client.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import { text } from '../../../radius-server/packet/values.ts'
import { until } from '../../support/stores.ts'
import { NOON } from '../stage.ts'
import { provesRequest, readWire, signedReply, signedRequest, tlv } from '../wire.ts'
import { nasStub, type NasStub } from './nas-stub.ts'

const SECRET = 'a secret of this NAS'
const ACK = 41
const NAK = 42
const secret = new SharedSecret(Buffer.from(SECRET))
/** Quick tries, so that a test of five needs no half minute; patience where an answer is certain. */
const quick = { firstMs: 20, mostMs: 40, tries: 5, allMs: 60_000 }
const patient = { firstMs: 60_000, mostMs: 60_000, tries: 1, allMs: 60_000 }
const options = { now: () => NOON, random: () => 0.5 }
const attributes = [text(1, 'g1.visit'), text(44, 'session-1')]

/** So many datagrams came: on a busy machine the last may still be on its way when its sender gives up. */
async function came(nas: NasStub, times: number, why = `${times} datagrams`): Promise<void> {
  await until(() => nas.received.length >= times, `datagram ${times}`)
  t.equal(nas.received.length, times, why)
}

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
  await came(nas, 5)
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
  await came(nas, 5)
  nas.close()
  t.same(
    await sendDisconnect(nas, attributes, secret, { ...options, timers: quick }),
    { kind: 'timeout' },
    'nobody listens there',
  )
})

// RFC 5080 §2.2.1: IRT 2 s, MRT 16 s, MRC 5, MRD 30 s, RAND from -0.1 to +0.1.
t.test('the timers are those of the RFC', async (t) => {
  t.same(CoaTimers, { firstMs: 2000, mostMs: 16_000, tries: 5, allMs: 30_000 })
  const rounded = (random: number): number[] =>
    waitsOf(CoaTimers, () => random).map((wait) => Math.round(wait))
  t.same(rounded(0.5), [2000, 4000, 8000, 16_000], 'without chance the fourth wait ends at thirty seconds')
  // RT = IRT + RAND*IRT, then RT = 2*RTprev + RAND*RTprev
  t.same(rounded(0), [1800, 3420, 6498, 12_346, 5936], 'RAND -0.1: the fifth try has what is left of MRD')
  t.same(rounded(1), [2200, 4620, 9702, 13_478], 'RAND +0.1')
})

t.test('no wait is longer than MRT, but for RAND, and no more tries are made than MRC', async (t) => {
  const patientNas = { ...CoaTimers, allMs: 1_000_000 }
  const rounded = (random: number): number[] =>
    waitsOf(patientNas, () => random).map((wait) => Math.round(wait))
  t.same(rounded(0.5), [2000, 4000, 8000, 16_000, 16_000])
  t.same(rounded(1), [2200, 4620, 9702, 17_600, 17_600], 'MRT + RAND*MRT')
  t.same(rounded(0), [1800, 3420, 6498, 12_346, 14_400])
})

t.test('each wait takes its own chance, to both sides, and all together stay within MRD', async (t) => {
  const seen = { below: 0, above: 0 }
  for (let i = 0; i < 500; i++) {
    const waits = waitsOf(CoaTimers, Math.random)
    const [first = 0, second = 0] = waits
    t.ok(waits.length === 4 || waits.length === 5, `${waits.length} tries`)
    if (Math.abs(waits.reduce((sum, wait) => sum + wait, 0) - 30_000) > 1e-6) t.fail(waits.join(' '))
    if (first < 1800 || first > 2200 || second < 1.9 * first || second > 2.1 * first) t.fail(waits.join(' '))
    seen[first < 2000 ? 'below' : 'above']++
  }
  t.ok(seen.below > 150 && seen.above > 150, JSON.stringify(seen))
})

t.test('an exchange is over after MRD, whatever is left of the tries', async (t) => {
  const nas = await nasStub(t, () => [])
  const timers = { firstMs: 50, mostMs: 10_000, tries: 5, allMs: 120 }
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers }), { kind: 'timeout' })
  await came(nas, 2, 'at 0 and 50 ms; the next would be at 150')
})

t.test('an answer counts only from the address and port that were asked', async (t) => {
  const other = await nasStub(t, () => [])
  const elsewhere = await nasStub(t, () => [], '127.0.0.9')
  const nas = await nasStub(t, (request, from) => {
    const ack = signedReply(ACK, request, [], SECRET)
    other.send(ack, from)
    elsewhere.send(ack, from)
    return []
  })
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers: quick }), { kind: 'timeout' })
  await came(nas, 5)
})

t.test('it leaves from the address that the NAS knows us by', async (t) => {
  const sources: string[] = []
  const answer = (request: Buffer, from: { address: string }): Buffer[] => {
    sources.push(from.address)
    return [signedReply(ACK, request, [], SECRET)]
  }
  const nas = await nasStub(t, answer)
  for (const from of [['::1', '127.0.0.7', '127.0.0.8'], ['0.0.0.0'], []])
    t.same(await sendDisconnect(nas, attributes, secret, { ...options, from, timers: patient }), {
      kind: 'ack',
    })
  t.same(sources, ['127.0.0.7', '127.0.0.1', '127.0.0.1'])
})

t.test('an address that is not ours is told at once, and nothing is sent', async (t) => {
  const nas = await nasStub(t, () => [])
  // RFC 5737: no machine has an address of documentation.
  const result = await sendDisconnect(nas, attributes, secret, {
    ...options,
    from: ['192.0.2.1'],
    timers: patient,
  })
  t.match(result, { kind: 'unsent', error: { code: 'EADDRNOTAVAIL' } })
  t.equal(nas.received.length, 0)
})

t.test('a Message-Authenticator in an answer has to be right; none is asked for', async (t) => {
  // RFC 5176 §3.4: taken with the request's authenticator.
  const answerWith = (request: Buffer, key: string): Buffer => {
    const unsigned = signedReply(ACK, request, [tlv(80, Buffer.alloc(16))], SECRET)
    request.copy(unsigned, 4, 4, 20)
    createHmac('md5', key).update(unsigned).digest().copy(unsigned, 22)
    createHash('md5').update(unsigned).update(SECRET).digest().copy(unsigned, 4)
    return unsigned
  }
  const nas = await nasStub(t, (request) => [answerWith(request, 'another key')])
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers: quick }), { kind: 'timeout' })
  nas.answer = (request) => [answerWith(request, 'another key'), answerWith(request, SECRET)]
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers: patient }), { kind: 'ack' })
})

t.test('a NAS that starts to listen later is reached by a later try', async (t) => {
  const gone = await nasStub(t, () => [])
  gone.close()
  // The kernel says that nobody listens there; that is no answer.
  const asked = sendDisconnect(gone, attributes, secret, {
    ...options,
    timers: { ...quick, tries: 1000 },
  })
  await new Promise((resolve) => setTimeout(resolve, 60))
  await nasStub(t, (request) => [signedReply(ACK, request, [], SECRET)], gone.address, gone.port)
  t.same(await asked, { kind: 'ack' })
})

t.test('an answer that came while this process stood still counts, though its time is over', async (t) => {
  const nas = await nasStub(t, (request) => {
    // Once the answer has left.
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400))
    return [signedReply(ACK, request, [], SECRET)]
  })
  const timers = { firstMs: 300, mostMs: 300, tries: 1, allMs: 300 }
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers }), { kind: 'ack' })
})

t.test('as many requests as one likes wait at once, each on a port of its own', async (t) => {
  // RFC 5176 §2.3: 256 identifiers to a port. Here they all have the same one.
  const waiting = new Map<number, Buffer>()
  const nas = await nasStub(t, (request, { port }) => {
    waiting.set(port, request)
    if (waiting.size === 300)
      for (const [each, sent] of waiting) nas.send(signedReply(ACK, sent, [], SECRET), { port: each })
    return []
  })
  // More may come at once than the NAS's buffer holds.
  const timers = { firstMs: 300, mostMs: 300, tries: 1000, allMs: 60_000 }
  const results = await Promise.all(
    Array.from({ length: 300 }, () => sendDisconnect(nas, attributes, secret, { ...options, timers })),
  )
  t.ok(results.every(({ kind }) => kind === 'ack'))
  t.equal(waiting.size, 300)
})

t.test('a NAS with an IPv6 address is asked there', async (t) => {
  const nas = await nasStub(t, (request) => [signedReply(ACK, request, [], SECRET)], '::1')
  t.same(await sendDisconnect(nas, attributes, secret, { ...options, timers: patient }), { kind: 'ack' })
})
