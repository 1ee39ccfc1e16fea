import { SetupError } from '../errors.ts'

/** A server that runs on this machine for one data folder; `url` is what its client library takes. */
export interface Embedded {
  readonly url: string
  /** For the start-up table: which program, where its data is, whose it is. */
  readonly describe: string
  /** Ends it, data safe on disk; leaves it alone when another hotspot started it. */
  stop(): Promise<void>
}

/** What an embedded server says while it starts or comes back; a pino logger fits. */
export interface EmbeddedLog {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** An embedded server cannot be had: `message` says what was tried and what to do. */
export class EmbeddedError extends SetupError {
  constructor(code: EmbeddedFault, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.name = 'EmbeddedError'
  }
}

export type EmbeddedFault =
  | 'folder-closed'
  | 'lock-timeout'
  | 'postgres-init-failed'
  | 'postgres-missing'
  | 'postgres-not-runnable'
  | 'postgres-not-started'
  | 'postgres-user-missing'
  | 'postgres-version'
  | 'redis-install-failed'
  | 'redis-missing'
  | 'redis-not-started'
  | 'redis-unreachable'
  | 'socket-folder-taken'
