import type { Session } from '../core/domain/session.ts'
import { askedFor } from '../core/domain/session-story.ts'
import { gatewayOf } from '../core/gateways/index.ts'
import { readCity } from '../core/records/city.ts'
import { requestDeauth, requestDisconnect } from '../core/store/commands.ts'
import { appendEvent } from '../core/store/events.ts'
import { SessionStore } from '../core/store/sessions.ts'
import { VisitStore } from '../core/store/visits.ts'
import type { Connected } from './connected.ts'

/** Every open session, of one site or of all. */
export async function openSessions(
  { records, keys, store }: Connected,
  site: string | null,
): Promise<Session[]> {
  const sessions = new SessionStore(store)
  const { nas } = await readCity(records, keys)
  const open: Session[] = []
  for (const each of nas.filter((n) => site === null || n.site === site)) {
    const refs = await sessions.open(each.id)
    const found = await Promise.all(refs.map((ref) => sessions.find(ref)))
    open.push(...found.filter((one): one is Session => one !== null && one.endedAt === null))
  }
  return open
}

/** Takes a visitor's right back and asks his gateway to end the session; accounting tells when it has. */
export async function disconnectSession(
  { records, keys, store }: Connected,
  session: Session,
  reason: 'staff' | 'revoked' = 'staff',
): Promise<void> {
  const nas = (await readCity(records, keys)).nas.find((each) => each.id === session.nas)
  if (session.visit) await new VisitStore(store).revoke(session.visit)
  const now = Date.now()
  // First who wanted it, for the session's story: the answer may come at once.
  await appendEvent(store, askedFor(session, reason, now))
  if (nas && gatewayOf(nas.gateway)?.disconnect === 'reporter') await requestDeauth(store, session)
  else await requestDisconnect(store, session, reason, now)
}
