import type { Gateway } from '../gateway.ts'
import { radius } from './radius.ts'

/** Ruijie and Reyee gateways: RADIUS limits, Disconnect-Request. */
export const ruijie: Gateway = { vendor: 'ruijie', portal: null, radius, disconnect: 'coa' }
