import type { Site } from '../../core/domain/site.ts'
import type { Visit, VisitGrant } from '../../core/domain/visit.ts'
import type { VoucherRefusal } from '../../core/domain/voucher.ts'

/** Why a visitor may not go online now; each has its page. */
export type Refusal =
  | { readonly reason: 'quota-time' | 'quota-data' }
  | { readonly reason: VoucherRefusal | 'too-many-tries'; readonly expiresAt?: number | null }

export type Outcome =
  | { readonly kind: 'granted'; readonly grant: VisitGrant }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

export interface LoginAttempt {
  readonly visit: Visit
  readonly site: Site
  /** The fields of the form, each at most once. */
  readonly fields: Readonly<Record<string, string>>
  readonly now: number
}

/** One way to prove a right to be online. Another one is a file here and a line in `index.ts`. */
export interface LoginMethod {
  readonly name: 'click-through' | 'voucher'
  complete(attempt: LoginAttempt): Promise<Outcome>
}
