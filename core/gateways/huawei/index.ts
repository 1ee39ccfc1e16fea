import type { Gateway } from '../gateway.ts'
import { radius } from './radius.ts'

/** Huawei access controllers and access points: RADIUS limits, Disconnect-Request. */
export const huawei: Gateway = { vendor: 'huawei', portal: null, radius, disconnect: 'coa' }
