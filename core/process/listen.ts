import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { SetupError } from './errors.ts'
import type { Running } from './lifecycle.ts'

export interface Listening extends Running {
  readonly port: number
}

export interface WebAddress {
  readonly hosts: readonly string[]
  /** 0 becomes one free port, the same on all hosts. */
  readonly port: number
  /** The setting that moves it, for the message. */
  readonly setting: string
  /** PEM files; read again when they change. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** How long an open answer may take once the process is asked to stop. */
const CLOSE_MS = 2000
const CERTIFICATE_CHECK_MS = 5000

/**
 * Serves HTTP, or HTTPS, on each host.
 * @throws SetupError naming the setting when an address cannot be bound or a certificate cannot be read.
 */
export async function listenWeb(
  handler: RequestListener,
  { hosts, port, setting, tls }: WebAddress,
): Promise<Listening> {
  const servers: Server[] = []
  let bound = port
  const stop = async (): Promise<void> => {
    if (tls) for (const file of [tls.cert, tls.key]) unwatchFile(file)
    await Promise.all(servers.map(close))
  }
  try {
    for (const host of hosts) {
      const server = tls ? tlsServer(handler, tls) : createServer(handler)
      // Each process accepts its own connections: a hop through the supervisor would cost every one of them.
      await new Promise<void>((resolve, reject) => {
        server.once('error', (cause: NodeJS.ErrnoException) =>
          reject(cannotListen(host, bound, setting, cause)),
        )
        server.listen({ host, port: bound, exclusive: true }, resolve)
      })
      servers.push(server)
      const address = server.address()
      if (typeof address === 'object' && address) bound = address.port
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { port: bound, stop }
}

/** The sentence for a TCP address that cannot be bound. */
function cannotListen(host: string, port: number, setting: string, cause: NodeJS.ErrnoException): SetupError {
  const why =
    cause.code === 'EADDRINUSE'
      ? 'is already in use: stop what uses it, or set'
      : `cannot be bound (${cause.code}): set`
  return new SetupError('cannot-listen', `TCP ${host}:${port} ${why} ${setting} to another port.`, { cause })
}

function tlsServer(handler: RequestListener, { cert, key }: { cert: string; key: string }): Server {
  const read = () => ({ cert: readFileSync(cert), key: readFileSync(key) })
  try {
    const server = createTlsServer(read(), handler)
    const renew = (): void => {
      try {
        server.setSecureContext(read())
      } catch {
        // Half of a new pair: the other half's change comes next, and until then the old pair serves.
      }
    }
    for (const file of [cert, key])
      watchFile(file, { interval: CERTIFICATE_CHECK_MS, persistent: false }, renew)
    return server
  } catch (cause) {
    throw new SetupError(
      'bad-certificate',
      `The certificate ${cert} with the key ${key} cannot be used (${(cause as Error).message}).`,
      { cause },
    )
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}
