import {
  DEGRADED_METHOD,
  givenLimits,
  grantPassword,
  parseGrantUserName,
  type Grant,
} from '../../core/domain/grant.ts'
import { openingAt } from '../../core/domain/hours.ts'
import { untilClosing } from '../../core/domain/limits.ts'
import { parseMac, type Mac } from '../../core/domain/mac.ts'
import { nameInRealms } from '../../core/domain/realm.ts'
import type { Counter } from '../../core/process/metrics.ts'
import { isStoreAway } from '../../core/store/away.ts'
import { Later } from '../../core/store/later.ts'
import { proved } from '../authenticate/credential.ts'
import { AttributeType, ServiceType } from '../packet/attributes.ts'
import type { Attribute } from '../packet/values.ts'
import { acceptance, admit, handleAccess, refusal, type Admitted } from './access.ts'
import { chargeableUser, namesChargeableUser } from './chargeable-user.ts'
import type { Answer, Handling, Request } from './request.ts'

/** Grants that are remembered at once: as many as are tapped in the ten minutes that each is good for, many times over. */
const MOST = 65_536

/** What a request proves by itself, with no store to ask. */
interface Claim {
  readonly userName: string
  readonly grant: Grant
  readonly mac: Mac
  readonly attributes: readonly Attribute[]
}

/**
 * Answers Access-Requests, while the live store is away, too: then a grant of the portal that proves itself and is not
 * over gets one short session, marked in its Class, since nobody can say what is left of its limits. All else is refused.
 */
export class AccessHandler {
  readonly #handling: Handling
  readonly #degraded: Counter
  /** User-Names that have had their short session, until their grants are over (epoch ms). */
  readonly #spent = new Map<string, number>()

  /** `degraded` counts the short sessions. */
  constructor(handling: Handling, degraded: Counter) {
    this.#handling = handling
    this.#degraded = degraded
  }

  handle(request: Request): Later<Answer> {
    // A client without a connection would keep the request waiting for one, longer than its NAS does.
    if (this.#handling.store.status !== 'ready') return Later.of(this.#withoutStore(request))
    return handleAccess(this.#handling, request).recover((error) => {
      if (!isStoreAway(error)) throw error
      return this.#withoutStore(request)
    })
  }

  #withoutStore(request: Request): Answer {
    const admitted = admit(this.#handling, request)
    if (admitted.kind === 'drop') return admitted
    const now = this.#handling.now()
    const { hours } = admitted.site
    const mayClaim = !request.isTest && openingAt(hours, now).open
    const claim = mayClaim ? claimed(this.#handling, request, admitted) : null
    if (!claim || claim.grant.expiresAt <= now || !this.#isFirst(claim, now))
      return refusal(request, admitted, 'store-away')
    const { grant, mac, attributes } = claim
    this.#degraded.inc()
    return acceptance(this.#handling, request, {
      visit: { id: grant.visit, nas: request.nas.id, mac },
      limits: untilClosing(givenLimits(grant.limits, DEGRADED_METHOD), hours, now),
      attributes,
      degraded: true,
    })
  }

  /** Once for each grant; never when there is no room to remember it. */
  #isFirst({ userName, grant: { expiresAt } }: Claim, now: number): boolean {
    if (this.#spent.has(userName)) return false
    for (const [oldest, until] of this.#spent) {
      if (until > now) break
      this.#spent.delete(oldest)
    }
    if (this.#spent.size >= MOST) return false
    this.#spent.set(userName, expiresAt)
    return true
  }
}

/** The grant of a request whose password proves it for this device at this NAS, or null. */
function claimed(
  { rights, tables, chargeableUserKey: key }: Handling,
  { packet, nas }: Request,
  { credential, site }: Admitted,
): Claim | null {
  // As authenticate/ has it: what asks for something that we never gave is refused.
  if (credential === 'eap' || packet.has(AttributeType.State)) return null
  if (packet.integer(AttributeType.ServiceType) === ServiceType.AuthorizeOnly) return null
  const userName = nameInRealms(packet.text(AttributeType.UserName) ?? '', tables.current.realms)
  if (typeof userName !== 'string') return null
  const grant = parseGrantUserName(userName)
  const mac = parseMac(packet.text(AttributeType.CallingStationId) ?? '')
  if (!grant || !mac) return null
  const password = grantPassword(rights.grantKey, userName, mac, nas.id)
  const attributes = proved(packet, nas.shared, credential, password)
  if (!attributes || !namesChargeableUser(packet)) return attributes && { userName, grant, mac, attributes }
  // Which pass it belongs to nobody can say now.
  const subjects = [rights.passes.deviceOf(mac)] as const
  const identity = chargeableUser(packet, { key, operator: site.operator, subjects })
  return identity && { userName, grant, mac, attributes: [...attributes, identity] }
}
