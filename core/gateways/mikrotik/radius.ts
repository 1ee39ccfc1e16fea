import type { SessionLimits } from '../../domain/limits.ts'
import { quota, text } from '../attributes.ts'
import type { RadiusAttribute, RadiusFace } from '../gateway.ts'
import { acctSessionId, framedIpAddress, standard, timeouts, userName } from '../standard.ts'
import { mikrotik } from './dictionary.ts'

/** Mikrotik-Rate-Limit is `rx/tx` in bit/s from the router's side: rx is what the visitor sends. */
function limits(limits: SessionLimits): RadiusAttribute[] {
  const attributes = timeouts(limits)
  const { upBitsPerSecond: up, downBitsPerSecond: down, octets } = limits
  if (up !== undefined || down !== undefined)
    attributes.push(...text(mikrotik['Mikrotik-Rate-Limit'], `${rate(up)}/${rate(down)}`))
  if (octets !== undefined)
    attributes.push(
      ...quota(mikrotik['Mikrotik-Total-Limit'], mikrotik['Mikrotik-Total-Limit-Gigawords'], octets),
    )
  return attributes
}

/** 10 Gbit/s: what a direction gets that is not limited where the other is, and the most that any gets. */
const MOST_KBIT = 10_000_000

/** RouterOS takes a rate in bit/s, or with k; it has no decimals, and 0 is unlimited. */
const rate = (bitsPerSecond = Infinity): string =>
  `${Math.min(MOST_KBIT, Math.max(1, Math.floor(bitsPerSecond / 1000)))}k`

export const radius: RadiusFace = {
  dictionaries: [standard, mikrotik],
  limits,
  reversedOctets: () => false,
  /** A hotspot session is found by User-Name with its address and id; the address alone is not enough (RouterOS 6 and 7). */
  disconnect: (session) => [...userName(session), ...framedIpAddress(session), ...acctSessionId(session)],
}
