import type { SessionLimits } from '../domain/limits.ts'
import { limitIfAny } from './attributes.ts'
import { dictionary } from './dictionary.ts'
import type { RadiusAttribute } from './gateway.ts'

const WISPR_1 = 'WISPr 1.0 Annex C; FreeRADIUS dictionary.wispr'
const WBA = 'Wireless Broadband Alliance, RADIUS-VSA'

/** Attributes of the Wireless Broadband Alliance, 14122, which several vendors understand. */
export const wispr = dictionary(14122, {
  'WISPr-Location-ID': [1, 'text', WISPR_1],
  'WISPr-Location-Name': [2, 'text', WISPR_1],
  'WISPr-Logoff-URL': [3, 'text', WISPR_1],
  'WISPr-Redirection-URL': [4, 'text', WISPR_1],
  'WISPr-Bandwidth-Min-Up': [5, 'integer', WISPR_1, 'bit/s'],
  'WISPr-Bandwidth-Min-Down': [6, 'integer', WISPR_1, 'bit/s'],
  'WISPr-Bandwidth-Max-Up': [7, 'integer', WISPR_1, 'bit/s'],
  'WISPr-Bandwidth-Max-Down': [8, 'integer', WISPR_1, 'bit/s'],
  // A local time in ISO 8601.
  'WISPr-Session-Terminate-Time': [9, 'text', WISPR_1],
  'WISPr-Session-Terminate-End-Of-Day': [10, 'text', WISPR_1],
  'WISPr-Billing-Class-Of-Service': [11, 'text', WISPR_1],
  'WBA-Offered-Service': [12, 'text', WBA],
  'WBA-Identity-Provider': [16, 'text', WBA],
})

/** The most a visitor may send and receive, in bit/s. */
export const wisprBandwidth = (limits: SessionLimits): RadiusAttribute[] => [
  ...limitIfAny(wispr['WISPr-Bandwidth-Max-Up'], limits.upBitsPerSecond),
  ...limitIfAny(wispr['WISPr-Bandwidth-Max-Down'], limits.downBitsPerSecond),
]
