import type { Clock } from '../clock.ts'
import type { RadiusClient } from '../radius/client.ts'
import type { Attribute } from '../radius/package.ts'
import type { Random } from '../random.ts'
import type { RadiusManners } from './radius-side.ts'
import type { EndCause, Reading, SessionReporter } from './session.ts'

export interface AccountingSetup {
  readonly client: RadiusClient
  readonly manners: RadiusManners
  /** What says whose session it is. */
  readonly identity: readonly Attribute[]
  readonly clock: Clock
  readonly random: Random
  /** Share of Interim-Updates that reach the platform after their successor. */
  readonly reorder: number
  readonly observer: {
    interim(): void
    reordered(): void
    fault(reason: string): void
  }
}

/** A Stop is worth more than four tries: it holds the final totals. */
const STOP_ROUNDS = 5

/** Start, Interim-Updates and Stop of one session. @see RFC 2866 §4, RFC 2869 §2.1 */
export class RadiusAccounting implements SessionReporter {
  readonly #setup: AccountingSetup
  /** An Interim-Update that takes the long way. */
  #held: readonly Attribute[] | null = null

  constructor(setup: AccountingSetup) {
    this.#setup = setup
  }

  async start(): Promise<void> {
    await this.#send('Start', this.#packet('Start', []))
  }

  async interim(reading: Reading): Promise<void> {
    const { random, reorder, observer, manners } = this.#setup
    const packet = this.#packet('Interim-Update', this.#totals(reading, manners))
    if (this.#held === null && random.chance(reorder)) {
      observer.reordered()
      this.#held = packet
      return
    }
    if (await this.#send('Interim-Update', packet)) observer.interim()
    await this.#release()
  }

  async stop(reading: Reading, cause: EndCause): Promise<boolean> {
    const { clock, manners, observer } = this.#setup
    const at = clock.now()
    // CoovaChilli and RouterOS alike tell a used-up quota as Session-Timeout.
    const told = cause === 'Data-Quota' ? 'Session-Timeout' : cause
    const what: Attribute[] = [...this.#totals(reading, manners), ['Acct-Terminate-Cause', told]]
    for (let round = 1; round <= STOP_ROUNDS; round++) {
      const delay = Math.round((clock.now() - at) / 1000)
      // A changed Acct-Delay-Time makes it another packet, with another identifier (RFC 2866 §5.2).
      const late: Attribute[] = delay > 0 ? [['Acct-Delay-Time', delay]] : []
      const answer = await this.#setup.client.accounting([...this.#packet('Stop', what, at), ...late])
      if (answer.kind === 'silence') continue
      await this.#release()
      return true
    }
    observer.fault('Stop: never confirmed')
    return false
  }

  /** Sends what was held back, now that a later one has overtaken it. */
  async #release(): Promise<void> {
    const packet = this.#held
    if (packet === null) return
    this.#held = null
    if (await this.#send('Interim-Update', packet)) this.#setup.observer.interim()
  }

  async #send(name: string, packet: readonly Attribute[]): Promise<boolean> {
    const answer = await this.#setup.client.accounting(packet)
    if (answer.kind === 'answer') return true
    this.#setup.observer.fault(`${name}: no answer`)
    return false
  }

  #totals(reading: Reading, manners: RadiusManners): Attribute[] {
    return [['Acct-Session-Time', reading.seconds], ...manners.counters(reading)]
  }

  #packet(
    status: 'Start' | 'Interim-Update' | 'Stop',
    more: readonly Attribute[],
    at = this.#setup.clock.now(),
  ): Attribute[] {
    const { identity, manners } = this.#setup
    return [
      ['Acct-Status-Type', status],
      ['Acct-Authentic', 'RADIUS'],
      ...identity,
      ...more,
      ['Event-Timestamp', new Date(at)],
      ...manners.accounting(),
    ]
  }
}
