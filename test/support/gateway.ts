import type { Socket } from 'node:dgram'
import { accept, responses } from '../../radius-server/packet/accept.ts'
import type { Packet } from '../../radius-server/packet/packet.ts'

const AGAIN_MS = 2000

/** Sends a RADIUS request to a port of loopback, and again every two seconds as gateways do, until its answer comes. */
export function answerTo(socket: Socket, request: Buffer, port: number): Promise<Packet> {
  return new Promise((resolve) => {
    const send = (): void => socket.send(request, port, '127.0.0.1')
    const again = setInterval(send, AGAIN_MS)
    const hear = (datagram: Buffer): void => {
      if (datagram[1] !== request[1]) return
      clearInterval(again)
      socket.off('message', hear)
      resolve(accept(datagram, responses) as Packet)
    }
    socket.on('message', hear).once('close', () => clearInterval(again))
    send()
  })
}
