import { limitIfAny } from '../attributes.ts'
import type { RadiusFace } from '../gateway.ts'
import { acctSessionId, callingStationId, sessionTimeout, standard } from '../standard.ts'
import { wispr, wisprBandwidth } from '../wispr.ts'
import { tpLink } from './dictionary.ts'

export const radius: RadiusFace = {
  dictionaries: [standard, wispr, tpLink],
  /**
   * Time, bandwidth in bit/s, and the quota for each direction, since there is no attribute for both together. Should
   * the quota's unit be larger than an octet, it is only wider than meant: what a visitor used is counted here as well.
   */
  limits: (limits) => [
    ...sessionTimeout(limits),
    ...wisprBandwidth(limits),
    ...limitIfAny(tpLink['TPLink-Recv-limit'], limits.octets),
    ...limitIfAny(tpLink['TPLink-Xmit-limit'], limits.octets),
  ],
  reversedOctets: () => false,
  disconnect: (session) => [...callingStationId(session), ...acctSessionId(session)],
}
