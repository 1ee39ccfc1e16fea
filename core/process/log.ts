import { createHmac, randomBytes } from 'node:crypto'
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

let dayKey: Buffer | null = null
let keyDay = ''

/** What a log may say of a device or phone number: a digest under a key that lives in memory for one UTC day. */
export function logName(personal: string, now = Date.now()): string {
  const today = new Date(now).toISOString().slice(0, 10)
  if (dayKey === null || today !== keyDay) {
    dayKey = randomBytes(16)
    keyDay = today
  }
  return createHmac('sha256', dayKey).update(personal).digest('base64url').slice(0, 10)
}
