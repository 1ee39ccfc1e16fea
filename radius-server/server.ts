import type { Logger } from '../core/process/log.ts'
import { DuplicateCache, type DuplicateEntry } from './duplicates.ts'
import type { Answer, Request } from './handlers/request.ts'
import type { MessageAuthenticatorMemory } from './message-authenticator.ts'
import type { RadiusMetrics } from './metrics.ts'
import type { KnownNas, NasTable } from './nas-table.ts'
import { accept, accountingRequests, authenticationRequests } from './packet/accept.ts'
import { Code } from './packet/attributes.ts'
import { verifyRequest } from './packet/authenticators.ts'
import type { Packet } from './packet/packet.ts'
import { handleStatus } from './handlers/status.ts'
import { RateLimitedLog } from './rate-limited-log.ts'
import type { Incoming } from './transport/udp.ts'

export interface ServerParts {
  readonly nasTable: () => NasTable
  readonly access: (request: Request) => Promise<Answer>
  readonly accounting: (request: Request) => Promise<Answer>
  readonly messageAuthenticators: MessageAuthenticatorMemory
  readonly metrics: RadiusMetrics
  readonly log: Logger
  readonly now: () => number
  /** Uniform in [0, 1): jitter of the reject delay. */
  readonly random: () => number
}

/** Standards A3.11: a reject waits, so that guessing is slow; a visitor at the portal waits a second at most. */
const REJECT_DELAY_MS = 900
const REJECT_JITTER_MS = 100
/** Work in hand beyond this is shed: a NAS sends again, and a queue that grows helps nobody. */
const MOST_IN_HAND = 4096

type Port = 'auth' | 'acct'

/** The way of a packet through the server, in the order of docs/radius.md. */
export class RadiusServer {
  readonly #parts: ServerParts
  readonly #duplicates = new DuplicateCache()
  readonly #drops: RateLimitedLog
  readonly #delayed = new Set<NodeJS.Timeout>()
  #inHand = 0

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#drops = new RateLimitedLog(parts.log, parts.now)
  }

  receive(port: Port, incoming: Incoming): void {
    // RFC 768: port 0 says that no answer is wanted. A socket throws when it is told to send there.
    if (incoming.port === 0) return this.#drop('no-source-port', incoming, null)

    const packet = accept(incoming.datagram, port === 'auth' ? authenticationRequests : accountingRequests)
    if (typeof packet === 'string') return this.#drop(packet, incoming, null)

    const nas = this.#parts.nasTable().find(incoming.address)
    if (!nas) return this.#drop('unknown-client', incoming, null)

    const proof = this.#proof(packet, nas)
    if (proof !== 'proved' && proof !== 'unproved') return this.#drop(proof, incoming, nas)

    const key = `${incoming.address} ${incoming.port} ${incoming.socket} ${packet.code} ${packet.identifier}`
    const seen = this.#duplicates.seen(key, packet.authenticator, this.#parts.now())
    if (seen.kind !== 'new') {
      this.#parts.metrics.duplicates.inc()
      if (seen.kind === 'answered') incoming.send(seen.reply)
      return
    }
    if (this.#inHand >= MOST_IN_HAND) {
      this.#duplicates.forget(seen.entry)
      return this.#drop('overload', incoming, nas)
    }

    const request: Request = { packet, nas, proof, receivedAt: this.#parts.now() }
    // Most answers take less than the millisecond that `now` tells.
    const begun = performance.now()
    this.#inHand++
    void this.#answer(port, request)
      .then((answer) => {
        this.#measure(answer, packet, begun)
        this.#send(answer, request, incoming, seen.entry)
      })
      .catch((error: unknown) => this.#failed(error, incoming, nas, seen.entry))
      .finally(() => this.#inHand--)
  }

  /** Waits until nothing is in hand, at most `ms`; answers that a reject delay holds back are sent at once no more. */
  async drain(ms: number): Promise<void> {
    const end = Date.now() + ms
    while (this.#inHand > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
    for (const timer of this.#delayed) clearTimeout(timer)
  }

  #proof(packet: Packet, nas: KnownNas): ReturnType<typeof verifyRequest> {
    const { messageAuthenticators, metrics, log } = this.#parts
    const proof = verifyRequest(packet, nas.shared)
    if (packet.code !== Code.AccessRequest) return proof
    if (proof === 'proved' && nas.messageAuthenticator !== 'off')
      messageAuthenticators
        .saw(nas)
        .catch((error: unknown) => log.warn(error, 'cannot remember Message-Authenticator'))
    if (proof !== 'unproved') return proof
    metrics.missingMessageAuthenticator.inc({ nas: nas.id })
    return messageAuthenticators.required(nas) ? 'missing-message-authenticator' : proof
  }

  #answer(port: Port, request: Request): Promise<Answer> {
    if (request.packet.code === Code.StatusServer) return Promise.resolve(handleStatus(request, port))
    return port === 'auth' ? this.#parts.access(request) : this.#parts.accounting(request)
  }

  #measure(answer: Answer, packet: Packet, begun: number): void {
    if (answer.kind === 'drop') return
    const { metrics } = this.#parts
    const kind = KIND[packet.code] ?? 'other'
    metrics.seconds.observe({ kind }, (performance.now() - begun) / 1000)
    metrics.requests.inc({ kind, result: answer.kind === 'reject' ? 'reject' : answer.result })
  }

  #send(answer: Answer, request: Request, incoming: Incoming, entry: DuplicateEntry): void {
    if (answer.kind === 'drop') {
      this.#duplicates.forget(entry)
      return this.#drop(answer.reason, incoming, request.nas)
    }
    const send = (): void => {
      entry.reply = answer.bytes
      incoming.send(answer.bytes)
    }
    if (answer.kind === 'answer') return send()
    const timer = setTimeout(
      () => {
        this.#delayed.delete(timer)
        send()
      },
      REJECT_DELAY_MS + this.#parts.random() * REJECT_JITTER_MS,
    )
    this.#delayed.add(timer)
  }

  /** A store is away, or worse: no answer, so that the NAS asks again; nothing was recorded that was not. */
  #failed(error: unknown, incoming: Incoming, nas: KnownNas, entry: DuplicateEntry): void {
    this.#duplicates.forget(entry)
    this.#drop('store-away', incoming, nas, { err: error })
  }

  #drop(reason: string, incoming: Incoming, nas: KnownNas | null, more: object = {}): void {
    this.#parts.metrics.dropped.inc({ reason })
    const setting = reason === 'missing-message-authenticator' ? { setting: 'messageAuthenticator' } : {}
    this.#drops.warn(
      reason,
      { reason, nas: nas?.id ?? null, from: incoming.address, ...setting, ...more },
      'RADIUS packet dropped',
    )
  }
}

const KIND: Readonly<Record<number, string>> = {
  [Code.AccessRequest]: 'access',
  [Code.AccountingRequest]: 'accounting',
  [Code.StatusServer]: 'status',
}
