import type { SessionLimits } from '../../domain/limits.ts'
import { limitIfAny } from '../attributes.ts'
import type { RadiusAttribute, RadiusFace } from '../gateway.ts'
import { callingStationId, nasAddress, standard, timeouts } from '../standard.ts'
import { airespace, ciscoSystems } from './dictionary.ts'

/** TCP and UDP alike; the burst is the average, since a smaller one, or none, can stop a client's traffic. */
const DOWN = [
  airespace['Airespace-Data-Bandwidth-Average-Contract'],
  airespace['Airespace-Real-Time-Bandwidth-Average-Contract'],
  airespace['Airespace-Data-Bandwidth-Burst-Contract'],
  airespace['Airespace-Real-Time-Bandwidth-Burst-Contract'],
]
const UP = [
  airespace['Airespace-Data-Bandwidth-Average-Contract-Upstream'],
  airespace['Airespace-Real-Time-Bandwidth-Average-Contract-Upstream'],
  airespace['Airespace-Data-Bandwidth-Burst-Contract-Upstream'],
  airespace['Airespace-Real-Time-Bandwidth-Burst-Contract-Upstream'],
]

/** Time, idle time, and bandwidth contracts in kbit/s. There is no quota. */
const limits = (limits: SessionLimits): RadiusAttribute[] => [
  ...timeouts(limits),
  ...DOWN.flatMap((contract) => limitIfAny(contract, limits.downBitsPerSecond)),
  ...UP.flatMap((contract) => limitIfAny(contract, limits.upBitsPerSecond)),
]

export const radius: RadiusFace = {
  dictionaries: [standard, ciscoSystems, airespace],
  limits,
  reversedOctets: () => false,
  disconnect: (session, nas) => [...callingStationId(session), ...nasAddress(nas)],
}
