import { standStill, type StandingClock } from '../../core/process/clock.ts'
import { SetupError } from '../../core/process/errors.ts'
import { keysOf } from '../../core/process/keys.ts'
import { createLog } from '../../core/process/log.ts'
import { createRegistry } from '../../core/process/metrics.ts'
import { readSettings } from '../../core/process/settings.ts'
import type { Part, Shared } from '../../core/process/shared.ts'
import type { FromProcess, Role, ToProcess } from './messages.ts'

/**
 * The process that the supervisor forks: it becomes the role it is told, until it is told to stop. It loads that role
 * alone: the others' libraries would double the memory of a RADIUS worker.
 */
const ROLE: Readonly<Record<Role, () => Promise<{ start(shared: Shared): Promise<Part> }>>> = {
  portal: () => import('../../portal/main.ts'),
  'radius-server': () => import('../../radius-server/main.ts'),
  analytics: () => import('../../analytics/main.ts'),
  console: async () => {
    const [{ start }, { createPreview }] = await Promise.all([
      import('../../console/main.ts'),
      import('../../portal/preview.ts'),
    ])
    return { start: (shared) => start(shared, createPreview()) }
  },
}

const say = (message: FromProcess): void => void process.send?.(message)

let part: Part | null = null
let others: string | null = null
let clock: StandingClock | null = null
const registry = createRegistry()

process.on('message', (message: ToProcess) => {
  if (message.kind === 'start') void begin(message)
  else if (message.kind === 'stop') void end()
  else if (message.kind === 'others') others = message.notReady
  else if (message.kind === 'peers') part?.peering?.know(message.ports)
  else if (message.kind === 'clock') void setClock(message)
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
  team,
}: ToProcess & { kind: 'start' }): Promise<void> {
  try {
    const settings = readSettings({ ...process.env, ...environment })
    clock = settings.clock === null ? null : standStill(settings.clock)
    const { start } = await ROLE[role]()
    part = await start({
      settings,
      keys: keysOf(masterKey),
      log: createLog(settings.logLevel, role),
      registry,
      now: clock?.now ?? Date.now,
      redisUrl,
      databaseUrl,
      othersNotReady: () => others,
      ...(team && { team }),
    })
    say({ kind: 'listening', ports: part.ports, peerPort: part.peering?.port ?? null })
  } catch (error) {
    const message =
      error instanceof SetupError ? error.message : `${role} could not start: ${(error as Error).stack}`
    say({ kind: 'failed', message })
  }
}

async function setClock({ id, at, work }: ToProcess & { kind: 'clock' }): Promise<void> {
  await clock?.set(at, work)
  say({ kind: 'answer', id, value: at })
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
