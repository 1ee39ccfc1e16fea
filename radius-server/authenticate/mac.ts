import type { Mac } from '../../core/domain/mac.ts'
import type { AccessQuestion, Decision } from './authenticate.ts'
import { proves, sentNoPassword } from './credential.ts'
import { stillAllowed, type Rights } from './rights.ts'

/** A device that comes back by its address: only where the NAS record allows it, while what it was granted there lasts. */
export async function byMac(rights: Rights, question: AccessQuestion, named: Mac): Promise<Decision> {
  const { packet, nas, credential, userName, mac, now } = question
  if (!nas.macAuth) return { kind: 'reject', reason: 'mac-auth-off' }
  if (named !== mac) return { kind: 'reject', reason: 'mac-mismatch' }
  const claimed =
    sentNoPassword(packet, nas.shared, credential) || proves(packet, nas.shared, credential, userName)
  if (!claimed) return { kind: 'reject', reason: 'bad-password' }
  const known = await rights.visits.provedByMac(nas.id, mac)
  if (!known?.grant || known.grant.validUntil <= now) return { kind: 'reject', reason: 'no-grant' }
  return stillAllowed(rights, known, now)
}
