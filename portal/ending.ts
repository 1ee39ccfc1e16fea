import { cityDay } from '../core/domain/day.ts'
import type { SessionLimits } from '../core/domain/limits.ts'
import { whyEnded } from '../core/domain/session-end.ts'
import type { Session } from '../core/domain/session.ts'
import type { Place, PortalParts } from './parts.ts'
import type { Ending } from './pages.ts'

/** Why a visit's session ended, for its visitor; null while it is open. `byVisitor` when he has just asked for it. */
export function endingOf(
  session: Session,
  limits: SessionLimits | null,
  { byVisitor, now }: { readonly byVisitor: boolean; readonly now: number },
): Ending | null {
  if (session.endedAt === null) return null
  const asked = byVisitor ? { reason: 'visitor', agreed: false } : null
  return { reason: whyEnded(session, limits, asked), endedAt: session.endedAt, toldAt: now }
}

/** Why the last session of a visit ended, if that was today. */
export async function endingToday(parts: PortalParts, { known }: Place): Promise<Ending | null> {
  const session = known.session && (await parts.sessions.find(known.session))
  const now = parts.now()
  const ending = session && endingOf(session, known.grant?.limits ?? null, { byVisitor: false, now })
  return ending && cityDay(ending.endedAt) === cityDay(now) ? ending : null
}
