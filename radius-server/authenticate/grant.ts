import { cityDay } from '../../core/domain/day.ts'
import { grantPassword, type Grant } from '../../core/domain/grant.ts'
import { deviceSubject } from '../../core/domain/grants.ts'
import type { AccessQuestion, Decision } from './authenticate.ts'
import { proved } from './credential.ts'
import { allowed, stillAllowed, type Rights } from './rights.ts'

/** A username that the portal minted. The password proves it for this device at this NAS; the store may have revoked it. */
export async function byGrant(rights: Rights, question: AccessQuestion, grant: Grant): Promise<Decision> {
  const { packet, nas, site, credential, userName, mac, now } = question
  const password = grantPassword(rights.grantKey, userName, mac, nas.id)
  const attributes = proved(packet, nas.shared, credential, password)
  if (!attributes) return { kind: 'reject', reason: 'bad-password' }
  if (grant.expiresAt <= now) return { kind: 'reject', reason: 'grant-expired' }
  // Most rights count against the device: what it has used is asked for in the same breath.
  const subject = deviceSubject(rights.subjectKey, mac)
  const [right, used] = await Promise.all([
    rights.visits.right(grant.visit),
    rights.usage.used(subject, cityDay(now)),
  ])
  if (right.grant?.userName !== userName) return { kind: 'reject', reason: 'no-grant' }
  const claim = { visit: { id: grant.visit, nas: nas.id, mac }, right, now, lifts: site.lifts, attributes }
  return right.grant.subject === subject ? allowed(claim, used) : stillAllowed(rights, claim)
}
