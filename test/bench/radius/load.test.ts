import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { keysOf } from '../../../core/process/keys.ts'
import { nasTable, type KnownNas } from '../../../radius-server/nas-table.ts'
import { accept } from '../../../radius-server/packet/accept.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest } from '../../../radius-server/packet/authenticators.ts'
import { reply } from '../../../radius-server/packet/encode.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { checkChap, checkPap } from '../../../radius-server/packet/passwords.ts'
import { freshSeed, nasList, visitors, type Visitor } from './city.ts'
import { RAMP, sessionsFor, writeLives } from './lives.ts'
import { compileLoad, runLoad, type LoadJob } from './load.ts'
import { accessAttributes, RequestFile, type RequestKind } from './requests.ts'

/** What of tap this needs. */
interface Test {
  teardown(work: () => unknown): void
}

const folder = mkdtempSync(join(tmpdir(), 'hotspot-load-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const program = await compileLoad(folder)
const keys = keysOf(Buffer.alloc(32, 3).toString('base64'))
const table = nasTable(nasList())

/** How a server of a test differs from a right one; `number` counts its requests from 0. */
interface Manners {
  readonly crowd?: readonly Visitor[]
  readonly codeOf?: (number: number, right: number) => number
  /** The reply as it is sent; null sends none. */
  readonly spoil?: (answer: Buffer, number: number) => Buffer | null
  readonly sees?: (packet: Packet, nas: KnownNas) => void
}

/** A server on loopback with our own codec; `faults` says what was wrong with requests. */
async function answering(t: Test, manners: Manners = {}): Promise<{ port: number; faults: string[] }> {
  const {
    crowd = [],
    codeOf = (_, right) => right,
    spoil = (answer) => answer,
    sees = () => undefined,
  } = manners
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  const faults: string[] = []
  const passwords = new Map(crowd.map(({ grant, password }) => [grant.userName, Buffer.from(password)]))
  let number = 0
  socket.on('message', (datagram, from) => {
    const packet = accept(datagram, new Set([Code.AccessRequest, Code.AccountingRequest]))
    const nas = table.find(from.address)
    if (typeof packet === 'string' || !nas) return void faults.push(`from ${from.address}: not accepted`)
    if (verifyRequest(packet, nas.shared) !== 'proved') faults.push('not proved')
    const password = passwords.get(packet.text(AttributeType.UserName) ?? '')
    if (password && !checkPap(packet, nas.shared, password) && !checkChap(packet, password))
      faults.push('the password is wrong')
    sees(packet, nas)
    const right = packet.code === Code.AccessRequest ? Code.AccessAccept : Code.AccountingResponse
    const answer = spoil(reply(packet, codeOf(number, right), [], nas.shared), number)
    number++
    if (answer) socket.send(answer, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { port: socket.address().port, faults }
}

const crowdOf = (count: number): Visitor[] =>
  visitors(keys, { seed: freshSeed(), from: 0, count, now: Date.now() })

function loginsOf(kind: RequestKind, crowd: readonly Visitor[]): string {
  const path = join(folder, `${kind}.requests`)
  const file = new RequestFile(path)
  for (const visitor of crowd) file.add(kind, visitor, accessAttributes(visitor))
  file.close()
  return path
}

const job = (file: string, port: number, more: Partial<LoadJob> = {}): LoadJob => ({
  ...{
    file,
    port,
    loop: { window: 16 },
    warm: 10,
    count: 600,
    seconds: 20,
    timeoutMs: 300,
    pids: [process.pid],
  },
  ...more,
})

for (const kind of ['pap', 'chap'] as const)
  t.test(`a login by ${kind.toUpperCase()} is one that our own codec proves`, async (t) => {
    const crowd = crowdOf(200)
    const { port, faults } = await answering(t, { crowd })
    const report = await runLoad(program, job(loginsOf(kind, crowd), port))
    t.same(faults, [])
    t.equal(report.answered, 600, 'templates begin again when they are used up')
    t.same(report.bad, { unexpected: 0, shape: 0, code: 0, authenticator: 0, messageAuthenticator: 0 })
    t.ok(report.latency.p50 > 0 && report.latency.p50 <= report.latency.p99)
    t.ok(report.processor[0]! >= 0)
  })

t.test('each kind of wrong reply is told from the others', async (t) => {
  const crowd = crowdOf(200)
  const flip = (answer: Buffer, at: number): Buffer => {
    answer[at] = answer[at]! ^ 1
    return answer
  }
  const { port } = await answering(t, {
    spoil(answer, number) {
      if (number === 100) return flip(answer, 4)
      // The last octet is of the Message-Authenticator: both signatures break, and the outer one is looked at first.
      if (number === 101) return flip(answer, answer.length - 1)
      if (number === 102) return answer.subarray(0, answer.length - 1)
      return number === 103 ? null : answer
    },
    codeOf: (number, right) => (number === 104 ? Code.AccessReject : right),
  })
  const report = await runLoad(program, job(loginsOf('pap', crowd), port))
  t.equal(report.bad.authenticator, 2)
  t.equal(report.bad.shape, 1)
  t.equal(report.bad.code, 1)
  t.equal(report.lost, 1)
  t.equal(report.answered, 599)
  t.ok(report.latency.max >= 300_000, 'what never came was no faster than the wait for it')
})

t.test('a reply to a login that carries no Message-Authenticator is bad', async (t) => {
  // An Accounting-Response is signed as an Access-Accept is, but for that.
  const { port } = await answering(t, {
    codeOf: (number, right) => (number === 50 ? Code.AccountingResponse : right),
  })
  const report = await runLoad(program, job(loginsOf('pap', crowdOf(200)), port))
  t.equal(report.bad.messageAuthenticator, 1)
})

t.test('an open loop keeps its rate', async (t) => {
  const { port } = await answering(t)
  const file = loginsOf('pap', crowdOf(200))
  const report = await runLoad(program, job(file, port, { loop: { rate: 1000 }, count: 5000, seconds: 1 }))
  t.ok(Math.abs(report.sent - 1000) <= 5, `${report.sent} in a second`)
  t.equal(report.answered, report.sent)
})

t.test('an open loop counts from when a request was due, not from when it left', async (t) => {
  const { port } = await answering(t, {
    spoil(answer, number) {
      // Long enough that the requests of that time are late for the server, and wait in its socket.
      if (number === 200) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
      return answer
    },
  })
  const file = loginsOf('pap', crowdOf(200))
  const report = await runLoad(program, job(file, port, { loop: { rate: 1000 }, count: 5000, seconds: 1 }))
  t.ok(report.latency.max >= 190_000)
  t.ok(report.latency.p90 >= 50_000, 'a fifth of the requests fell into the pause')
})

t.test('lives of sessions are whole, in order and at one gateway', async (t) => {
  const path = join(folder, 'lives.requests')
  const file = new RequestFile(path)
  writeLives(file, crowdOf(sessionsFor(3000)))
  file.close()
  t.ok(file.count - RAMP >= 3000)
  const lives = new Map<string, string>()
  const { port, faults } = await answering(t, {
    sees(packet, nas) {
      const id = packet.text(AttributeType.AcctSessionId)!
      lives.set(id, `${lives.get(id) ?? `${nas.id}:`}${packet.integer(AttributeType.AcctStatusType)}`)
      if (!lives.get(id)!.startsWith(`${nas.id}:`)) faults.push(`${id} is at two gateways`)
    },
  })
  const report = await runLoad(program, job(path, port, { warm: RAMP, count: 3000 }))
  t.same(faults, [])
  t.equal(report.answered, 3000)
  const cut = [...lives.values()]
    .map((life) => life.split(':')[1]!)
    .filter((life) => !'133332'.startsWith(life))
  t.same(cut, [])
  t.ok([...lives.values()].filter((life) => life.endsWith(':133332')).length >= 490)
})
