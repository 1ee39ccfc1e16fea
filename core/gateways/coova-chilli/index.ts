import type { Gateway } from '../gateway.ts'
import { portal } from './portal.ts'
import { radius } from './radius.ts'

/** CoovaChilli and ChilliSpot: UAM redirects, RADIUS, Disconnect-Request. */
export const coovaChilli: Gateway = { vendor: 'coova-chilli', portal, radius, disconnect: 'coa' }
