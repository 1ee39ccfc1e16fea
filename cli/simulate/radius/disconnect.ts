import { createSocket, type Socket } from 'node:dgram'
import type { HostPort } from '../run-file.ts'
import { decode, radius, type Attribute, type Decoded } from './package.ts'
import { proveRequest } from './verify.ts'

/** What a gateway says to a Disconnect-Request or CoA-Request: done, or the Error-Cause why not (RFC 5176 §3.5). */
export type DynamicAnswer = 'ack' | { readonly errorCause: number }

export interface DynamicAuthorization {
  readonly kind: 'disconnect' | 'coa'
  readonly packet: Decoded
}

export interface ListenerSetup {
  readonly at: HostPort
  readonly secret: string
  answer(request: DynamicAuthorization): DynamicAnswer
  fault(reason: string): void
}

const REMEMBERED = 64

/** Where a gateway takes Disconnect-Requests and CoA-Requests. A packet that proves nothing gets no answer. */
export class DynamicAuthorizationListener {
  readonly #setup: ListenerSetup
  readonly #socket: Socket
  /** Octets of requests as Latin-1, and what was answered: a repeated one gets the same (RFC 5080 §2.2.2). */
  readonly #answers = new Map<string, Buffer>()

  private constructor(setup: ListenerSetup, socket: Socket) {
    this.#setup = setup
    this.#socket = socket
    socket.on('message', (octets, from) => {
      const reply = this.#reply(octets)
      if (reply) socket.send(reply, from.port, from.address)
    })
    socket.on('error', (error) => setup.fault(`UDP: ${error.message}`))
  }

  /** @throws the socket's error when the address cannot be bound. */
  static async open(setup: ListenerSetup): Promise<DynamicAuthorizationListener> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(setup.at.port, setup.at.host, () => {
        socket.off('error', reject)
        resolve()
      })
    })
    return new DynamicAuthorizationListener(setup, socket)
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve))
  }

  #reply(octets: Buffer): Buffer | null {
    const { secret, fault, answer } = this.#setup
    const proof = proveRequest(octets, secret)
    if (proof !== 'good') {
      fault(`a request to disconnect with ${proof.replace(/-/g, ' ')}`)
      return null
    }
    const packet = decode(octets)
    const kind =
      packet?.code === 'Disconnect-Request' ? 'disconnect' : packet?.code === 'CoA-Request' ? 'coa' : null
    if (!packet || !kind) {
      fault(`a request of code ${octets[0]} where Disconnect-Requests come`)
      return null
    }
    const key = octets.toString('latin1')
    const known = this.#answers.get(key)
    if (known) return known
    const given = answer({ kind, packet })
    const name = kind === 'disconnect' ? 'Disconnect' : 'CoA'
    const attributes: Attribute[] = given === 'ack' ? [] : [['Error-Cause', given.errorCause]]
    const code = given === 'ack' ? `${name}-ACK` : `${name}-NAK`
    const reply = Buffer.from(radius.encode_response({ packet, code, secret, attributes }))
    if (this.#answers.size >= REMEMBERED) this.#answers.delete(this.#answers.keys().next().value!)
    this.#answers.set(key, reply)
    return reply
  }
}
