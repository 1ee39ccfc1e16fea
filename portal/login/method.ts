import type { PassState } from '../../core/domain/pass.ts'
import type { VisitGrant } from '../../core/domain/visit.ts'
import type { VoucherRefusal } from '../../core/domain/voucher.ts'
import type { Phone } from '../passes.ts'

/** Why a visitor may not go online now; each has its page. */
export type Refusal =
  | { readonly reason: 'quota-time' | 'quota-data' }
  | { readonly reason: 'quota-devices'; readonly devices: number }
  | { readonly reason: VoucherRefusal | 'too-many-tries'; readonly expiresAt?: number | null }
  | { readonly reason: `pass-${Exclude<PassState, 'valid'>}` | 'pass-wrong' }
  /** The site offers nothing that this visitor has. */
  | { readonly reason: 'method-off' }

export type Outcome =
  | {
      readonly kind: 'granted'
      readonly grant: VisitGrant
      /** The pass that the visitor brought by its link or its code. */
      readonly brought?: string
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

export interface LoginAttempt extends Phone {
  /** The fields of the form, each at most once. */
  readonly fields: Readonly<Record<string, string>>
  /** The pass whose link was opened in this browser before. */
  readonly remembered: string | null
}

/** One way to prove a right to be online. Another one is a file here and a line in `main.ts`. */
export interface LoginMethod {
  readonly name: 'click-through' | 'voucher' | 'pass'
  complete(attempt: LoginAttempt): Promise<Outcome>
}
