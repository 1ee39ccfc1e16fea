import { pino } from 'pino'
import t from 'tap'
import { StoreError } from '../../core/process/errors.ts'
import { AttributeType } from '../../radius-server/packet/attributes.ts'
import { PacketError } from '../../radius-server/packet/errors.ts'
import { handleAccess } from '../../radius-server/handlers/access.ts'
import type { Answer } from '../../radius-server/handlers/request.ts'
import { ANSWER, benchFor, type Bench } from './server-stage.ts'
import { SECRET, stageFor } from './stage.ts'
import { testRedis, until } from '../support/stores.ts'
import { accessRequest, provesReply, readWire, signedReply, signedRequest, tlv, type Tlv } from './wire.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url)
const { store } = stage
const DROPPED = 'hotspot_radius_dropped_total'
const DUPLICATES = 'hotspot_radius_duplicates_total'
const REQUESTS = 'hotspot_radius_requests_total'

t.beforeEach(() => stage.clear())

const NAME = tlv(1, 'an.nguyen')
const access = (
  given: Partial<Parameters<typeof accessRequest>[1]> = {},
  more: readonly Tlv[] = [],
): Buffer => accessRequest([NAME, ...more], { secret: SECRET, proof: { pap: 'x' }, ...given })
const accounting = (identifier = 1, secret = SECRET): Buffer =>
  signedRequest(4, [tlv(40, 1), tlv(44, 'session')], { secret, identifier })
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

t.test('each check of the pipeline comes before the next, is counted and answers nothing', async (t) => {
  const bench = await benchFor(store, [{ messageAuthenticator: 'require' }])
  bench.answers = (request) => handleAccess(stage.handling, request)
  const two: Tlv[] = [tlv(2, Buffer.alloc(16)), tlv(3, Buffer.alloc(17))]
  const stranger = { address: '127.9.9.9' }
  // Each one is wrong in all that comes later, too.
  const steps: [reason: string, datagram: Buffer, from?: { address: string }][] = [
    ['datagram-too-short', access().subarray(0, 19), stranger],
    ['unknown-client', access({ secret: 'wrong', messageAuthenticator: false }, two), stranger],
    ['bad-message-authenticator', access({ secret: 'another secret' }, two)],
    ['missing-message-authenticator', access({ messageAuthenticator: false }, two)],
    ['two-credentials', accessRequest([NAME, ...two], { secret: SECRET })],
  ]
  for (const [reason, datagram, from] of steps) {
    const sent = bench.send('auth', datagram, from)
    await until(async () => (await bench.count(DROPPED, { reason })) === 1, reason)
    t.equal(sent.length, 0, reason)
  }
  t.equal(await bench.count(DROPPED), steps.length, 'each is counted once, under its reason')
  t.equal(bench.asked.length, 1, 'only the last one reached a handler')
  t.equal(await bench.count(REQUESTS), 0)
})

t.test('a port takes its own codes only', async (t) => {
  const bench = await benchFor(store)
  bench.send('auth', accounting())
  bench.send('acct', access())
  bench.send('auth', signedRequest(40, [NAME], { secret: SECRET }))
  t.equal(await bench.count(DROPPED, { reason: 'unknown-code' }), 3)
  t.equal(bench.asked.length, 0)
})

t.test('an Accounting-Request signed with another secret is dropped', async (t) => {
  const bench = await benchFor(store)
  const sent = bench.send('acct', accounting(1, 'another secret of another NAS'))
  await settled()
  t.equal(await bench.count(DROPPED, { reason: 'bad-request-authenticator' }), 1)
  t.equal(sent.length + bench.asked.length, 0)
  const good = bench.send('acct', accounting())
  await settled()
  t.same(good, [ANSWER])
})

