import type { FastifyInstance } from 'fastify'
import { placeOf } from '../places.ts'
import type { PortalParts } from '../parts.ts'

/**
 * The Captive Portal API (RFC 8908), over TLS and only where the address names the visit. Without a name it is 404,
 * so that phones fall back to their probes: a standing `captive: true` would keep an online phone captive.
 */
export function captiveApiRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.get('/captive-portal/api', async (request, reply) => {
    const place = await placeOf(parts, (request.query as { v?: string }).v)
    const url = parts.portalTlsUrl()
    if (!place || !url || request.protocol !== 'https') return reply.code(404).send()
    const { known } = place
    const session = known.session ? await parts.sessions.find(known.session) : null
    const online = session !== null && session.endedAt === null
    const seconds = known.grant?.limits.seconds
    const answer = {
      captive: !online,
      'user-portal-url': `${url}/${online ? 'status' : 'splash'}?v=${known.visit.id}`,
      ...(online && seconds !== undefined && { 'seconds-remaining': Math.max(0, seconds - session.seconds) }),
    }
    return reply
      .type('application/captive+json')
      .header('cache-control', 'private')
      .send(JSON.stringify(answer))
  })
}
