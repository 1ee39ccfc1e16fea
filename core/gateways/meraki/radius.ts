import { airespace } from '../cisco/dictionary.ts'
import type { RadiusFace } from '../gateway.ts'
import { callingStationId, standard, timeouts } from '../standard.ts'
import { merakiCloud } from './dictionary.ts'

export const radius: RadiusFace = {
  dictionaries: [standard, merakiCloud, airespace],
  /** Time and idle time; bandwidth belongs to a group policy of the dashboard, and there is no quota. */
  limits: timeouts,
  reversedOctets: () => false,
  /** For SSIDs with RADIUS CoA. A session of the splash page has none: it ends by its timeout. */
  disconnect: callingStationId,
}
