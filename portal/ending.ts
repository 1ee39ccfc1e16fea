import { cityDay } from '../core/domain/day.ts'
import { givenLimits } from '../core/domain/grant.ts'
import { whyEnded } from '../core/domain/session-end.ts'
import type { Session } from '../core/domain/session.ts'
import { gatewayOf } from '../core/gateways/index.ts'
import { Endings } from '../core/store/endings.ts'
import type { Place, PortalParts } from './parts.ts'
import type { Ending } from './pages.ts'

/** What ends sessions that have passed their limits, and says of others why they should have ended. */
export const endingsOf = (parts: PortalParts): Endings =>
  new Endings({ ...parts, wayTo: ({ gateway }) => gatewayOf(gateway)?.disconnect })

/** Why a visit's session ended, for its visitor; null while it is open. `byVisitor` when he has just asked for it. */
export async function endingOf(
  parts: PortalParts,
  { known, site }: Place,
  session: Session,
  { byVisitor }: { readonly byVisitor: boolean },
): Promise<Ending | null> {
  const { endedAt, method } = session
  if (endedAt === null) return null
  // Gateways say no more than that they were asked; what we should have asked for then is worked out anew.
  const reason = byVisitor ? 'visitor' : await endingsOf(parts).reason(session, endedAt)
  const limits = known.grant && givenLimits(known.grant.limits, method)
  const asked = reason && { reason, agreed: false }
  return { reason: whyEnded(session, { limits, asked, hours: site.hours }), endedAt, toldAt: parts.now() }
}

/** Why the last session of a visit ended, if that was today. */
export async function endingToday(parts: PortalParts, place: Place): Promise<Ending | null> {
  const { session: ref } = place.known
  const session = ref && (await parts.sessions.find(ref))
  const ending = session && (await endingOf(parts, place, session, { byVisitor: false }))
  return ending && cityDay(ending.endedAt) === cityDay(ending.toldAt) ? ending : null
}
