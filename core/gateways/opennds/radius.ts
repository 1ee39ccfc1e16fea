import { timeouts } from '../attributes.ts'
import type { RadiusFace } from '../gateway.ts'

/** openNDS has no RADIUS client. What stands before or beside it may ask all the same, and understands the standard. */
export const radius: RadiusFace = { limits: timeouts, reversedOctets: () => false, disconnect: () => [] }
