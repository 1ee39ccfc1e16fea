import { cityDay } from '../../core/domain/day.ts'
import { grantPasswordOctets, type Grant } from '../../core/domain/grant.ts'
import { deviceSubject } from '../../core/domain/grants.ts'
import type { Later } from '../../core/store/later.ts'
import { rejected, type AccessQuestion, type Decision } from './authenticate.ts'
import { proved } from './credential.ts'
import { allowed, stillAllowed, type Rights } from './rights.ts'

/** A username that the portal minted. The password proves it for this device at this NAS; the store may have revoked it. */
export function byGrant(rights: Rights, question: AccessQuestion, grant: Grant): Later<Decision> {
  const { packet, nas, site, credential, userName, mac, now } = question
  const password = grantPasswordOctets(rights.grantKey, userName, mac, nas.id)
  const attributes = proved(packet, nas.shared, credential, password)
  if (!attributes) return rejected('bad-password')
  if (grant.expiresAt <= now) return rejected('grant-expired')
  // Most rights count against the device: what it has used is asked for in the same breath.
  const subject = deviceSubject(rights.subjectKey, mac)
  const right = rights.visits.right(grant.visit)
  return right.with(rights.usage.used(subject, cityDay(now)), (right, used) => {
    if (right.grant?.userName !== userName) return { kind: 'reject', reason: 'no-grant' }
    const claim = { visit: { id: grant.visit, nas: nas.id, mac }, right, now, lifts: site.lifts, attributes }
    return right.grant.subject === subject ? allowed(claim, used) : stillAllowed(rights, claim)
  })
}
