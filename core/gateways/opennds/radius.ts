import type { RadiusFace } from '../gateway.ts'
import { standard, timeouts } from '../standard.ts'

/** openNDS has no RADIUS client. What stands before or beside it may ask all the same, and understands the standard. */
export const radius: RadiusFace = {
  dictionaries: [standard],
  limits: timeouts,
  reversedOctets: () => false,
  disconnect: () => [],
}
