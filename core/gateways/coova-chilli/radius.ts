import type { SessionLimits } from '../../domain/limits.ts'
import { limitIfAny, quota } from '../attributes.ts'
import type { IntegerOf, RadiusAttribute, RadiusFace } from '../gateway.ts'
import { acctSessionId, standard, timeouts, userName } from '../standard.ts'
import { wispr, wisprBandwidth } from '../wispr.ts'
import { chilliSpot } from './dictionary.ts'

const VIEW_POINT = chilliSpot['ChilliSpot-Acct-View-Point']
const NAS_VIEW = 1

/** Time and idle as the standard has them; bandwidth in bit/s (WISPr) and kbit/s (ChilliSpot); total octets with Gigawords. */
function limits(limits: SessionLimits): RadiusAttribute[] {
  const total = chilliSpot['ChilliSpot-Max-Total-Octets']
  return [
    ...timeouts(limits),
    ...wisprBandwidth(limits),
    ...limitIfAny(chilliSpot['ChilliSpot-Bandwidth-Max-Up'], limits.upBitsPerSecond),
    ...limitIfAny(chilliSpot['ChilliSpot-Bandwidth-Max-Down'], limits.downBitsPerSecond),
    ...(limits.octets === undefined
      ? []
      : quota(total, chilliSpot['ChilliSpot-Max-Total-Gigawords'], limits.octets)),
  ]
}

/** CoovaChilli counts from the client's side unless ChilliSpot-Acct-View-Point says that it is the NAS's. */
const reversedOctets = (integerOf: IntegerOf): boolean =>
  integerOf(VIEW_POINT.vendor, VIEW_POINT.type) !== NAS_VIEW

export const radius: RadiusFace = {
  dictionaries: [standard, wispr, chilliSpot],
  limits,
  reversedOctets,
  /** CoovaChilli finds the session by User-Name, which is unique per visit, and checks Acct-Session-Id when given. */
  disconnect: (session) => [...userName(session), ...acctSessionId(session)],
}
