import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { removeDataFolder } from './data-folder.ts'

/** What of tap this needs. */
interface Test {
  teardown(work: () => unknown): void
}

/** The whole platform as `npm start` runs it, in processes of its own, on free ports. */
export interface RunningPlatform {
  readonly folder: string
  readonly ports: Readonly<
    Record<'portal' | 'console' | 'metrics' | 'radiusAuth' | 'radiusAcct' | 'pid', number>
  >
  readonly environment: Readonly<Record<string, string>>
  /** What it printed so far. */
  output(): string
  /** Its exit code after SIGTERM. */
  stop(): Promise<number | null>
  /** Runs `./hotspot VERB …` beside it. */
  hotspot(...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>
  /** A value of `/metrics`: the sum over all series of a name whose labels hold these. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>
}

export const ROOT = resolve(import.meta.dirname, '../..')
const PATIENCE_MS = 120_000

/** Starts it and waits until it is ready; it goes with the test. */
export async function startPlatform(
  t: Test,
  more: Readonly<Record<string, string>> = {},
): Promise<RunningPlatform> {
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-run-'))
  // PostgreSQL runs as another user than root; a closed folder would send its data to /var/lib.
  chmodSync(folder, 0o755)
  const free = {
    PORTAL_PORT: '0',
    CONSOLE_PORT: '0',
    METRICS_PORT: '0',
    RADIUS_AUTH_PORT: '0',
    RADIUS_ACCT_PORT: '0',
  }
  const environment = { HOTSPOT_DATA: folder, LOG_LEVEL: 'warn', ...free, ...more }
  const child = spawn(join(ROOT, 'hotspot'), ['run'], { cwd: ROOT, env: { ...process.env, ...environment } })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null) child.kill('SIGTERM')
    return exitOf(child)
  }
  t.teardown(async () => {
    await stop()
    removeDataFolder(folder)
  })
  const runFile = join(folder, 'run.json')
  await until('the platform runs', () => {
    if (child.exitCode !== null) throw new Error(`hotspot run ended with ${child.exitCode}:\n${printed}`)
    return existsSync(runFile)
  })
  const ports = JSON.parse(readFileSync(runFile, 'utf8')) as RunningPlatform['ports']
  const platform: RunningPlatform = {
    folder,
    ports,
    environment,
    output: () => printed,
    stop,
    hotspot: (...words) => runHotspot(words, environment),
    async metric(name, labels = {}) {
      const text = await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text()
      return valuesOf(text, name, labels).reduce((sum, value) => sum + value, 0)
    },
  }
  await until(
    'the platform is ready',
    async () => (await fetch(`http://127.0.0.1:${ports.portal}/health/ready`)).ok,
  )
  return platform
}

/** Runs the command line to its end. */
export async function runHotspot(words: readonly string[], environment: Readonly<Record<string, string>>) {
  const child = spawn(join(ROOT, 'hotspot'), words, { cwd: ROOT, env: { ...process.env, ...environment } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return { code: await exitOf(child), stdout, stderr }
}

/** Asks again until it is so. @throws when it never is. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patienceMs
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`it never came to this: ${what}`)
    await new Promise((resume) => setTimeout(resume, 50))
  }
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(child.exitCode)
    child.once('close', (code) => resume(code))
  })

function valuesOf(text: string, name: string, labels: Readonly<Record<string, string>>): number[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line)
    if (match?.[1] !== name) return []
    const held = Object.entries(labels).every(([key, value]) => match[2]?.includes(`${key}="${value}"`))
    return held ? [Number(match[3])] : []
  })
}
