import type { Gateway } from '../gateway.ts'
import { radius } from './radius.ts'

/** HPE Aruba controllers and Instant: RADIUS limits, Disconnect-Request; bandwidth is the role's. */
export const aruba: Gateway = { vendor: 'aruba', portal: null, radius, disconnect: 'coa' }
