import type { Gateway } from '../gateway.ts'
import { radius } from './radius.ts'

/** Cisco wireless controllers, AireOS and Catalyst 9800: RADIUS limits, Disconnect-Request. */
export const cisco: Gateway = { vendor: 'cisco', portal: null, radius, disconnect: 'coa' }