t.test('a handler learns who asks, and that the packet is proved', async (t) => {
  const bench = await benchFor(store)
  bench.send('auth', access())
  bench.send('auth', access({ identifier: 2, messageAuthenticator: false }), { port: 40_001 })
  const [first] = bench.asked
  t.match(first, { proof: 'proved', nas: { id: 'nas-1' }, receivedAt: bench.now })
  t.equal(first?.packet.text(AttributeType.UserName), 'an.nguyen')
})

t.test('answers are counted by kind and result, and timed finer than the clock of events', async (t) => {
  const bench = await benchFor(store)
  bench.send('auth', access())
  bench.send('acct', accounting())
  await settled()
  for (const kind of ['access', 'accounting']) {
    t.equal(await bench.count(REQUESTS, { kind, result: 'accept' }), 1)
    const { values } = await bench.registry.getSingleMetric('hotspot_radius_request_seconds')!.get()
    const sum = values.find(
      (each) =>
        'metricName' in each &&
        each.metricName === 'hotspot_radius_request_seconds_sum' &&
        each.labels.kind === kind,
    )
    t.ok(sum && sum.value > 0, kind)
  }
})

/* Message-Authenticator: CVE-2024-3596, standards A3 */

const plain = (identifier: number): Buffer => access({ identifier, messageAuthenticator: false })
const missing = { reason: 'missing-message-authenticator' }

t.test('auto: Message-Authenticator may be absent until it was seen once, and never again', async (t) => {
  const bench = await benchFor(store, [{ messageAuthenticator: 'auto' }, {}])
  bench.send('auth', plain(1))
  t.equal(bench.asked.at(-1)?.proof, 'unproved')
  bench.send('auth', access({ identifier: 2, secret: 'a forger’s secret' }))
  bench.send('auth', plain(3))
  t.equal(bench.asked.length, 2, 'a wrong one is no sighting')

  bench.send('auth', access({ identifier: 4 }))
  const sent = bench.send('auth', plain(5))
  await settled()
  t.equal(bench.asked.length, 3)
  t.equal(sent.length, 0)
  t.equal(await bench.count(DROPPED, missing), 1)
  t.equal(await bench.count('hotspot_radius_missing_ma_total', { nas: 'nas-1' }), 3)
  bench.send('auth', plain(6), { address: '127.1.0.2' })
  t.equal(bench.asked.length, 4, 'another NAS is another matter')
})

t.test('auto: what was seen is remembered by other workers and after a restart', async (t) => {
  const first = await benchFor(store)
  first.send('auth', access())
  await until(async () => (await store.scard('hs:message-authenticator-seen')) === 1, 'it is stored')
  const second = await benchFor(store)
  second.send('auth', plain(2))
  t.equal(second.asked.length, 0)
  t.equal(await second.count(DROPPED, missing), 1)
})

t.test('require: without Message-Authenticator nothing passes, from the first packet on', async (t) => {
  const bench = await benchFor(store, [{ messageAuthenticator: 'require' }])
  bench.send('auth', plain(1))
  t.equal(await bench.count(DROPPED, missing), 1)
  bench.send('auth', access({ identifier: 2 }))
  t.equal(bench.asked.length, 1)
})

t.test('off: it may be absent at any time; a wrong one is dropped all the same', async (t) => {
  const bench = await benchFor(store, [{ messageAuthenticator: 'off' }])
  bench.send('auth', access({ identifier: 1 }))
  bench.send('auth', plain(2))
  t.same(
    bench.asked.map(({ proof }) => proof),
    ['proved', 'unproved'],
  )
  bench.send('auth', access({ identifier: 3, secret: 'wrong' }))
  t.equal(await bench.count(DROPPED, { reason: 'bad-message-authenticator' }), 1)
  t.equal(await store.scard('hs:message-authenticator-seen'), 0)
})

