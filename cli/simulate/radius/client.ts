import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import type { Clock, Wait } from '../clock.ts'
import type { Random } from '../random.ts'
import type { HostPort } from '../run-file.ts'
import { decode, radius, type Attribute, type Decoded } from './package.ts'
import { proveResponse } from './verify.ts'

/** What a client does wrong on purpose, as shares of packets. */
export interface Mischief {
  /** Datagrams lost on either way. */
  readonly loss: number
  /** Requests sent twice. */
  readonly duplicates: number
  /** Interim-Updates that arrive after their successor. */
  readonly reorder: number
}

/** Who hears of what happens on the wire. */
export interface RadiusObserver {
  answered(milliseconds: number): void
  retransmitted(): void
  duplicated(): void
  fault(reason: string): void
}

export type Answer = { readonly kind: 'answer'; readonly packet: Decoded } | { readonly kind: 'silence' }

export interface RadiusClientSetup {
  /** The NAS's own address, which the platform knows it by. */
  readonly address: string
  readonly auth: HostPort
  readonly acct: HostPort
  readonly secret: string
  readonly clock: Clock
  readonly random: Random
  readonly mischief: Mischief
  readonly observer: RadiusObserver
}

const TRIES = 4
const TRY_MS = 1000

/** The RADIUS client of one NAS: one UDP socket at its address, 256 requests under way to each server at most. */
export class RadiusClient {
  readonly #setup: RadiusClientSetup
  readonly #socket: Socket
  readonly #lanes: { readonly access: Lane; readonly accounting: Lane }
  readonly #afterwards = new Set<Promise<void>>()
  #closed: Promise<void> | null = null

  private constructor(setup: RadiusClientSetup, socket: Socket) {
    this.#setup = setup
    this.#socket = socket
    const access = new Lane(setup.auth)
    const { host, port } = setup.acct
    // A server may take both on one port: then both share its identifiers.
    const shared = host === setup.auth.host && port === setup.auth.port
    this.#lanes = { access, accounting: shared ? access : new Lane(setup.acct) }
    socket.on('message', (octets, from) => this.#receive(octets, from))
    socket.on('error', (error) => setup.observer.fault(`UDP: ${error.message}`))
  }

  /** @throws the socket's error when the address cannot be bound. */
  static async open(setup: RadiusClientSetup): Promise<RadiusClient> {
    const socket = createSocket({ type: 'udp4', lookup: (host, _options, found) => found(null, host, 4) })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(0, setup.address, () => {
        socket.off('error', reject)
        resolve()
      })
    })
    return new RadiusClient(setup, socket)
  }

  access(attributes: readonly Attribute[]): Promise<Answer> {
    return this.#request('Access-Request', this.#lanes.access, attributes)
  }

  accounting(attributes: readonly Attribute[]): Promise<Answer> {
    return this.#request('Accounting-Request', this.#lanes.accounting, attributes)
  }

  /** Waits for repeated packets still to be answered, then lets go of the address. */
  close(): Promise<void> {
    this.#closed ??= Promise.all(this.#afterwards).then(
      () => new Promise<void>((resolve) => this.#socket.close(resolve)),
    )
    return this.#closed
  }

  async #request(code: Exchange['code'], lane: Lane, attributes: readonly Attribute[]): Promise<Answer> {
    const { secret, clock, observer, random, mischief } = this.#setup
    const identifier = await lane.take()
    const octets = write(code, secret, identifier, attributes)
    if (octets === null) {
      lane.release(identifier)
      observer.fault(`${code}: cannot be written`)
      return { kind: 'silence' }
    }
    const exchange: Exchange = { code, octets, response: null, heard: null }
    lane.underWay[identifier] = exchange
    const began = performance.now()
    const repeat = random.chance(mischief.duplicates) ? random.pick(['at once', 'afterwards'] as const) : null
    for (let tries = 0; tries < TRIES && exchange.response === null; tries++) {
      if (tries > 0) observer.retransmitted()
      const heard = clock.wait(TRY_MS)
      exchange.heard = heard
      this.#send(exchange, lane)
      if (repeat === 'at once' && tries === 0) {
        observer.duplicated()
        this.#send(exchange, lane)
      }
      await heard.done
    }
    const { response } = exchange
    if (response === null) {
      lane.release(identifier)
      return { kind: 'silence' }
    }
    observer.answered(performance.now() - began)
    if (repeat === 'afterwards') this.#again(exchange, response, lane, identifier)
    else lane.release(identifier)
    const decoded = decode(response)
    if (decoded) return { kind: 'answer', packet: decoded }
    observer.fault(`${code}: the answer cannot be read`)
    return { kind: 'silence' }
  }

  /** Sends an answered request once more: the same octets have to come back (RFC 5080 §2.2.2). */
  #again(exchange: Exchange, first: Buffer, lane: Lane, identifier: number): void {
    const { clock, observer } = this.#setup
    const work = async (): Promise<void> => {
      observer.duplicated()
      for (let tries = 0; tries < TRIES; tries++) {
        exchange.response = null
        exchange.heard = clock.wait(TRY_MS)
        this.#send(exchange, lane)
        await exchange.heard.done
        if (exchange.response !== null) break
      }
      lane.release(identifier)
      const second = exchange.response
      if (second === null) observer.fault(`${exchange.code} sent twice: no second answer`)
      else if (!second.equals(first)) observer.fault(`${exchange.code} sent twice: two different answers`)
    }
    const done = work().finally(() => this.#afterwards.delete(done))
    this.#afterwards.add(done)
  }

  #send(exchange: Exchange, lane: Lane): void {
    if (this.#lost()) return
    this.#socket.send(exchange.octets, lane.server.port, lane.server.host, (error) => {
      if (error) this.#setup.observer.fault(`UDP: ${error.message}`)
    })
  }

  #receive(octets: Buffer, from: RemoteInfo): void {
    const { observer, secret } = this.#setup
    const lane = Object.values(this.#lanes).find((each) => each.isServer(from))
    const identifier = octets[1]
    if (!lane || identifier === undefined)
      return observer.fault(`a datagram from ${from.address}:${from.port}`)
    if (this.#lost()) return
    const exchange = lane.underWay[identifier]
    const previous = lane.over[identifier]
    const proves = (each: Exchange): ReturnType<typeof proveResponse> =>
      proveResponse(octets, each.octets, secret, each.code === 'Access-Request')
    if (exchange) {
      const proof = proves(exchange)
      if (proof === 'good') {
        exchange.response ??= octets
        exchange.heard?.cut()
        return
      }
      // A second answer to what had this identifier before is nobody's fault.
      if (previous && proves(previous) === 'good') return
      observer.fault(`${exchange.code}: an answer with ${proof.replace(/-/g, ' ')}`)
    } else if (!previous || proves(previous) !== 'good') observer.fault('an answer to no request')
  }

  readonly #lost = (): boolean =>
    this.#setup.mischief.loss > 0 && this.#setup.random.chance(this.#setup.mischief.loss)
}

