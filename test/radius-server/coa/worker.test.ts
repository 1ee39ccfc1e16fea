import t from 'tap'
import type { AccountingRecord } from '../../../core/domain/accounting.ts'
import { Registry } from '../../../core/process/metrics.ts'
import { openCommands, requestDisconnect } from '../../../core/store/commands.ts'
import { keys as storeKeys } from '../../../core/store/keys.ts'
import type { Session } from '../../../core/domain/session.ts'
import { startCoaWorker, type CoaParts } from '../../../radius-server/coa/worker.ts'
import { radiusMetrics } from '../../../radius-server/metrics.ts'
import { PHONE } from '../authenticate/visitor.ts'
import { NOON, SECRET, stageFor } from '../stage.ts'
import { silentLog, testRedis, until } from '../../support/stores.ts'
import { provesRequest, readWire, signedReply, textOf, tlv, valueOf } from '../wire.ts'
import { nasStub, type NasStub } from './nas-stub.ts'

const ACK = 41
const NAK = 42
const METRIC = 'hotspot_coa_requests_total'

const ack: NasStub['answer'] = (request) => [signedReply(ACK, request, [], SECRET)]
const redis = await testRedis(t)
const chilli = await nasStub(t, ack)
const routerOs = await nasStub(t, ack)
const stage = await stageFor(t, redis.url, [
  { coa: { address: chilli.address, port: chilli.port } },
  { gateway: 'mikrotik', coa: { address: routerOs.address, port: routerOs.port } },
  {},
])
const { store, sessions } = stage
/** Tries enough for a NAS on a busy machine, and soon over where none answers. */
const quick = { firstMs: 20, mostMs: 40, tries: 10, allMs: 60_000 }

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
  for (const stub of [chilli, routerOs]) {
    stub.received.length = 0
    stub.answer = ack
  }
})

/** How many different requests came: who answers later than 20 ms is asked again in the same octets. */
const requestsTo = ({ received }: NasStub): number =>
  new Set(received.map((request) => request.toString('latin1'))).size

/** A worker that a test ends with itself. */
async function worker(
  t: { teardown(work: () => unknown): void },
  {
    consumer = 'worker-1',
    from = [],
    timers = quick,
  }: Partial<Pick<CoaParts, 'consumer' | 'from' | 'timers'>> = {},
) {
  const registry = new Registry()
  const running = await startCoaWorker({
    store,
    sessions,
    tables: stage.handling.tables,
    metrics: radiusMetrics(registry),
    log: silentLog,
    now: () => stage.now,
    random: () => 0.5,
    consumer,
    from,
    timers,
  })
  t.teardown(() => running.stop())
  return {
    running,
    async count(gateway: string, result: string): Promise<number> {
      const { values } = await registry.getSingleMetric(METRIC)!.get()
      return values.find(({ labels }) => labels.gateway === gateway && labels.result === result)?.value ?? 0
    },
  }
}

async function online(nas: string, given: Partial<AccountingRecord> = {}): Promise<Session> {
  const { session } = await sessions.record({
    status: 'start',
    nas,
    site: 'lake',
    acctSessionId: 'session-1',
    mac: PHONE,
    at: stage.now,
    receivedAt: stage.now,
    fromVisitorOctets: null,
    toVisitorOctets: null,
    gigawords: false,
    seconds: null,
    cause: null,
    userName: 'g1.visit',
    visit: null,
    ip: '10.1.2.3',
    ap: null,
    interimSeconds: 300,
    classSession: null,
    ...given,
  })
  return session
}

const coaEvents = async () => (await stage.events()).filter((event) => event.kind === 'coa')
/** Nothing waits any more, neither taken nor untaken. */
const allDone = async (): Promise<boolean> => (await store.xlen(storeKeys.commands)) === 0

t.test(
  'a command becomes a Disconnect-Request, its answer an event and a count; accounting ends the session',
  async (t) => {
    const { count } = await worker(t)
    const session = await online('nas-1')
    stage.now += 60_000
    await requestDisconnect(store, session, 'visitor', stage.now)
    await until(allDone, 'the command is done')
    const [request] = chilli.received
    t.ok(provesRequest(request!, SECRET))
    const wire = readWire(request!)
    t.equal(textOf(wire, 1), 'g1.visit')
    t.equal(textOf(wire, 44), 'session-1')
    t.match(await coaEvents(), [
      {
        at: NOON + 60_000,
        nas: 'nas-1',
        site: 'lake',
        session: session.id,
        reason: 'visitor',
        result: 'ack',
      },
    ])
    t.equal((await coaEvents()).length, 1)
    t.equal(await count('coova-chilli', 'ack'), 1)
    // An ACK is a promise; the Stop that follows is the proof.
    t.equal((await sessions.find(session))?.endedAt, null)
  },
)

