import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import t from 'tap'
import type { Team } from '../../../core/process/shared.ts'
import { ownerOf, Steering } from '../../../radius-server/transport/steering.ts'
import type { Source } from '../../../radius-server/transport/udp.ts'
import { until, type Test } from '../../support/stores.ts'

const token = randomBytes(32).toString('base64')
const SOCKETS = 4

interface Worker {
  readonly stop: () => Promise<void>
  readonly steering: Steering
  readonly delivered: { socket: number; datagram: string; source: Source }[]
  readonly refused: Source[]
}

async function worker(t: Test, team: Partial<Team> = {}): Promise<Worker> {
  const delivered: Worker['delivered'] = []
  const refused: Source[] = []
  const steering = await Steering.start({
    team: { index: 0, size: 2, token, addresses: ['127.0.0.1'], ...team },
    deliver: (socket, datagram, { address, port }) => {
      if (socket >= SOCKETS) return false
      delivered.push({ socket, datagram: datagram.toString('latin1'), source: { address, port } })
      return true
    },
    refused: (from) => refused.push(from),
  })
  let isOpen = true
  const stop = async (): Promise<void> => {
    if (isOpen) await steering.stop()
    isOpen = false
  }
  t.teardown(stop)
  return { stop, steering, delivered, refused }
}

/** Two workers that know each other. */
async function two(t: Test): Promise<[Worker, Worker]> {
  const both: [Worker, Worker] = [await worker(t), await worker(t, { index: 1 })]
  const ports = both.map(({ steering }) => steering.port)
  for (const { steering } of both) steering.know(ports)
  return both
}

/** A source that belongs to a worker of two. */
const sourceOf = (owner: number, address = '127.1.0.1'): Source => {
  let port = 40_000
  while (ownerOf({ address, port }, 2) !== owner) port++
  return { address, port }
}

t.test('a datagram goes to the worker of its source, whole, with where it came from and by', async (t) => {
  const [first, second] = await two(t)
  const longest = randomBytes(4096)
  const sent = [
    { socket: 0, datagram: 'hello', source: sourceOf(1) },
    { socket: 3, datagram: longest.toString('latin1'), source: sourceOf(1, '2001:db8::ffff:1') },
    { socket: 1, datagram: '', source: sourceOf(1, 'fe80::1234:5678:9abc:def0%enp0s31f6') },
  ]
  for (const { socket, datagram, source } of sent)
    t.ok(first.steering.passOn(socket, Buffer.from(datagram, 'latin1'), source))
  await until(() => second.delivered.length === sent.length, 'all came')
  t.same(second.delivered, sent)
  t.same([first.delivered, first.refused, second.refused], [[], [], []])
})

t.test('what is read in one turn goes along, however much it is', async (t) => {
  const [first, second] = await two(t)
  const source = sourceOf(1)
  const sent = Array.from({ length: 200 }, (_, i) => ({
    socket: i % SOCKETS,
    datagram: `${i} `.repeat(i % 10 === 0 ? 1000 : 50),
    source,
  }))
  for (const { socket, datagram } of sent) first.steering.passOn(socket, Buffer.from(datagram), source)
  await until(() => second.delivered.length === sent.length, 'all came')
  t.same(second.delivered, sent, 'in order')
  t.same(second.refused, [])
})

t.test('what a worker has read goes out before it stops', async (t) => {
  const [first, second] = await two(t)
  first.steering.passOn(0, Buffer.from('last'), sourceOf(1))
  await first.stop()
  await until(() => second.delivered.length === 1, 'it came')
  t.equal(second.delivered[0]?.datagram, 'last')
})

t.test('a worker keeps its own sources', async (t) => {
  const [first, second] = await two(t)
  t.notOk(first.steering.passOn(0, Buffer.from('a'), sourceOf(0)))
  t.notOk(second.steering.passOn(0, Buffer.from('b'), sourceOf(1)))
})

