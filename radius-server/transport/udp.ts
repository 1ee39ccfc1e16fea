import type { RemoteInfo, Socket } from 'node:dgram'
import { SetupError } from '../../core/process/errors.ts'
import type { Running } from '../../core/process/lifecycle.ts'
import { boundSocket, closed } from './socket.ts'

/** A datagram, where it came from and how to answer from the very address that was asked (RFC 2865 §3). */
export interface Incoming {
  readonly datagram: Buffer
  readonly address: string
  readonly port: number
  /** Which of our sockets it came by: the same number in every worker. */
  readonly socket: number
  send(reply: Buffer): void
}

export type Source = Pick<Incoming, 'address' | 'port'>

/** Gives a datagram to the worker that answers its source; false when that is this one. */
export type PassOn = (socket: number, datagram: Buffer, source: Source) => boolean

export interface ListenOn {
  readonly addresses: readonly string[]
  /** 0 becomes one free port, the same on all addresses. */
  readonly port: number
  /** The setting that chose the port. */
  readonly setting: string
  /** The number of the first address's socket; the others follow. */
  readonly firstNumber: number
}

export interface Listening extends Running {
  readonly port: number
  readonly sockets: readonly UdpSocket[]
}

/**
 * Listens on one port of several addresses.
 * @throws SetupError when an address cannot be bound.
 */
export async function listenUdp(
  { addresses, port, setting, firstNumber }: ListenOn,
  receive: (incoming: Incoming) => void,
  passOn: PassOn | null,
): Promise<Listening> {
  const sockets: UdpSocket[] = []
  let bound = port
  const stop = async (): Promise<void> => {
    await Promise.all(sockets.map((socket) => socket.stop()))
  }
  try {
    for (const address of addresses) {
      const number = firstNumber + sockets.length
      const socket = new UdpSocket(await bind(address, bound, setting), number, receive, passOn)
      sockets.push(socket)
      bound = socket.port
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { port: bound, sockets, stop }
}

/** One of the sockets that gateways speak to. */
export class UdpSocket {
  readonly number: number
  readonly address: string
  readonly port: number
  /** Octets, as the kernel counts them. */
  readonly receiveBuffer: number
  readonly #socket: Socket
  readonly #receive: (incoming: Incoming) => void
  #open = true

  constructor(socket: Socket, number: number, receive: (incoming: Incoming) => void, passOn: PassOn | null) {
    this.number = number
    this.address = socket.address().address
    this.port = socket.address().port
    this.receiveBuffer = socket.getRecvBufferSize()
    this.#socket = socket
    this.#receive = receive
    socket.on('message', (datagram: Buffer, source: RemoteInfo) => {
      if (passOn === null || !passOn(number, datagram, source)) this.take(datagram, source)
    })
  }

  /** Hands in a datagram that came by this socket, here or at another worker. */
  take(datagram: Buffer, source: Source): void {
    this.#receive(new Arrival(this, datagram, source))
  }

  send(reply: Buffer, to: Source): void {
    // What was still in hand when the server stopped has nobody to go to.
    if (this.#open) this.#socket.send(reply, to.port, to.address)
  }

  async stop(): Promise<void> {
    this.#open = false
    await closed(this.#socket)
  }
}

/** One object a packet, without closures: there are tens of thousands a second. */
class Arrival implements Incoming {
  readonly datagram: Buffer
  readonly address: string
  readonly port: number
  readonly socket: number
  readonly #by: UdpSocket

  constructor(by: UdpSocket, datagram: Buffer, source: Source) {
    this.datagram = datagram
    this.address = source.address
    this.port = source.port
    this.socket = by.number
    this.#by = by
  }

  send(reply: Buffer): void {
    this.#by.send(reply, this)
  }
}

async function bind(address: string, port: number, setting: string): Promise<Socket> {
  try {
    return await boundSocket({ address, port, exclusive: false })
  } catch (error) {
    const cause = error as NodeJS.ErrnoException
    const why =
      cause.code === 'EADDRINUSE'
        ? 'is already in use: stop what uses it, or set'
        : `cannot be bound (${cause.code}): set`
    throw new SetupError('cannot-listen', `UDP ${address}:${port} ${why} ${setting} to another port.`, {
      cause,
    })
  }
}
