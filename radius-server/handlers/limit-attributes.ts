import type { SessionLimits } from '../../core/domain/limits.ts'
import type { Nas } from '../../core/domain/nas.ts'
import { gatewayOf } from '../../core/gateways/index.ts'
import { toAttribute } from '../attributes.ts'
import { AttributeType } from '../packet/attributes.ts'
import { EncodedAttributes, integer } from '../packet/values.ts'

/** Most visitors of a site get the same limits; past this many different ones the work begins anew. */
const MOST = 4096

/** What an Access-Accept says of limits and reports, in the attributes of each vendor: made once for those that are alike. */
export class LimitAttributes {
  readonly #made = new Map<string, EncodedAttributes>()

  of({ gateway, interimSeconds }: Nas, limits: SessionLimits): EncodedAttributes {
    const { seconds, idleSeconds, octets, downBitsPerSecond, upBitsPerSecond } = limits
    const key = `${gateway} ${interimSeconds} ${seconds} ${idleSeconds} ${octets} ${downBitsPerSecond} ${upBitsPerSecond}`
    const known = this.#made.get(key)
    if (known) return known
    const made = new EncodedAttributes([
      ...(gatewayOf(gateway)?.radius.limits(limits).map(toAttribute) ?? []),
      integer(AttributeType.AcctInterimInterval, interimSeconds),
    ])
    if (this.#made.size >= MOST) this.#made.clear()
    this.#made.set(key, made)
    return made
  }
}
