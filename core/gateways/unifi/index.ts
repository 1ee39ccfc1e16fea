import type { Gateway } from '../gateway.ts'
import { radius } from './radius.ts'

/** Ubiquiti UniFi access points: RADIUS limits, Disconnect-Request where RADIUS opens the session. */
export const unifi: Gateway = { vendor: 'unifi', portal: null, radius, disconnect: 'coa' }
