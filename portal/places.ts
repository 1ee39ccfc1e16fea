import { portalGatewayOf } from '../core/gateways/index.ts'
import type { Place, PortalParts } from './parts.ts'

/** The visit of an id with its NAS and site; null when there is none, or it is over. */
export async function placeOf({ visits, tables }: PortalParts, id: unknown): Promise<Place | null> {
  if (typeof id !== 'string') return null
  const known = await visits.find(id)
  if (!known) return null
  const nas = tables.current.nas.get(known.visit.nas)
  const site = tables.current.sites.get(known.visit.site)
  const gateway = nas && portalGatewayOf(nas.gateway)
  return nas && site && gateway ? { known, nas, site, gateway } : null
}
