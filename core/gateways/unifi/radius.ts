import { limitIfAny } from '../attributes.ts'
import type { RadiusFace } from '../gateway.ts'
import { acctSessionId, callingStationId, sessionTimeout, standard } from '../standard.ts'
import { ubiquiti } from './dictionary.ts'

export const radius: RadiusFace = {
  dictionaries: [standard, ubiquiti],
  /** Time, and rates in 64 bits; an access point knows no idle time and no quota from RADIUS. */
  limits: (limits) => [
    ...sessionTimeout(limits),
    ...limitIfAny(ubiquiti['UBNT-Data-Rate-DL'], limits.downBitsPerSecond),
    ...limitIfAny(ubiquiti['UBNT-Data-Rate-UL'], limits.upBitsPerSecond),
  ],
  reversedOctets: () => false,
  /** hostapd on the access point finds the station by its address and compares all else that is named. */
  disconnect: (session) => [...callingStationId(session), ...acctSessionId(session)],
}
