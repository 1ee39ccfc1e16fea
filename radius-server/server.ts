import { delayOf } from '../core/process/clock.ts'
import type { Logger } from '../core/process/log.ts'
import { Later } from '../core/store/later.ts'
import { DuplicateCache } from './duplicates.ts'
import type { Answer, Request } from './handlers/request.ts'
import type { MessageAuthenticatorMemory } from './message-authenticator.ts'
import type { RequestKind } from './answer-counts.ts'
import type { RadiusMetrics } from './metrics.ts'
import type { KnownNas, NasTable } from './nas-table.ts'
import { accept, accountingRequests, authenticationRequests, headerOctets } from './packet/accept.ts'
import { AttributeType, Code } from './packet/attributes.ts'
import { verifyRequest } from './packet/authenticators.ts'
import { PacketError } from './packet/errors.ts'
import type { Packet } from './packet/packet.ts'
import { StatusHandler } from './handlers/status.ts'
import { RateLimitedLog } from './rate-limited-log.ts'
import type { Incoming } from './transport/udp.ts'
import { WorkInHand } from './work-in-hand.ts'

export interface ServerParts {
  readonly nasTable: () => NasTable
  readonly access: (request: Request) => Later<Answer>
  readonly accounting: (request: Request) => Later<Answer>
  readonly messageAuthenticators: MessageAuthenticatorMemory
  readonly metrics: RadiusMetrics
  readonly log: Logger
  readonly now: () => number
  /** Uniform in [0, 1): jitter of the reject delay. */
  readonly random: () => number
  /** How long an Access-Reject is held back at the most. */
  readonly rejectMs: number
  /** The NAS in whose name we ask ourselves, or null: see test-logins/proof.ts. */
  readonly testedNas: (packet: Packet, address: string) => string | null
}

/** Standards A3.11: a reject waits, so that guessing is slow; a part of that is chance, so that it tells nothing. */
const REJECT_JITTER = 0.1

type Port = 'auth' | 'acct'

