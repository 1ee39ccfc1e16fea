import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { findOrInstallRedis } from '../../../core/process/embedded/redis-program.ts'
import { SetupError, StoreError } from '../../../core/process/errors.ts'
import { openLine, type Line } from '../../../core/store/line.ts'
import { openClientCommands, script } from '../../../core/store/redis.ts'
import { RedisRefusal } from '../../../core/store/resp.ts'
import { testFolder, testRedis, testStore, until, type Test } from '../../support/stores.ts'

const redis = await testRedis(t)
const store = await testStore(t, redis)
const redisPid = (): number => Number(readFileSync(join(redis.folder, 'redis', 'redis.pid'), 'utf8'))

t.beforeEach(() => store.flushall())

async function lineFor(t: Test, url = redis.url): Promise<Line> {
  const line = await openLine(url)
  t.teardown(() => line.stop())
  return line
}

/** What became of a call: its answer, or the name of what it was refused with. */
const outcome = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: Error) => `${error.name}: ${error.message}`)

/** The same, at once: null while it waits. */
async function soon(call: Promise<unknown>): Promise<unknown> {
  const late = new Promise((resolve) => setTimeout(resolve, 200, null))
  return Promise.race([outcome(call), late])
}

/** A way to Redis that keeps each piece it is sent, and hands answers on in pieces of some octets. */
async function relayFor(t: Test, { pieceOctets = Infinity } = {}): Promise<{ url: string; sent: Buffer[] }> {
  const sent: Buffer[] = []
  const sockets = new Set<Socket>()
  const relay = createServer((near) => {
    const far = createConnection(redis.url)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => [near, far].forEach((each) => each.destroy()))
    }
    near.on('data', (piece: Buffer) => {
      sent.push(piece)
      far.write(piece)
    })
    let turn = Promise.resolve()
    far.on('data', (octets: Buffer) => {
      turn = turn.then(async () => {
        for (let at = 0; at < octets.length; at += pieceOctets) {
          near.write(octets.subarray(at, at + pieceOctets))
          await new Promise((resolve) => setImmediate(resolve))
        }
      })
    })
  })
  const url = join(testFolder(t), 'relay.sock')
  relay.listen(url)
  await once(relay, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    relay.close()
  })
  return { url, sent }
}

t.test('the commands of a turn leave in few writes, and each gets its own answer', async (t) => {
  const relay = await relayFor(t)
  const line = await lineFor(t, relay.url)
  const counts = await Promise.all(Array.from({ length: 50 }, () => line.call('INCR', 'counter')))
  t.same(
    counts,
    Array.from({ length: 50 }, (_, i) => i + 1),
  )
  t.equal(relay.sent.length, 2, 'the first 32, and the others once those are answered')
  t.equal(await line.call('GET', 'counter'), '50')
  t.equal(relay.sent.length, 3, 'and the next turn’s in the next')
})

t.test('what is not urgent goes along with what is, or alone soon after', async (t) => {
  const relay = await relayFor(t)
  const line = await lineFor(t, relay.url)
  const asked = (key: string, isUrgent: boolean): PromiseLike<unknown> =>
    line.ask!('INCR', [key], (reply) => reply, isUrgent)
  const unhurried = asked('not urgent', false)
  await new Promise((resume) => setImmediate(resume))
  t.equal(relay.sent.length, 0, 'it waits')
  t.same(await Promise.all([asked('urgent', true), unhurried]), [1, 1])
  t.equal(relay.sent.length, 1, 'and goes along')
  t.equal(await asked('not urgent', false), 2, 'alone it is not forgotten')
  t.equal(relay.sent.length, 2)
})

t.test('answers come to their callers in order, refusals among them', async (t) => {
  const line = await lineFor(t)
  const answers = await Promise.all(
    [
      line.call('SET', 'word', 'a'),
      line.call('LPUSH', 'word', 'b'),
      line.call('GET', 'word'),
      line.call('NOSUCHCOMMAND'),
      line.call('HMGET', 'hash', 'one', 'two'),
      line.call('ZADD', 'scores', 1.5, 'x', -2, 'y'),
      line.call('ZRANGE', 'scores', 0, -1, 'WITHSCORES'),
      line.call('DEL', 'word'),
    ].map(outcome),
  )
  t.match(answers, [
    'OK',
    /^RedisRefusal: WRONGTYPE/,
    'a',
    /^RedisRefusal: ERR unknown command/,
    [null, null],
    2,
    ['y', '-2', 'x', '1.5'],
    1,
  ])
  await t.rejects(line.call('INCR', 'a', 'b'), RedisRefusal)
})

