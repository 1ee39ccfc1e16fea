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
  }
  if (!process.stdout.isTTY) return pino(options)
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' } },
  })
}