t.test('the share of a worker that is away is answered by whoever reads it', async (t) => {
  const [first, second] = await two(t)
  first.steering.know([first.steering.port, null])
  t.notOk(first.steering.passOn(0, Buffer.from('a'), sourceOf(1)))
  first.steering.know([first.steering.port, second.steering.port])
  t.ok(first.steering.passOn(0, Buffer.from('b'), sourceOf(1)), 'and passed on again when it is back')
  await until(() => second.delivered.length === 1, 'it came')
  const lonely = await worker(t)
  t.notOk(lonely.steering.passOn(0, Buffer.from('c'), sourceOf(1)), 'nobody is known yet')
})

// A frame of the longest datagram there is does not fit into a datagram.
t.test('of what is longer than a packet the rest, which is padding, stays', async (t) => {
  const [first, second] = await two(t)
  const packet = randomBytes(4096)
  for (const padding of [1, 65_507 - 4096])
    t.ok(first.steering.passOn(0, Buffer.concat([packet, Buffer.alloc(padding)]), sourceOf(1)))
  await until(() => second.delivered.length === 2, 'both came')
  for (const { datagram } of second.delivered) t.equal(datagram, packet.toString('latin1'))
})

t.test('what does not carry the token of this run is refused, however well it is made', async (t) => {
  const [first, second] = await two(t)
  const stranger = createSocket('udp4')
  stranger.bind(0, '127.0.0.1')
  await once(stranger, 'listening')
  t.teardown(() => stranger.close())
  const frame = (proof: Buffer): Buffer =>
    Buffer.concat([proof, Buffer.of(0, 0, 0x9c, 0x40, 0, 5, 9), Buffer.from('127.1.0.1hello')])
  const right = Buffer.from(token, 'base64')
  const almost = Buffer.from(right)
  almost[31]! ^= 1
  for (const forged of [
    frame(almost),
    frame(randomBytes(32)),
    frame(right.subarray(0, 31)),
    right,
    frame(right).subarray(0, 40),
    frame(right).subarray(0, -1),
    Buffer.alloc(0),
    randomBytes(3000),
  ])
    stranger.send(forged, second.steering.port, '127.0.0.1')
  await until(() => second.refused.length === 8, 'all are refused')
  t.match(second.refused, Array(8).fill({ address: '127.0.0.1', port: stranger.address().port }))
  t.same(second.delivered, [])

  const otherRun = await worker(t, { token: randomBytes(32).toString('base64') })
  otherRun.steering.know([otherRun.steering.port, second.steering.port])
  t.ok(otherRun.steering.passOn(0, Buffer.from('hello'), sourceOf(1)))
  await until(() => second.refused.length === 9, 'another run’s, too')

  // The same octets with the token are taken: it is the token that counts.
  stranger.send(frame(right), second.steering.port, '127.0.0.1')
  await until(() => second.delivered.length === 1, 'it is taken')
  t.same(second.delivered, [{ socket: 0, datagram: 'hello', source: { address: '127.1.0.1', port: 40_000 } }])

  t.ok(first.steering.passOn(SOCKETS, Buffer.from('hello'), sourceOf(1)))
  await until(() => second.refused.length === 10, 'a socket that there is not')
  t.equal(second.delivered.length, 1)
})

t.test('the sources of a city are spread evenly, whether by address or by port', (t) => {
  const byAddress = Array.from({ length: 6000 }, (_, i) => ({
    address: `10.20.${i >> 8}.${i & 255}`,
    port: 1812,
  }))
  const byPort = Array.from({ length: 6000 }, (_, i) => ({ address: '10.20.0.1', port: 32_768 + i }))
  const byV6 = Array.from({ length: 6000 }, (_, i) => ({
    address: `2001:db8:0:${i.toString(16)}::1`,
    port: 1812,
  }))
  for (const sources of [byAddress, byPort, byV6])
    for (const size of [2, 3, 4, 8]) {
      const share = Array<number>(size).fill(0)
      for (const source of sources) share[ownerOf(source, size)]!++
      const even = sources.length / size
      t.ok(
        share.every((each) => Math.abs(each - even) < even * 0.15),
        `${sources[0]!.address} of ${size}: ${share.join(' ')}`,
      )
    }
  t.end()
})
