import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { keysOf, type Keys } from '../../../core/process/keys.ts'
import { openStore, type Store } from '../../../core/store/redis.ts'
import { VisitStore } from '../../../core/store/visits.ts'
import { removeDataFolder } from '../../support/data-folder.ts'
import { cityFile, type Visitor } from './city.ts'
import { childrenOf, commandLine } from './process-figures.ts'

const CLONE = resolve(import.meta.dirname, '../../..')
const PATIENCE_MS = 120_000

/** Our RADIUS server with its private stores, as `./hotspot run radius-server` starts them. */
export interface Ours {
  readonly keys: Keys
  readonly store: Store
  readonly authPort: number
  readonly acctPort: number
  readonly workers: readonly number[]
  readonly redisPid: number
  /** What the processes print from now on. */
  onOutput(listener: (text: string) => void): void
  /** Gives visitors their rights, as the portal does at a tap. */
  admit(visitors: readonly Visitor[]): Promise<void>
  /** Forgets all but the city itself, and lets Redis write its file anew, so that every round begins alike. */
  clear(): Promise<void>
  stop(): Promise<void>
}

export interface OursOptions {
  readonly folder: string
  readonly workers: number
  /** Words for Node before the program: they reach the workers, too. */
  readonly nodeWords?: readonly string[]
}

export async function startOurs({ folder, workers, nodeWords = [] }: OursOptions): Promise<Ours> {
  mkdirSync(folder, { recursive: true })
  // PostgreSQL runs as another user than root; a closed folder would send its data to /var/lib.
  chmodSync(folder, 0o755)
  const key = randomBytes(32).toString('base64')
  const config = join(folder, 'city.json')
  writeFileSync(config, cityFile())
  const child = spawn(process.execPath, [...nodeWords, 'cli/bootstrap.mjs', 'run', 'radius-server'], {
    cwd: CLONE,
    env: {
      ...withoutSettings(process.env),
      HOTSPOT_CONFIG: config,
      HOTSPOT_DATA: join(folder, 'data'),
      HOTSPOT_KEY: key,
      LOG_LEVEL: 'warn',
      RADIUS_WORKERS: String(workers),
      RADIUS_AUTH_PORT: '0',
      RADIUS_ACCT_PORT: '0',
      METRICS_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const listeners: ((text: string) => void)[] = [(text) => (printed = (printed + text).slice(-20_000))]
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      for (const listener of listeners) listener(chunk.toString())
    })
  const stop = (): Promise<void> => endProcess(child)
  try {
    const runFile = join(folder, 'data/run.json')
    const end = Date.now() + PATIENCE_MS
    while (!existsSync(runFile)) {
      if (child.exitCode !== null || Date.now() > end)
        throw new Error(`our server did not start; it printed:\n${printed}`)
      await new Promise((resume) => setTimeout(resume, 50))
    }
    const { radiusAuth, radiusAcct } = readJson(runFile) as { radiusAuth: number; radiusAcct: number }
    const { redisUrl } = readJson(join(folder, 'data/services.json')) as { redisUrl: string }
    const store = await openStore(redisUrl)
    const redisPid = Number(/process_id:(\d+)/.exec(await store.info('server'))?.[1])
    return {
      keys: keysOf(key),
      store,
      authPort: radiusAuth,
      acctPort: radiusAcct,
      workers: childrenOf(child.pid!).filter((pid) => commandLine(pid).includes('worker.js')),
      redisPid,
      onOutput: (listener) => void listeners.push(listener),
      admit: (visitors) => admit(store, visitors),
      clear: () => clearStore(store, (key) => !key.startsWith('hs:{tables}:')),
      async stop() {
        store.disconnect()
        await stop()
        removeDataFolder(join(folder, 'data'))
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function admit(store: Store, visitors: readonly Visitor[]): Promise<void> {
  const visits = new VisitStore(store)
  for (let i = 0; i < visitors.length; i += 1000)
    await Promise.all(
      visitors.slice(i, i + 1000).map(async ({ visit, grant }) => {
        await visits.create(visit, true)
        await visits.grant(visit, grant)
      }),
    )
}

/** Removes the keys that `isGone` names, then has the append-only file rewritten. */
export async function clearStore(store: Store, isGone: (key: string) => boolean): Promise<void> {
  await removeAll(store, (await allKeys(store)).filter(isGone))
  await rewriteFile(store)
}

/** Removes keys by name. DEL, not UNLINK: memory that is freed later would be counted as in use. */
export async function removeAll(store: Store, keys: readonly string[]): Promise<void> {
  for (let i = 0; i < keys.length; i += 1000) await store.del(...keys.slice(i, i + 1000))
}

export async function allKeys(store: Store): Promise<string[]> {
  const all = new Set<string>()
  let cursor = '0'
  do {
    const [next, keys] = await store.scan(cursor, 'COUNT', 2000)
    cursor = next
    for (const key of keys) all.add(key)
  } while (cursor !== '0')
  return [...all]
}

/** Lets Redis write its append-only file anew and waits for it: it must not do so in the middle of a round. */
export async function rewriteFile(store: Store): Promise<void> {
  await rewritten(store)
  await store.bgrewriteaof()
  await rewritten(store)
}

/** Waits until Redis does not rewrite its append-only file. */
async function rewritten(store: Store): Promise<void> {
  const busy = /aof_rewrite_in_progress:1|aof_rewrite_scheduled:1/
  while (busy.test(await store.info('persistence'))) await new Promise((resume) => setTimeout(resume, 50))
}

/** An operator's settings must not lead the bench to the city's stores. */
export function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(REDIS_URL|DATABASE_URL|HOTSPOT_(?!NO_INSTALL)|PORTAL_|CONSOLE_|METRICS_|RADIUS_|RADSEC_)/
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)))
}

/** Ends a process that we started: SIGTERM, and SIGKILL ten seconds later. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(timer)
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))