t.test('EAP without Message-Authenticator is dropped whatever the setting', async (t) => {
  // RFC 3579 §3.2
  const bench = await benchFor(store, [{ messageAuthenticator: 'off' }])
  bench.send('auth', accessRequest([NAME, tlv(79, 'x')], { secret: SECRET, messageAuthenticator: false }))
  t.equal(await bench.count(DROPPED, missing), 1)
  t.equal(await bench.count('hotspot_radius_missing_ma_total', { nas: 'nas-1' }), 1)
})

t.test('where no setting allows it to be absent, the log blames none', async (t) => {
  const lines: unknown[] = []
  const write = (line: string): void => void lines.push(JSON.parse(line))
  const bench = await benchFor(store, [{ messageAuthenticator: 'off' }], pino({ level: 'info' }, { write }))
  const unsigned = { secret: SECRET, messageAuthenticator: false }
  bench.send('auth', accessRequest([NAME, tlv(79, 'x')], unsigned))
  bench.now += 10_000
  bench.send('acct', accessRequest([], { ...unsigned, code: 12 }))
  t.match(lines, [
    { ...missing, setting: null },
    { ...missing, setting: null },
  ])
})

t.test('an answer that went out without Message-Authenticator first would be counted', async (t) => {
  const bench = await benchFor(store, [{}, {}])
  const first = tlv(80, Buffer.alloc(16))
  const text = tlv(18, 'Access refused')
  const count = (nas: string): Promise<number> =>
    bench.count('hotspot_radius_reply_ma_not_first_total', { nas })
  for (const [code, attributes, address] of [
    [2, [first, text], '127.1.0.1'],
    [5, [], '127.1.0.1'],
    [2, [text, first], '127.1.0.2'],
    [2, [], '127.1.0.2'],
    [11, [text], '127.1.0.2'],
  ] as const) {
    const request = access()
    const bytes = signedReply(code, request, attributes, SECRET)
    bench.answers = async () => ({ kind: 'answer', result: 'ok', bytes })
    bench.send('auth', request, { address })
    await settled()
  }
  t.same([await count('nas-1'), await count('nas-2')], [0, 3])
  const request = access()
  const bytes = signedReply(3, request, [text], SECRET)
  bench.answers = async () => ({ kind: 'reject', reason: 'no', bytes })
  bench.send('auth', request)
  await settled()
  t.equal(await count('nas-1'), 1, 'a reject, too')
})

/* Proxy-State without proof: standards A3.3 */

const PROXY_STATE = tlv(33, 'what an attacker chose')
const unprovedProxy = { reason: 'proxy-state-unproved' }
const byProxy = (identifier: number, messageAuthenticator = false): Buffer =>
  access({ identifier, messageAuthenticator }, [PROXY_STATE])

t.test('a NAS that may leave out Message-Authenticator may not send Proxy-State without it', async (t) => {
  const bench = await benchFor(store, [{ messageAuthenticator: 'auto' }, { messageAuthenticator: 'off' }])
  for (const [i, address] of ['127.1.0.1', '127.1.0.2'].entries()) {
    const sent = bench.send('auth', byProxy(1), { address })
    await settled()
    t.equal(sent.length, 0)
    t.equal(bench.asked.length, i * 2)
    t.equal(await bench.count(DROPPED, unprovedProxy), i + 1)
    bench.send('auth', plain(2), { address })
    bench.send('auth', byProxy(3, true), { address })
    t.equal(bench.asked.length, i * 2 + 2, 'either without Proxy-State or with Message-Authenticator')
  }
  t.equal(await bench.count('hotspot_radius_proxy_state_from_nas_total', { nas: 'nas-1' }), 2)
  t.equal(await bench.count('hotspot_radius_missing_ma_total', { nas: 'nas-1' }), 2)
})

