import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { SetupError } from '../../../core/process/errors.ts'
import { openLibc } from '../../../radius-server/transport/libc.ts'
import { listenUdp, type Incoming, type ListenOn } from '../../../radius-server/transport/udp.ts'
import { nasSocket } from '../running.ts'
import { until } from '../../support/stores.ts'

const libc = await openLibc()

const on = (addresses: readonly string[], port = 0): ListenOn => ({
  addresses,
  port,
  setting: 'RADIUS_AUTH_PORT',
  firstNumber: 10,
  libc,
})

/** Listens and answers each datagram with itself. */
async function echoing(
  t: { teardown(work: () => unknown): void },
  addresses: readonly string[],
  how: Partial<ListenOn> = {},
) {
  const got: Incoming[] = []
  const listening = await listenUdp(
    { ...on(addresses), ...how },
    (incoming) => {
      got.push(incoming)
      incoming.send(incoming.datagram)
    },
    null,
  )
  t.teardown(() => listening.stop())
  return { listening, got }
}

t.test('a datagram comes with its source and the socket it came by, and is answered', async (t) => {
  const { listening, got } = await echoing(t, ['127.0.0.1'])
  const nas = await nasSocket(t, '127.1.0.1')
  nas.send(Buffer.from('hello'), listening.port)
  await until(() => nas.received.length === 1, 'the echo')
  t.match(got, [{ address: '127.1.0.1', port: nas.socket.address().port, socket: 10 }])
  t.equal(String(got[0]?.datagram), 'hello')
  t.equal(String(nas.received[0]), 'hello')
})

t.test('the C library is called where Linux runs on 64 bits', (t) => {
  const isOurs = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
  t.equal(libc !== null, isOurs)
  t.end()
})

// More than one batch each way, some of them while this process does something else.
for (const [how, calls] of [
  ['many at once', libc],
  ['one by one', null],
] as const)
  t.test(`a burst is answered whole, each to whom it came from, ${how}`, async (t) => {
    const { listening, got } = await echoing(t, ['127.0.0.1'], { libc: calls })
    t.equal(listening.sockets[0]?.readsMany, calls !== null)
    const gateways = await Promise.all(
      ['127.1.0.1', '127.1.0.2', '127.1.0.3'].map((own) => nasSocket(t, own)),
    )
    const octets = (gateway: number, i: number): Buffer => Buffer.alloc(i * 4, `${gateway} ${i} `)
    for (let i = 0; i <= 100; i++)
      for (const [g, gateway] of gateways.entries()) gateway.send(octets(g, i), listening.port)
    const wait = Date.now() + 50
    while (Date.now() < wait);
    await until(() => gateways.every(({ received }) => received.length === 101), 'every echo')
    for (const [g, gateway] of gateways.entries())
      for (const reply of gateway.received)
        if (!reply.equals(octets(g, reply.length / 4))) t.fail(`${g} got what is another's: ${reply.length}`)
    t.equal(got.length, 303)
    t.ok(got.every(({ datagram }) => datagram.length % 4 === 0))
  })

t.test('of a flood each turn takes a part, so that what it leads to is done in between', async (t) => {
  const turns: number[] = []
  let now = 0
  const listening = await listenUdp(
    on(['127.0.0.1']),
    () => {
      if (now++ > 0) return
      setImmediate(() => {
        turns.push(now)
        now = 0
      })
    },
    null,
  )
  t.teardown(() => listening.stop())
  const gateway = await nasSocket(t, '127.1.0.1')
  for (let i = 0; i < 500; i++) gateway.send(Buffer.from('flood'), listening.port)
  const heard = (): number => turns.reduce((sum, each) => sum + each, 0)
  await until(() => heard() === 500, 'all of it')
  // Node's own loop takes 32 at the most, and one batch is 64.
  t.ok(Math.max(...turns) <= 96, `at most ${Math.max(...turns)} in a turn`)
})

t.test('of a datagram longer than any packet the rest is padding, and is cut off or left', async (t) => {
  const { listening, got } = await echoing(t, ['127.0.0.1'])
  const nas = await nasSocket(t, '127.1.0.1')
  for (let i = 0; i < 20; i++) nas.send(Buffer.alloc(9000, i + 1), listening.port)
  await until(() => got.length === 20, 'all came')
  for (const [i, { datagram }] of got.entries()) {
    t.ok(datagram.length === 4096 || datagram.length === 9000)
    t.ok(datagram.subarray(0, 4096).equals(Buffer.alloc(4096, i + 1)))
  }
})

t.test('what the kernel does not send keeps nothing else back', async (t) => {
  const { listening } = await echoing(t, ['127.0.0.1'])
  const nas = await nasSocket(t, '127.1.0.1')
  const to = { address: '127.1.0.1', port: nas.socket.address().port }
  const socket = listening.sockets[0]!
  // Nobody may send to everybody unless the socket was opened for it.
  const refused = { address: '255.255.255.255', port: 9 }
  socket.send(Buffer.from('0'), refused)
  for (let i = 1; i <= 70; i++) {
    socket.send(Buffer.from(String(i)), to)
    if (i % 7 === 0) socket.send(Buffer.from('x'), refused)
  }
  await until(() => nas.received.length === 70, 'all others')
  t.same(
    nas.received.map(String),
    Array.from({ length: 70 }, (_, i) => String(i + 1)),
  )
})

