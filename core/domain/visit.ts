import type { Allowance, SessionLimits } from './limits.ts'
import type { Mac } from './mac.ts'
import type { LoginMethodName } from './site.ts'

/** What a gateway's redirect said and the hand-off needs again (challenge, token …); each vendor knows its own. */
export type GatewayContext = Readonly<Record<string, string>>

export interface Device {
  readonly family: string
  readonly os: string
}

/** One arrival of a phone at the portal, kept on the server because mini-browsers lose cookies. */
export interface Visit {
  readonly id: string
  readonly nas: string
  readonly site: string
  readonly mac: Mac
  readonly ap: Mac | null
  readonly ssid: string | null
  readonly ip: string | null
  /** The language of the pages. */
  readonly lang: string
  /** What reports say: the language chosen on the page, else the first the browser asked for. */
  readonly spoken: string
  readonly device: Device
  readonly context: GatewayContext
  /** True when the gateway's redirect was signed or encrypted; otherwise what it says is hearsay. */
  readonly proved: boolean
  readonly createdAt: number
}

/** The right that a visit earned. */
export interface VisitGrant {
  readonly method: LoginMethodName
  readonly userName: string
  readonly limits: SessionLimits
  /** What usage counts against: `m.<digest>` (a device's city day) or `v.<voucher>` (a code's life). */
  readonly subject: string
  /** The total that the subject's usage is held against. */
  readonly allowance: Allowance
  readonly grantedAt: number
  /** Until when MAC authentication may use it, epoch ms. */
  readonly validUntil: number
}

export const VISIT_SECONDS = 15 * 60
