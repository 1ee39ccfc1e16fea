import { timingSafeEqual } from 'node:crypto'
import type { RemoteInfo, Socket } from 'node:dgram'
import type { Running } from '../../core/process/lifecycle.ts'
import type { Peering, Team } from '../../core/process/shared.ts'
import { maxPacketOctets } from '../packet/accept.ts'
import { boundSocket, closed } from './socket.ts'
import type { Source } from './udp.ts'

export interface SteeringParts {
  readonly team: Team
  /** Takes what another worker passed on; false when there is no socket of that number. */
  readonly deliver: (socket: number, datagram: Buffer, source: Source) => boolean
  /** Hears of what came to the private port and is no frame of ours. */
  readonly refused: (from: Source) => void
}

const LOOPBACK = '127.0.0.1'
/** A frame that has so many octets is sent at once: with one entry more it still fits into a datagram. */
const FRAME_OCTETS = 32_768
/** What stands before an address: socket, source port, octets of the datagram (2 each), octets of the address (1). */
const FIXED = 7

/**
 * Workers share their sockets, so that a request and its retransmission come to any two of them. Each source has one
 * worker that answers it and remembers what it answered (RFC 5080 §2.2.2): whoever reads a datagram passes it on to that
 * worker's private port on loopback. A frame is the token of this run and the datagrams of one turn of the event loop.
 */
export class Steering implements Peering, Running {
  readonly address = LOOPBACK
  readonly port: number
  readonly #parts: SteeringParts
  readonly #token: Buffer
  readonly #socket: Socket
  readonly #frames: readonly Frame[]
  #ports: readonly (number | null)[] = []
  #isSendingSoon = false

  private constructor(parts: SteeringParts, socket: Socket) {
    this.#parts = parts
    this.#token = Buffer.from(parts.team.token, 'base64')
    this.#socket = socket
    this.#frames = Array.from({ length: parts.team.size }, () => ({ entries: [], octets: 0 }))
    this.port = socket.address().port
    socket.on('message', (frame: Buffer, from: RemoteInfo) => {
      if (!this.#take(frame)) parts.refused(from)
    })
  }

  /** Opens the private port of this worker. Until it knows the others' it passes nothing on. */
  static async start(parts: SteeringParts): Promise<Steering> {
    return new Steering(parts, await boundSocket({ address: LOOPBACK, port: 0, exclusive: true }))
  }

  /** From now on the workers are at these private ports; null is one that is away: what is its own each answers itself. */
  know(ports: readonly (number | null)[]): void {
    this.#ports = ports
  }

  /** Gives a datagram to the worker of its source; false when this one is to answer it. */
  passOn(socket: number, datagram: Buffer, source: Source): boolean {
    const { index, size } = this.#parts.team
    const owner = ownerOf(source, size)
    if (owner === index || (this.#ports[owner] ?? null) === null) return false
    const frame = this.#frames[owner]!
    // What is past the longest packet is padding, and might not fit into a frame.
    const isLonger = datagram.length > maxPacketOctets
    const entry = entryOf(socket, isLonger ? datagram.subarray(0, maxPacketOctets) : datagram, source)
    frame.entries.push(entry)
    frame.octets += entry.length
    if (frame.octets >= FRAME_OCTETS) this.#send(owner)
    // What else is read in this turn goes along: sending and receiving cost more than all the rest of it.
    if (!this.#isSendingSoon) setImmediate(this.#sendAll)
    this.#isSendingSoon = true
    return true
  }

  stop(): Promise<void> {
    this.#sendAll()
    return closed(this.#socket)
  }

  readonly #sendAll = (): void => {
    this.#isSendingSoon = false
    for (let owner = 0; owner < this.#frames.length; owner++) this.#send(owner)
  }

  #send(owner: number): void {
    const frame = this.#frames[owner]!
    if (frame.octets === 0) return
    const port = this.#ports[owner] ?? null
    // Where it has just gone away the gateways ask again.
    if (port !== null) this.#socket.send([this.#token, ...frame.entries], port, LOOPBACK)
    frame.entries = []
    frame.octets = 0
  }

  #take(frame: Buffer): boolean {
    let at = this.#token.length
    if (frame.length < at + FIXED || !timingSafeEqual(frame.subarray(0, at), this.#token)) return false
    while (at < frame.length) {
      if (at + FIXED > frame.length) return false
      const addressAt = at + FIXED
      const datagramAt = addressAt + frame.readUInt8(at + 6)
      const end = datagramAt + frame.readUInt16BE(at + 4)
      if (end > frame.length) return false
      const address = frame.toString('latin1', addressAt, datagramAt)
      const source = { address, port: frame.readUInt16BE(at + 2) }
      if (!this.#parts.deliver(frame.readUInt16BE(at), frame.subarray(datagramAt, end), source)) return false
      at = end
    }
    return true
  }
}

/** What waits for the end of this turn, to go to one worker. */
interface Frame {
  entries: Buffer[]
  octets: number
}

/** The worker that answers a source, from 0. Sources of one city are alike: each bit of them must count. */
export function ownerOf({ address, port }: Source, workers: number): number {
  let hash = Math.imul(port ^ 0x9e3779b9, 0x85ebca6b)
  for (let i = 0; i < address.length; i++) hash = Math.imul(hash ^ address.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % workers
}

function entryOf(socket: number, datagram: Buffer, { address, port }: Source): Buffer {
  const datagramAt = FIXED + address.length
  const entry = Buffer.allocUnsafe(datagramAt + datagram.length)
  entry.writeUInt16BE(socket, 0)
  entry.writeUInt16BE(port, 2)
  entry.writeUInt16BE(datagram.length, 4)
  entry.writeUInt8(address.length, 6)
  entry.write(address, FIXED, 'latin1')
  datagram.copy(entry, datagramAt)
  return entry
}
