import type { RemoteInfo, Socket } from 'node:dgram'
import { isIPv4 } from 'node:net'
import { SetupError } from '../../core/process/errors.ts'
import type { Running } from '../../core/process/lifecycle.ts'
import { Batches } from './batches.ts'
import type { Bound } from './kernel.ts'
import { descriptorOf, type Libc } from './libc.ts'
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
  /** With it, datagrams of IPv4 are read and sent many at once. */
  readonly libc: Libc | null
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
  { addresses, port, setting, firstNumber, libc }: ListenOn,
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
      const socket = new UdpSocket(await bind(address, bound, setting), { number, receive, passOn, libc })
      sockets.push(socket)
      bound = socket.port
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { port: bound, sockets, stop }
}

interface UdpParts extends Pick<ListenOn, 'libc'> {
  readonly number: number
  readonly receive: (incoming: Incoming) => void
  readonly passOn: PassOn | null
}

/** One of the sockets that gateways speak to. */
export class UdpSocket {
  readonly number: number
  readonly address: string
  readonly port: number
  /** Octets, as the kernel counts them. */
  readonly receiveBuffer: number
  readonly #socket: Socket
  readonly #batches: Batches | null
  readonly #receive: (incoming: Incoming) => void
  #open = true
  /** Datagrams that Node has handed over in this turn of the event loop. */
  #thisTurn = 0

  constructor(socket: Socket, { number, receive, passOn, libc }: UdpParts) {
    this.number = number
    this.address = socket.address().address
    this.port = socket.address().port
    this.receiveBuffer = socket.getRecvBufferSize()
    this.#socket = socket
    this.#receive = receive
    this.#batches = batchesOf(this, libc, (reply, to) => this.#socket.send(reply, to.port, to.address))
    const take = (datagram: Buffer, address: string, port: number): void => {
      if (passOn === null || !passOn(number, datagram, { address, port }))
        this.take(datagram, { address, port })
    }
    socket.on('message', (datagram: Buffer, { address, port }: RemoteInfo) => {
      take(datagram, address, port)
      if (this.#batches === null) return
      if (this.#thisTurn++ === 0) setImmediate(this.#nextTurn)
      // Where there are two there are often more. What is past a batch waits in the kernel, where it costs nothing: answers
      // of Redis come first, so that little is in hand.
      else if (this.#thisTurn === 2) this.#batches.receive(take)
    })
  }

  /** Hands in a datagram that came by this socket, here or at another worker. */
  take(datagram: Buffer, source: Source): void {
    this.#receive(new Arrival(this, datagram, source))
  }

  send(reply: Buffer, to: Source): void {
    // What was still in hand when the server stopped has nobody to go to.
    if (!this.#open) return
    if (this.#batches) this.#batches.add(reply, to)
    else this.#socket.send(reply, to.port, to.address)
  }

  readonly #nextTurn = (): void => {
    this.#thisTurn = 0
  }

  /** False where the kernel is asked for each datagram by itself. */
  get readsMany(): boolean {
    return this.#batches !== null
  }

  async stop(): Promise<void> {
    this.#open = false
    this.#batches?.send()
    await closed(this.#socket)
  }
}

function batchesOf(
  bound: Bound,
  libc: Libc | null,
  refused: (reply: Buffer, to: Source) => void,
): Batches | null {
  const descriptor = libc === null || !isIPv4(bound.address) ? null : descriptorOf(bound)
  return libc === null || descriptor === null ? null : new Batches(libc, descriptor, refused)
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
