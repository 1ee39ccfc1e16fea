import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { KnownHead } from '../../portal/known-head.ts'
import { Sheets } from '../../portal/sheets.ts'
import { until } from '../support/stores.ts'

/** What of tap this needs. */
interface Test {
  teardown(work: () => unknown): void
}

interface Served {
  readonly response: ServerResponse
  /** Whether it has left, and whether it had when it was sent. */
  hasLeft: boolean
  atOnce: boolean
}

const FIELDS = ['content-type', 'text/html; charset=utf-8', 'x-of-ours', 'one: two']

/** A server whose answer is a text of its path's length; `sent` holds what became of each answer. */
async function serving(t: Test, { octets = 0 } = {}): Promise<{ port: number; sent: Served[] }> {
  const sent: Served[] = []
  const sheets = new Sheets()
  const head = new KnownHead(FIELDS)
  const server = createServer((request, response) => {
    const text = request.url!.padEnd(octets, '.')
    const body = sheets.take(text.length)
    body.write(text)
    const served = { response, hasLeft: false, atOnce: false }
    sent.push(served)
    head.send(response, body, () => (served.hasLeft = true))
    served.atOnce = served.hasLeft
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port, sent }
}

async function dial(t: Test, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** What comes back until it holds `wanted` bodies, or the connection ends. */
async function read(socket: Socket, wanted: RegExp): Promise<string> {
  let all = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    all += String(chunk)
    if (wanted.test(all)) break
  }
  return all
}

const get = (path: string, ...fields: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: here', ...fields, '', ''].join('\r\n')
const undated = (answer: string): string =>
  answer.replace(/Date: (.+)\r\n/, (_, date: string) => `Date: ${isNaN(Date.parse(date)) ? date : 'now'}\r\n`)

t.test('an answer says what Node said of the first, but for its length', async (t) => {
  const { port, sent } = await serving(t)
  const socket = await dial(t, port)
  const ask = async (path: string): Promise<string> => {
    socket.write(get(path))
    return read(socket, new RegExp(`${path}$`))
  }
  const first = await ask('/first')
  t.match(first, /^HTTP\/1\.1 200 OK\r\n[^]*x-of-ours: one: two\r\ncontent-length: 6\r\n[^]*\r\n\r\n\/first$/)
  t.match(first, /\r\nConnection: keep-alive\r\nKeep-Alive: timeout=\d+\r\n/)
  const second = await ask('/a-longer-one')
  t.equal(
    undated(second),
    undated(first).replace('length: 6', 'length: 13').replace('/first', '/a-longer-one'),
  )
  t.same(
    sent.map(({ hasLeft, atOnce }) => [hasLeft, atOnce]),
    [
      [true, false],
      [true, true],
    ],
  )
  t.ok(sent.every(({ response }) => response.headersSent && response.writableEnded))
})

t.test('the date goes on', async (t) => {
  const { port } = await serving(t)
  const socket = await dial(t, port)
  const dates: string[] = []
  for (const path of ['/1', '/2', '/3']) {
    const asked = Date.now()
    socket.write(get(path))
    const date = /Date: (.+)\r\n/.exec(await read(socket, new RegExp(`${path}$`)))![1]!
    t.ok(Date.parse(date) > asked - 10_000 && Date.parse(date) <= Date.now(), date)
    dates.push(date)
    await pause(1010)
  }
  t.equal(new Set(dates).size, 3)
})

t.test('requests that come in one piece are answered in their order', async (t) => {
  const { port } = await serving(t)
  const socket = await dial(t, port)
  socket.write(['/a', '/b', '/c', '/d', '/e'].map((path) => get(path)).join(''))
  const all = await read(socket, /\/e$/)
  t.same(
    [...all.matchAll(/\r\n\r\n(\/\w)/g)].map(([, path]) => path),
    ['/a', '/b', '/c', '/d', '/e'],
  )
})

t.test('a connection that is to end is told so, and ends', async (t) => {
  const { port } = await serving(t)
  const warm = await dial(t, port)
  warm.write(get('/warm'))
  await read(warm, /\/warm$/)
  for (const last of [get('/last', 'Connection: close'), 'GET /last HTTP/1.0\r\n\r\n']) {
    const socket = await dial(t, port)
    socket.write(last)
    const all = await read(socket, /never/)
    t.match(all, /\r\nConnection: close\r\n[^]*\/last$/)
  }
  const old = await dial(t, port)
  old.write('GET /stays HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
  t.match(await read(old, /\/stays$/), /\r\nConnection: keep-alive\r\n/)
})

t.test('what the line does not take at once has not left, and comes whole', async (t) => {
  const octets = 24 * 1024
  const { port, sent } = await serving(t, { octets })
  const warm = await dial(t, port)
  warm.write(get('/warm'))
  await read(warm, /\/warm\.+$/)
  const socket = await dial(t, port)
  socket.pause()
  const many = 800
  socket.write(Array.from({ length: many }, (_, i) => get(`/${i}`)).join(''))
  while (sent.length < many + 1 && sent.at(-1)?.response.socket !== null) await pause(20)
  await pause(200)
  t.ok(sent.some(({ hasLeft }, i) => i > 0 && !hasLeft))
  let all = ''
  socket.on('data', (chunk: Buffer) => (all += chunk.toString()))
  socket.resume()
  await until(() => all.includes(`\r\n\r\n/${many - 1}.`), 'the last answer')
  await until(() => sent.every(({ hasLeft }) => hasLeft), 'all have left')
  t.ok(sent.every(({ hasLeft }) => hasLeft))
  const bodies = [...all.matchAll(/\r\n\r\n\/(\d+)(\.+)(?=HTTP|$)/g)]
  t.same(
    bodies.map(([, number]) => Number(number)),
    Array.from({ length: many }, (_, i) => i),
  )
  t.ok(bodies.slice(0, -1).every(([, number, dots]) => 1 + number!.length + dots!.length === octets))
})

t.test('who has gone is not written to, and others are served', async (t) => {
  const { port } = await serving(t)
  const warm = await dial(t, port)
  for (const path of ['/warm', '/still', '/again']) {
    warm.write(get(path))
    t.match(await read(warm, new RegExp(`${path}$`)), 'content-length: ')
    const gone = await dial(t, port)
    gone.write(get('/gone'))
    gone.resetAndDestroy()
  }
})
