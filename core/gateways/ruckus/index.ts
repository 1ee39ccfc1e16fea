import type { Gateway } from '../gateway.ts'
import { radius } from './radius.ts'

/** Ruckus ZoneDirector, Unleashed and SmartZone: RADIUS limits, Disconnect-Request. */
export const ruckus: Gateway = { vendor: 'ruckus', portal: null, radius, disconnect: 'coa' }
