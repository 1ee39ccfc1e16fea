import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { SetupError } from '../../core/process/errors.ts'
import type { Running } from '../../core/process/lifecycle.ts'

/** A datagram, where it came from and how to answer from the very address that was asked (RFC 2865 §3). */
export interface Incoming {
  readonly datagram: Buffer
  readonly address: string
  readonly port: number
  /** Which of our sockets it came by. */
  readonly socket: string
  send(reply: Buffer): void
}

export interface Listening extends Running {
  readonly port: number
}

/** Room for a burst while the process is busy; the kernel may allow less. */
const RECEIVE_BUFFER = 4 * 1024 * 1024

/** Looking a literal address up in DNS would cost a thread-pool turn a packet. */
const asIs = (host: string, _: unknown, done: (error: null, address: string, family: number) => void): void =>
  done(null, host, isIPv6(host) ? 6 : 4)

/**
 * Listens on one port of several addresses. Port 0 becomes one free port, the same on all.
 * @throws SetupError when an address cannot be bound.
 */
export async function listenUdp(
  addresses: readonly string[],
  port: number,
  name: string,
  receive: (incoming: Incoming) => void,
): Promise<Listening> {
  const sockets: Socket[] = []
  let bound = port
  let open = true
  try {
    for (const address of addresses) {
      const socket = await bind(address, bound, name)
      sockets.push(socket)
      bound = socket.address().port
      const local = `${address}:${bound}`
      socket.on('message', (datagram: Buffer, from: RemoteInfo) => {
        receive({
          datagram,
          address: from.address,
          port: from.port,
          socket: local,
          send: (reply) => {
            // What was still in hand when the server stopped has nobody to go to.
            if (open) socket.send(reply, from.port, from.address)
          },
        })
      })
    }
  } catch (error) {
    for (const socket of sockets) socket.close()
    throw error
  }
  return {
    port: bound,
    async stop() {
      open = false
      await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))))
    },
  }
}

function bind(address: string, port: number, name: string): Promise<Socket> {
  const socket = createSocket({
    type: isIPv6(address) ? 'udp6' : 'udp4',
    ...(isIPv6(address) && { ipv6Only: true }),
    lookup: asIs,
    recvBufferSize: RECEIVE_BUFFER,
  })
  return new Promise((resolve, reject) => {
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      socket.close()
      const why =
        cause.code === 'EADDRINUSE'
          ? 'is already in use: stop what uses it, or set'
          : `cannot be bound (${cause.code}): set`
      reject(
        new SetupError('cannot-listen', `UDP ${address}:${port} ${why} ${name} to another port.`, { cause }),
      )
    })
    socket.bind({ port, address }, () => {
      socket.removeAllListeners('error')
      // An ICMP error about an earlier reply is no fault of this socket.
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}
