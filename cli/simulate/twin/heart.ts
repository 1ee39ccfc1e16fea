import { createHmac, randomBytes } from 'node:crypto'
import { dashedMac, type Mac } from '../../../core/domain/mac.ts'
import type { Nas } from '../../../core/domain/nas.ts'
import type { HostPort } from '../run-file.ts'

/** Says in the name of a gateway that it and its access points are alive. @see docs/gateways.md, Heartbeat */
export class Heart {
  readonly #nas: Nas
  readonly #portal: HostPort

  constructor(nas: Nas, portal: HostPort) {
    this.#nas = nas
    this.#portal = portal
  }

  /** Says so at a moment (epoch ms); what went wrong, or null. */
  async beat(accessPoints: readonly Mac[], at: number): Promise<string | null> {
    const { id, gateway, secret } = this.#nas
    const path = `/g/${gateway}/${id}/heartbeat`
    const [time, nonce] = [String(Math.floor(at / 1000)), randomBytes(16).toString('hex')]
    const body = JSON.stringify({ accessPoints: accessPoints.map(dashedMac) })
    const signature = createHmac('sha256', secret.reveal()).update(`${time}\n${nonce}\n${path}\n${body}`)
    const answer = await fetch(`http://${this.#portal.host}:${this.#portal.port}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-hotspot-time': time,
        'x-hotspot-nonce': nonce,
        'x-hotspot-signature': signature.digest('hex'),
      },
      body,
    })
    const text = await answer.text()
    return answer.ok ? null : `${answer.status} ${text.trim()}`
  }
}
