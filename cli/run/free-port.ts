import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'

/** A UDP port that is free at an address now. Workers that share a port must all be told the same number. */
export function freeUdpPort(address: string): Promise<number> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address, port: 0, exclusive: true }, () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}
