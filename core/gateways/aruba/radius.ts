import type { RadiusFace } from '../gateway.ts'
import { callingStationId, nasAddress, standard, timeouts } from '../standard.ts'
import { arubaNetworks } from './dictionary.ts'

export const radius: RadiusFace = {
  dictionaries: [standard, arubaNetworks],
  /** Time and idle time; bandwidth belongs to a role on the controller, and there is no quota. */
  limits: timeouts,
  reversedOctets: () => false,
  /** The device at the controller. With Acct-Session-Id the controller finds no session: it is left out. */
  disconnect: (session, nas) => [...callingStationId(session), ...nasAddress(nas)],
}
