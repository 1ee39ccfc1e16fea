import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Test } from '../../support/stores.ts'
import { provesReply, readWire } from '../wire.ts'
import type { Port } from './judge.ts'
import type { Target } from './target.ts'

/** One packet to send, and whether the server may answer it. */
export interface Shot {
  readonly port: Port
  readonly datagram: Buffer
  readonly mayBeAnswered: boolean
  readonly story: string
}

/** What was sent under one identifier and authenticator, and how often it was answered. */
interface Asked {
  readonly datagram: Buffer
  /** The last time. */
  sentAt: number
  mayBeAnswered: number
  answers: number
}

/** An answer that should not have come, told in full. */
export type Fault = { readonly what: string; readonly [detail: string]: unknown }

/** The reject delay is a second at most; a busy machine may take its time over the rest. */
const REMEMBERED_MS = 30_000

/** A gateway, or a stranger, with several sockets; it holds every answer against what it asked. */
export class Gateway {
  readonly faults: Fault[] = []
  readonly #secret: string
  readonly #target: Target
  readonly #host: string
  readonly #sockets: Socket[] = []
  /** By socket and identifier. */
  readonly #asked: Asked[][][] = []
  /** The latest answers, by the head of their request. */
  readonly #lastAnswer = new Map<string, Buffer>()
  /** Packets sent and answers received, so far. */
  sent = 0
  answers = 0

  private constructor(target: Target, host: string, secret: string) {
    this.#target = target
    this.#host = host
    this.#secret = secret
  }

  static async open(
    t: Test,
    target: Target,
    { address, secret, sockets }: { address: string; secret: string; sockets: number },
  ): Promise<Gateway> {
    const isIpv6 = address.includes(':')
    const gateway = new Gateway(target, isIpv6 ? '::1' : '127.0.0.1', secret)
    for (let i = 0; i < sockets; i++) {
      const socket = createSocket(isIpv6 ? 'udp6' : 'udp4')
      socket.bind(0, address)
      await once(socket, 'listening')
      t.teardown(() => new Promise<void>((resolve) => socket.close(() => resolve())))
      gateway.#sockets.push(socket)
      gateway.#asked.push(Array.from({ length: 256 }, () => []))
      socket.on('message', (answer) => gateway.#take(answer, i))
    }
    return gateway
  }

  /** Sends from one of its sockets; resolves once the kernel has it. */
  send({ port, datagram, mayBeAnswered, story }: Shot, socket: number): Promise<void> {
    this.sent++
    if (datagram.length >= 20) this.#remember({ datagram, mayBeAnswered }, socket)
    const to = port === 'auth' ? this.#target.authPort : this.#target.acctPort
    return new Promise((resolve, reject) =>
      this.#sockets[socket]!.send(datagram, to, this.#host, (error) =>
        error ? reject(new Error(`cannot send ${story}`, { cause: error })) : resolve(),
      ),
    )
  }

  /** The code of the answer to a request, asked again every second as gateways do; fails after half a minute. */
  async ask(port: Port, datagram: Buffer, socket: number): Promise<number> {
    const answered = (): Buffer | undefined => this.#lastAnswer.get(datagram.toString('hex', 0, 20))
    for (let tries = 0; tries < 30; tries++) {
      await this.send({ port, datagram, mayBeAnswered: true, story: 'a control' }, socket)
      for (let waited = 0; waited < 200; waited++) {
        const answer = answered()
        if (answer) return answer[0]!
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    throw new Error(`no answer to ${datagram.toString('hex')}`)
  }

  /** Forgets what it asked: for when no answer is on its way, and memory is measured. */
  forget(): void {
    for (const lists of this.#asked) for (const list of lists) list.length = 0
    this.#lastAnswer.clear()
  }

  #remember({ datagram, mayBeAnswered }: Pick<Shot, 'datagram' | 'mayBeAnswered'>, socket: number): void {
    const now = performance.now()
    const list = this.#asked[socket]![datagram[1]!]!
    while (list[0] && now - list[0].sentAt > REMEMBERED_MS) list.shift()
    const at = list.findIndex((each) => each.datagram.subarray(4, 20).equals(datagram.subarray(4, 20)))
    const asked = list.splice(at, at < 0 ? 0 : 1)[0] ?? {
      datagram,
      sentAt: now,
      mayBeAnswered: 0,
      answers: 0,
    }
    asked.sentAt = now
    if (mayBeAnswered) asked.mayBeAnswered++
    list.push(asked)
  }

  /** Every answer verifies, is of a code that answers, is one of those that may come, and there are no more than asked. */
  #take(answer: Buffer, socket: number): void {
    this.answers++
    const told = { answer: answer.toString('hex') }
    const asked = this.#asked[socket]![answer[1] ?? 0]!.find(
      ({ datagram }) => answer.length >= 20 && provesReply(answer, datagram, this.#secret),
    )
    if (!asked) {
      const requests = this.#asked[socket]![answer[1] ?? 0]!.map(({ datagram }) => datagram.toString('hex'))
      return this.#fault({ what: 'an answer that verifies against no request', requests, ...told })
    }
    const request = asked.datagram.toString('hex')
    if (++asked.answers > asked.mayBeAnswered)
      this.#fault({ what: 'an answer to what proves nothing, or one too many', request, ...told })
    const [code, first] = [answer[0]!, readWire(answer).attributes[0]?.[0]]
    // CVE-2024-3596: whoever answers an Access-Request signs with Message-Authenticator, and first of all.
    if ([2, 3, 11].includes(code) ? first !== 80 : code !== 5)
      this.#fault({ what: 'an answer of a kind that must not be', request, ...told })
    if (this.#lastAnswer.size > 64) this.#lastAnswer.clear()
    this.#lastAnswer.set(request.slice(0, 40), answer)
  }

  #fault(fault: Fault): void {
    if (this.faults.length < 10) this.faults.push(fault)
  }
}
