import type { SessionLimits } from '../../domain/limits.ts'
import { limit, limitIfAny } from '../attributes.ts'
import type { RadiusAttribute, RadiusFace } from '../gateway.ts'
import { acctSessionId, standard, timeouts } from '../standard.ts'
import { huaweiTechnologies as huawei } from './dictionary.ts'

/** One KiB less than the value that means "no limit". */
const MOST_OCTETS = 0xffff_fffe * 1024

/** Time, idle time, average rates in bit/s, and the quota in KiB. */
const limits = (limits: SessionLimits): RadiusAttribute[] => [
  ...timeouts(limits),
  ...limitIfAny(huawei['Huawei-Input-Average-Rate'], limits.upBitsPerSecond),
  ...limitIfAny(huawei['Huawei-Output-Average-Rate'], limits.downBitsPerSecond),
  ...(limits.octets === undefined
    ? []
    : [limit(huawei['Huawei-Remanent-Volume'], Math.min(limits.octets, MOST_OCTETS))]),
]

export const radius: RadiusFace = {
  dictionaries: [standard, huawei],
  limits,
  reversedOctets: () => false,
  /** The session's id alone: with the device's address beside it some controllers find nothing. */
  disconnect: acctSessionId,
}
