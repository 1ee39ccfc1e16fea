import cluster, { type Worker } from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { SetupError } from '../../core/process/errors.ts'
import type { FromProcess, Role, ToProcess } from './messages.ts'

/** How long a process may take to answer a question before it counts as stuck. */
const ANSWER_MS = 4000
const STOP_MS = 3500
/** How long all that came due by a standing clock may take. */
const WORK_MS = 60_000

/**
 * How the JavaScript engine runs roles that answer thousands a second. They make much garbage that dies at once: in a
 * small young generation it stays in the processor's caches, and collecting it alone takes a third of the time that
 * waiting for helper threads on busy cores does. Their code is compiled at once: where other processes keep the cores
 * busy, the helper thread that would do it may not run for seconds. Nothing is put among old objects from the start
 * because such objects grew old while the process started: one of them, dead or not, holds all of its request until old
 * objects are collected, which made a third of all garbage old. Old ones are collected before they have doubled: requests
 * that wait for a slow Redis grow old by the thousand, and took forty megabytes more.
 */
const BUSY = [
  '--max-semi-space-size=8',
  '--no-parallel-scavenge',
  '--no-concurrent-recompilation',
  '--no-allocation-site-pretenuring',
  '--heap-growing-percent=50',
]
const ENGINE: Readonly<Partial<Record<Role, readonly string[]>>> = { 'radius-server': BUSY, portal: BUSY }

export type Instruction = Omit<Extract<ToProcess, { kind: 'start' }>, 'kind' | 'role' | 'environment'>

/** A forked process of one role. */
export class Child {
  readonly role: Role
  readonly #worker: Worker
  readonly #waiting = new Map<number, (value: unknown) => void>()
  #asked = 0
  #ports: Readonly<Record<string, number>> = {}
  #peerPort: number | null = null

  private constructor(role: Role) {
    this.role = role
    cluster.setupPrimary({
      exec: fileURLToPath(new URL('./worker.js', import.meta.url)),
      execArgv: [...process.execArgv, ...(ENGINE[role] ?? [])],
      silent: false,
    })
    this.#worker = cluster.fork()
    this.#worker.on('message', (message: FromProcess) => {
      if (message.kind === 'answer') this.#waiting.get(message.id)?.(message.value)
    })
  }

  /**
   * Forks a process and waits until it listens.
   * @throws Error with the process's own sentence when it cannot.
   */
  static async start(
    role: Role,
    instruction: Instruction,
    environment: Readonly<Record<string, string>>,
  ): Promise<Child> {
    const child = new Child(role)
    await new Promise<void>((resolve, reject) => {
      child.#worker.on('message', (message: FromProcess) => {
        if (message.kind === 'loaded') child.#tell({ kind: 'start', role, environment, ...instruction })
        if (message.kind === 'failed') reject(new SetupError('process-failed', message.message))
        if (message.kind !== 'listening') return
        child.#ports = message.ports
        child.#peerPort = message.peerPort
        resolve()
      })
      child.#worker.once('exit', (code, signal) =>
        reject(new Error(`${role} ended at once (${signal ?? code})`)),
      )
    }).catch(async (error: unknown) => {
      await child.stop()
      throw error
    })
    return child
  }

  get ports(): Readonly<Record<string, number>> {
    return this.#ports
  }

  /** Where its team reaches it; null without a team. */
  get peerPort(): number | null {
    return this.#peerPort
  }

  isAlive(): boolean {
    return !this.#worker.isDead()
  }

  onExit(listener: (how: string) => void): void {
    this.#worker.once('exit', (code, signal) => listener(String(signal ?? code)))
  }

  /** The process's answer; undefined when it has ended or does not answer in time. */
  ask(what: 'health'): Promise<string | null | undefined>
  ask(what: 'metrics'): Promise<unknown>
  ask(what: 'metrics' | 'health'): Promise<unknown> {
    return this.#question(ANSWER_MS, (id) => ({ kind: 'ask', id, what }))
  }

  /** Sets its standing clock; false when it has ended or its work takes too long. */
  async setClock(at: number, work: boolean): Promise<boolean> {
    return (await this.#question(WORK_MS, (id) => ({ kind: 'clock', id, at, work }))) === at
  }

  #question(withinMs: number, message: (id: number) => ToProcess): Promise<unknown> {
    if (!this.isAlive()) return Promise.resolve(undefined)
    const id = this.#asked++
    return new Promise((resolve) => {
      const done = (value: unknown): void => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        resolve(value)
      }
      // Who stood still himself reads what was answered meanwhile before he gives up.
      const timer = setTimeout(() => setImmediate(done, undefined), withinMs)
      this.#waiting.set(id, done)
      this.#tell(message(id))
    })
  }

  tellOthers(notReady: string | null): void {
    this.#tell({ kind: 'others', notReady })
  }

  tellPeers(ports: readonly (number | null)[]): void {
    this.#tell({ kind: 'peers', ports })
  }

  /** Lets it finish its open work, and ends it when it will not. */
  async stop(): Promise<void> {
    const { process: child } = this.#worker
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
    this.#tell({ kind: 'stop' })
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await gone
    clearTimeout(timer)
  }

  #tell(message: ToProcess): void {
    // A process that is just ending takes no messages; its exit says the rest.
    if (this.#worker.isConnected()) this.#worker.send(message, undefined, () => undefined)
  }
}
