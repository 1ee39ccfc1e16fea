import { limitIfAny } from '../attributes.ts'
import type { RadiusFace } from '../gateway.ts'
import { callingStationId, nasAddress, standard, timeouts, userName } from '../standard.ts'
import { wispr, wisprBandwidth } from '../wispr.ts'
import { ruckusWireless } from './dictionary.ts'

export const radius: RadiusFace = {
  dictionaries: [standard, wispr, ruckusWireless],
  /**
   * Time, idle time, WISPr's bandwidth, and what may be sent and received together, at most 4 GiB a session: it has no
   * Gigawords. In a larger unit than octets it is only wider than meant, and what a visitor used is counted here too.
   */
  limits: (limits) => [
    ...timeouts(limits),
    ...wisprBandwidth(limits),
    ...limitIfAny(ruckusWireless['Ruckus-Max-DL-UL-Quota'], limits.octets),
  ],
  reversedOctets: () => false,
  /** The device with its user, at the controller's own address. */
  disconnect: (session, nas) => [...callingStationId(session), ...userName(session), ...nasAddress(nas)],
}
