import { realMilliseconds, simulatedSeconds, type Clock, type Wait } from '../clock.ts'
import type { Octets, Quota } from '../phones/traffic.ts'
import type { Stay } from '../phones/phone.ts'

/** What a gateway was told to allow; absent is unlimited. */
export interface Limits {
  readonly sessionSeconds?: number | undefined
  readonly idleSeconds?: number | undefined
  readonly quota?: Quota | undefined
  /** Acct-Interim-Interval, in simulated seconds like all else. */
  readonly interimSeconds?: number | undefined
}

/** Totals of a session, at a simulated second of it. */
export interface Reading extends Octets {
  readonly seconds: number
}

/** Why a gateway of ours ends a session: causes of RFC 2866 §5.10, and a quota, which has none there. */
export type EndCause =
  | 'User-Request'
  | 'Lost-Carrier'
  | 'Idle-Timeout'
  | 'Session-Timeout'
  | 'Admin-Reset'
  | 'NAS-Request'
  | 'Data-Quota'

/** How a gateway tells the platform of a session. */
export interface SessionReporter {
  start(): Promise<void>
  interim(reading: Reading): Promise<void>
  /** Whether the platform confirmed it. */
  stop(reading: Reading, cause: EndCause): Promise<boolean>
}

export interface SessionEnd {
  readonly reading: Reading
  readonly cause: EndCause
  readonly confirmed: boolean
}

export interface SessionSetup {
  readonly stay: Stay
  readonly limits: Limits
  readonly clock: Clock
  readonly reporter: SessionReporter
}

/** How long a gateway without Idle-Timeout keeps a phone that fell silent. */
const IDLE_SECONDS = 900

/**
 * One phone online, from login to confirmed Stop. Readings are taken at planned simulated seconds, not at whatever
 * moment a timer fires, so the same visitor moves the same octets however busy the machine is.
 */
export class OnlineSession {
  /** Settles when the Stop is confirmed, or given up. */
  readonly over: Promise<SessionEnd>
  readonly #stay: Stay
  readonly #clock: Clock
  readonly #reporter: SessionReporter
  readonly #startedAt: number
  #limits: Limits
  #wait: Wait | null = null
  #asked: EndCause | null = null
  #open = true
  #lost = false
  #told = 0

  constructor({ stay, limits, clock, reporter }: SessionSetup) {
    this.#stay = stay
    this.#limits = limits
    this.#clock = clock
    this.#reporter = reporter
    this.#startedAt = clock.now()
    this.over = this.#live()
  }

  /** Whether the phone is let through; false from the moment of its end, confirmed or not. */
  get isOpen(): boolean {
    return this.#open
  }

  /** Ends it now. */
  end(cause: EndCause): Promise<SessionEnd> {
    this.#asked ??= cause
    this.#open = false
    this.#wait?.cut()
    return this.over
  }

  /** Ends it without a word to the platform: what was told last is all that it will ever know. */
  lose(): Promise<SessionEnd> {
    this.#lost = true
    return this.end('Lost-Carrier')
  }

  /** Takes new limits while it runs, as a CoA-Request brings them. */
  change(limits: Limits): void {
    this.#limits = { ...this.#limits, ...limits }
    this.#wait?.cut()
  }

  /** Its totals at this moment. */
  now(): Reading {
    const second = simulatedSeconds(this.#clock, this.#startedAt)
    return this.#read(Math.max(this.#told, Math.min(second, this.#planned().second)))
  }

  async #live(): Promise<SessionEnd> {
    await this.#reporter.start()
    for (;;) {
      const end = this.#planned()
      const interim = this.#told + (this.#limits.interimSeconds ?? Infinity)
      const next = Math.min(end.second, interim)
      if (this.#asked === null) await this.#until(next)
      if (this.#asked !== null) return this.#stop(this.now(), this.#asked)
      if (simulatedSeconds(this.#clock, this.#startedAt) < next) continue // Woken for new limits.
      if (end.second <= interim) return this.#stop(this.#read(end.second), end.cause)
      this.#told = interim
      await this.#reporter.interim(this.#read(interim))
    }
  }

  async #stop(reading: Reading, cause: EndCause): Promise<SessionEnd> {
    this.#open = false
    if (this.#lost) return { reading: this.#read(this.#told), cause, confirmed: false }
    return { reading, cause, confirmed: await this.#reporter.stop(reading, cause) }
  }

  async #until(second: number): Promise<void> {
    const at = this.#startedAt + realMilliseconds(this.#clock, second)
    // A timer may fire a millisecond early; the next whole one is late enough.
    this.#wait = this.#clock.wait(Math.ceil(at - this.#clock.now()) + 1)
    await this.#wait.done
    this.#wait = null
  }

  /** When it ends if nobody interferes, and why. */
  #planned(): { second: number; cause: EndCause } {
    const { sessionSeconds, idleSeconds = IDLE_SECONDS, quota } = this.#limits
    const { seconds, leaves, traffic } = this.#stay
    const ends: { second: number; cause: EndCause }[] = [
      leaves === 'wifi-off'
        ? { second: seconds, cause: 'Lost-Carrier' }
        : { second: seconds + idleSeconds, cause: 'Idle-Timeout' },
    ]
    if (sessionSeconds !== undefined) ends.push({ second: sessionSeconds, cause: 'Session-Timeout' })
    const full = quota === undefined ? null : traffic.reaches(quota, seconds)
    if (full !== null) ends.push({ second: full, cause: 'Data-Quota' })
    return ends.reduce((first, each) => (each.second < first.second ? each : first))
  }

  #read(seconds: number): Reading {
    return { seconds, ...this.#stay.traffic.at(Math.min(seconds, this.#stay.seconds)) }
  }
}