t.test('more than a socket takes at once, from many turns, is neither lost nor mixed up', async (t) => {
  const line = await lineFor(t)
  const value = (i: number): string => `${i}:${'x'.repeat((i * 37) % 5000)}`
  const calls: Promise<unknown>[] = []
  for (let i = 0; i < 3000; i++) {
    calls.push(line.call('SET', `key-${i}`, value(i)), line.call('GET', `key-${i}`))
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const answers = await Promise.all(calls)
  const wrong = answers.findIndex((answer, i) => answer !== (i % 2 === 0 ? 'OK' : value((i - 1) / 2)))
  t.equal(wrong, -1)
})

t.test('any text goes there and comes back', async (t) => {
  const line = await lineFor(t)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })), { maxLength: 5 }),
      async (texts) => {
        const answers = await Promise.all(
          texts.flatMap((text, i) => [
            line.call('SET', `k${i}:${text}`, text),
            line.call('GET', `k${i}:${text}`),
          ]),
        )
        if (answers.some((answer, i) => answer !== (i % 2 === 0 ? 'OK' : texts[(i - 1) / 2])))
          throw new Error(JSON.stringify(answers))
      },
    ),
    { numRuns: 200 },
  )
  t.equal(await line.call('SET', 'khóa', 'Hồ Hoàn Kiếm\r\n'), 'OK')
  t.equal(await store.get('khóa'), 'Hồ Hoàn Kiếm\r\n', 'another client reads the same')
  t.equal(await store.strlen('khóa'), Buffer.byteLength('Hồ Hoàn Kiếm\r\n'))
})

t.test('answers that come in small pieces are the same answers', async (t) => {
  await store.hset('hash', { one: 'Hồ', two: 'x'.repeat(100), three: '\r\n$3\r\n' })
  for (const pieceOctets of [1, 2, 3, 7, 64]) {
    const line = await lineFor(t, (await relayFor(t, { pieceOctets })).url)
    t.same(
      await Promise.all([
        line.call('HMGET', 'hash', 'one', 'none', 'two', 'three'),
        line.call('STRLEN', 'none'),
        line.call('PING'),
      ]),
      [['Hồ', null, 'x'.repeat(100), '\r\n$3\r\n'], 0, 'PONG'],
      `${pieceOctets} octets`,
    )
  }
})

t.test(
  'a script that Redis does not know is sent whole, once, and run by its digest after that',
  async (t) => {
    const line = await lineFor(t)
    const save = script(line, 'visit-save', 1)
    const runs = async (command: string): Promise<number> => {
      const info = await store.info('commandstats')
      return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(info)?.[1] ?? 0)
    }
    for (const round of [1, 2]) {
      await store.script('FLUSH')
      await store.config('RESETSTAT')
      for (const value of ['a', 'b', 'c']) await save('visit', 60, 'visit', `${value}${round}`)
      t.same([await runs('eval'), await runs('evalsha')], [1, 3])
      t.equal(await store.hget('visit', 'visit'), `c${round}`)
      t.ok((await store.ttl('visit')) > 50)
    }
    await t.rejects(script(line, 'visit-save', 0)('visit', 'sixty', 'visit', 'v').then(), RedisRefusal)
  },
)

/* Redis away */

t.test('when Redis dies its callers hear it, and when it is back the line is, too', async (t) => {
  const line = await lineFor(t)
  await line.call('SET', 'kept', 'yes')
  const pending = [line.call('BLPOP', 'nothing', 0), line.call('GET', 'kept')]
  const told = Promise.all(pending.map(outcome))
  t.equal(await soon(pending[0]!), null, 'it waits')
  process.kill(redisPid(), 'SIGKILL')
  for (const each of await told) t.match(each, /^StoreError: Redis is away/)
  t.match(
    await soon(line.call('GET', 'kept')),
    /^StoreError: Redis is away/,
    'and nobody is kept waiting meanwhile',
  )
  await until(async () => (await outcome(line.call('PING'))) === 'PONG', 'the line is back')
  t.equal(await line.call('SET', 'after', 'yes'), 'OK')
  await until(async () => (await store.get('after').catch(() => null)) === 'yes', 'the other client is, too')
})

t.test('a Redis that is mute counts as away after two seconds, until it speaks again', async (t) => {
  const line = await lineFor(t)
  const pid = redisPid()
  process.kill(pid, 'SIGSTOP')
  t.teardown(() => process.kill(pid, 'SIGCONT'))
  const begun = Date.now()
  const waiting = Array.from({ length: 65_536 }, () => outcome(line.call('PING')))
  t.match(await soon(line.call('PING')), /^StoreError: Redis does not keep up/, 'no queue grows for ever')
  const told = new Set(await Promise.all(waiting))
  const took = Date.now() - begun
  t.match([...told], [/^StoreError: Redis does not answer/])
  t.ok(took >= 2000, `after ${took} ms`)
  process.kill(pid, 'SIGCONT')
  await until(async () => (await outcome(line.call('PING'))) === 'PONG', 'the line is back')
})

