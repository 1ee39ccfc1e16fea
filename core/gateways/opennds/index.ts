import type { Gateway } from '../gateway.ts'
import { portal } from './portal.ts'
import { radius } from './radius.ts'

/** openNDS: FAS levels 1, 2 and 3. It speaks no RADIUS; its BinAuth script and reporter post what it does. */
export const opennds: Gateway = { vendor: 'opennds', portal, radius, disconnect: 'reporter' }
