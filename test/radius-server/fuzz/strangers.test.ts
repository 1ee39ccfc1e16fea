// Floods, handed to the server without sockets: what strangers cost, and what one gateway can take from the others.
import { pino } from 'pino'
import t from 'tap'
import { handleAccess } from '../../../radius-server/handlers/access.ts'
import type { Answer } from '../../../radius-server/handlers/request.ts'
import { testRedis, until } from '../../support/stores.ts'
import { ANSWER, benchFor } from '../server-stage.ts'
import { SECRET, stageFor } from '../stage.ts'
import { accessRequest, signedRequest, tlv } from '../wire.ts'
import { held, megabytes, type Held } from './memory.ts'
import { randomOf } from './random.ts'

const DROPPED = 'hotspot_radius_dropped_total'
const DUPLICATES = 'hotspot_radius_duplicates_total'
const REQUESTS = 'hotspot_radius_requests_total'
const FLOOD = 100_000
const MOST_GROWTH = 2 * 2 ** 20

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url)
// It asks the store now and then: here every command counts.
await stage.handling.tables.stop()

const grown = (before: Held, after: Held): number => after.heap + after.buffers - before.heap - before.buffers

t.test('strangers cost no store command, no memory and next to no log', async (t) => {
  const random = randomOf(1)
  const good = accessRequest([tlv(1, 'an.nguyen'), tlv(31, '02-00-5E-00-53-01')], {
    secret: SECRET,
    proof: { pap: 'a password' },
  })
  const report = signedRequest(4, [tlv(40, 1), tlv(44, 's')], { secret: SECRET })
  const noise = random.octets(400)
  const [cut, unsigned] = [
    good.subarray(0, 30),
    accessRequest([tlv(1, 'x')], { secret: SECRET, messageAuthenticator: false }),
  ]
  for (const [name, addressOf] of [
    ['one address', () => '127.9.9.9'],
    ['as many IPv4 addresses', (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`],
    [
      'as many IPv6 addresses',
      (i: number) => `2001:db8::${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}`,
    ],
  ] as const) {
    const lines: string[] = []
    const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
    const bench = await benchFor(stage.store, [{}, { addresses: ['127.1.8.0/24'] }], log)
    bench.answers = (request) => handleAccess(stage.handling, request)
    const flood = (packets: number): number => {
      let answers = 0
      for (let i = 0; i < packets; i++) {
        const [port, datagram] = random.pick([
          ['auth', good],
          ['acct', report],
          ['auth', noise],
          ['auth', cut],
          ['auth', unsigned],
        ] as const)
        answers += bench.send(port, datagram, { address: addressOf(i), port: 1024 + (i % 60_000) }).length
      }
      return answers
    }
    flood(FLOOD / 10)
    const [before, commands] = [await held(), await commandsOf()]
    const begun = performance.now()
    const answers = flood(FLOOD)
    const micros = ((performance.now() - begun) / FLOOD) * 1000
    t.equal((await commandsOf()) - commands, 0, `${name}: no store command`)
    const growth = grown(before, await held())
    t.ok(growth < MOST_GROWTH, `${name}: memory grew by ${megabytes(growth)}`)
    t.equal(answers, 0, `${name}: no answer`)
    t.equal(bench.asked.length, 0, `${name}: no handler is asked`)
    t.equal(await bench.count(DROPPED), FLOOD + FLOOD / 10, `${name}: each is counted under a reason`)
    // One a reason in ten seconds, and the clock of the bench stands.
    t.ok(lines.length <= 4, `${name}: ${lines.length} lines`)
    t.comment(`${name}: ${micros.toFixed(2)} µs a packet`)
  }
})

t.test('a gateway with every port and identifier there is takes a bounded memory', async (t) => {
  const bench = await benchFor(stage.store)
  const identifiers = Array.from({ length: 256 }, (_, identifier) =>
    signedRequest(4, [tlv(40, 1), tlv(44, 'session')], { secret: SECRET, identifier }),
  )
  /** Sixty thousand ports, each with an identifier that only the round knows: nothing comes twice. */
  const round = async (number: number): Promise<void> => {
    for (let port = 1024; port < 61_024; port++) {
      bench.send('acct', identifiers[(port + number) % 256]!, { port })
      if (port % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    bench.asked.length = 0
  }
  await round(0)
  await round(1)
  const before = await held()
  for (let number = 2; number < 4; number++) await round(number)
  const growth = grown(before, await held())
  t.ok(growth < 2 * MOST_GROWTH, `two more rounds: memory grew by ${megabytes(growth)}`)
  t.equal(await bench.count(DROPPED), 0)
  t.equal(await bench.count(DUPLICATES), 0)
  t.equal(await bench.count(REQUESTS), 240_000, 'every one was answered')
})

t.test('a gateway whose requests take for ever leaves the others their share', async (t) => {
  const bench = await benchFor(stage.store, [{}, {}])
  const finishing: ((answer: Answer) => void)[] = []
  bench.answers = ({ nas }) =>
    nas.id === 'nas-1'
      ? new Promise((resolve) => finishing.push(resolve))
      : Promise.resolve({ kind: 'answer', result: 'recorded', bytes: ANSWER })
  const request = signedRequest(4, [tlv(40, 1), tlv(44, 'session')], { secret: SECRET })
  for (let port = 1024; port < 61_024; port++) bench.send('acct', request, { port })
  const refused = await bench.count(DROPPED, { reason: 'nas-overload' })
  t.equal(finishing.length + refused, 60_000, 'what is not worked on is dropped')
  t.ok(finishing.length <= 2048, `${finishing.length} are worked on`)
  const other = bench.send('acct', request, { address: '127.1.0.2' })
  await until(() => other.length === 1, 'the other gateway is answered')
  t.same(other, [ANSWER])
  for (const finish of finishing) finish({ kind: 'answer', result: 'recorded', bytes: ANSWER })
  await until(async () => (await bench.count(REQUESTS)) === finishing.length + 1, 'all are finished')
  const again = bench.send('acct', request, { port: 61_023 })
  t.equal(bench.asked.length, finishing.length + 1, 'and it is served again')
  t.equal(again.length, 0)
})

t.test('rejects that are held back are bounded, and leave the other gateways their share', async (t) => {
  const bench = await benchFor(stage.store, [{}, {}])
  bench.answers = async () => ({ kind: 'reject', reason: 'bad-password', bytes: ANSWER })
  const requests = Array.from({ length: 256 }, (_, identifier) =>
    accessRequest([tlv(1, 'an.nguyen')], { secret: SECRET, proof: { pap: 'x' }, identifier }),
  )
  const sent: Buffer[][] = []
  const answers = (): number => sent.filter(({ length }) => length === 1).length
  let most = 0
  for (let i = 0; i < 20_000; i++) {
    sent.push(bench.send('auth', requests[i % 256]!, { port: 1024 + (i >> 8) }))
    if (i % 200 !== 199) continue
    // Let each be decided, so that it is held back and no longer in hand.
    await new Promise((resolve) => setImmediate(resolve))
    const dropped = await bench.count(DROPPED)
    // A slow machine needs longer for all than the delay of one: the first leave before the last come.
    most = Math.max(most, sent.length - dropped - answers())
  }
  const other = bench.send('auth', requests[0]!, { address: '127.1.0.2' })
  await until(() => other.length === 1, 'the reject of the other gateway')
  const answered = answers()
  const dropped = await bench.count(DROPPED)
  t.ok(most > 0 && most <= 2048, `${most} rejects were held back at once`)
  t.equal(answered + dropped, 20_000, 'what is not held back is dropped')
  t.equal((await bench.count(REQUESTS)) + dropped, 20_001, 'and what is dropped does not count as answered')
})

/** How many commands the store has had, but for the asking. */
async function commandsOf(): Promise<number> {
  const stats = await stage.store.info('commandstats')
  return [...stats.matchAll(/^cmdstat_(?!info)\S+:calls=(\d+)/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  )
}
