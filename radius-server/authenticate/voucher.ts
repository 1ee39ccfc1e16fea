import { siteSession } from '../../core/domain/limits.ts'
import { voucherGrant } from '../../core/domain/grants.ts'
import { passDevices } from '../../core/domain/pass.ts'
import { parseCode } from '../../core/domain/voucher.ts'
import { tooManyTries, countTry } from '../../core/store/tries.ts'
import { revealPassword } from '../packet/passwords.ts'
import type { Attribute } from '../packet/values.ts'
import type { AccessQuestion, Decision } from './authenticate.ts'
import { proved, sentNoPassword } from './credential.ts'
import { freshVisit } from './fresh-visit.ts'
import { stillAllowed, type Rights } from './rights.ts'

/** An access code as User-Name, for gateways with a login form of their own; the password is the code again, or empty. */
export async function byVoucher(rights: Rights, question: AccessQuestion, code: string): Promise<Decision> {
  const { nas, site, userName, mac, now } = question
  if (!site.login.includes('voucher')) return { kind: 'reject', reason: 'method-off' }
  const attributes = claimed(question, code)
  if (!attributes) return { kind: 'reject', reason: 'bad-password' }
  if (await tooManyTries(rights.store, nas.id, mac)) return { kind: 'reject', reason: 'too-many-tries' }
  const visitor = await rights.passes.subjectOf(mac, now)
  const redeemed = await rights.vouchers.redeem(code, site.id, visitor, now)
  if (redeemed.kind === 'refused') {
    if (redeemed.reason === 'code-wrong') await countTry(rights.store, nas.id, mac)
    return { kind: 'reject', reason: redeemed.reason }
  }
  const visit = freshVisit(question)
  const grant = voucherGrant({ voucher: redeemed.voucher, userName, session: siteSession(site.limits), now })
  const right = { grant, revoked: false, acceptedAt: null }
  const decision = await stillAllowed(rights, { visit, right, now, lifts: site.lifts, attributes })
  if (decision.kind === 'reject') return decision
  await rights.visits.create(visit, false)
  await rights.visits.grant(visit, grant)
  const pass = await rights.passes.own({ mac, visit: visit.id, now }, passDevices(site.limits.devices))
  const { devices } = redeemed.voucher
  await rights.passes.carry(pass.id, { digest: rights.vouchers.digestOf(code), devices })
  return decision
}

/** The code for a password: typed once more, in a spelling of its own, or left out. Null where it is another. */
function claimed(question: AccessQuestion, code: string): readonly Attribute[] | null {
  const { packet, nas, credential, userName } = question
  if (sentNoPassword(packet, nas.shared, credential)) return []
  for (const password of new Set([userName, code])) {
    const attributes = proved(packet, nas.shared, credential, password)
    if (attributes) return attributes
  }
  // PAP shows what was typed, and who types a code twice may spell it in two ways.
  return parseCode(revealPassword(packet, nas.shared)?.toString() ?? '') === code ? [] : null
}