t.test('where Message-Authenticator is required, its absence is the reason, not Proxy-State', async (t) => {
  const bench = await benchFor(store, [{ messageAuthenticator: 'require' }, { messageAuthenticator: 'auto' }])
  bench.send('auth', byProxy(1))
  bench.send('auth', access({ identifier: 2 }), { address: '127.1.0.2' })
  bench.send('auth', byProxy(3), { address: '127.1.0.2' })
  t.equal(await bench.count(DROPPED, missing), 2, 'by the record, and by what was seen')
  t.equal(await bench.count(DROPPED, unprovedProxy), 0)
  bench.send('auth', byProxy(4, true))
  t.equal(bench.asked.length, 2, 'with it a proxy is answered')
})

t.test('a NAS whose record says so may send Proxy-State without Message-Authenticator', async (t) => {
  const bench = await benchFor(store, [
    { limitProxyState: false },
    { limitProxyState: false, messageAuthenticator: 'off' },
    { limitProxyState: false, messageAuthenticator: 'require' },
  ])
  for (const address of ['127.1.0.1', '127.1.0.2', '127.1.0.3']) bench.send('auth', byProxy(1), { address })
  t.same(
    bench.asked.map(({ nas }) => nas.id),
    ['nas-1', 'nas-2'],
  )
  t.equal(await bench.count(DROPPED, missing), 1, 'and where it is required it is required')
})

t.test('Proxy-State in accounting, which is signed as a whole, is nobody’s concern', async (t) => {
  const bench = await benchFor(store)
  bench.send('acct', signedRequest(4, [tlv(40, 1), tlv(44, 'session'), PROXY_STATE], { secret: SECRET }))
  t.equal(bench.asked.length, 1)
  t.equal(await bench.count('hotspot_radius_proxy_state_from_nas_total'), 0)
})

/* Duplicates: RFC 5080 §2.2.2 */

t.test('the same request again gets the same bytes again, and is worked on once', async (t) => {
  const bench = await benchFor(store)
  for (const [port, request] of [
    ['auth', access()],
    ['acct', accounting()],
  ] as const) {
    const bytes = Buffer.from(`an answer on ${port}`)
    bench.answers = async () => ({ kind: 'answer', result: 'ok', bytes })
    const asked = bench.asked.length
    const first = bench.send(port, request)
    await settled()
    bench.answers = async () => ({ kind: 'answer', result: 'ok', bytes: Buffer.from('something else') })
    const second = bench.send(port, Buffer.from(request))
    const third = bench.send(port, Buffer.from(request))
    await settled()
    t.same([first, second, third], [[bytes], [bytes], [bytes]])
    t.equal(bench.asked.length, asked + 1)
  }
  t.equal(await bench.count(DUPLICATES), 4)
  t.equal(await bench.count(REQUESTS), 2)
})

t.test('a request that is still worked on is not begun again', async (t) => {
  const bench = await benchFor(store)
  let finish: (answer: Answer) => void = () => undefined
  bench.answers = () => new Promise((resolve) => (finish = resolve))
  const request = access()
  const first = bench.send('auth', request)
  const second = bench.send('auth', Buffer.from(request))
  await settled()
  t.same([first.length, second.length, bench.asked.length], [0, 0, 1])
  finish({ kind: 'answer', result: 'accept', bytes: ANSWER })
  await settled()
  t.same([first, second], [[ANSWER], []], 'the one answer serves')
})

t.test('a new authenticator under the same identifier is a new request and purges the old one', async (t) => {
  const bench = await benchFor(store)
  const [one, two] = [access(), access()]
  bench.send('auth', one)
  bench.send('auth', two)
  bench.send('auth', Buffer.from(one))
  await settled()
  t.equal(bench.asked.length, 3)
  t.equal(await bench.count(DUPLICATES), 0)
})

t.test('another address, port, socket or identifier is another request', async (t) => {
  const bench = await benchFor(store, [{ addresses: ['127.1.0.0/24'] }])
  const request = access()
  bench.send('auth', request)
  bench.send('auth', request, { address: '127.1.0.2' })
  bench.send('auth', request, { port: 40_001 })
  bench.send('auth', request, { socket: 1 })
  bench.send('auth', access({ identifier: 2 }))
  t.equal(bench.asked.length, 5)
  t.equal(await bench.count(DUPLICATES), 0)
})

