import type { RadiusFace } from '../gateway.ts'
import { acctSessionId, framedIpAddress, sessionTimeout, standard, userName } from '../standard.ts'
import { fortinetInc } from './dictionary.ts'

export const radius: RadiusFace = {
  dictionaries: [standard, fortinetInc],
  /** Time; idle time and bandwidth are settings of the FortiGate, and there is no quota. */
  limits: sessionTimeout,
  reversedOctets: () => false,
  /** The FortiGate finds a firewall session by its address: without Framed-IP-Address it refuses. */
  disconnect: (session) => [...acctSessionId(session), ...userName(session), ...framedIpAddress(session)],
}
