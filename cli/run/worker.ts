import { start as startAnalytics } from '../../analytics/main.ts'
import { start as startConsole } from '../../console/main.ts'
import { SetupError } from '../../core/process/errors.ts'
import { keysOf } from '../../core/process/keys.ts'
import { createLog } from '../../core/process/log.ts'
import { createRegistry } from '../../core/process/metrics.ts'
import { readSettings } from '../../core/process/settings.ts'
import type { Part, Shared } from '../../core/process/shared.ts'
import { start as startPortal } from '../../portal/main.ts'
import { start as startRadius } from '../../radius-server/main.ts'
import type { FromProcess, Role, ToProcess } from './messages.ts'

/** The process that the supervisor forks: it becomes the role it is told, until it is told to stop. */
const STARTS: Readonly<Record<Role, (shared: Shared) => Promise<Part>>> = {
  portal: startPortal,
  'radius-server': startRadius,
  analytics: startAnalytics,
  console: startConsole,
}

const say = (message: FromProcess): void => void process.send?.(message)

let part: Part | null = null
let others: string | null = null
const registry = createRegistry()

process.on('message', (message: ToProcess) => {
  if (message.kind === 'start') void begin(message)
  else if (message.kind === 'stop') void end()
  else if (message.kind === 'others') others = message.notReady
  else void answer(message.id, message.what)
})
// The supervisor decides when; a terminal's Ctrl-C reaches the whole group.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
// Without a supervisor nobody would ever stop this process.
process.on('disconnect', () => process.exit(1))
say({ kind: 'loaded' })

async function begin({
  role,
  masterKey,
  redisUrl,
  databaseUrl,
  environment,
}: ToProcess & { kind: 'start' }): Promise<void> {
  try {
    const settings = readSettings({ ...process.env, ...environment })
    part = await STARTS[role]({
      settings,
      keys: keysOf(masterKey),
      log: createLog(settings.logLevel, role),
      registry,
      now: Date.now,
      redisUrl,
      databaseUrl,
      othersNotReady: () => others,
    })
    say({ kind: 'listening', ports: part.ports })
  } catch (error) {
    const message =
      error instanceof SetupError ? error.message : `${role} could not start: ${(error as Error).stack}`
    say({ kind: 'failed', message })
  }
}

async function end(): Promise<void> {
  await part?.stop()
  process.disconnect()
  process.exit(0)
}

async function answer(id: number, what: 'metrics' | 'health'): Promise<void> {
  const value =
    what === 'metrics' ? await registry.getMetricsAsJSON() : part ? await part.notReady() : 'starting'
  say({ kind: 'answer', id, value })
}
