import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'

/** What the load measured, as `load.c` prints it. Latencies in µs, processor time in seconds. */
export interface LoadReport {
  /** When the clock started, epoch ms. */
  readonly startedAt: number
  readonly sent: number
  readonly answered: number
  readonly seconds: number
  readonly answeredInTime: number
  readonly lost: number
  readonly unsendable: number
  readonly late: number
  readonly bad: Readonly<
    Record<'unexpected' | 'shape' | 'code' | 'authenticator' | 'messageAuthenticator', number>
  >
  readonly latency: Readonly<Record<'mean' | 'p50' | 'p90' | 'p99' | 'p999' | 'max', number>>
  readonly processor: readonly number[]
  readonly own: number
}

/** So many in flight, or so many a second, one by one or some at the same moment. */
export type Loop = { readonly window: number } | { readonly rate: number; readonly burst?: number }

export interface LoadJob {
  readonly file: string
  readonly port: number
  readonly loop: Loop
  /** Requests before the clock starts. */
  readonly warm: number
  readonly count: number
  readonly seconds: number
  /** How long a reply is waited for, three seconds by default. */
  readonly timeoutMs?: number
  /** Processes whose processor time is told. */
  readonly pids: readonly number[]
}

/** Compiles the load into a folder. @throws when there is no C compiler, saying so. */
export async function compileLoad(folder: string): Promise<string> {
  const program = join(folder, 'load')
  const source = join(import.meta.dirname, 'load.c')
  await promisify(execFile)('cc', ['-O2', '-std=gnu17', '-o', program, source]).catch((cause: unknown) => {
    throw new Error('the load does not compile: it needs a C compiler (apt-get install gcc libc6-dev)', {
      cause,
    })
  })
  return program
}

/** Runs the load to its end. @throws when it could not run. */
export async function runLoad(program: string, job: LoadJob): Promise<LoadReport> {
  const { loop } = job
  const { file, port, warm, count, seconds, pids, timeoutMs = 3000 } = job
  const words = [
    ...('window' in loop ? [`window=${loop.window}`] : [`rate=${loop.rate}`, `burst=${loop.burst ?? 1}`]),
    `port=${port}`,
    `warm=${warm}`,
    `count=${count}`,
    `seconds=${seconds}`,
    `timeout=${timeoutMs}`,
    `pids=${pids.join(',')}`,
  ]
  const child = spawn(program, [file, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const printed = await text(child.stdout)
  const [code] = (await ended) as [number | null]
  if (code !== 0) throw new Error(`the load ended with ${code}`)
  return JSON.parse(printed) as LoadReport
}

/** Replies that no right server sends. */
export const badReplies = ({ bad }: LoadReport): number =>
  Object.values(bad).reduce((sum, count) => sum + count, 0)
