import type { RadiusFace } from '../gateway.ts'
import { acctSessionId, standard, timeouts, userName } from '../standard.ts'
import { wispr, wisprBandwidth } from '../wispr.ts'
import { ruijieNetworks } from './dictionary.ts'

export const radius: RadiusFace = {
  dictionaries: [standard, wispr, ruijieNetworks],
  /** Time, idle time and WISPr's bandwidth; the unit of Ruijie's own rates is not known. */
  limits: (limits) => [...timeouts(limits), ...wisprBandwidth(limits)],
  reversedOctets: () => false,
  disconnect: (session) => [...userName(session), ...acctSessionId(session)],
}
