import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { codeSubject } from '../../core/domain/grants.ts'
import { openStore } from '../../core/store/redis.ts'
import { UsageStore } from '../../core/store/usage.ts'
import { accessRequest, provesReply, readWire, signedRequest, tlv, valueOf } from '../radius-server/wire.ts'
import { ROOT, startPlatform, until, type RunningPlatform } from '../support/platform.ts'

/** A gateway of the lab that no simulation beside this test plays; here it also asks over IPv6. */
const NAS = 'lab-kcn-ha-noi-dai-tu'
const SITE = 'kcn-ha-noi-dai-tu'
const SECRET = 'demo-radius-secret-061'
const ADDRESSES = { ipv4: '127.10.0.61', ipv6: '::1' } as const
const ASKED = { ipv4: '127.0.0.1', ipv6: '::1' } as const
const DUPLICATES = 'hotspot_radius_duplicates_total'
const DROPPED = 'hotspot_radius_dropped_total'

const WORKERS = 3
const DEVICES = 1000

/** A visitor's device and its life as a gateway tells it. */
interface Visitor {
  readonly number: number
  readonly gateway: Gateway
  readonly login: Request
  start?: Request
  stop?: Request
}

/** A request that was sent, and all that came back for it. */
interface Request {
  readonly datagram: Buffer
  readonly port: number
  readonly answers: Buffer[]
}

/** Datagrams that all sockets have sent. */
let sent = 0

/** One RADIUS client socket of the gateway: its identifiers are its own. */
class Gateway {
  readonly family: 'ipv4' | 'ipv6'
  readonly socket: Socket
  readonly #waiting = new Map<string, Request>()
  readonly #identifiers = new Map<number, number>()

  private constructor(family: 'ipv4' | 'ipv6', socket: Socket) {
    this.family = family
    this.socket = socket
    socket.on('message', (answer, { address, port }) => {
      const request = this.#waiting.get(`${address} ${port} ${answer[1]}`)
      if (request === undefined || !provesReply(answer, request.datagram, SECRET))
        throw new Error(`an answer to nothing came from ${address} port ${port}`)
      request.answers.push(answer)
    })
  }

  static async open(family: 'ipv4' | 'ipv6'): Promise<Gateway> {
    const socket = createSocket(family === 'ipv4' ? 'udp4' : 'udp6')
    socket.bind(0, ADDRESSES[family])
    await once(socket, 'listening')
    return new Gateway(family, socket)
  }

  /** Makes a request with the next identifier. */
  prepare(port: number, make: (identifier: number) => Buffer): Request {
    const identifier = this.#identifiers.get(port) ?? 0
    this.#identifiers.set(port, identifier + 1)
    if (identifier > 255) throw new Error('this socket has no identifier left')
    const request = { datagram: make(identifier), port, answers: [] }
    this.#waiting.set(`${ASKED[this.family]} ${port} ${identifier}`, request)
    return request
  }

  send({ datagram, port }: Request): void {
    sent++
    this.socket.send(datagram, port, ASKED[this.family])
  }
}

