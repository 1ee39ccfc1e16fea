import { fork, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { openStore } from '../../../core/store/redis.ts'
import { removeDataFolder } from '../../support/data-folder.ts'
import { clearStore, endProcess, withoutSettings } from '../radius/ours.ts'
import { childrenOf, commandLine } from '../radius/process-figures.ts'
import type { Job } from './load.ts'
import type { Report } from './round.ts'
import { CITY_FILE } from './phones.ts'

const CLONE = resolve(import.meta.dirname, '../../..')
const PATIENCE_MS = 120_000

/** A web server to be measured. */
export interface Server {
  readonly port: number
  /** The process that answers, first, and those that work for it. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}

/** Our portal with its private Redis. */
export interface Portal extends Server {
  readonly url: string
  /** Forgets all visitors, so that every round begins alike. */
  clear(): Promise<void>
}

/** Starts the portal as `./hotspot run portal` does, with the real sites of the city. */
export async function startPortal(folder: string, nodeWords: readonly string[]): Promise<Portal> {
  const data = join(folder, 'data')
  mkdirSync(data, { recursive: true })
  // PostgreSQL runs as another user than root; a closed folder would send its data to /var/lib.
  chmodSync(data, 0o755)
  const child = spawn(process.execPath, [...nodeWords, 'cli/bootstrap.mjs', 'run', 'portal'], {
    cwd: CLONE,
    env: {
      ...withoutSettings(process.env),
      HOTSPOT_CONFIG: CITY_FILE,
      HOTSPOT_DATA: data,
      LOG_LEVEL: 'warn',
      PORTAL_PORT: '0',
      METRICS_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-20_000)))
  try {
    const runFile = join(data, 'run.json')
    const end = Date.now() + PATIENCE_MS
    while (!existsSync(runFile)) {
      if (child.exitCode !== null || Date.now() > end)
        throw new Error(`the portal did not start; it printed:\n${printed}`)
      await new Promise((resume) => setTimeout(resume, 50))
    }
    const { portal } = readJson(runFile) as { portal: number }
    const { redisUrl } = readJson(join(data, 'services.json')) as { redisUrl: string }
    const store = await openStore(redisUrl)
    const redisPid = Number(/process_id:(\d+)/.exec(await store.info('server'))?.[1])
    return {
      port: portal,
      url: `http://127.0.0.1:${portal}`,
      pids: [...childrenOf(child.pid!).filter((pid) => commandLine(pid).includes('worker.js')), redisPid],
      clear: () => clearStore(store, (key) => !key.startsWith('hs:{tables}:')),
      async stop() {
        store.disconnect()
        await endProcess(child)
        removeDataFolder(data)
      },
    }
  } catch (error) {
    await endProcess(child)
    throw error
  }
}

/** Starts a bare Fastify that sends what a file holds. */
export async function startPeer(file: string): Promise<Server> {
  const child = fork(fileURLToPath(import.meta.resolve('./peer.ts')), [file], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const port = await new Promise<number>((done, fail) => {
    child.stdout!.once('data', (chunk: Buffer) => done(Number(chunk.toString())))
    child.once('exit', (code) => fail(new Error(`the peer ended with ${code}`)))
  })
  return { port, pids: [child.pid!], stop: () => endProcess(child) }
}

/** Runs the load to its end. @throws when it could not run. */
export async function runLoad(job: Job): Promise<Report> {
  const child = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, 'load.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  child.stdin.end(JSON.stringify(job))
  const printed = await text(child.stdout)
  const code = await ended
  if (code !== 0) throw new Error(`the load ended with ${code}`)
  return JSON.parse(printed) as Report
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))
