import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedError, type Embedded, type EmbeddedLog } from './embedded.ts'
import { socketFolder } from './folders.ts'
import { keepRunning, type Served } from './keep-running.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { findPostgres, postgresPackage } from './postgres-binaries.ts'
import { clusterFolder, clusterOwner, DATABASE, ensureCluster, spareFolder } from './postgres-cluster.ts'
import { lastWords, readLines, servingPid, startServer, type ServerProcess } from './server-process.ts'
import { postgresUser, type ServerUser } from './server-user.ts'

export interface PostgresStart {
  readonly dataFolder: string
  readonly log: EmbeddedLog
  /** Folder of the npm package that holds PostgreSQL; tests alone give another. */
  readonly packageFolder?: string | null
}

/** After a crash PostgreSQL replays its log first. */
const START_PATIENCE_MS = 60_000
const SHARED_PATIENCE_MS = 10_000
/** The orphans of a killed server need a moment to notice; until then a new one is refused. */
const ORPHAN_PATIENCE_MS = 10_000

/**
 * A private PostgreSQL for this data folder: `url` is what `pg` takes, over a Unix socket, to a database of its own.
 * Nothing listens on the network. If another hotspot serves the folder already, that one. Started again should it go
 * away.
 * @throws EmbeddedError when there is no PostgreSQL to start, or it does not start.
 */
export async function startPostgres({ dataFolder, log, packageFolder }: PostgresStart): Promise<Embedded> {
  mkdirSync(dataFolder, { recursive: true })
  const user = postgresUser(clusterOwner(dataFolder))
  const binaries = findPostgres(
    packageFolder === undefined ? postgresPackage() : packageFolder,
    user,
    () => spareFolder(dataFolder),
    log,
  )
  const place: Place = {
    folder: clusterFolder(dataFolder, user),
    sockets: socketFolder(dataFolder, 'pg', user),
    logFile: join(realpathSync(dataFolder), 'postgres.log'),
  }
  const serve = (): Promise<Served> =>
    oneAtATime(`PostgreSQL in ${place.folder}`, START_PATIENCE_MS, async () => {
      const shared = await findServing(place)
      if (shared !== null) return shared
      await ensureCluster(place.folder, binaries, user, log)
      return startPrivate(place, binaries.postgres, user)
    })
  const kept = await keepRunning('PostgreSQL', serve, log)
  const whose = kept.served.shared ? ', started by another hotspot' : ''
  return {
    url: `postgresql://${DATABASE}@/${DATABASE}?host=${place.sockets}`,
    describe: `PostgreSQL ${binaries.major} on ${place.sockets}, data in ${place.folder}${whose}`,
    stop: () => kept.stop(),
  }
}

interface Place {
  readonly folder: string
  readonly sockets: string
  readonly logFile: string
}

/** The PostgreSQL that serves this folder already, or null; one that is about to end is waited for. */
async function findServing({ folder, sockets }: Place): Promise<Served | null> {
  if (!existsSync(folder)) return null
  const pidFile = join(folder, 'postmaster.pid')
  const until = Date.now() + SHARED_PATIENCE_MS
  for (let pid = servingPid(folder, pidFile); pid !== null; pid = servingPid(folder, pidFile)) {
    if (isReady(pidFile) && (await answers(sockets)))
      return {
        shared: true,
        isAlive: () => servingPid(folder, pidFile) === pid,
        stop: async () => {},
      }
    if (Date.now() > until)
      throw new EmbeddedError(
        'postgres-not-started',
        `process ${pid} already serves ${folder}, but does not answer in ${sockets}: end it, or set DATABASE_URL to where it listens.`,
      )
    await sleep(20)
  }
  // After a crash its number may have gone to a process of the same user, which PostgreSQL would take for itself and
  // refuse to start. A number nobody has is left to PostgreSQL, which then looks for orphans that still write.
  if (isSomebody(Number(readLines(pidFile)[0]))) rmSync(pidFile, { force: true })
  return null
}

async function startPrivate(place: Place, program: string, user: ServerUser): Promise<Served> {
  const until = Date.now() + ORPHAN_PATIENCE_MS
  for (;;) {
    // The socket's lock file names a pid as well; under our lock whoever it was is gone.
    for (const name of readdirSync(place.sockets)) rmSync(join(place.sockets, name), { force: true })
    const server = startServer({
      program,
      words: ['-D', place.folder, ...settings(place)],
      endSignal: 'SIGINT',
      user,
      logFile: place.logFile,
    })
    const failure = await waitUntilReady(server, place)
    if (failure === null)
      return { shared: false, isAlive: () => server.isAlive(), stop: () => stopPrivate(server) }
    await server.end([])
    const words = lastWords(place.logFile)
    if (/shared memory block|lock file/.test(words) && Date.now() < until) {
      await sleep(100)
      continue
    }
    throw new EmbeddedError(
      'postgres-not-started',
      `PostgreSQL did not start in ${place.folder} (${failure}; ${words}): mend that, or set DATABASE_URL.`,
    )
  }
}

/** Given at each start rather than written at the first, so that a new version of ours changes old clusters too. */
function settings({ sockets }: Place): string[] {
  const wanted: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: sockets,
    unix_socket_permissions: '0700',
    shared_buffers: '128MB',
    max_connections: '100',
    max_wal_size: '512MB',
    fsync: 'on',
    synchronous_commit: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // Errors and the statements behind them carry phone numbers and MACs: they go to the caller, not to the log.
    // `log` ranks above `error` here.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  }
  return Object.entries(wanted).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** null once it takes connections, else why it will not. */
async function waitUntilReady(server: ServerProcess, { folder, sockets }: Place): Promise<string | null> {
  const pidFile = join(folder, 'postmaster.pid')
  const until = Date.now() + START_PATIENCE_MS
  while (server.isAlive()) {
    if (readLines(pidFile)[0] === String(server.pid) && isReady(pidFile) && (await answers(sockets)))
      return null
    if (Date.now() > until) return `not ready in ${START_PATIENCE_MS / 1000} s`
    await sleep(10)
  }
  return server.ended
}

/** Fast shutdown, a checkpoint included; where that takes too long the write-ahead log does it at the next start. */
async function stopPrivate(server: ServerProcess): Promise<void> {
  await server.end([
    ['SIGINT', 3000],
    ['SIGQUIT', 500],
  ])
}

/** The eighth line of postmaster.pid: starting, stopping, ready or standby. */
function isReady(pidFile: string): boolean {
  return readLines(pidFile)[7]?.trim() === 'ready'
}

function answers(sockets: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(join(sockets, '.s.PGSQL.5432'))
    const done = (answer: boolean): void => {
      connection.destroy()
      resolve(answer)
    }
    connection.once('connect', () => done(true))
    connection.once('error', () => done(false))
  })
}

function isSomebody(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
