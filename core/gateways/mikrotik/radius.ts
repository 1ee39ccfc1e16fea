import type { SessionLimits } from '../../domain/limits.ts'
import type { Session } from '../../domain/session.ts'
import { AcctSessionId, FramedIpAddress, quota, timeouts, UserName } from '../attributes.ts'
import type { RadiusAttribute, RadiusFace } from '../gateway.ts'

/** MikroTik's enterprise number, and its attributes as MikroTik's dictionary.mikrotik numbers them. */
const MIKROTIK = 14988
const RATE_LIMIT = 8
const TOTAL_LIMIT = 17
const TOTAL_LIMIT_GIGAWORDS = 18

/** Mikrotik-Rate-Limit is `rx/tx` in bit/s from the router's side: rx is what the visitor sends. */
function limits(limits: SessionLimits): RadiusAttribute[] {
  const attributes = timeouts(limits)
  const { upBitsPerSecond: up, downBitsPerSecond: down } = limits
  if (up !== undefined || down !== undefined)
    attributes.push({ vendor: MIKROTIK, type: RATE_LIMIT, value: `${rate(up)}/${rate(down)}` })
  if (limits.octets !== undefined)
    attributes.push(...quota(limits.octets, TOTAL_LIMIT, TOTAL_LIMIT_GIGAWORDS, MIKROTIK))
  return attributes
}

/** RouterOS takes a rate in bit/s, or with k; where only one direction is limited the other gets 10 Gbit/s. */
const rate = (bitsPerSecond: number | undefined): string =>
  bitsPerSecond === undefined ? '10000000k' : `${Math.max(1, Math.floor(bitsPerSecond / 1000))}k`

/** A hotspot session is found by User-Name with its address and id; the address alone is not enough (RouterOS 6 and 7). */
const disconnect = (session: Session): RadiusAttribute[] => [
  { type: UserName, value: session.userName ?? '' },
  ...(session.ip ? [{ type: FramedIpAddress, value: session.ip }] : []),
  { type: AcctSessionId, value: session.acctSessionId },
]

export const radius: RadiusFace = { limits, reversedOctets: () => false, disconnect }