t.test('what is not proved touches no remembered answer', async (t) => {
  const bench = await benchFor(store)
  const request = access()
  bench.send('auth', request)
  await settled()
  // The same source and identifier: it would purge the answer, were it believed.
  bench.send('auth', access({ secret: 'a forger’s secret' }))
  bench.send('auth', plain(1))
  t.equal(await bench.count(DROPPED), 2)
  t.same(bench.send('auth', Buffer.from(request)), [ANSWER])
  t.equal(bench.asked.length, 1)
})

t.test(
  'a copy without Message-Authenticator, sent before it, does not keep a request from its answer',
  async (t) => {
    const bench = await benchFor(store, [{ messageAuthenticator: 'off' }])
    const authenticator = Buffer.alloc(16, 3)
    const real = access({ authenticator })
    bench.send('auth', access({ authenticator, messageAuthenticator: false }))
    const sent = bench.send('auth', real)
    const again = bench.send('auth', Buffer.from(real))
    await settled()
    t.same([sent, again], [[ANSWER], []])
    t.equal(bench.asked.length, 2)
    t.same(bench.send('auth', Buffer.from(real)), [ANSWER])
  },
)

t.test('after half a minute the same bytes are a new request', async (t) => {
  const bench = await benchFor(store)
  const request = access()
  bench.send('auth', request)
  await settled()
  bench.now += 29_999
  bench.send('auth', Buffer.from(request))
  t.equal(bench.asked.length, 1)
  bench.now += 1
  bench.send('auth', Buffer.from(request))
  t.equal(bench.asked.length, 2)
})

t.test('a request that got no answer is new work when it comes again', async (t) => {
  const bench = await benchFor(store)
  const request = accounting()
  for (const answers of [
    async (): Promise<Answer> => ({ kind: 'drop', reason: 'unknown-status-type' }),
    async (): Promise<Answer> => Promise.reject(new Error('the store is away')),
  ]) {
    bench.answers = answers
    const sent = bench.send('acct', Buffer.from(request))
    await settled()
    t.equal(sent.length, 0)
  }
  bench.answers = async () => ({ kind: 'answer', result: 'recorded', bytes: ANSWER })
  const sent = bench.send('acct', Buffer.from(request))
  await settled()
  t.same(sent, [ANSWER])
  t.equal(await bench.count(DROPPED, { reason: 'unknown-status-type' }), 1)
  t.equal(await bench.count(DROPPED, { reason: 'store-away' }), 1)
  t.equal(await bench.count(DUPLICATES), 0)
})

/* The reject delay: standards A3.11 */

t.test(
  'a reject waits; until it has gone out its retransmissions are dropped, then answered alike',
  async (t) => {
    const bench = await benchFor(store)
    bench.answers = async () => ({ kind: 'reject', reason: 'bad-password', bytes: ANSWER })
    const request = access()
    const first = bench.send('auth', request)
    await settled()
    t.equal(first.length, 0)
    const early = bench.send('auth', Buffer.from(request))
    t.equal(await bench.count(DUPLICATES), 1)
    await until(() => first.length === 1, 'the reject goes out')
    t.same(first, [ANSWER])
    t.equal(early.length, 0)
    t.same(bench.send('auth', Buffer.from(request)), [ANSWER])
    t.equal(await bench.count(REQUESTS, { kind: 'access', result: 'reject' }), 1)
  },
)

t.test('a reject is held back as long as is set, a tenth of it by chance', async (t) => {
  for (const [rejectMs, random, least] of [
    [1000, 0, 900],
    [2000, 0, 1800],
    [2000, 0.999, 1999],
  ] as const) {
    const bench = await benchFor(store, [{}], undefined, { rejectMs, random: () => random })
    bench.answers = async () => ({ kind: 'reject', reason: 'bad-password', bytes: ANSWER })
    const begun = performance.now()
    const sent = bench.send('auth', access())
    await until(() => sent.length === 1, 'the reject goes out')
    const took = performance.now() - begun
    // A timer of node's may be a millisecond early.
    t.ok(took >= least - 2, `${rejectMs} ms, ${random}: ${took} ms`)
  }
})

