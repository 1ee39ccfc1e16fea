import { codeAllowance, codeGrant, codeSubject, deviceSubject } from '../../core/domain/grants.ts'
import { remaining } from '../../core/domain/limits.ts'
import { parseCode } from '../../core/domain/voucher.ts'
import type { Store } from '../../core/store/redis.ts'
import { countTry, tooManyTries } from '../../core/store/tries.ts'
import type { UsageStore } from '../../core/store/usage.ts'
import type { VoucherStore } from '../../core/store/vouchers.ts'
import type { LoginMethod, Outcome } from './method.ts'

/** An access code from a slip. Wrong ones are counted, so that nobody guesses. */
export const voucher = (
  store: Store,
  vouchers: VoucherStore,
  usage: UsageStore,
  subjectKey: Buffer,
): LoginMethod => ({
  name: 'voucher',
  async complete({ visit, site, fields, now }): Promise<Outcome> {
    if (await tooManyTries(store, visit.nas, visit.mac)) return refused('too-many-tries')
    const code = parseCode(fields.code ?? '')
    const redeemed = code
      ? await vouchers.redeem(code, site.id, deviceSubject(subjectKey, visit.mac), now)
      : ({ kind: 'refused', reason: 'code-wrong', expiresAt: null } as const)
    if (redeemed.kind === 'refused') {
      if (redeemed.reason === 'code-wrong') await countTry(store, visit.nas, visit.mac)
      return { kind: 'refused', refusal: { reason: redeemed.reason, expiresAt: redeemed.expiresAt } }
    }
    const { voucher: found } = redeemed
    const left = remaining(codeAllowance(found), await usage.used(codeSubject(found), null))
    if (left.kind === 'used-up') return refused('code-used')
    return { kind: 'granted', grant: codeGrant(site, visit.id, found, left, now) }
  },
})

const refused = (reason: 'too-many-tries' | 'code-used'): Outcome => ({
  kind: 'refused',
  refusal: { reason },
})
