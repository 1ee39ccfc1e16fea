import type { SessionLimits } from '../../core/domain/limits.ts'
import type { Nas } from '../../core/domain/nas.ts'
import { gatewayOf } from '../../core/gateways/index.ts'
import { toAttribute } from '../attributes.ts'
import { AttributeType } from '../packet/attributes.ts'
import { EncodedAttributes, integer } from '../packet/values.ts'

/** Most visitors of a site get the same limits; past this many different ones the work begins anew. */
const MOST = 4096

/** What the last visitor of a NAS got, which is nearly always what the next one gets. */
interface Last {
  readonly nas: Nas
  readonly limits: SessionLimits
  readonly encoded: EncodedAttributes
}

/** What an Access-Accept says of limits and reports, in the attributes of each vendor: made once for those that are alike. */
export class LimitAttributes {
  readonly #made = new Map<string, EncodedAttributes>()
  readonly #last = new Map<string, Last>()

  of(nas: Nas, limits: SessionLimits): EncodedAttributes {
    const last = this.#last.get(nas.id)
    if (last !== undefined && last.nas === nas && areAlike(last.limits, limits)) return last.encoded
    const encoded = this.#encoded(nas, limits)
    this.#last.set(nas.id, { nas, limits, encoded })
    return encoded
  }

  #encoded({ gateway, interimSeconds }: Nas, limits: SessionLimits): EncodedAttributes {
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

const areAlike = (one: SessionLimits, other: SessionLimits): boolean =>
  one.seconds === other.seconds &&
  one.idleSeconds === other.idleSeconds &&
  one.octets === other.octets &&
  one.downBitsPerSecond === other.downBitsPerSecond &&
  one.upBitsPerSecond === other.upBitsPerSecond