t.test(
  'a server that stops waits for what is in hand and holds no reject back for a closed socket',
  async (t) => {
    const bench = await benchFor(store)
    let finish: (answer: Answer) => void = () => undefined
    bench.answers = () => new Promise((resolve) => (finish = resolve))
    const sent = bench.send('acct', accounting())
    const drained = bench.server.drain(60_000)
    finish({ kind: 'answer', result: 'recorded', bytes: ANSWER })
    await drained
    t.same(sent, [ANSWER])
    bench.answers = async () => ({ kind: 'reject', reason: 'no', bytes: ANSWER })
    const reject = bench.send('auth', access())
    await settled()
    await bench.server.drain(60_000)
    const later = bench.send('auth', access({ identifier: 9 }))
    await until(() => later.length === 1, 'a later reject, whose delay is the same')
    t.equal(reject.length, 0)
  },
)

/* Overload */

/** Handlers that finish when the test says so. */
function unfinished(bench: Bench): ((answer: Answer) => void)[] {
  const finishing: ((answer: Answer) => void)[] = []
  bench.answers = () => new Promise((resolve) => finishing.push(resolve))
  return finishing
}
const RECORDED: Answer = { kind: 'answer', result: 'recorded', bytes: ANSWER }
/** The i-th request of a NAS: 256 identifiers to a port. */
const report = (bench: Bench, i: number, address: string): Buffer[] =>
  bench.send('acct', accounting(i % 256), { port: 40_000 + (i >> 8), address })

t.test(
  'a NAS that floods is held to its share, and the others are served as if it were not there',
  async (t) => {
    const bench = await benchFor(store, [{}, {}])
    const finishing = unfinished(bench)
    for (let i = 0; i < 1100; i++) report(bench, i, '127.1.0.1')
    t.equal(bench.asked.length, 1024)
    t.equal(await bench.count(DROPPED, { reason: 'nas-overload' }), 76)
    const quiet = report(bench, 0, '127.1.0.2')
    t.equal(bench.asked.at(-1)?.nas.id, 'nas-2')
    finishing.at(-1)!(RECORDED)
    await settled()
    t.same(quiet, [ANSWER])

    const shed = report(bench, 1099, '127.1.0.1')
    t.equal(bench.asked.length, 1025, 'it has its share in hand still')
    finishing[0]!(RECORDED)
    await settled()
    t.equal(shed.length, 0)
    report(bench, 1099, '127.1.0.1')
    t.equal(bench.asked.length, 1026, 'what was shed is new work when it comes again')
    t.equal(await bench.count(DUPLICATES), 0)
  },
)

t.test('work in hand is bounded in all: what is above it is shed, new before old', async (t) => {
  const bench = await benchFor(store, [{}, {}, {}, {}, {}])
  const finishing = unfinished(bench)
  for (const nas of [1, 2, 3, 4]) for (let i = 0; i < 1024; i++) report(bench, i, `127.1.0.${nas}`)
  t.equal(bench.asked.length, 4096)
  const sent = report(bench, 0, '127.1.0.5')
  t.equal(bench.asked.length, 4096)
  t.equal(await bench.count(DROPPED, { reason: 'overload' }), 1)
  finishing[0]!(RECORDED)
  await settled()
  t.equal(sent.length, 0)
  report(bench, 0, '127.1.0.5')
  t.equal(bench.asked.length, 4097)
})