/** The octets of a request; null where an attribute does not fit, which the package says by throwing. */
function write(
  code: Exchange['code'],
  secret: string,
  identifier: number,
  attributes: readonly Attribute[],
): Buffer | null {
  const packet = { code, secret, identifier, attributes: [...attributes] }
  try {
    // The package hands out a view of a 4 KB buffer.
    return Buffer.from(radius.encode({ ...packet, add_message_authenticator: code === 'Access-Request' }))
  } catch {
    return null
  }
}

interface Exchange {
  readonly code: 'Access-Request' | 'Accounting-Request'
  readonly octets: Buffer
  response: Buffer | null
  heard: Wait | null
}

const IDENTIFIERS = 256

/** The identifiers of one server: each belongs to one request at a time, and is used again as late as can be. */
class Lane {
  readonly server: HostPort
  readonly underWay: (Exchange | null)[] = Array.from({ length: IDENTIFIERS }, () => null)
  /** What had an identifier before. */
  readonly over: (Exchange | null)[] = Array.from({ length: IDENTIFIERS }, () => null)
  readonly #free = Array.from({ length: IDENTIFIERS }, (_, i) => i)
  readonly #waiting: ((identifier: number) => void)[] = []

  constructor(server: HostPort) {
    this.server = server
  }

  take(): Promise<number> | number {
    return this.#free.shift() ?? new Promise((resolve) => this.#waiting.push(resolve))
  }

  release(identifier: number): void {
    this.over[identifier] = this.underWay[identifier] ?? null
    this.underWay[identifier] = null
    const next = this.#waiting.shift()
    if (next) next(identifier)
    else this.#free.push(identifier)
  }

  isServer(from: RemoteInfo): boolean {
    return from.port === this.server.port && from.address === this.server.host
  }
}
