import { parseMac, type Mac } from '../../core/domain/mac.ts'
import { AttributeType, ServiceType } from '../packet/attributes.ts'
import { revealPassword } from '../packet/passwords.ts'
import type { Attribute } from '../packet/values.ts'
import type { AccessQuestion, Decision } from './authenticate.ts'
import { proved, sentNoPassword } from './credential.ts'
import { stillAllowed, type Rights } from './rights.ts'

/**
 * A device that comes back by its address: only where the NAS record allows it, while what it was granted there lasts.
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
  const known = await rights.visits.provedByMac(nas.id, mac)
  if (!known?.grant || known.grant.validUntil <= now) return { kind: 'reject', reason: 'no-grant' }
  return stillAllowed(rights, { visit: known.visit, right: known, now, attributes })
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