t.test('rejects that wait are bounded as work is, and do not count as work', async (t) => {
  const bench = await benchFor(store, [{}, {}])
  bench.answers = async () => ({ kind: 'reject', reason: 'bad-password', bytes: ANSWER })
  const guess = (i: number): Buffer[] =>
    bench.send('auth', access({ identifier: i % 256 }), { port: 40_000 + (i >> 8) })
  for (let i = 0; i < 1024; i++) guess(i)
  await settled()
  t.equal(await bench.count(DROPPED), 0)
  guess(1024)
  await settled()
  t.equal(await bench.count(DROPPED, { reason: 'nas-overload' }), 1)
  t.equal(
    await bench.count(REQUESTS, { result: 'reject' }),
    1024,
    'what is dropped is not counted as answered',
  )
  bench.answers = async () => RECORDED
  const [same, other] = [report(bench, 0, '127.1.0.1'), report(bench, 0, '127.1.0.2')]
  await settled()
  t.same([same, other], [[ANSWER], [ANSWER]])
  await bench.server.drain(0)
})

/* Status-Server: RFC 5997 */

t.test('Status-Server is answered on both ports, signed, without asking a handler', async (t) => {
  const bench = await benchFor(store)
  for (const [port, code, identifier] of [
    ['auth', 2, 1],
    ['acct', 5, 2],
  ] as const) {
    const request = accessRequest([tlv(33, 'a proxy’s state')], { secret: SECRET, code: 12, identifier })
    const sent = bench.send(port, request)
    await settled()
    const answer = readWire(sent[0]!)
    t.equal(answer.code, code)
    t.ok(provesReply(sent[0]!, request, SECRET))
    t.equal(answer.attributes.at(-1)?.[1].toString(), 'a proxy’s state')
    t.equal(port === 'auth' ? answer.attributes[0]?.[0] : 80, 80, 'Message-Authenticator first')
  }
  t.equal(bench.asked.length, 0)
  t.equal(await bench.count(REQUESTS, { kind: 'status', result: 'ok' }), 2)
})

t.test('Status-Server without Message-Authenticator, or from a stranger, gets no answer', async (t) => {
  const bench = await benchFor(store, [{ messageAuthenticator: 'off' }])
  const status = accessRequest([], { secret: SECRET, code: 12 })
  const plainStatus = accessRequest([], { secret: SECRET, code: 12, messageAuthenticator: false })
  const sent = [
    bench.send('auth', plainStatus),
    bench.send('acct', plainStatus),
    bench.send('auth', status, { address: '127.9.9.9' }),
  ]
  await settled()
  t.equal(sent.flat().length, 0)
  t.equal(await bench.count(DROPPED, missing), 2)
  t.equal(await bench.count(DROPPED, { reason: 'unknown-client' }), 1)
})

t.test('a NAS whose record says so gets no answer to Status-Server, the others do', async (t) => {
  // RFC 5997 §4.2
  const lines: Record<string, unknown>[] = []
  const log = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const bench = await benchFor(store, [{ statusServer: false }, {}], log)
  const status = accessRequest([], { secret: SECRET, code: 12 })
  const [off, on] = [bench.send('auth', status), bench.send('auth', status, { address: '127.1.0.2' })]
  await settled()
  t.same([off.length, on.length], [0, 1])
  t.equal(await bench.count(DROPPED, { reason: 'status-server-off' }), 1)
  t.match(lines, [{ reason: 'status-server-off', nas: 'nas-1', setting: 'statusServer' }])
  bench.send('auth', access())
  t.equal(bench.asked.length, 1, 'all else of that NAS is answered')
})

