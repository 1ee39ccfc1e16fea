import { codeAllowance, codeGrant, codeSubject } from '../../core/domain/grants.ts'
import { remaining, whileLifted } from '../../core/domain/limits.ts'
import { parsePassCode } from '../../core/domain/pass.ts'
import { parseCode } from '../../core/domain/voucher.ts'
import type { PassStore } from '../../core/store/passes.ts'
import type { Store } from '../../core/store/redis.ts'
import { countTry, tooManyTries } from '../../core/store/tries.ts'
import type { UsageStore } from '../../core/store/usage.ts'
import type { VoucherStore } from '../../core/store/vouchers.ts'
import type { PassDesk } from '../passes.ts'
import type { LoginAttempt, LoginMethod, Outcome } from './method.ts'
import { byPassCode } from './pass.ts'

interface VoucherParts {
  readonly desk: PassDesk
  readonly passes: PassStore
  readonly store: Store
  readonly vouchers: VoucherStore
  readonly usage: UsageStore
}

/** An access code from a slip, or the code of a pass, in the same field. Wrong ones are counted, so that nobody guesses. */
export const voucher = (parts: VoucherParts): LoginMethod => ({
  name: 'voucher',
  async complete(attempt): Promise<Outcome> {
    const typed = attempt.fields.code ?? ''
    const passCode = parsePassCode(typed)
    return passCode ? byPassCode(parts, attempt, passCode) : bySlip(parts, attempt, parseCode(typed))
  },
})

async function bySlip(parts: VoucherParts, attempt: LoginAttempt, code: string | null): Promise<Outcome> {
  const { desk, store, vouchers, usage } = parts
  const { visit, site, now } = attempt
  if (await tooManyTries(store, visit.nas, visit.mac)) return refused('too-many-tries')
  if (code === null) {
    await countTry(store, visit.nas, visit.mac)
    return refused('code-wrong')
  }
  const { subject, pass } = await whose(parts, attempt)
  // A visitor is one device to a code, whatever MAC his phone has made up today.
  const redeemed = await vouchers.redeem(code, site.id, subject, now)
  if (redeemed.kind === 'refused') {
    const { reason, expiresAt } = redeemed
    if (reason === 'code-wrong') await countTry(store, visit.nas, visit.mac)
    return { kind: 'refused', refusal: { reason, expiresAt } }
  }
  const { voucher: found } = redeemed
  const left = remaining(
    whileLifted(codeAllowance(found), site.lifts),
    await usage.used(codeSubject(found), null),
  )
  if (left.kind === 'used-up') return refused('code-used')
  const carried = { digest: vouchers.digestOf(code), devices: found.devices }
  const denied = await desk.admit(attempt, { pass, code: carried })
  if (denied) await desk.admit(attempt, { pass: null, code: carried })
  return { kind: 'granted', grant: codeGrant(site, visit.id, found, left, now) }
}

/** The visitor to whom a code is given: the pass that his browser remembers, while that is valid, else his phone's own. */
async function whose(
  { desk, passes }: VoucherParts,
  attempt: LoginAttempt,
): Promise<{ subject: string; pass: string | null }> {
  const { remembered, visit, now } = attempt
  const holder = remembered === null ? null : await desk.holder(attempt, remembered)
  return holder && 'subject' in holder
    ? { subject: holder.subject, pass: remembered }
    : { subject: await passes.subjectOf(visit.mac, now), pass: null }
}

const refused = (reason: 'too-many-tries' | 'code-used' | 'code-wrong'): Outcome => ({
  kind: 'refused',
  refusal: { reason },
})