// RFC 2865 §3: a NAS takes an answer only from the address it asked.
t.test('the answer leaves from the very address that was asked, IPv4 and IPv6 alike', async (t) => {
  const addresses = ['127.0.0.1', '127.2.0.1', '127.2.0.2', '::1']
  const { listening, got } = await echoing(t, addresses)
  for (const [i, asked] of addresses.entries()) {
    const own = asked === '::1' ? '::1' : '127.1.0.1'
    const socket = createSocket(own.includes(':') ? 'udp6' : 'udp4')
    socket.bind(0, own)
    await once(socket, 'listening')
    const answer = once(socket, 'message') as Promise<[Buffer, { address: string; port: number }]>
    socket.send('?', listening.port, asked)
    const [, from] = await answer
    t.match(from, { address: asked, port: listening.port })
    t.equal(got.at(-1)?.socket, 10 + i, 'sockets are numbered in the order of the addresses')
    t.equal(got.at(-1)?.address, own)
    socket.close()
  }
})

t.test('port 0 becomes one free port, the same on all addresses', async (t) => {
  const { listening } = await echoing(t, ['127.0.0.1', '127.2.0.1'])
  t.ok(listening.port > 0)
  const nas = await nasSocket(t, '127.1.0.1')
  nas.send(Buffer.from('1'), listening.port, '127.0.0.1')
  nas.send(Buffer.from('2'), listening.port, '127.2.0.1')
  await until(() => nas.received.length === 2, 'both answer')
})

t.test('a port in use is a sentence that says which, and what to do', async (t) => {
  const taken = createSocket('udp4')
  taken.bind(0, '127.2.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address()
  const asked = { ...on(['127.2.0.2', '127.2.0.1'], port), setting: 'RADIUS_ACCT_PORT' }
  const listening = listenUdp(asked, () => undefined, null)
  const error = await listening.then(
    () => null,
    (each: unknown) => each,
  )
  t.ok(error instanceof SetupError)
  t.match(error, {
    code: 'cannot-listen',
    message: `UDP 127.2.0.1:${port} is already in use: stop what uses it, or set RADIUS_ACCT_PORT to another port.`,
  })
  const again = createSocket('udp4')
  again.bind(port, '127.2.0.2')
  await once(again, 'listening')
  t.pass('what had been bound before it is free again')
  again.close()
})

t.test('an address that is none of ours is a sentence, too', async (t) => {
  // 192.0.2.0/24 is for documentation: no machine has it (RFC 5737).
  await t.rejects(
    listenUdp(on(['192.0.2.1']), () => undefined, null),
    {
      code: 'cannot-listen',
      message: /^UDP 192\.0\.2\.1:0 cannot be bound \(EADDRNOTAVAIL\): set RADIUS_AUTH_PORT/,
    },
  )
})

t.test('an answer to somebody who has gone does no harm', async (t) => {
  const { listening, got } = await echoing(t, ['127.0.0.1'])
  const gone = createSocket('udp4')
  gone.bind(0, '127.1.0.1')
  await once(gone, 'listening')
  gone.send('?', listening.port, '127.0.0.1')
  await until(() => got.length === 1, 'it came')
  await new Promise<void>((resolve) => gone.close(() => resolve()))
  // The kernel tells by ICMP that nobody is there.
  for (let i = 0; i < 10; i++) got[0]!.send(Buffer.from('are you there?'))
  const nas = await nasSocket(t, '127.1.0.1')
  nas.send(Buffer.from('hello'), listening.port)
  await until(() => nas.received.length === 1, 'the socket still works')
})

t.test('an answer after the end goes nowhere and throws nothing', async (t) => {
  const got: Incoming[] = []
  const listening = await listenUdp(on(['127.0.0.1']), (incoming) => got.push(incoming), null)
  const nas = await nasSocket(t, '127.1.0.1')
  nas.send(Buffer.from('hello'), listening.port)
  await until(() => got.length === 1, 'it came')
  await listening.stop()
  t.doesNotThrow(() => got[0]!.send(Buffer.from('late')))
})

t.test('what is passed on to another worker is not taken here; what that worker hands in is', async (t) => {
  const got: Incoming[] = []
  const passed: [number, string, string][] = []
  const listening = await listenUdp(
    on(['127.0.0.1']),
    (incoming) => got.push(incoming),
    (socket, datagram, { address }) => {
      passed.push([socket, String(datagram), address])
      return String(datagram) === 'theirs'
    },
  )
  t.teardown(() => listening.stop())
  const nas = await nasSocket(t, '127.1.0.1')
  nas.send(Buffer.from('theirs'), listening.port)
  nas.send(Buffer.from('ours'), listening.port)
  await until(() => got.length === 1, 'one stays here')
  t.equal(String(got[0]?.datagram), 'ours')
  t.same(passed, [
    [10, 'theirs', '127.1.0.1'],
    [10, 'ours', '127.1.0.1'],
  ])
  const source = { address: '127.1.0.1', port: nas.socket.address().port }
  listening.sockets[0]!.take(Buffer.from('handed in'), source)
  t.match(got[1], { ...source, socket: 10 })
  got[1]!.send(Buffer.from('answer'))
  await until(() => nas.received.length === 1, 'it is answered by the same socket')
})

t.test('the receive buffer is as large as the kernel allows', async (t) => {
  const { listening } = await echoing(t, ['127.0.0.1', '::1'])
  const most = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'))
  // Linux tells twice what it gave (socket(7)).
  const expected = 2 * Math.min(4 * 1024 * 1024, most)
  t.same(
    listening.sockets.map(({ receiveBuffer }) => receiveBuffer),
    [expected, expected],
  )
})
