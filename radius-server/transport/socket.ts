import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'

/** Room for a burst while the process is busy, in octets; the kernel may allow less. */
export const RECEIVE_BUFFER = 4 * 1024 * 1024

/**
 * A UDP socket that is bound, with the receive buffer asked for. Workers that bind the same address and port have one
 * socket between them, unless it is `exclusive`.
 * @throws what the system says (`code`: EADDRINUSE and the like).
 */
export function boundSocket(at: { address: string; port: number; exclusive: boolean }): Promise<Socket> {
  const family = isIPv6(at.address) ? 6 : 4
  const socket = createSocket({
    type: `udp${family}`,
    ...(family === 6 && { ipv6Only: true }),
    lookup: asIs(family),
    recvBufferSize: RECEIVE_BUFFER,
  })
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close()
      reject(error)
    })
    socket.bind(at, () => {
      socket.removeAllListeners('error')
      // An ICMP error about an earlier reply is no fault of this socket.
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

/** Frees its port, when nobody else has the socket. */
export const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.close(resolve))

/** Looking a literal address up in DNS would cost a thread-pool turn a packet. */
const asIs =
  (family: 4 | 6) =>
  (host: string, _: unknown, done: (error: null, address: string, family: number) => void): void =>
    done(null, host, family)