test('several RADIUS workers answer as one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-workers-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const platform = await startPlatform(t, {
    RADIUS_WORKERS: String(WORKERS),
    HOTSPOT_HOST: '127.0.0.1,::1',
    HOTSPOT_CONFIG: cityWithIpv6(folder),
  })
  const { radiusAuth, radiusAcct } = platform.ports
  const store = await openStore(redisOf(platform))
  t.teardown(() => store.disconnect())
  const made = await platform.hotspot(
    ...`voucher create --site ${SITE} --count 1 --devices ${DEVICES} --json`.split(' '),
  )
  const [voucher] = JSON.parse(made.stdout) as [{ id: string; code: string }]
  const sockets: Gateway[] = []
  t.teardown(() => sockets.forEach(({ socket }) => socket.close()))
  const open = async (family: 'ipv4' | 'ipv6'): Promise<Gateway> => {
    sockets.push(await Gateway.open(family))
    return sockets.at(-1)!
  }

  let visitors = 0
  const octets = (number: number): number => 1_000_000 + number
  const arrive = (gateway: Gateway): Visitor => {
    const number = visitors++
    const station = tlv(31, `02-AA-00-00-${hex(number >> 8)}-${hex(number & 255)}`)
    const login = gateway.prepare(radiusAuth, (identifier) =>
      accessRequest([tlv(1, voucher.code), station, tlv(32, NAS)], {
        secret: SECRET,
        identifier,
        proof: { pap: voucher.code },
      }),
    )
    return { number, gateway, login }
  }
  const report = (visitor: Visitor, status: number): Request => {
    const { gateway, number, login } = visitor
    const used = status === 1 ? [] : [tlv(46, 60), tlv(42, octets(number)), tlv(49, 1)]
    return gateway.prepare(radiusAcct, (identifier) =>
      signedRequest(
        4,
        [
          tlv(40, status),
          tlv(44, `S${number}`),
          tlv(31, `02-AA-00-00-${hex(number >> 8)}-${hex(number & 255)}`),
          tlv(32, NAS),
          tlv(25, classOf(login.answers[0]!)),
          ...used,
        ],
        { secret: SECRET, identifier },
      ),
    )
  }
  /** Log in, Start and Stop: three requests a visitor, each until it has been answered so many times. */
  const live = async (crowd: Visitor[], times = 1): Promise<void> => {
    const askAll = async (requestOf: (visitor: Visitor) => Request): Promise<void> => {
      for (let time = 1; time <= times; time++)
        await ask(
          crowd.map((visitor) => [visitor.gateway, requestOf(visitor)]),
          time,
        )
    }
    await askAll(({ login }) => login)
    for (const visitor of crowd) visitor.start = report(visitor, 1)
    await askAll(({ start }) => start!)
    for (const visitor of crowd) visitor.stop = report(visitor, 2)
    await askAll(({ stop }) => stop!)
  }
  /** What sessions and the code's usage come to, if each visitor counts once. */
  const countsOnce = async (t: Test, crowd: readonly Visitor[]): Promise<void> => {
    await until('every event is counted', async () => {
      const [started, openNow, lag] = await Promise.all(
        ['hotspot_sessions_started_total', 'hotspot_sessions_open', 'hotspot_events_lag_seconds'].map(
          (name) => platform.metric(name),
        ),
      )
      return started! >= crowd.length && openNow === 0 && lag === 0
    })
    const sum = crowd.reduce((total, { number }) => total + octets(number), 0)
    t.equal(await platform.metric('hotspot_sessions_started_total'), crowd.length, 'sessions')
    t.equal(await platform.metric('hotspot_session_octets_total'), sum, 'octets of the sessions')
    // Sessions that run at the same time use a moment once, so only octets can show a report that counted twice.
    const used = await new UsageStore(store).used(codeSubject(voucher), null)
    t.equal(used.octets, sum, 'usage of the code')
  }

  /** How many duplicates are counted, once there are so many or half a minute has passed. */
  const duplicatesOf = async (expected: number): Promise<number> => {
    const reached = async () => (await platform.metric(DUPLICATES)) >= expected
    await until('the duplicates are counted', reached, 30_000).catch(() => undefined)
    return platform.metric(DUPLICATES)
  }

  const one = await open('ipv4')
  const many: Gateway[] = []
  for (let i = 0; i < 50; i++) many.push(await open(i % 2 ? 'ipv6' : 'ipv4'))
  const crowd = [
    ...Array.from({ length: 100 }, () => arrive(one)),
    ...many.flatMap((gateway) => [arrive(gateway), arrive(gateway)]),
  ]
  const requestsOf = (some: readonly Visitor[]): [Gateway, Request][] =>
    some.flatMap(({ gateway, login, start, stop }) =>
      [login, start!, stop!].map((request): [Gateway, Request] => [gateway, request]),
    )

  await t.test('six hundred requests thrice: the same bytes each time, and each counts once', async (t) => {
    // At once: on a busy machine all three rounds may take longer than a duplicate is remembered.
    await live(crowd, 3)
    const all = requestsOf(crowd)
    t.same(
      crowd.filter(({ login }) => login.answers[0]![0] !== 2),
      [],
      'all are accepted',
    )
    t.equal(all.filter(([, { answers }]) => isSame(answers)).length, 600, 'identical bytes')
    t.equal(await duplicatesOf(sent - 600), sent - 600, 'each but the first is a duplicate')
    await countsOnce(t, crowd)
    t.equal(await platform.metric(DROPPED), 0, 'nothing is dropped')
  })

  await t.test('a retransmission is dropped while the first is in progress', async (t) => {
    const before = await platform.metric(DUPLICATES)
    const waiting = many.map((gateway) => arrive(gateway))
    // Long enough for a busy machine to take all up, and less than what makes Redis count as away.
    await store.call('CLIENT', 'PAUSE', '1500', 'ALL')
    for (const { gateway, login } of waiting) for (let i = 0; i < 3; i++) gateway.send(login)
    await until('each has an answer', () => waiting.every(({ login }) => login.answers.length > 0))
    t.equal(await duplicatesOf(before + 2 * waiting.length), before + 2 * waiting.length, 'two of three')
    t.equal(waiting.filter(({ login }) => login.answers.length === 1).length, waiting.length, 'one each')
  })

  await t.test('what was made up at a worker’s private port is dropped and counted', async (t) => {
    const [worker] = radiusProcesses(platform)
    const { socket } = one
    const { login } = crowd[0]!
    const answered = login.answers.length
    const source = Buffer.from(ADDRESSES.ipv4)
    const head = Buffer.alloc(7)
    head.writeUInt16BE(socket.address().port, 2)
    head.writeUInt16BE(login.datagram.length, 4)
    head.writeUInt8(source.length, 6)
    const frame = Buffer.concat([randomBytes(32), head, source, login.datagram])
    // Where it asks from, a test login under way drops it as well.
    for (const port of worker!.ownPorts) socket.send(frame, port, '127.0.0.1')
    await until(
      'it is counted',
      async () => (await platform.metric(DROPPED, { reason: 'forged-frame' })) === 1,
    )
    t.equal(login.answers.length, answered, 'and nobody is answered')
  })

  await t.test('the ports of the workers’ own are told to nobody, the shared sockets are one', async (t) => {
    const workers = radiusProcesses(platform)
    t.equal(workers.length, WORKERS)
    t.ok(workers.every(({ ownPorts }) => ownPorts.length > 0))
    const all = workers.flatMap(({ ownPorts }) => ownPorts)
    t.equal(new Set(all).size, all.length, 'each its own')
    t.same(
      Object.keys(JSON.parse(readFileSync(join(platform.folder, 'run.json'), 'utf8')) as object).sort(),
      [...['console', 'metrics', 'pid', 'portal', 'radiusAcct', 'radiusAuth', 'radsec']],
    )
    const most = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'))
    t.equal(
      await platform.metric('hotspot_radius_receive_buffer_bytes'),
      2 * Math.min(4 * 1024 * 1024, most),
      'told once, not by each worker',
    )
    t.equal(platform.output().split('net.core.rmem_max to').length - 1, most < 2 * 1024 * 1024 ? 1 : 0)
    t.equal(await platform.metric('hotspot_radius_kernel_dropped_total'), 0, 'nothing was lost')
  })

  await t.test('a worker that dies takes no request with it, and nothing counts twice', async (t) => {
    const [victim, ...others] = radiusProcesses(platform)
    const before = crowd.map(({ login }) => login.answers[0]!)
    for (const [, request] of requestsOf(crowd)) request.answers.length = 0
    process.kill(victim!.pid, 'SIGKILL')
    await until('the supervisor knows', async () => !(await isReady(platform)))
    // It has told the others; while it stands still it cannot start the worker again.
    const { pid: supervisor } = platform.ports
    process.kill(supervisor, 'SIGSTOP')
    t.teardown(() => process.kill(supervisor, 'SIGCONT'))
    const fresh = many.map((gateway) => arrive(gateway))
    await ask(fresh.map(({ gateway, login }) => [gateway, login]))
    t.equal(radiusProcesses(platform).length, WORKERS - 1, 'all are answered before it is back')
    process.kill(supervisor, 'SIGCONT')
    await live(fresh)
    await ask(requestsOf(crowd))
    t.same(
      crowd.filter(({ login }, i) => !classOf(login.answers[0]!).equals(classOf(before[i]!))),
      [],
      'the same Class as before',
    )
    await countsOnce(t, [...crowd, ...fresh])

    await until('the worker is back', async () => {
      const now = radiusProcesses(platform)
      return now.length === WORKERS && (await isReady(platform))
    })
    t.same(
      others.map(({ pid }) => pid),
      radiusProcesses(platform)
        .map(({ pid }) => pid)
        .filter((pid) => others.some((other) => other.pid === pid)),
      'the others went on',
    )
    const duplicates = await platform.metric(DUPLICATES)
    const later = many.map((gateway) => arrive(gateway))
    const sentBefore = sent
    for (const times of [1, 2, 3])
      await ask(
        later.map(({ gateway, login }) => [gateway, login]),
        times,
      )
    t.equal(later.filter(({ login }) => isSame(login.answers)).length, later.length, 'again as one')
    const expected = duplicates + sent - sentBefore - later.length
    t.equal(await duplicatesOf(expected), expected, 'each but the first is a duplicate')
  })

  await t.test('the share of a worker that hangs is answered by the others', async (t) => {
    const [stuck] = radiusProcesses(platform)
    process.kill(stuck!.pid, 'SIGSTOP')
    t.teardown(() => process.kill(stuck!.pid, 'SIGCONT'))
    const waiting = many.map((gateway) => arrive(gateway))
    await ask(waiting.map(({ gateway, login }) => [gateway, login]))
    t.equal(waiting.filter(({ login }) => login.answers[0]![0] === 2).length, waiting.length)
  })
})

