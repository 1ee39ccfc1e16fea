import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'

/** What a gateway listens with for Disconnect-Requests, on a socket of its own. */
export interface NasStub {
  readonly address: string
  readonly port: number
  /** Every datagram that came, repeated ones too. */
  readonly received: Buffer[]
  /** How it answers from now on: what is returned is sent back, in order. */
  answer: (request: Buffer, from: RemoteInfo) => readonly Buffer[]
  /** Sends from its own address and port, asked or not. */
  send(reply: Buffer, to: { port: number }): void
  close(): void
}

export async function nasStub(
  t: { teardown(work: () => unknown): void },
  answer: NasStub['answer'],
  address = '127.0.0.1',
  port = 0,
): Promise<NasStub> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  socket.bind(port, address)
  await once(socket, 'listening')
  let open = true
  const stub: NasStub = {
    address,
    port: socket.address().port,
    received: [],
    answer,
    send: (reply, to) => socket.send(reply, to.port, '127.0.0.1'),
    close() {
      if (open) socket.close()
      open = false
    },
  }
  socket.on('message', (request, from) => {
    stub.received.push(request)
    for (const reply of stub.answer(request, from)) socket.send(reply, from.port, from.address)
  })
  t.teardown(() => stub.close())
  return stub
}
