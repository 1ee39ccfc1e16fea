import { dashedMac, type Mac } from '../../core/domain/mac.ts'
import { AccountingHandler } from '../../radius-server/handlers/accounting.ts'
import type { Answer } from '../../radius-server/handlers/request.ts'
import { PHONE } from '../radius-server/authenticate/visitor.ts'
import { requestOf, SECRET, type Stage } from '../radius-server/stage.ts'
import { signedRequest, tlv, type Tlv } from '../radius-server/wire.ts'

const STATUS = { start: 1, stop: 2, interim: 3, on: 7, off: 8 } as const

export interface Said {
  /** Which NAS of the stage, from 1. */
  readonly nas?: number
  readonly id?: string
  readonly mac?: Mac
  readonly seconds?: number
  /** Acct-Input-Octets and Acct-Output-Octets. */
  readonly octets?: readonly [input: number, output: number]
  readonly more?: readonly Tlv[]
  /** Replaces Calling-Station-Id; null leaves it out. */
  readonly station?: string | null
}

/** The gateways of a stage: what they send at the stage's moment, as packets. */
export class Gateways {
  readonly #stage: Stage
  readonly #handler: AccountingHandler
  #identifier = 0

  constructor(stage: Stage) {
    this.#stage = stage
    this.#handler = new AccountingHandler(stage.handling)
  }

  /** Sends one Accounting-Request and gives its answer. */
  async say(status: keyof typeof STATUS, said: Said = {}): Promise<Answer> {
    const { nas = 1, id = 'session-1', mac = PHONE, seconds, octets, more = [], station } = said
    const attributes: Tlv[] = [tlv(40, STATUS[status])]
    if (status !== 'on' && status !== 'off') {
      attributes.push(tlv(44, id))
      if (station !== null) attributes.push(tlv(31, station ?? dashedMac(mac)))
    }
    if (seconds !== undefined) attributes.push(tlv(46, seconds))
    if (octets) attributes.push(tlv(42, octets[0]), tlv(43, octets[1]))
    const datagram = signedRequest(4, [...attributes, ...more], {
      secret: SECRET,
      identifier: this.#identifier++ % 256,
    })
    const { now } = this.#stage
    return this.#handler.handle(requestOf(datagram, this.#stage.at(nas), now))
  }

  /** How often sessions began, went on, ended and came back, in order. */
  async changes(): Promise<string> {
    return (await this.#stage.sessionEvents()).map(({ change }) => change).join()
  }
}
