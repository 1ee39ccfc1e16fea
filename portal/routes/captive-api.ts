import type { FastifyInstance, FastifyRequest } from 'fastify'
import { leftAcrossMidnight, lesser, untilClosing, whileLifted } from '../../core/domain/limits.ts'
import { octetsOf } from '../../core/domain/endings.ts'
import { parseMac } from '../../core/domain/mac.ts'
import { portalGatewayOf } from '../../core/gateways/index.ts'
import type { Session } from '../../core/domain/session.ts'
import { link } from '../links.ts'
import { senderFor } from '../page-model.ts'
import type { Place, PortalParts } from '../parts.ts'
import { placeOf } from '../places.ts'
import { balanceOf, sessionOf } from './status.ts'

/** RFC 8908 §5, of which `captive` must be there. Seconds and octets are there only where something limits them. */
interface CaptiveState {
  readonly captive: boolean
  readonly 'user-portal-url': string
  readonly 'venue-info-url'?: string
  readonly 'can-extend-session'?: boolean
  readonly 'seconds-remaining'?: number
  readonly 'bytes-remaining'?: number
}

/**
 * The Captive Portal API (RFC 8908), over TLS and only where the address names the client: by its visit (`v`), or by
 * gateway and MAC (`nas`, `mac`), which a gateway's DHCP server can fill in. All else is 404, so that phones fall back to
 * their probes: a standing `captive: true` would keep an online phone captive.
 */
export function captiveApiRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.get('/captive-portal/api', async (request, reply) => {
    const url = parts.portalTlsUrl()
    const state = url && request.protocol === 'https' ? await stateOf(parts, request, url) : null
    if (!state) return reply.code(404).send()
    return reply
      .type('application/captive+json')
      .header('cache-control', 'private')
      .send(JSON.stringify(state))
  })

  // The RFC wants a portal over TLS, where a gateway's own pages are not.
  app.get('/captive-portal/enter', (request, reply) => {
    const { nas } = request.query as { nas?: string }
    return reply.redirect(entranceOf(parts, nas)?.url ?? `${parts.portalUrl()}/help`, 302)
  })
}

async function stateOf(
  parts: PortalParts,
  request: FastifyRequest,
  url: string,
): Promise<CaptiveState | null> {
  const { v, nas, mac } = request.query as Readonly<Record<string, unknown>>
  if (v === undefined) return hearsayState(parts, { nas, mac, url })
  const place = await placeOf(parts, v)
  return place && visitState(parts, place, url, senderFor(parts, request, place).lang)
}

/** Anybody can name a MAC: he hears whether it is online there, and where the gateway starts anew, no visit of it. */
async function hearsayState(
  parts: PortalParts,
  { nas, mac, url }: { nas: unknown; mac: unknown; url: string },
): Promise<CaptiveState | null> {
  const device = typeof mac === 'string' ? parseMac(mac) : null
  const gateway = entranceOf(parts, nas)
  if (!device || !gateway) return null
  const session = await parts.sessions.openOfDevice(gateway.id, device)
  const enter = new URLSearchParams({ nas: gateway.id })
  return { captive: session === null, 'user-portal-url': `${url}/captive-portal/enter?${enter.toString()}` }
}

/** A gateway by id or identifier, where it has a page from which phones are sent to us. */
function entranceOf({ tables }: PortalParts, name: unknown): { id: string; url: string } | null {
  const all = tables.current.nas
  const nas =
    typeof name === 'string' && (all.get(name) ?? [...all.values()].find((each) => each.identifier === name))
  const url = nas && portalGatewayOf(nas.gateway)?.portal.entrance?.(nas)
  return nas && url ? { id: nas.id, url } : null
}

async function visitState(
  parts: PortalParts,
  place: Place,
  url: string,
  lang: Parameters<typeof link>[2],
): Promise<CaptiveState> {
  const { id } = place.known.visit
  const at = (path: string): string => url + link(path, id, lang)
  const session = await sessionOf(parts, place)
  const venue = { 'venue-info-url': at('/noi-nay') }
  if (!session || session.endedAt !== null)
    return { captive: true, 'user-portal-url': at('/splash'), ...venue }
  return {
    captive: false,
    'user-portal-url': at('/status'),
    ...venue,
    // What a session may use is settled when it begins; more of it is another session, after this one.
    'can-extend-session': false,
    ...(place.known.grant && (await remaining(parts, place, session))),
  }
}

/** What is left of a session: of its own limits, of the visitor's day or code, and until the place closes. */
async function remaining(parts: PortalParts, place: Place, session: Session) {
  const { grant } = place.known
  const allowance = whileLifted(grant!.allowance, place.site.lifts)
  const limits = whileLifted(grant!.limits, place.site.lifts)
  const { seconds, today, octets } = await balanceOf(parts, place, session)
  const day = today && leftAcrossMidnight({ kind: 'left', seconds: today.left }, allowance, parts.now())
  const own = lesser(seconds?.left, day?.seconds)
  const secondsLeft = untilClosing({ seconds: own }, place.site.hours, parts.now()).seconds
  const ownOctets = limits.octets === undefined ? undefined : limits.octets - octetsOf(session)
  const octetsLeft = lesser(ownOctets, octets?.left)
  return {
    ...(secondsLeft !== undefined && { 'seconds-remaining': Math.max(0, Math.floor(secondsLeft)) }),
    ...(octetsLeft !== undefined && { 'bytes-remaining': Math.max(0, octetsLeft) }),
  }
}
