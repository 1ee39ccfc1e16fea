import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EmbeddedLog } from '../../../../core/process/embedded/embedded.ts'
import { removeDataFolder } from '../../../support/data-folder.ts'

const DIST = resolve(import.meta.dirname, '../../../../dist/core/process/embedded')

interface Teardown {
  teardown(work: () => void | Promise<void>): void
}

/** An empty data folder that PostgreSQL's user may enter; with its socket folders it goes when the test is over. */
export function temporaryDataFolder(t: Teardown): string {
  const folder = mkdtempSync('/tmp/hotspot-test-')
  chmodSync(folder, 0o755)
  t.teardown(() => removeDataFolder(folder))
  return folder
}

/** A log that remembers. */
export function listeningLog(): EmbeddedLog & { readonly lines: string[] } {
  const lines: string[] = []
  const add = (line: string): void => void lines.push(line)
  return { lines, info: add, warn: add, error: add }
}

/** Another hotspot, reduced to the server it starts: a process of its own, from dist/, ready when this resolves. */
export async function hotspotThatStarts(
  server: 'startRedis' | 'startPostgres',
  dataFolder: string,
): Promise<ChildProcess> {
  const file = join(DIST, server === 'startRedis' ? 'redis.js' : 'postgres.js')
  const program = `
    import { ${server} } from ${JSON.stringify(file)}
    const log = { info() {}, warn() {}, error() {} }
    const { stop } = await ${server}({ dataFolder: ${JSON.stringify(dataFolder)}, log, install: false })
    process.on('SIGTERM', async () => { await stop(); process.exit(0) })
    setInterval(() => {}, 1000)
    console.log('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((ready, failed) => {
    child.stdout.once('data', () => ready())
    child.once('exit', (code) => failed(new Error(`the other hotspot ended with ${code}`)))
  })
  return child
}

/** Ends a child and waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await gone
}

/** Waits until something observed from outside is so: processes of their own tell us nothing. */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until; await sleep(20)) if (await isSo()) return true
  return false
}

/** The first line of a pid file. */
export function pidIn(file: string): number {
  return Number(readFileSync(file, 'utf8').split('\n')[0])
}

/** False for a zombie as well: where PID 1 is slow to reap, a dead server still has a number. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
