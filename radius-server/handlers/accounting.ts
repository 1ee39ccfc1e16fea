import { NAS_REBOOT } from '../../core/domain/accounting.ts'
import type { Mac } from '../../core/domain/mac.ts'
import { noteHeard } from '../../core/store/heard.ts'
import { Later } from '../../core/store/later.ts'
import type { Recorded } from '../../core/store/sessions.ts'
import { AcctStatusType, AttributeType, Code } from '../packet/attributes.ts'
import { reply } from '../packet/encode.ts'
import { readAccounting, toldMoment } from './accounting-record.ts'
import type { Answer, Handling, Request } from './request.ts'

/** How many sessions of a rebooted NAS are closed at once. */
const AT_ONCE = 64
/** A gateway's sign of life is noted this often at most; intervals are a minute or more. */
const HEARD_EVERY_MS = 15_000
const NO_ATTRIBUTES = [] as const
/** A bound on what a NAS that invents access points can make us remember. */
const MOST_HEARD = 1024

/** What IANA knows and no hotspot records: tunnels (RFC 2867 §3), a start that failed, a gateway's subsystems. */
const OF_NO_SESSION: ReadonlySet<number | undefined> = new Set([
  AcctStatusType.TunnelStart,
  AcctStatusType.TunnelStop,
  AcctStatusType.TunnelReject,
  AcctStatusType.TunnelLinkStart,
  AcctStatusType.TunnelLinkStop,
  AcctStatusType.TunnelLinkReject,
  AcctStatusType.Failed,
  AcctStatusType.SubsystemOn,
  AcctStatusType.SubsystemOff,
])

/** Records an Accounting-Request, and answers only once it is recorded (RFC 2866 §4.1). */
export class AccountingHandler {
  readonly #handling: Handling
  readonly #tell: (recorded: Recorded) => void
  /** When a sign of life of each NAS and its access points was last noted, epoch ms. */
  readonly #heard = new Map<string, Map<Mac | null, number>>()

  /** `tell` hears of each report that is recorded. */
  constructor(handling: Handling, tell: (recorded: Recorded) => void = () => undefined) {
    this.#handling = handling
    this.#tell = tell
  }

  handle(request: Request): Later<Answer> {
    const { packet, nas, receivedAt } = request
    const recorded = (): Answer => ({
      kind: 'answer',
      result: 'recorded',
      bytes: reply(packet, Code.AccountingResponse, NO_ATTRIBUTES, nas.shared),
    })
    const status = packet.integer(AttributeType.AcctStatusType)
    if (status === AcctStatusType.AccountingOn || status === AcctStatusType.AccountingOff) {
      const at = toldMoment(packet, receivedAt)
      return Later.from(this.#closeAll(request, at ?? receivedAt)).map(() => {
        this.#handling.accounted(at === null ? ['gateway-restart', 'absurd-delay'] : ['gateway-restart'])
        return recorded()
      })
    }
    if (OF_NO_SESSION.has(status)) {
      // Without an answer its gateway would ask again for ever.
      this.#handling.accounted(['other-status'])
      return Later.of(recorded())
    }
    const record = readAccounting(request, this.#handling.classKey)
    if (typeof record === 'string') return Later.of({ kind: 'drop', reason: record })
    return this.#handling.sessions.record(record).map((what) => {
      this.#handling.accounted(what.applied.outcomes)
      this.#tell(what)
      return this.#isNoted(nas.id, record.ap, receivedAt)
        ? recorded()
        : Later.from(this.#note(nas.id, record.ap, receivedAt)).map(recorded)
    })
  }

  /** A NAS that starts or stops has no sessions any more, but those that began since it did. @see RFC 2866 §5.1 */
  async #closeAll({ nas, receivedAt }: Request, at: number): Promise<void> {
    const open = await this.#handling.sessions.open(nas.id)
    for (let i = 0; i < open.length; i += AT_ONCE)
      await Promise.all(
        open.slice(i, i + AT_ONCE).map((ref) => this.#handling.sessions.end(ref, NAS_REBOOT, at)),
      )
    if (!this.#isNoted(nas.id, null, receivedAt)) await this.#note(nas.id, null, receivedAt)
  }

  #isNoted(nas: string, ap: Mac | null, now: number): boolean {
    return now - (this.#heard.get(nas)?.get(ap) ?? 0) < HEARD_EVERY_MS
  }

  async #note(nas: string, ap: Mac | null, now: number): Promise<void> {
    let heard = this.#heard.get(nas)
    if (heard === undefined || heard.size >= MOST_HEARD)
      this.#heard.set(nas, (heard = new Map<Mac | null, number>()))
    // Told before it is done, so that a burst of reports is one note.
    heard.set(ap, now)
    try {
      await noteHeard(this.#handling.store, nas, ap, now)
    } catch (error) {
      heard.delete(ap)
      throw error
    }
  }
}
