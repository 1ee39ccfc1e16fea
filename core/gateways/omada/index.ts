import type { Gateway } from '../gateway.ts'
import { radius } from './radius.ts'

/** TP-Link Omada access points and controllers: RADIUS limits, Disconnect-Request. */
export const omada: Gateway = { vendor: 'omada', portal: null, radius, disconnect: 'coa' }
