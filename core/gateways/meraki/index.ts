import type { Gateway } from '../gateway.ts'
import { radius } from './radius.ts'

/** Cisco Meraki MR: RADIUS limits; a splash session ends by its timeout alone. */
export const meraki: Gateway = { vendor: 'meraki', portal: null, radius, disconnect: 'coa' }