t.test('a process that stands still for longer than that has its answers all the same', async (t) => {
  const line = await lineFor(t)
  const asked = outcome(line.call('PING'))
  // It leaves before this turn of the loop ends; its answer waits at the socket while nobody reads.
  await new Promise<void>((resolve) =>
    setImmediate(() => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2600)
      resolve()
    }),
  )
  t.equal(await asked, 'PONG')
})

t.test('a line that is closed ends what was asked, refuses what comes, and does not come back', async (t) => {
  const line = await openLine(redis.url)
  const pending = Array.from({ length: 100 }, () => outcome(line.call('INCR', 'told before the end')))
  const stopped = line.stop()
  t.match(await outcome(line.call('PING')), /^StoreError: Redis is away/)
  await stopped
  t.equal(await pending.at(-1), 100)
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.match(await outcome(line.call('PING')), /^StoreError/)
})

t.test('a line whose Redis does not answer any more is closed all the same', async (t) => {
  const line = await openLine(redis.url)
  const pending = outcome(line.call('BLPOP', 'nothing', 0))
  await line.stop()
  t.match(await pending, /^StoreError: Redis does not answer/)
})

t.test('where nothing listens no line is opened, and the fault says why', async (t) => {
  await t.rejects(openLine(join(testFolder(t), 'nobody.sock')), StoreError)
  await t.rejects(openLine('redis://127.0.0.1:1'), { message: /ECONNREFUSED/ })
  await t.rejects(openLine('http://127.0.0.1'), SetupError)
})

/* Redis by TCP, with a password */

/** A Redis of its own on TCP; the default user has a password, and one more user has another. */
async function redisWithPasswords(t: Test): Promise<{ port: number; pid: number }> {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const program = await findOrInstallRedis({ install: true, log: quiet })
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  free.close()
  const settings = { port, bind: '127.0.0.1', dir: testFolder(t), save: '', requirepass: PASSWORD }
  const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  const server = spawn(program, [...words, '--user', 'radius', 'on', '>another', '~*', '+@all'], {
    stdio: 'ignore',
  })
  t.teardown(async () => {
    server.kill('SIGKILL')
    await once(server, 'exit')
  })
  await until(async () => {
    const line = await openLine(`redis://127.0.0.1:${port}`).catch(() => null)
    await line?.stop()
    return line !== null
  }, 'Redis listens')
  return { port, pid: server.pid! }
}

const PASSWORD = 'p@ss/wörd'

t.test('password, user and database of a URL are said first, on each connection', async (t) => {
  const { port } = await redisWithPasswords(t)
  const secret = encodeURIComponent(PASSWORD)
  const admin = await lineFor(t, `redis://:${secret}@127.0.0.1:${port}`)
  const line = await lineFor(t, `redis://radius:another@127.0.0.1:${port}/3`)
  t.match(await admin.call('CLIENT', 'INFO'), / db=0 .* user=default /)
  t.match(await line.call('CLIENT', 'INFO'), / db=3 .* user=radius /)
  await line.call('SET', 'key', 'in the third database')
  t.equal(await admin.call('GET', 'key'), null)

  await admin.call('CLIENT', 'KILL', 'USER', 'radius')
  await until(async () => (await outcome(line.call('PING'))) === 'PONG', 'the line is back')
  t.equal(await line.call('GET', 'key'), 'in the third database')
})

t.test('a wrong password opens no line, and the fault shows no password', async (t) => {
  const { port } = await redisWithPasswords(t)
  const error = await outcome(openLine(`redis://:not-this-one@127.0.0.1:${port}`))
  t.match(error, /^StoreError: .*WRONGPASS/)
  t.notMatch(error, /not-this-one/)
  const without = await lineFor(t, `redis://127.0.0.1:${port}`)
  await t.rejects(without.call('GET', 'key'), { name: 'RedisRefusal', message: /^NOAUTH/ })
})

/* What a plain line cannot reach */

t.test('where the line does not reach, ioredis answers the same commands', async (t) => {
  const client = await openClientCommands(redis.url)
  t.teardown(() => client.stop())
  const line = await lineFor(t)
  for (const commands of [client, line]) {
    await store.flushall()
    t.equal(await commands.call('SET', 'word', 'Hồ', 'EX', 60, 'NX'), 'OK')
    t.equal(await commands.call('SET', 'word', 'again', 'EX', 60, 'NX'), null)
    t.equal(await commands.call('GET', 'word'), 'Hồ')
    t.same(await commands.call('HMGET', 'hash', 'none'), [null])
    t.equal(await commands.call('ZADD', 'scores', 'GT', 5, 'x'), 1)
    t.same(await commands.call('ZRANGEBYSCORE', 'scores', '-inf', '+inf'), ['x'])
    await script(commands, 'visit-save', 1)('visit', 60, 'visit', 'v')
    t.equal(await store.hget('visit', 'visit'), 'v')
    await t.rejects(commands.call('INCR', 'word'), /not an integer/)
  }
})