t.test('MikroTik finds the session by name, address and id together', async (t) => {
  await worker(t)
  await requestDisconnect(store, await online('nas-2'), 'visitor', stage.now)
  await until(allDone, 'the command is done')
  const wire = readWire(routerOs.received[0]!)
  t.equal(textOf(wire, 1), 'g1.visit')
  t.same(valueOf(wire, 8), Buffer.of(10, 1, 2, 3))
  t.equal(textOf(wire, 44), 'session-1')
})

t.test('a NAS that knows no such session ends it with us: no Stop will come', async (t) => {
  // RFC 5176 §3.5: 503 Session Context Not Found
  chilli.answer = (request) => [signedReply(NAK, request, [tlv(101, 503)], SECRET)]
  const { count } = await worker(t)
  const session = await online('nas-1')
  stage.now += 60_000
  await requestDisconnect(store, session, 'visitor', stage.now)
  await until(allDone, 'the command is done')
  t.match(await sessions.find(session), { endedAt: NOON + 60_000, cause: 'NAS-Error' })
  t.equal(await sessions.openCount('nas-1'), 0)
  t.match(await coaEvents(), [{ result: 'nak-503' }])
  t.equal(await count('coova-chilli', 'nak-503'), 1)
  t.same(
    (await stage.sessionEvents()).map(({ change }) => change),
    ['started', 'ended'],
  )
})

t.test('any other NAK, and silence, leave the session open and say why', async (t) => {
  const { count } = await worker(t)
  const session = await online('nas-1')
  for (const [answer, result] of [
    [(request: Buffer) => [signedReply(NAK, request, [tlv(101, 404)], SECRET)], 'nak-404'],
    [(request: Buffer) => [signedReply(NAK, request, [], SECRET)], 'nak-none'],
    [(request: Buffer) => [signedReply(NAK, request, [tlv(101, 699)], SECRET)], 'nak-other'],
    [() => [], 'timeout'],
  ] as const) {
    chilli.answer = answer
    await requestDisconnect(store, session, 'staff', stage.now)
    await until(allDone, `the command with ${result} is done`)
    t.equal(await count('coova-chilli', result), 1, result)
    t.equal((await coaEvents()).at(-1)?.result, result)
  }
  t.equal((await sessions.find(session))?.endedAt, null)
})

// A NAS that acknowledges and goes on is found out by its accounting, not by its word.
t.test(
  'a visitor who stays online after an ACK is seen in accounting, and can be asked for again',
  async (t) => {
    const { count } = await worker(t)
    const session = await online('nas-1')
    await requestDisconnect(store, session, 'staff', stage.now)
    await until(allDone, 'the command is done')
    stage.now += 300_000
    await online('nas-1', {
      status: 'interim',
      fromVisitorOctets: 1000n,
      toVisitorOctets: 2000n,
      seconds: 300,
    })
    t.match(await sessions.find(session), { endedAt: null, heardAt: stage.now }, 'open, and heard since')
    t.equal(await sessions.openCount('nas-1'), 1)
    await requestDisconnect(store, session, 'staff', stage.now)
    await until(allDone, 'the second command is done')
    t.equal(requestsTo(chilli), 2)
    t.equal(await count('coova-chilli', 'ack'), 2)
    await online('nas-1', { status: 'stop', seconds: 301, cause: 'Admin-Reset' })
    t.match(await sessions.find(session), { endedAt: stage.now })
  },
)

t.test('requests leave from the address that gateways know us by', async (t) => {
  // Whoever answers later than 20 ms is asked again.
  const sources = new Set<string>()
  chilli.answer = (request, from) => {
    sources.add(from.address)
    return ack(request, from)
  }
  await worker(t, { from: ['127.0.0.7'] })
  await requestDisconnect(store, await online('nas-1'), 'visitor', stage.now)
  await until(allDone, 'the command is done')
  t.same([...sources], ['127.0.0.7'])
})

t.test('a request that cannot leave is told as such', async (t) => {
  const { count } = await worker(t, { from: ['192.0.2.1'] })
  await requestDisconnect(store, await online('nas-1'), 'visitor', stage.now)
  await until(allDone, 'the command is done')
  t.match(await coaEvents(), [{ result: 'unsent' }])
  t.equal(await count('coova-chilli', 'unsent'), 1)
  t.equal(chilli.received.length, 0)
})

