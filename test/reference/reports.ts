import { delayedSince, type AccountingRecord } from '../../core/domain/accounting.ts'
import type { Mac } from '../../core/domain/mac.ts'

/** A counter as it goes over the wire: 32 bits, and how often they came round where the gateway says so. */
export interface Counter {
  readonly low: number
  readonly gigawords: number | null
}

/** One Accounting-Request as it arrived: what is in it, and when. All that either judge may look at. */
export interface Arrived {
  readonly nas: string
  /** Epoch ms. */
  readonly receivedAt: number
  /** Acct-Delay-Time. */
  readonly delaySeconds: number
  readonly says: Report | { readonly status: 'on' | 'off' }
}

/** What a gateway says of a session. */
export interface Report {
  readonly status: 'start' | 'interim' | 'stop'
  readonly acctSessionId: string
  readonly mac: Mac
  /** Acct-Session-Time; a Start has none. */
  readonly seconds: number | null
  readonly from: Counter | null
  readonly to: Counter | null
  readonly cause: string | null
  /** The session that its Class names, where the gateway echoes any. */
  readonly classSession: string | null
  readonly ap: Mac | null
  readonly ip: string | null
  readonly ipv6: readonly string[]
}

export const isReport = (says: Arrived['says']): says is Report =>
  says.status !== 'on' && says.status !== 'off'

export const INTERVAL_SECONDS = 300

/** What the RADIUS server makes of a report, here without the packet around it. */
export function recordOf({ nas, receivedAt, delaySeconds }: Arrived, says: Report): AccountingRecord {
  const at = delayedSince(receivedAt, delaySeconds)
  const octets = (counter: Counter | null): bigint | null =>
    counter && (BigInt(counter.gigawords ?? 0) << 32n) + BigInt(counter.low)
  return {
    status: says.status,
    nas,
    site: `site of ${nas}`,
    acctSessionId: says.acctSessionId,
    mac: says.mac,
    at: at ?? receivedAt,
    receivedAt,
    absurdDelay: at === null,
    fromVisitorOctets: octets(says.from),
    toVisitorOctets: octets(says.to),
    gigawords: (says.from?.gigawords ?? null) !== null || (says.to?.gigawords ?? null) !== null,
    seconds: says.seconds,
    cause: says.cause,
    userName: null,
    visit: null,
    ip: says.ip,
    ipv6: says.ipv6,
    ap: says.ap,
    interimSeconds: INTERVAL_SECONDS,
    classSession: says.classSession,
  }
}
