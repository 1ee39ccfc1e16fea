import { whileLifted } from '../../core/domain/limits.ts'
import { parseMac, type Mac } from '../../core/domain/mac.ts'
import { passState, type Pass } from '../../core/domain/pass.ts'
import { rightOfPass } from '../../core/store/pass-rights.ts'
import { AttributeType, ServiceType } from '../packet/attributes.ts'
import { revealPassword } from '../packet/passwords.ts'
import type { Attribute } from '../packet/values.ts'
import type { AccessQuestion, Decision } from './authenticate.ts'
import { proved, sentNoPassword } from './credential.ts'
import { freshVisit } from './fresh-visit.ts'
import { stillAllowed, type Rights } from './rights.ts'

/**
 * A device that comes back by its address, only where the NAS record allows it: while what it was granted there lasts, and
 * by its visitor's pass, which was proved at any NAS of the city, as far as that and the site's own rules reach.
 * The address is no secret, so the NAS has to prove that it asks (RFC 5080 §2.1.1), unless its record says `off`.
 */
export async function byMac(rights: Rights, question: AccessQuestion, named: Mac): Promise<Decision> {
  const { nas, proof, mac, now } = question
  if (!nas.macAuth) return { kind: 'reject', reason: 'mac-auth-off' }
  if (proof !== 'proved' && nas.messageAuthenticator !== 'off')
    return { kind: 'reject', reason: 'mac-auth-unproved' }
  if (named !== mac) return { kind: 'reject', reason: 'mac-mismatch' }
  const attributes = claimed(question, named)
  if (!attributes) return { kind: 'reject', reason: 'bad-password' }
  const [known, pass] = await Promise.all([
    rights.visits.provedByMac(nas.id, mac),
    rights.passes.ofDevice(mac),
  ])
  if (pass?.isRevoked) return { kind: 'reject', reason: 'pass-revoked' }
  const here: Decision =
    known?.grant && known.grant.validUntil > now
      ? await stillAllowed(rights, {
          visit: known.visit,
          right: known,
          now,
          lifts: question.site.lifts,
          attributes,
        })
      : { kind: 'reject', reason: 'no-grant' }
  if (here.kind === 'accept' || here.reason === 'revoked') return here
  return pass && passState(pass, now) === 'valid' ? byPass(rights, question, { pass, attributes }) : here
}

/** What the visitor's pass gives at this site: a visit and a right of its own, as a tap would. */
async function byPass(
  rights: Rights,
  question: AccessQuestion,
  { pass, attributes }: { pass: Pass; attributes: readonly Attribute[] },
): Promise<Decision> {
  const { site, mac, userName, now } = question
  // Who disconnected wants to stay away until he taps again.
  if (pass.devices.get(rights.passes.deviceOf(mac))?.seenAt === 0)
    return { kind: 'reject', reason: 'logged-out' }
  const visit = freshVisit(question)
  const right = await rightOfPass(rights, { holder: pass, site, visit: visit.id, now })
  if (right.kind === 'refused') return { kind: 'reject', reason: right.reason }
  const joined = await rights.passes.join(pass.id, { mac, visit: visit.id, now })
  if (joined.kind !== 'joined') return { kind: 'reject', reason: 'no-grant' }
  const grant = { ...right.grant, userName }
  await rights.visits.create(visit, false)
  await rights.visits.grant(visit, grant)
  return { kind: 'accept', visit, limits: whileLifted(grant.limits, site.lifts), attributes, again: false }
}

/**
 * What gateways send for a password where there is none: nothing, the address again, or the shared secret (the mode
 * "Free RADIUS" of Cisco's WLC). With Call-Check it says nothing at all (RFC 2865 §5.6). Null where somebody typed another.
 */
function claimed(question: AccessQuestion, named: Mac): readonly Attribute[] | null {
  const { packet, nas, credential, userName } = question
  if (sentNoPassword(packet, nas.shared, credential)) return []
  const station = packet.text(AttributeType.CallingStationId) ?? userName
  for (const password of new Set([userName, station, nas.secret.reveal()])) {
    const attributes = proved(packet, nas.shared, credential, password)
    if (attributes) return attributes
  }
  // PAP shows what was sent, so every spelling will do.
  const isNamed = parseMac(revealPassword(packet, nas.shared)?.toString() ?? '') === named
  return isNamed || packet.integer(AttributeType.ServiceType) === ServiceType.CallCheck ? [] : null
}
