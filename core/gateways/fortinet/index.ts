import type { Gateway } from '../gateway.ts'
import { radius } from './radius.ts'

/** Fortinet FortiGate as wireless controller: RADIUS time, Disconnect-Request. */
export const fortinet: Gateway = { vendor: 'fortinet', portal: null, radius, disconnect: 'coa' }