/** The way of a packet through the server, in the order of docs/radius.md. */
export class RadiusServer {
  readonly #parts: ServerParts
  readonly #duplicates = new DuplicateCache()
  readonly #inHand = new WorkInHand()
  readonly #heldBack = new WorkInHand()
  readonly #status = new StatusHandler()
  readonly #drops: RateLimitedLog
  readonly #delayed = new Set<NodeJS.Timeout>()

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#drops = new RateLimitedLog(parts.log, parts.now)
  }

  receive(port: Port, incoming: Incoming): void {
    // RFC 768: port 0 says that no answer is wanted. A socket throws when it is told to send there.
    if (incoming.port === 0) return this.#drop('no-source-port', incoming, null)

    const packet = accept(incoming.datagram, port === 'auth' ? authenticationRequests : accountingRequests)
    if (typeof packet === 'string') return this.#drop(packet, incoming, null)

    const tested = port === 'auth' ? this.#parts.testedNas(packet, incoming.address) : null
    const table = this.#parts.nasTable()
    const nas = tested === null ? table.find(incoming.address) : table.named(tested)
    if (!nas) return this.#drop('unknown-client', incoming, null)

    const proof = tested === null ? this.#proof(packet, nas) : provedTest(packet, nas)
    if (proof !== 'proved' && proof !== 'unproved')
      return this.#drop(proof, incoming, nas, blamed(proof, packet))

    const now = this.#parts.now()
    const place = this.#duplicates.seen(incoming, packet, proof === 'proved', now)
    if (typeof place !== 'number') {
      this.#parts.metrics.duplicates.inc()
      if (place !== 'in-progress') incoming.send(place)
      return
    }
    const busy = this.#inHand.begin(nas.id)
    if (busy) {
      this.#duplicates.forget(place)
      return this.#drop(busy, incoming, nas)
    }
    const request: Request = { packet, nas, proof, receivedAt: now, ...(tested !== null && { isTest: true }) }
    this.#work(port, request, incoming, place)
  }

  /** Waits until nothing is in hand, at most `ms`; what a reject delay still holds back then is not sent any more. */
  async drain(ms: number): Promise<void> {
    const end = Date.now() + ms
    while (this.#inHand.size > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
    for (const timer of this.#delayed) clearTimeout(timer)
  }

  #proof(packet: Packet, nas: KnownNas): ReturnType<typeof verifyRequest> | 'proxy-state-unproved' {
    const { messageAuthenticators, metrics } = this.#parts
    const proof = verifyRequest(packet, nas.shared)
    if (packet.code !== Code.AccessRequest) return proof
    if (proof === 'proved' && messageAuthenticators.isNew(nas))
      messageAuthenticators
        .saw(nas)
        .catch((error: unknown) =>
          this.#drops.warn('remember', { err: error }, 'cannot remember Message-Authenticator'),
        )
    if (packet.proxyStateOctets > 0) metrics.proxyState.inc({ nas: nas.id })
    if (packet.messageAuthenticators === 0) metrics.missingMessageAuthenticator.inc({ nas: nas.id })
    if (proof !== 'unproved') return proof
    if (messageAuthenticators.required(nas)) return 'missing-message-authenticator'
    // CVE-2024-3596 needs a Proxy-State in the reply: without proof there is none, for a NAS that is no proxy.
    return nas.limitProxyState && packet.has(AttributeType.ProxyState) ? 'proxy-state-unproved' : proof
  }

  #work(port: Port, request: Request, incoming: Incoming, place: number): void {
    const { nas } = request
    // Most answers take less than the millisecond that `now` tells.
    const begun = performance.now()
    const failed = (error: unknown): void => {
      // No answer, so that the NAS asks again; nothing was recorded that was not.
      this.#duplicates.forget(place)
      this.#drop(isOurFault(error) ? 'internal-fault' : 'store-away', incoming, nas, { err: error })
      this.#inHand.end(nas.id)
    }
    const heard = (answer: Answer): void => {
      try {
        const took = (performance.now() - begun) / 1000
        if (this.#send(answer, nas, incoming, place)) this.#count(answer, request, took)
      } catch (error) {
        return failed(error)
      }
      this.#inHand.end(nas.id)
    }
    let answer: Later<Answer>
    try {
      answer = this.#answer(port, request)
    } catch (error) {
      return failed(error)
    }
    answer.hear({ heard, failed })
  }

  #answer(port: Port, request: Request): Later<Answer> {
    if (request.packet.code === Code.StatusServer) return Later.of(this.#status.handle(request, port))
    return port === 'auth' ? this.#parts.access(request) : this.#parts.accounting(request)
  }

  #count(answer: Answer, { packet, isTest }: Request, took: number): void {
    if (answer.kind === 'drop') return
    const result = answer.kind === 'reject' ? 'reject' : answer.result
    const kind = isTest ? 'test-login' : (KIND[packet.code] ?? 'other')
    this.#parts.metrics.answers.add(kind, result, took)
  }

  /** Sends an answer, a reject after its delay; false when it is dropped instead. */
  #send(answer: Answer, nas: KnownNas, incoming: Incoming, place: number): boolean {
    if (answer.kind === 'drop') {
      this.#duplicates.forget(place)
      this.#drop(answer.reason, incoming, nas)
      return false
    }
    if (lacksMessageAuthenticator(answer.bytes)) this.#parts.metrics.replyNotSigned.inc({ nas: nas.id })
    if (answer.kind === 'answer') {
      this.#duplicates.answered(place, answer.bytes)
      incoming.send(answer.bytes)
      return true
    }
    const busy = this.#heldBack.begin(nas.id)
    if (busy) {
      this.#duplicates.forget(place)
      this.#drop(busy, incoming, nas)
      return false
    }
    const timer = setTimeout(
      () => {
        this.#delayed.delete(timer)
        this.#heldBack.end(nas.id)
        this.#duplicates.answered(place, answer.bytes)
        incoming.send(answer.bytes)
      },
      delayOf(this.#parts.rejectMs * (1 - REJECT_JITTER * (1 - this.#parts.random()))),
    )
    this.#delayed.add(timer)
    return true
  }

  #drop(reason: string, incoming: Incoming, nas: KnownNas | null, more?: object): void {
    this.#parts.metrics.dropped.inc({ reason })
    const setting = SETTING[reason]
    this.#drops.warn(
      reason,
      { reason, nas: nas?.id ?? null, from: incoming.address, ...(setting && { setting }), ...more },
      'RADIUS packet dropped',
    )
  }
}

/** A test teaches nothing of its NAS: that we sign would lock out a gateway that does not. */
function provedTest(packet: Packet, nas: KnownNas): ReturnType<typeof verifyRequest> {
  const proof = verifyRequest(packet, nas.shared)
  return proof === 'unproved' ? 'missing-message-authenticator' : proof
}

/** A mistake of this program, not of a store: said so, since nobody else can mend it. */
const isOurFault = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  error instanceof PacketError

/** Which setting of a NAS's record a drop comes from. */
const SETTING: Readonly<Record<string, string>> = {
  'missing-message-authenticator': 'messageAuthenticator',
  'proxy-state-unproved': 'limitProxyState',
  'status-server-off': 'statusServer',
}

const NO_SETTING = { setting: null }

/** Status-Server and EAP never go without Message-Authenticator, whatever a record says (RFC 5997 §3, RFC 3579 §3.2). */
const blamed = (reason: string, packet: Packet): object | undefined =>
  reason === 'missing-message-authenticator' && (packet.code === Code.StatusServer || packet.hasEapMessage)
    ? NO_SETTING
    : undefined

/** Standards A3: looked at once more where it leaves, since an answer without could be forged (CVE-2024-3596). */
const lacksMessageAuthenticator = (reply: Buffer): boolean =>
  ANSWERS_TO_ACCESS.has(reply[0] as number) && reply[headerOctets] !== AttributeType.MessageAuthenticator

const ANSWERS_TO_ACCESS: ReadonlySet<number> = new Set([
  Code.AccessAccept,
  Code.AccessReject,
  Code.AccessChallenge,
  Code.ProtocolError,
])

const KIND: Readonly<Record<number, RequestKind>> = {
  [Code.AccessRequest]: 'access',
  [Code.AccountingRequest]: 'accounting',
  [Code.StatusServer]: 'status',
}
