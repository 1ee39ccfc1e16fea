import { setTimeout as sleep } from 'node:timers/promises'
import type { EmbeddedLog } from './embedded.ts'

/** A server found or started for the folder. */
export interface Served {
  /** True when another hotspot started it: theirs to stop. */
  readonly shared: boolean
  isAlive(): boolean
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 250
const LONGEST_PAUSE_MS = 10_000

/**
 * Serves once, then again whenever the server goes away before `stop`: because it crashed, or because the hotspot that
 * had started it (a short command, say) ended. Its clients reconnect on their own.
 * @throws what the first `serve` throws; later failures are logged and tried again, at most 10 s apart.
 */
export async function keepRunning(
  name: string,
  serve: () => Promise<Served>,
  log: EmbeddedLog,
): Promise<{ readonly served: Served; stop(): Promise<void> }> {
  const first = await serve()
  let served = first
  let pauseMs = LOOK_EVERY_MS
  const ending = new AbortController()
  const watch = async (): Promise<void> => {
    while (await pause(pauseMs, ending.signal)) {
      if (served.isAlive()) continue
      try {
        log.warn(`${name} went away; starting it again`)
        served = await serve()
        pauseMs = LOOK_EVERY_MS
      } catch (error) {
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
        log.error(
          `${name} cannot be started again: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    }
  }
  const watching = watch()
  return {
    served: first,
    async stop() {
      ending.abort()
      await watching
      await served.stop()
    },
  }
}

/** False when aborted. It keeps no process alive. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal, ref: false })
    return true
  } catch {
    return false
  }
}
