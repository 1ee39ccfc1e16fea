import { cityDay } from '../domain/day.ts'
import { clickThroughGrant, codeAllowance, codeGrant, codeSubject, dayAllowance } from '../domain/grants.ts'
import { remaining, whileLifted } from '../domain/limits.ts'
import type { Pass } from '../domain/pass.ts'
import type { Site } from '../domain/site.ts'
import type { VisitGrant } from '../domain/visit.ts'
import type { UsageStore } from './usage.ts'
import type { VoucherStore } from './vouchers.ts'

export type PassRight =
  | { readonly kind: 'granted'; readonly grant: VisitGrant }
  | { readonly kind: 'refused'; readonly reason: PassRefusal }

/** The day is used up; or, where one tap is not enough, the code is, or the site offers nothing that the visitor has. */
export type PassRefusal = 'quota-time' | 'quota-data' | 'code-used' | 'method-off'

export interface PassQuestion {
  /** A visitor's pass, or the device alone where there is none yet. */
  readonly holder: Pick<Pass, 'subject' | 'code'>
  readonly site: Site
  /** The id of the visit that the right is for. */
  readonly visit: string
  readonly now: number
}

/**
 * What a visitor may do at a site now: what his day leaves where one tap is enough, else what is left of the code that he
 * came with, where codes are taken. Limits are the site's.
 */
export async function rightOfPass(
  { usage, vouchers }: { readonly usage: UsageStore; readonly vouchers: VoucherStore },
  { holder, site, visit, now }: PassQuestion,
): Promise<PassRight> {
  let reason: PassRefusal = 'method-off'
  if (site.login.includes('click-through')) {
    const left = remaining(
      whileLifted(dayAllowance(site), site.lifts),
      await usage.used(holder.subject, cityDay(now)),
    )
    if (left.kind === 'left')
      return { kind: 'granted', grant: clickThroughGrant(site, visit, holder.subject, left, now) }
    reason = `quota-${left.what}`
  }
  const voucher =
    holder.code !== null && site.login.includes('voucher') ? await vouchers.inForce(holder.code, now) : null
  if (voucher) {
    const left = remaining(
      whileLifted(codeAllowance(voucher), site.lifts),
      await usage.used(codeSubject(voucher), null),
    )
    if (left.kind === 'left') return { kind: 'granted', grant: codeGrant(site, visit, voucher, left, now) }
    if (reason === 'method-off') reason = 'code-used'
  }
  return { kind: 'refused', reason }
}
