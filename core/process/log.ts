import { pino, type Logger } from 'pino'

export type { Logger }

/** A pino logger: JSON lines to standard output, pretty on a terminal. Names and secrets of fields never appear. */
export function createLog(level: string, name: string): Logger {
  const options = {
    level,
    name,
    redact: {
      paths: ['secret', '*.secret', 'password', '*.password', 'authorization', '*.authorization'],
      censor: '[secret]',
    },
    // A client's error carries the command it failed at, whose keys name devices.
    serializers: { err: toldOf },
  }
  if (!process.stdout.isTTY) return pino(options)
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' } },
  })
}

function toldOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack } = error
  const cause = error.cause === undefined ? {} : { cause: toldOf(error.cause) }
  return { name, message, code: (error as NodeJS.ErrnoException).code, stack, ...cause }
}