/** Sends what has not been answered so many times yet, and again every half second as a gateway does, until all is. */
async function ask(requests: readonly (readonly [Gateway, Request])[], times = 1): Promise<void> {
  let sentAt = 0
  await until(`every request is answered ${times} times`, () => {
    const open = requests.filter(([, { answers }]) => answers.length < times)
    if (open.length > 0 && Date.now() - sentAt > 500) {
      sentAt = Date.now()
      for (const [gateway, request] of open) gateway.send(request)
    }
    return open.length === 0
  })
}

const classOf = (accept: Buffer): Buffer => valueOf(readWire(accept), 25)!
const isSame = (answers: readonly Buffer[]): boolean =>
  answers.length >= 3 && answers.every((each) => each.equals(answers[0]!))
const hex = (octet: number): string => octet.toString(16).toUpperCase().padStart(2, '0')

const isReady = async ({ ports }: RunningPlatform): Promise<boolean> =>
  (await fetch(`http://127.0.0.1:${ports.metrics}/health/ready`)).ok

const redisOf = ({ folder }: RunningPlatform): string =>
  (JSON.parse(readFileSync(join(folder, 'services.json'), 'utf8')) as { redisUrl: string }).redisUrl

/** The city of the repository, its gateway of this test known by an IPv6 address as well. */
function cityWithIpv6(folder: string): string {
  const city = JSON.parse(readFileSync(join(ROOT, 'config/hanoi.json'), 'utf8')) as {
    nas: { id: string; addresses: string[] }[]
  }
  city.nas.find(({ id }) => id === NAS)!.addresses.push('::1/128')
  const file = join(folder, 'city.json')
  writeFileSync(file, JSON.stringify(city))
  return file
}

/** The platform's RADIUS processes: those that hold the port for authentication. Of its own one is private, the rest are test logins'. */
function radiusProcesses({ ports }: RunningPlatform): { pid: number; ownPorts: number[] }[] {
  const bound = readFileSync('/proc/net/udp', 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .map((columns) => ({ port: parseInt(columns[1]!.split(':')[1]!, 16), inode: columns[9]! }))
  return childrenOf(ports.pid).flatMap((pid) => {
    const held = bound.filter(({ inode }) => socketsOf(pid).includes(inode)).map(({ port }) => port)
    if (!held.includes(ports.radiusAuth)) return []
    return [{ pid, ownPorts: held.filter((port) => port !== ports.radiusAuth && port !== ports.radiusAcct) }]
  })
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)

const socketsOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      // It was closed in the meantime.
      return []
    }
  })