t.test(
  'of very many commands to a slow NAS some hundreds are under way, the rest waits in the stream',
  async (t) => {
    const held = new Map<number, Buffer>()
    chilli.answer = (request, { port }) => {
      held.set(port, request)
      return []
    }
    const many = await Promise.all(
      Array.from({ length: 700 }, (_, i) => online('nas-1', { acctSessionId: `many-${i}` })),
    )
    for (const session of many) await requestDisconnect(store, session, 'staff', stage.now)
    await worker(t, { timers: { firstMs: 1000, mostMs: 1000, tries: 1000, allMs: 60_000 } })
    const taken = async (): Promise<number> =>
      ((await store.xpending(storeKeys.commands, 'coa')) as [number, ...unknown[]])[0]
    await until(async () => (await taken()) >= 512, 'the worker has its hands full')
    await new Promise((resolve) => setTimeout(resolve, 500))
    t.equal(await taken(), 512)
    t.equal(await store.xlen(storeKeys.commands), 700)
    chilli.answer = ack
    for (const [port, request] of held) chilli.send(signedReply(ACK, request, [], SECRET), { port })
    await until(allDone, 'the rest is taken as hands get free')
    t.equal((await coaEvents()).length, 700)
  },
)

t.test('a NAS without an address for it cannot be asked: that is told, too', async (t) => {
  const { count } = await worker(t)
  await requestDisconnect(store, await online('nas-3'), 'visitor', stage.now)
  await until(allDone, 'the command is done')
  t.match(await coaEvents(), [{ nas: 'nas-3', result: 'no-coa-address' }])
  t.equal(await count('coova-chilli', 'no-coa-address'), 1)
})

t.test('a session that has ended, or that nobody knows, needs no request', async (t) => {
  await worker(t)
  const session = await online('nas-1')
  await sessions.end(session, 'User-Request', stage.now)
  await requestDisconnect(store, session, 'visitor', stage.now)
  await requestDisconnect(store, { ...session, acctSessionId: 'unknown' }, 'visitor', stage.now)
  await requestDisconnect(store, { ...session, nas: 'removed' }, 'visitor', stage.now)
  await until(allDone, 'the commands are done')
  t.equal(chilli.received.length, 0)
  t.same(await coaEvents(), [])
})

t.test('of two workers one carries a command out', async (t) => {
  await worker(t)
  await worker(t, { consumer: 'worker-2' })
  for (let i = 0; i < 20; i++)
    await requestDisconnect(store, await online('nas-1', { acctSessionId: `s-${i}` }), 'staff', stage.now)
  await until(allDone, 'all twenty are done')
  const asked = chilli.received.map((request) => textOf(readWire(request), 44))
  t.equal(new Set(asked).size, 20)
  t.equal((await coaEvents()).length, 20)
})

t.test('what a worker took and did not finish is taken over by another after a minute', async (t) => {
  await openCommands(store)
  const session = await online('nas-1')
  await requestDisconnect(store, session, 'visitor', stage.now)
  const taken = (await store.xreadgroup(
    'GROUP',
    'coa',
    'a dead worker',
    'STREAMS',
    storeKeys.commands,
    '>',
  )) as [string, [string, string[]][]][]
  const [id] = taken[0]![1][0]!
  await worker(t)
  await requestDisconnect(store, await online('nas-2'), 'visitor', stage.now)
  await until(() => requestsTo(routerOs) === 1, 'the worker works')
  t.equal(chilli.received.length, 0, 'what was taken just now is another’s')
  await store.call('XCLAIM', storeKeys.commands, 'coa', 'a dead worker', '0', id, 'IDLE', '61000')
  await until(allDone, 'the command of the dead worker is done')
  t.equal(requestsTo(chilli), 1)
})

t.test('a command that comes while the store is not ready for groups yet is not lost', async (t) => {
  await requestDisconnect(store, await online('nas-1'), 'visitor', stage.now)
  await worker(t)
  await until(allDone, 'what was asked before the worker started is done')
  t.equal(requestsTo(chilli), 1)
})

t.test('a store that lost its data while the worker ran is no end of it', async (t) => {
  await worker(t)
  await requestDisconnect(store, await online('nas-1'), 'visitor', stage.now)
  await until(allDone, 'the first command is done')
  await stage.clear()
  await requestDisconnect(store, await online('nas-2'), 'visitor', stage.now)
  await until(() => requestsTo(routerOs) === 1, 'the second command is carried out')
  await until(allDone, 'and done')
  t.equal(requestsTo(routerOs), 1)
})

t.test('a worker that stops takes no more commands', async (t) => {
  const { running } = await worker(t)
  await running.stop()
  await requestDisconnect(store, await online('nas-1'), 'visitor', stage.now)
  await worker(t, { consumer: 'worker-2' })
  await until(allDone, 'the next worker does it')
  t.equal(requestsTo(chilli), 1)
})
