import { grantPassword, type Grant } from '../../core/domain/grant.ts'
import type { AccessQuestion, Decision } from './authenticate.ts'
import { proves } from './credential.ts'
import { stillAllowed, type Rights } from './rights.ts'

/** A username that the portal minted. The password proves it for this device at this NAS; the store may have revoked it. */
export async function byGrant(rights: Rights, question: AccessQuestion, grant: Grant): Promise<Decision> {
  const { packet, nas, credential, userName, mac, now } = question
  const password = grantPassword(rights.grantKey, userName, mac, nas.id)
  if (!proves(packet, nas.shared, credential, password)) return { kind: 'reject', reason: 'bad-password' }
  if (grant.expiresAt <= now) return { kind: 'reject', reason: 'grant-expired' }
  const known = await rights.visits.find(grant.visit)
  if (!known || known.grant?.userName !== userName) return { kind: 'reject', reason: 'no-grant' }
  return stillAllowed(rights, known, now)
}
