import { connect } from 'node:net'

/**
 * The first line of what the Redis behind a Unix socket answers to one command, or null when nobody answers in time.
 * Only to see it start and stop: core/store speaks to Redis.
 */
export function askRedis(
  socket: string,
  command: 'PING' | 'SHUTDOWN',
  withinMs = 1000,
): Promise<string | null> {
  return new Promise((resolve) => {
    const connection = connect(socket)
    let answer = ''
    const done = (line: string | null): void => {
      connection.destroy()
      resolve(line)
    }
    connection.setTimeout(withinMs, () => done(null))
    connection.once('connect', () => connection.write(`${command}\r\n`))
    connection.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
      if (answer.includes('\r\n')) done(answer.slice(0, answer.indexOf('\r\n')))
    })
    connection.once('error', () => done(null))
    connection.once('close', () => done(null))
  })
}
