import type { Keys } from './keys.ts'
import type { Logger } from './log.ts'
import type { Registry } from './metrics.ts'
import type { Settings } from './settings.ts'

/** What every process is handed at its start; nothing is global. `now` is epoch ms. */
export interface Shared {
  readonly settings: Settings
  readonly keys: Keys
  readonly log: Logger
  readonly registry: Registry
  readonly now: () => number
  readonly redisUrl: string
  readonly databaseUrl: string
  /** What keeps the other processes of this run from being ready, or null. */
  readonly othersNotReady: () => string | null
}

/** A part of the platform that runs: where it listens, and what keeps it from being ready (null: nothing). */
export interface Part {
  /** `portal: 8080` and the like, for the start-up table and run.json. */
  readonly ports: Readonly<Record<string, number>>
  notReady(): Promise<string | null>
  stop(): Promise<void>
}
