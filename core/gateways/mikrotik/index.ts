import type { Gateway } from '../gateway.ts'
import { portal } from './portal.ts'
import { radius } from './radius.ts'

/** MikroTik RouterOS Hotspot: login by http-pap or http-chap, RADIUS, Disconnect-Request. */
export const mikrotik: Gateway = { vendor: 'mikrotik', portal, radius, disconnect: 'coa' }
