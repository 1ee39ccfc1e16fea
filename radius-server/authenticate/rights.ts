import { cityDay } from '../../core/domain/day.ts'
import { narrowed, remaining, type SessionLimits } from '../../core/domain/limits.ts'
import type { KnownVisit, VisitStore } from '../../core/store/visits.ts'
import type { UsageStore } from '../../core/store/usage.ts'
import type { VoucherStore } from '../../core/store/vouchers.ts'
import type { Store } from '../../core/store/redis.ts'
import type { Decision } from './authenticate.ts'

/** Where rights are kept, and the key that proves the portal's word. */
export interface Rights {
  readonly store: Store
  readonly visits: VisitStore
  readonly usage: UsageStore
  readonly vouchers: VoucherStore
  readonly grantKey: Buffer
  readonly subjectKey: Buffer
}

/** What is left of a visit's right at this moment: its own session time, and its subject's quota. */
export async function stillAllowed({ usage }: Rights, known: KnownVisit, now: number): Promise<Decision> {
  const { visit, grant, revoked, acceptedAt } = known
  if (revoked || !grant) return { kind: 'reject', reason: revoked ? 'revoked' : 'no-grant' }
  const ofCode = grant.subject.startsWith('v.')
  const used = await usage.used(grant.subject, ofCode ? null : cityDay(now))
  const left = remaining(grant.allowance, used)
  if (left.kind === 'used-up') return { kind: 'reject', reason: `quota-${left.what}` }
  const limits: SessionLimits = narrowed(grant.limits, left)
  if (ofCode || acceptedAt === null || limits.seconds === undefined) return { kind: 'accept', visit, limits }
  // The visit's own clock runs from the first time a NAS redeemed it.
  const own = (grant.limits.seconds ?? Infinity) - Math.floor((now - acceptedAt) / 1000)
  if (own < 1) return { kind: 'reject', reason: 'grant-over' }
  return { kind: 'accept', visit, limits: { ...limits, seconds: Math.min(limits.seconds, own) } }
}
