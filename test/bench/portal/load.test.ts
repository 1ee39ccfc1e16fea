import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { portalGatewayOf } from '../../../core/gateways/index.ts'
import { parseCity } from '../../../core/process/city-file.ts'
import { onceOnly } from '../../../portal/routes/arrival.ts'
import { Connection } from './connection.ts'
import { CITY_FILE, Phones } from './phones.ts'
import { Round } from './round.ts'
import type { Measurement } from './rounds.ts'
import { rowsOf } from './rows.ts'
import { workOf, type WorkName } from './works.ts'

/** What of tap this needs. */
interface Test {
  teardown(work: () => unknown): void
}

const PORTAL = 'http://127.0.0.1:8080'
const VISIT = 'AbCdEfGhIjKlMnOp'

async function serving(t: Test, listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A round against a server; the last phone's number tells how many there are. */
function roundOf(port: number, name: WorkName, phones: number): Round {
  const work = workOf({
    name,
    portalUrl: PORTAL,
    seed: '0a0b',
    acceptEncoding: null,
    phones,
    visits: [VISIT],
  })
  return new Round(work, port, phones, name === 'arrival')
}

const pool = (t: Test, port: number, count: number): Connection[] => {
  const all = Array.from({ length: count }, () => new Connection(port))
  t.teardown(() => all.forEach((each) => each.close()))
  return all
}

t.test(
  'arrivals are what a real gateway signs: ours accepts each, and not one that was changed',
  async (t) => {
    const parsed = parseCity(JSON.parse(readFileSync(CITY_FILE, 'utf8')) as unknown, {})
    if ('faults' in parsed) throw new Error('the city file has faults')
    const nas = new Map(parsed.city.nas.map((each) => [each.id, each]))
    const { portal } = portalGatewayOf('coova-chilli')!
    const phones = new Phones(PORTAL, '0a0b', null)
    const macs = new Set<string>()
    for (let i = 0; i < 100; i++) {
      const path = /^GET (\S+) HTTP/.exec(phones.arrival(i).toString())![1]!
      const query = onceOnly(path)
      const asked = { nas: nas.get(query.nasid!)!, query }
      const result = portal.arrival({ ...asked, url: PORTAL + path })
      if (result.kind !== 'arrival') return t.fail(`phone ${i} is refused`)
      t.ok(result.arrival.proved)
      macs.add(result.arrival.mac)
      t.equal(
        portal.arrival({ ...asked, url: `${PORTAL}${path.replace('ip=10', 'ip=11')}` }).kind,
        'bad-arrival',
      )
    }
    t.equal(macs.size, 100, 'each phone is another')
  },
)

t.test('a whole login is a page, a tap with its visit, and the way back to the gateway', async (t) => {
  const taps: string[] = []
  const port = await serving(t, (request, response) => {
    if (request.method === 'GET')
      return response
        .writeHead(200, { 'set-cookie': `visit=${VISIT}.signed`, 'content-length': 6 })
        .end('a page')
    request.on('data', (chunk: Buffer) => taps.push(chunk.toString()))
    request.on('end', () =>
      response
        .writeHead(303, { location: 'http://10.1.0.1:3990/logon?username=x', 'content-length': 0 })
        .end(),
    )
  })
  const round = roundOf(port, 'login', 30)
  const before = round.begin([])
  await round.closed(pool(t, port, 3), 30, Infinity)
  const report = round.end(before)
  t.same([report.done, report.bad, report.lost], [30, 0, 0])
  t.same(new Set(taps), new Set([`v=${VISIT}&lang=vi`]))
})

t.test('wrong answers and broken connections are counted, and are not latencies', async (t) => {
  let number = 0
  const port = await serving(t, (_, response) => {
    number++
    if (number === 5) return response.destroy()
    response.writeHead(number % 10 === 0 ? 500 : 200, { 'content-length': 2 }).end('ok')
  })
  const round = roundOf(port, 'constant', 40)
  const before = round.begin([])
  await round.closed(pool(t, port, 2), 40, Infinity)
  const report = round.end(before)
  t.same([report.done, report.bad, report.lost], [35, 4, 1])
})

t.test('a page of another visit is a wrong answer', async (t) => {
  const port = await serving(t, (_, response) => {
    response.writeHead(200, { 'content-length': 16 }).end('QrStUvWxYzAbCdEf')
  })
  const round = roundOf(port, 'splash', 4)
  const before = round.begin([])
  await round.closed(pool(t, port, 1), 4, Infinity)
  t.equal(round.end(before).bad, 4)
})

t.test('a phone of an open loop waits from when it was due, however busy the others are', async (t) => {
  let free = Promise.resolve()
  const port = await serving(t, (_, response) => {
    free = free
      .then(() => new Promise((resume) => setTimeout(resume, 40)))
      .then(() => void response.writeHead(200, { 'content-length': 2 }).end('ok'))
  })
  const round = roundOf(port, 'constant', 10)
  const before = round.begin([])
  await round.open(null, 1000, 10)
  const { done, latency } = round.end(before)
  t.equal(done, 10)
  t.ok(latency.max >= 380, `the last of ten waited ${latency.max} ms`)
  t.ok(latency.p50 >= 150, `the median is ${latency.p50} ms`)
})

t.test('ratios are of one round each, and a target is met or missed by their median', async (t) => {
  const figures = {
    done: 5000,
    bad: 0,
    lost: 0,
    p50Ms: 1,
    p99Ms: 30,
    maxMs: 40,
    redisMicros: 1,
    loadShare: 0,
  }
  const measured = (bench: Measurement['bench'], round: number, perSecond: number): Measurement => ({
    ...figures,
    bench,
    round,
    perSecond,
    serverMicros: 1e6 / perSecond,
  })
  const rows = rowsOf([
    ...[20_000, 10_000, 30_000].map((rate, round) => measured('Fastify', round, rate)),
    ...[12_000, 5500, 3000].map((rate, round) => measured('splash', round, rate)),
    measured('login', 0, 1499),
    measured('splash, half load', 0, 1000),
    measured('crowd', 0, 500),
    { ...measured('crowd', 1, 500), done: 4999 },
  ])
  const row = (bench: string, figure: string) =>
    rows.find((each) => each.bench === bench && each.figure === figure)
  t.match(row('splash', 'a second'), { ratio: '0.55 (0.10–0.60)', peer: '20,000', met: true })
  t.match(row('login', 'a second'), { ours: '1,499', met: false })
  t.match(row('splash, half load', 'p99, ms'), { target: '≤ 25', met: false })
  t.match(row('crowd', 'served of 5,000 in 10 s'), { ours: '4,999', met: false })
})
