import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SetupError } from '../../../core/process/errors.ts'

/** A platform of the twin's own: all its processes on free ports of loopback, by a clock that the twin sets. */
export interface TwinPlatform {
  /** Sets every process's clock; with `work`, all that comes due by it is done. */
  setClock(at: number, work: boolean): Promise<void>
  /** Runs `./hotspot VERB …` beside it, at the time of its clock. @throws Error when it fails; `codes` are no failure. */
  hotspot(words: readonly string[], codes?: readonly number[]): Promise<string>
  /** The value of a metric: the sum of all series whose labels hold these. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>
  /** Settles when every event is in the records. */
  drained(): Promise<void>
  stop(): Promise<void>
}

const START_PATIENCE_MS = 180_000
const DRAIN_PATIENCE_MS = 120_000
const LOOK_AGAIN_MS = 20
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Starts it in a data folder. @throws SetupError with what it said when it does not start. */
export async function startTwinPlatform(setup: {
  readonly dataFolder: string
  readonly configFile: string
  /** Epoch ms. */
  readonly at: number
  readonly environment: Readonly<Record<string, string | undefined>>
}): Promise<TwinPlatform> {
  let now = setup.at
  // What a shell has set for another platform must not reach this one.
  const { PATH, HOME, HOTSPOT_NO_INSTALL, NODE_OPTIONS } = setup.environment
  const environment = (): NodeJS.ProcessEnv => ({
    ...{ PATH, HOME, HOTSPOT_NO_INSTALL, NODE_OPTIONS },
    HOTSPOT_DATA: setup.dataFolder,
    HOTSPOT_CONFIG: setup.configFile,
    HOTSPOT_CLOCK: new Date(now).toISOString(),
    LOG_LEVEL: 'warn',
    PORTAL_PORT: '0',
    CONSOLE_PORT: '0',
    METRICS_PORT: '0',
    RADIUS_AUTH_PORT: '0',
    RADIUS_ACCT_PORT: '0',
    RADIUS_WORKERS: '1',
  })
  const start = (words: readonly string[]): Said =>
    new Said(spawn(process.execPath, [process.argv[1]!, ...words], { env: environment() }))
  const running = start(['run'])
  const interrupt = (): void => void stop().then(() => process.exit(1))
  for (const signal of SIGNALS) process.once(signal, interrupt)
  const stop = async (): Promise<void> => {
    for (const signal of SIGNALS) process.off(signal, interrupt)
    running.child.kill('SIGTERM')
    await running.ended
  }
  const runFile = join(setup.dataFolder, 'run.json')
  const until = Date.now() + START_PATIENCE_MS
  while (!existsSync(runFile)) {
    if (running.code !== null || Date.now() > until) {
      await stop()
      throw new SetupError('no-platform', `The twin's platform did not start:\n${running.text()}`)
    }
    await sleep(LOOK_AGAIN_MS)
  }
  const { metrics } = JSON.parse(readFileSync(runFile, 'utf8')) as { metrics: number }
  const status = `http://127.0.0.1:${metrics}`

  const metric: TwinPlatform['metric'] = async (name, labels = {}) => {
    const text = await (await fetch(`${status}/metrics`)).text()
    return valuesOf(text, name, labels).reduce((sum, each) => sum + each, 0)
  }
  return {
    async setClock(at, work) {
      const answer = await fetch(`${status}/clock?at=${at}&work=${work ? 1 : 0}`, { method: 'PUT' })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`the clock cannot be set: ${text}`)
      now = at
    },
    async hotspot(words, codes = [0]) {
      const said = start(words)
      await said.ended
      if (said.code === null || !codes.includes(said.code))
        throw new Error(`hotspot ${words.join(' ')}: ${said.text()}`)
      return said.out
    },
    metric,
    async drained() {
      const end = Date.now() + DRAIN_PATIENCE_MS
      while ((await metric('hotspot_events_backlog')) > 0) {
        if (Date.now() > end) throw new Error('events wait and are not collected')
        await sleep(LOOK_AGAIN_MS)
      }
    },
    stop,
  }
}

/** A process and what it wrote. */
class Said {
  readonly child: ChildProcess
  readonly ended: Promise<void>
  out = ''
  #err = ''
  code: number | null = null

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout!.on('data', (chunk: Buffer) => (this.out += chunk.toString()))
    child.stderr!.on('data', (chunk: Buffer) => (this.#err += chunk.toString()))
    this.ended = new Promise((resolve) =>
      child.once('close', (code, signal) => {
        this.code = code ?? (signal === null ? 1 : 128)
        resolve()
      }),
    )
  }

  text(): string {
    return `${this.out}${this.#err}`.trim()
  }
}

function valuesOf(text: string, name: string, labels: Readonly<Record<string, string>>): number[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line)
    if (match?.[1] !== name) return []
    const held = Object.entries(labels).every(([key, value]) => match[2]?.includes(`${key}="${value}"`))
    return held ? [Number(match[3])] : []
  })
}