t.test(
  'a NAS gets ten answers to Status-Server a second; repeated bytes and forged ones take none',
  async (t) => {
    const bench = await benchFor(store, [{}, {}])
    const status = (identifier: number, secret = SECRET): Buffer =>
      accessRequest([], { secret, code: 12, identifier })
    const first = status(0)
    let answers = 0
    const ask = async (datagram: Buffer, address = '127.1.0.1'): Promise<void> => {
      const sent = bench.send('auth', datagram, { address })
      await settled()
      answers += sent.length
    }
    await ask(first)
    for (let i = 0; i < 20; i++) await ask(Buffer.from(first))
    for (let i = 0; i < 20; i++) await ask(status(i, 'a forger’s secret'))
    t.equal(answers, 21)
    for (let i = 1; i < 15; i++) await ask(status(i))
    t.equal(answers, 21 + 9)
    t.equal(await bench.count(DROPPED, { reason: 'status-server-rate' }), 5)
    await ask(status(1), '127.1.0.2')
    t.equal(answers, 31, 'another NAS has its own ten')
    bench.now += 1000
    await ask(status(14))
    t.equal(answers, 32, 'and so has the next second')
  },
)

/* What strangers can cause */

t.test('a datagram from port 0, which cannot be answered, is dropped', async (t) => {
  const bench = await benchFor(store)
  const sent = bench.send('auth', access(), { port: 0 })
  await settled()
  t.equal(sent.length + bench.asked.length, 0)
  t.equal(await bench.count(DROPPED, { reason: 'no-source-port' }), 1)
})

t.test(
  'drops are logged once in ten seconds a reason, and name the NAS and the setting that matters',
  async (t) => {
    const lines: Record<string, unknown>[] = []
    const log = pino(
      { level: 'info' },
      { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    )
    const bench = await benchFor(store, [{ messageAuthenticator: 'require' }], log)
    for (let i = 0; i < 50; i++) bench.send('auth', plain(i))
    for (let i = 0; i < 50; i++) bench.send('auth', access({ identifier: i }), { address: '127.9.9.9' })
    t.match(lines, [
      { ...missing, nas: 'nas-1', from: '127.1.0.1', setting: 'messageAuthenticator' },
      { reason: 'unknown-client', nas: null, from: '127.9.9.9' },
    ])
    t.equal(lines.length, 2)
    bench.now += 10_000
    bench.send('auth', plain(1))
    t.match(lines.at(-1), { ...missing, silenced: 49 })
  },
)

t.test('a mistake of this program is told from a store that is away; neither is an answer', async (t) => {
  const lines: Record<string, unknown>[] = []
  const log = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const bench = await benchFor(store, [{}], log)
  const mistakes = [
    new TypeError('cannot read properties of undefined'),
    new RangeError('out of range'),
    new PacketError('packet-too-long', 'send fewer attributes'),
  ]
  for (const [i, error] of [...mistakes, new StoreError('Redis is away')].entries()) {
    bench.answers = async () => Promise.reject(error)
    const request = accounting(i)
    const sent = bench.send('acct', request)
    await settled()
    t.equal(sent.length, 0)
    bench.answers = async () => RECORDED
    const again = bench.send('acct', Buffer.from(request))
    await settled()
    t.same(again, [ANSWER], 'and it is new work when it comes again')
  }
  t.equal(await bench.count(DROPPED, { reason: 'internal-fault' }), mistakes.length)
  t.equal(await bench.count(DROPPED, { reason: 'store-away' }), 1)
  t.match(lines, [
    { reason: 'internal-fault', nas: 'nas-1', err: { message: /undefined/ } },
    { reason: 'store-away', err: { message: 'Redis is away' } },
  ])
})

t.test('a store that is away fills no log: one line tells why, however many ask', async (t) => {
  const lines: Record<string, unknown>[] = []
  const log = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const bench = await benchFor(store, [{}], log)
  bench.answers = async () => Promise.reject(new Error('connect ENOENT redis.sock'))
  for (let i = 0; i < 100; i++) bench.send('acct', accounting(i))
  await until(async () => (await bench.count(DROPPED, { reason: 'store-away' })) === 100, 'all are dropped')
  t.equal(lines.length, 1)
  t.match(lines, [{ reason: 'store-away', nas: 'nas-1', err: { message: 'connect ENOENT redis.sock' } }])
})
