import { existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Redis } from 'ioredis'
import { test } from 'tap'
import { folderHash } from '../../../../core/process/embedded/folders.ts'
import { findOrInstallRedis } from '../../../../core/process/embedded/redis-program.ts'
import { startRedis } from '../../../../core/process/embedded/redis.ts'
import {
  end,
  eventually,
  hotspotThatStarts,
  isRunning,
  listeningLog,
  pidIn,
  temporaryDataFolder,
} from './hotspot-stand-in.ts'

const log = listeningLog()

async function ask<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url)
  try {
    return await question(redis)
  } finally {
    redis.disconnect()
  }
}

/** ioredis tells of every attempt that fails while there is no Redis. */
function reconnecting(url: string): Redis {
  return new Redis(url).on('error', () => {})
}

test('Redis listens on a socket that its owner alone can reach, and on no port', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  const { url, describe, stop } = await startRedis({ dataFolder, log, install: false })
  t.equal(await ask(url, (redis) => redis.ping()), 'PONG')
  t.same(await ask(url, (redis) => redis.config('GET', 'port')), ['port', '0'])
  t.equal(statSync(dirname(url)).mode & 0o777, 0o700)
  t.equal(statSync(url).mode & 0o777, 0o700)
  t.match(describe, join(dataFolder, 'redis'))
  await stop()
  t.notOk(existsSync(url), 'its socket goes with it')
})

test('the append-only file is not written anew every few seconds of a busy city', async (t) => {
  const { url, stop } = await startRedis({ dataFolder: temporaryDataFolder(t), log, install: false })
  const wanted = { 'auto-aof-rewrite-min-size': String(256 << 20), rdbcompression: 'no' }
  for (const [name, value] of Object.entries(wanted))
    t.same(await ask(url, (redis) => redis.config('GET', name)), [name, value])
  await stop()
})

test('the open sessions of a busy gateway are kept in one piece', async (t) => {
  const { url, stop } = await startRedis({ dataFolder: temporaryDataFolder(t), log, install: false })
  await ask(url, async (redis) => {
    for (let i = 0; i < 256; i++) await redis.zadd('open', i, `session-${i}`)
    t.equal(await redis.object('ENCODING', 'open'), 'listpack')
  })
  await stop()
})

test('every write is kept in the append-only file and none is dropped for want of memory', async (t) => {
  const { url, stop } = await startRedis({ dataFolder: temporaryDataFolder(t), log, install: false })
  const wanted = { appendonly: 'yes', appendfsync: 'everysec', save: '', 'maxmemory-policy': 'noeviction' }
  for (const [name, value] of Object.entries(wanted))
    t.same(await ask(url, (redis) => redis.config('GET', name)), [name, value])
  await stop()
})

test('a restart finds what was written before', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  const first = await startRedis({ dataFolder, log, install: false })
  await ask(first.url, (redis) => redis.set('visitor', 'online'))
  await first.stop()
  const second = await startRedis({ dataFolder, log, install: false })
  t.equal(second.url, first.url)
  t.equal(await ask(second.url, (redis) => redis.get('visitor')), 'online')
  await second.stop()
})

test('a data folder deeper than a socket path may be long has its socket elsewhere', async (t) => {
  const dataFolder = join(temporaryDataFolder(t), 'a-folder-with-a-long-name/'.repeat(10))
  mkdirSync(dataFolder, { recursive: true })
  const { url, stop } = await startRedis({ dataFolder, log, install: false })
  t.ok(url.length < 100, url)
  t.equal(await ask(url, (redis) => redis.ping()), 'PONG')
  await stop()
  rmSync(dirname(url), { recursive: true })
})

test('a second start for the same folder uses the first Redis and leaves it running', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  const other = await hotspotThatStarts('startRedis', dataFolder)
  const pid = pidIn(join(dataFolder, 'redis/redis.pid'))
  const { url, describe, stop } = await startRedis({ dataFolder, log, install: false })
  t.match(describe, 'started by another hotspot')
  t.match(await ask(url, (redis) => redis.info('server')), `process_id:${pid}`)
  await stop()
  t.ok(isRunning(pid))
  await end(other, 'SIGTERM')
  t.notOk(isRunning(pid), 'whoever started it stops it')
})

test('two starts at once share one Redis', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  const both = await Promise.all([
    startRedis({ dataFolder, log, install: false }),
    startRedis({ dataFolder, log, install: false }),
  ])
  t.equal(both.filter(({ describe }) => describe.includes('another hotspot')).length, 1)
  for (const { stop } of both) await stop()
})

test('when the hotspot that started it ends, the next one takes over', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  const other = await hotspotThatStarts('startRedis', dataFolder)
  const { url, stop } = await startRedis({ dataFolder, log, install: false })
  const redis = reconnecting(url)
  await redis.set('visitor', 'online')
  await end(other, 'SIGTERM')
  t.equal(await redis.get('visitor'), 'online', 'the client reconnects on its own')
  redis.disconnect()
  await stop()
})

test('a Redis that crashes is started again', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  const { url, stop } = await startRedis({ dataFolder, log, install: false })
  const redis = reconnecting(url)
  await redis.ping()
  process.kill(pidIn(join(dataFolder, 'redis/redis.pid')), 'SIGKILL')
  t.equal(await redis.ping(), 'PONG')
  t.ok(log.lines.includes('Redis went away; starting it again'))
  redis.disconnect()
  await stop()
})

test('Redis dies with its hotspot, even one killed by SIGKILL, and the next start finds the data', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  const other = await hotspotThatStarts('startRedis', dataFolder)
  const pid = pidIn(join(dataFolder, 'redis/redis.pid'))
  await end(other, 'SIGKILL')
  t.ok(await eventually(() => !isRunning(pid)))
  const { url, stop } = await startRedis({ dataFolder, log, install: false })
  t.equal(await ask(url, (redis) => redis.ping()), 'PONG')
  await stop()
})

test('a pid file left by a crash does not name the process that has its number now', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  mkdirSync(join(dataFolder, 'redis'))
  writeFileSync(join(dataFolder, 'redis/redis.pid'), `${process.pid}\n`)
  const { url, stop } = await startRedis({ dataFolder, log, install: false })
  t.equal(await ask(url, (redis) => redis.ping()), 'PONG')
  await stop()
})

test('a link that somebody planted at the place of the socket folder is refused', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  const elsewhere = temporaryDataFolder(t)
  symlinkSync(elsewhere, `/tmp/hotspot-${folderHash(dataFolder)}-redis${process.getuid?.()}`)
  await t.rejects(startRedis({ dataFolder, log, install: false }), { code: 'socket-folder-taken' })
})

test('a Redis that does not start is reported with its own last words', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  mkdirSync(join(dataFolder, 'redis/appendonlydir'), { recursive: true })
  writeFileSync(join(dataFolder, 'redis/appendonlydir/appendonly.aof.manifest'), 'no manifest\n')
  await t.rejects(startRedis({ dataFolder, log, install: false }), {
    code: 'redis-not-started',
    message: /exit code 1; its last words: .*(manifest|AOF)/s,
  })
})

test('without Redis and without leave to install it, the error says what to do', async (t) => {
  const attempt = findOrInstallRedis({ install: false, log, find: () => null })
  await t.rejects(attempt, { code: 'redis-missing', message: /apt-get install redis-server.*REDIS_URL/ })
})
