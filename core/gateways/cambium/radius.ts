import type { SessionLimits } from '../../domain/limits.ts'
import { quota } from '../attributes.ts'
import type { RadiusAttribute, RadiusFace } from '../gateway.ts'
import { callingStationId, standard, timeouts, userName } from '../standard.ts'
import { wispr, wisprBandwidth } from '../wispr.ts'
import { cambiumNetworks as cambium } from './dictionary.ts'

const TOTAL = cambium['Cambium-Traffic-Quota-Limit-Total']
const TOTAL_GIGAWORDS = cambium['Cambium-Traffic-Quota-Limit-Total-Gigwords']

/** Time, idle time, WISPr's bandwidth, and total octets with Gigawords. */
const limits = (limits: SessionLimits): RadiusAttribute[] => [
  ...timeouts(limits),
  ...wisprBandwidth(limits),
  ...(limits.octets === undefined ? [] : quota(TOTAL, TOTAL_GIGAWORDS, limits.octets)),
]

export const radius: RadiusFace = {
  dictionaries: [standard, wispr, cambium],
  limits,
  reversedOctets: () => false,
  disconnect: (session) => [...userName(session), ...callingStationId(session)],
}
