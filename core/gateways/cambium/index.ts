import type { Gateway } from '../gateway.ts'
import { radius } from './radius.ts'

/** Cambium cnPilot and XV access points under cnMaestro: RADIUS limits, Disconnect-Request. */
export const cambium: Gateway = { vendor: 'cambium', portal: null, radius, disconnect: 'coa' }
