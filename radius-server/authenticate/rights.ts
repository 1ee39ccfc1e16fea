import { isOfCode, periodOf } from '../../core/domain/grants.ts'
import {
  leftAcrossMidnight,
  narrowed,
  remaining,
  whileLifted,
  type Lift,
  type SessionLimits,
  type Usage,
} from '../../core/domain/limits.ts'
import { Later } from '../../core/store/later.ts'
import type { KnownRight, VisitStore } from '../../core/store/visits.ts'
import type { PassStore } from '../../core/store/passes.ts'
import type { UsageStore } from '../../core/store/usage.ts'
import type { VoucherStore } from '../../core/store/vouchers.ts'
import type { Store } from '../../core/store/redis.ts'
import type { Attribute } from '../packet/values.ts'
import type { Decision, RightHolder } from './authenticate.ts'

/** Where rights are kept, and the key that proves the portal's word. */
export interface Rights {
  readonly store: Store
  readonly visits: VisitStore
  readonly usage: UsageStore
  readonly vouchers: VoucherStore
  readonly passes: PassStore
  readonly grantKey: Buffer
  readonly subjectKey: Buffer
}

/** Somebody's right, as far as it is proved, and the moment at which it is asked for. */
export interface Claim {
  readonly visit: RightHolder
  readonly right: KnownRight
  readonly now: number
  /** Limits that a notice lifts at the site. */
  readonly lifts: readonly Lift[] | undefined
  /** Those by which the credential answers. */
  readonly attributes: readonly Attribute[]
}

/** What is left of a visit's right at this moment: its own session time, and its subject's quota. */
export function stillAllowed({ usage }: Rights, claim: Claim): Later<Decision> {
  const subject = claim.right.grant?.subject
  if (subject === undefined) return Later.of({ kind: 'reject', reason: 'no-grant' })
  return usage.used(subject, periodOf(subject, claim.now)).map((used) => allowed(claim, used))
}

/** The same where what the subject has used is at hand. */
export function allowed({ visit, right, now, lifts, attributes }: Claim, used: Usage): Decision {
  const { grant, revoked, acceptedAt } = right
  if (revoked || !grant) return { kind: 'reject', reason: revoked ? 'revoked' : 'no-grant' }
  const left = remaining(whileLifted(grant.allowance, lifts), used)
  if (left.kind === 'used-up') return { kind: 'reject', reason: `quota-${left.what}` }
  const again = acceptedAt !== null
  const ofCode = isOfCode(grant.subject)
  const quota = ofCode ? left : leftAcrossMidnight(left, grant.allowance, now)
  const limits: SessionLimits = whileLifted(narrowed(grant.limits, quota), lifts)
  if (ofCode || acceptedAt === null || limits.seconds === undefined)
    return { kind: 'accept', visit, limits, attributes, again }
  // The visit's own clock runs from the first time a NAS redeemed it.
  const own = (grant.limits.seconds ?? Infinity) - Math.floor((now - acceptedAt) / 1000)
  if (own < 1) return { kind: 'reject', reason: 'grant-over' }
  const seconds = Math.min(limits.seconds, own)
  return { kind: 'accept', visit, limits: { ...limits, seconds }, attributes, again }
}
