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
  /** Which of several processes of its role it is; not there for the only one. */
  readonly team?: Team
}

/** Processes of one role that listen on the same ports, and one's place among them. */
export interface Team {
  /** From 0. */
  readonly index: number
  readonly size: number
  /** 32 random octets of this run in base64: what carries them comes from one of the team. */
  readonly token: string
  /** What all of them listen on, in one order. */
  readonly addresses: readonly string[]
}

/** How one of a team is reached by the others. */
export interface Peering {
  /** Its private port on loopback. */
  readonly port: number
  /** Tells it the private ports of all by their index; null is one that is away. */
  know(ports: readonly (number | null)[]): void
}

/** A part of the platform that runs: where it listens, and what keeps it from being ready (null: nothing). */
export interface Part {
  /** `portal: 8080` and the like, for the start-up table and run.json. */
  readonly ports: Readonly<Record<string, number>>
  /** Where it has a team. */
  readonly peering?: Peering
  notReady(): Promise<string | null>
  stop(): Promise<void>
}
