import { codeSubject } from '../../core/domain/grants.ts'
import { askedFor } from '../../core/domain/session-story.ts'
import { gatewayOf } from '../../core/gateways/index.ts'
import { requestDeauth, requestDisconnect } from '../../core/store/commands.ts'
import { appendEvent } from '../../core/store/events.ts'
import type { Store } from '../../core/store/redis.ts'
import { SessionStore } from '../../core/store/sessions.ts'
import type { Tables } from '../../core/store/tables.ts'
import { VisitStore } from '../../core/store/visits.ts'

/** Takes back the right of each session on a revoked code and asks its gateway to end it; how many there were. */
export async function endSessionsOfCode(
  store: Store,
  tables: Tables,
  voucher: string,
  now: number,
): Promise<number> {
  const sessions = await new SessionStore(store).openOf(codeSubject({ id: voucher }))
  for (const session of sessions) {
    if (session.visit) await new VisitStore(store).revoke(session.visit)
    // First who wanted it, for the session's story: the answer may come at once.
    await appendEvent(store, askedFor(session, 'revoked', now))
    const nas = tables.nas.get(session.nas)
    if (nas && gatewayOf(nas.gateway)?.disconnect === 'reporter') await requestDeauth(store, session)
    else await requestDisconnect(store, session, 'revoked', now)
  }
  return sessions.length
}
