import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedError, type Embedded, type EmbeddedLog } from './embedded.ts'
import { ownFolder, socketFolder } from './folders.ts'
import { keepRunning, type Served } from './keep-running.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { findOrInstallRedis } from './redis-program.ts'
import { askRedis } from './redis-wire.ts'
import { lastWords, servingPid, startServer, type ServerProcess } from './server-process.ts'
import { ourselves } from './server-user.ts'

export interface RedisStart {
  readonly dataFolder: string
  readonly log: EmbeddedLog
  /** May redis-server be installed with apt-get where it is missing? */
  readonly install: boolean
}

/** An append-only file of some gigabytes takes its time to load. */
const LOAD_PATIENCE_MS = 120_000
const SHARED_PATIENCE_MS = 10_000
const STOP_WITHIN_MS = 3000

/**
 * A private Redis for this data folder: `url` is the path of its Unix socket, as ioredis takes it; every write is in
 * the append-only file in `<dataFolder>/redis` within a second. If another hotspot serves the folder already, that
 * one. Started again should it go away.
 * @throws EmbeddedError when there is no Redis to start, or it does not start.
 */
export async function startRedis({ dataFolder, log, install }: RedisStart): Promise<Embedded> {
  const folder = ownFolder(join(dataFolder, 'redis'))
  const place: Place = {
    folder,
    socket: join(socketFolder(dataFolder, 'redis', ourselves()), 'redis.sock'),
    pidFile: join(folder, 'redis.pid'),
    logFile: join(folder, 'redis.log'),
  }
  const serve = (): Promise<Served> =>
    oneAtATime(`Redis in ${place.folder}`, LOAD_PATIENCE_MS, async () => {
      const shared = await findServing(place)
      if (shared !== null) return shared
      return startPrivate(place, await findOrInstallRedis({ install, log }), log)
    })
  const kept = await keepRunning('Redis', serve, log)
  const whose = kept.served.shared ? ', started by another hotspot' : ''
  return {
    url: place.socket,
    describe: `Redis on ${place.socket}, data in ${place.folder}${whose}`,
    stop: () => kept.stop(),
  }
}

interface Place {
  readonly folder: string
  readonly socket: string
  readonly pidFile: string
  readonly logFile: string
}

/** The Redis that serves this folder already, or null; one that is about to end is waited for. */
async function findServing({ folder, socket, pidFile }: Place): Promise<Served | null> {
  const until = Date.now() + SHARED_PATIENCE_MS
  for (let pid = servingPid(folder, pidFile); pid !== null; pid = servingPid(folder, pidFile)) {
    const answer = await askRedis(socket, 'PING')
    if (answer === '+PONG')
      return {
        shared: true,
        isAlive: () => servingPid(folder, pidFile) === pid,
        stop: async () => {},
      }
    const isLoading = answer?.startsWith('-LOADING') ?? false
    if (!isLoading && Date.now() > until)
      // Two servers would ruin the append-only file. Seen where /tmp is private to a systemd service.
      throw new EmbeddedError(
        'redis-unreachable',
        `process ${pid} already serves ${folder}, but does not answer on ${socket}: end it, or set REDIS_URL to where it listens.`,
      )
    await sleep(20)
  }
  return null
}

async function startPrivate(place: Place, program: string, log: EmbeddedLog): Promise<Served> {
  const server = startServer({
    program,
    words: settings(place),
    endSignal: 'SIGTERM',
    user: ourselves(),
    logFile: place.logFile,
  })
  try {
    await waitUntilReady(server, place, basename(program), log)
  } catch (error) {
    await server.end([])
    throw error
  }
  return { shared: false, isAlive: () => server.isAlive(), stop: () => stopPrivate(server, place) }
}

function settings({ folder, socket, pidFile }: Place): string[] {
  const wanted: Record<string, string> = {
    port: '0',
    // Redis resolves relative paths after `dir`, so all of them are absolute.
    unixsocket: socket,
    unixsocketperm: '700',
    dir: folder,
    pidfile: pidFile,
    daemonize: 'no',
    'protected-mode': 'yes',
    appendonly: 'yes',
    appendfsync: 'everysec',
    // Each report appends some 800 octets, so that at the usual 64 MB a busy city would write all anew every few seconds.
    // This much is loaded in some seconds. What is written anew is not compressed, which takes most of the time it needs.
    'auto-aof-rewrite-min-size': '256mb',
    rdbcompression: 'no',
    // The open sessions of a gateway in one piece while they are no more: 50 octets each, where a tree takes 130. Versions
    // before 7 know it by this name alone.
    'zset-max-ziplist-entries': '256',
    // No snapshots beside the append-only file.
    save: '',
    // Sessions must never be dropped in silence; writes fail loudly instead.
    'maxmemory-policy': 'noeviction',
  }
  return Object.entries(wanted).flatMap(([name, value]) => [`--${name}`, value])
}

async function waitUntilReady(
  server: ServerProcess,
  { socket, folder, logFile }: Place,
  name: string,
  log: EmbeddedLog,
): Promise<void> {
  const until = Date.now() + LOAD_PATIENCE_MS
  let told = false
  while (server.isAlive()) {
    const answer = await askRedis(socket, 'PING')
    if (answer === '+PONG') return
    if (answer?.startsWith('-LOADING') && !told) {
      told = true
      log.info(`Redis is loading ${folder}`)
    }
    if (Date.now() > until) break
    await sleep(10)
  }
  const how = server.isAlive() ? `no answer in ${LOAD_PATIENCE_MS / 1000} s` : await server.ended
  throw new EmbeddedError(
    'redis-not-started',
    `${name} did not start in ${folder} (${how}; ${lastWords(logFile)}): mend that, or set REDIS_URL.`,
  )
}

async function stopPrivate(server: ServerProcess, { socket }: Place): Promise<void> {
  if (!server.isAlive()) return
  const asked = Date.now()
  // SHUTDOWN flushes and syncs the append-only file at once; SIGTERM does the same at the next tenth of a second.
  await askRedis(socket, 'SHUTDOWN', STOP_WITHIN_MS)
  await server.end([['SIGTERM', Math.max(100, STOP_WITHIN_MS - (Date.now() - asked))]])
}
