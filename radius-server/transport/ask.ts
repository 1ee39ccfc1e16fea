import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { accept, responses } from '../packet/accept.ts'
import { verifyResponse } from '../packet/authenticators.ts'
import type { Packet } from '../packet/packet.ts'
import type { SharedSecret } from '../packet/secret.ts'

/** Whom to ask, and from which address of ours; `undefined` leaves that to the kernel. */
export interface Asked {
  readonly address: string
  readonly port: number
  readonly from: string | undefined
}

export interface Question {
  readonly request: Buffer
  readonly secret: SharedSecret
  /** How long each try waits, in ms. */
  readonly waits: readonly number[]
}

/**
 * Sends a request and waits for its proved answer; null when none came. The same bytes go again on each try, and what
 * does not verify is passed over. Each request has a socket of its own, so never more than one waits on a port of ours
 * and one identifier is as good as another.
 * @throws when this machine has no such address, or no way there.
 */
export async function ask(to: Asked, question: Question): Promise<Packet | null> {
  const socket = createSocket(isIPv6(to.address) ? 'udp6' : 'udp4')
  try {
    await open(socket, to)
    return await exchange(socket, question)
  } finally {
    socket.close()
  }
}

/** Binds and connects a socket: from then on the kernel hands over what comes from that address and port alone. */
async function open(socket: Socket, { address, port, from }: Asked): Promise<void> {
  socket.bind({ port: 0, ...(from !== undefined && { address: from }) })
  await once(socket, 'listening')
  socket.connect(port, address)
  await once(socket, 'connect')
}

function exchange(socket: Socket, { request, secret, waits }: Question): Promise<Packet | null> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout
    const finish = (answer: Packet | null): void => {
      clearTimeout(timer)
      resolve(answer)
    }
    const attempt = (index: number): void => {
      const waitMs = waits[index]
      // A process that stood still reads what came meanwhile before it gives up.
      if (waitMs === undefined) return void setImmediate(finish, null)
      // That a try found no way there is no reason to give up the next.
      socket.send(request, () => undefined)
      timer = setTimeout(() => attempt(index + 1), waitMs)
    }
    // A router's word that nobody listens there can be forged, and a NAS may be starting.
    socket.on('error', () => undefined)
    socket.on('message', (datagram) => {
      const answer = accept(datagram, responses)
      if (typeof answer !== 'string' && verifyResponse(answer, request, secret) === 'proved') finish(answer)
    })
    attempt(0)
  })
}
