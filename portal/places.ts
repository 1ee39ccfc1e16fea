import { siteNow } from '../core/domain/notice.ts'
import { portalGatewayOf } from '../core/gateways/index.ts'
import type { KnownVisit } from '../core/store/visits.ts'
import type { Place, PortalParts } from './parts.ts'

/** Whether the visitor's session is open, so that he can reach addresses outside. */
export async function isOnline({ sessions }: PortalParts, { known }: Place): Promise<boolean> {
  const session = known.session && (await sessions.find(known.session))
  return session !== null && session.endedAt === null
}

/** The visit of an id with its NAS and its site while the notices there hold; null when there is none, or it is over. */
export async function placeOf(parts: PortalParts, id: unknown): Promise<Place | null> {
  if (typeof id !== 'string') return null
  const known = await parts.visits.find(id)
  return known && placeWith(parts, known)
}

/** The same for a visit that was found. */
export function placeWith({ tables, now }: PortalParts, known: KnownVisit): Place | null {
  const nas = tables.current.nas.get(known.visit.nas)
  const site = tables.current.sites.get(known.visit.site)
  const gateway = nas && portalGatewayOf(nas.gateway)
  if (!nas || !site || !gateway) return null
  return { known, nas, site: siteNow(site, tables.current.notices, now()), gateway }
}
