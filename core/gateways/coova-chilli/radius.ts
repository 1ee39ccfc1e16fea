import type { SessionLimits } from '../../domain/limits.ts'
import type { Session } from '../../domain/session.ts'
import { AcctSessionId, integer, quota, timeouts, UserName, wisprBandwidth } from '../attributes.ts'
import type { IntegerOf, RadiusAttribute, RadiusFace } from '../gateway.ts'

/** ChilliSpot's enterprise number, and its attributes as FreeRADIUS's dictionary.chillispot numbers them. */
const CHILLISPOT = 14559
const MAX_TOTAL_OCTETS = 3
const BANDWIDTH_MAX_UP = 4
const BANDWIDTH_MAX_DOWN = 5
const ACCT_VIEW_POINT = 10
const MAX_TOTAL_GIGAWORDS = 23

/** From whose side the octets are counted: 1 the NAS's, 2 the client's. */
const NAS_VIEW = 1

const KILOBIT = 1000

/** Time and idle as the standard has them; bandwidth in bit/s (WISPr) and kbit/s (ChilliSpot); total octets with Gigawords. */
function limits(limits: SessionLimits): RadiusAttribute[] {
  const attributes = [...timeouts(limits), ...wisprBandwidth(limits)]
  if (limits.upBitsPerSecond !== undefined)
    attributes.push(integer(BANDWIDTH_MAX_UP, limits.upBitsPerSecond / KILOBIT, CHILLISPOT))
  if (limits.downBitsPerSecond !== undefined)
    attributes.push(integer(BANDWIDTH_MAX_DOWN, limits.downBitsPerSecond / KILOBIT, CHILLISPOT))
  if (limits.octets !== undefined)
    attributes.push(...quota(limits.octets, MAX_TOTAL_OCTETS, MAX_TOTAL_GIGAWORDS, CHILLISPOT))
  return attributes
}

/** CoovaChilli counts from the client's side unless ChilliSpot-Acct-View-Point says that it is the NAS's. */
const reversedOctets = (integerOf: IntegerOf): boolean => integerOf(CHILLISPOT, ACCT_VIEW_POINT) !== NAS_VIEW

/** CoovaChilli finds the session by User-Name, which is unique per visit, and checks Acct-Session-Id when given. */
const disconnect = (session: Session): RadiusAttribute[] => [
  { type: UserName, value: session.userName ?? '' },
  { type: AcctSessionId, value: session.acctSessionId },
]

export const radius: RadiusFace = { limits, reversedOctets, disconnect }
