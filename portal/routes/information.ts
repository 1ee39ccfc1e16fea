import type { FastifyInstance } from 'fastify'
import { LIFETIME } from '../../core/store/keys.ts'
import { senderFor } from '../page-model.ts'
import { placeOf } from '../places.ts'
import type { PortalParts } from '../parts.ts'

/** What is true of this installation, for the privacy page (docs/privacy.md). */
const RETENTION = { sessionDays: 365, addressHours: 24, sealedMonths: 12, passDays: LIFETIME.pass / 86_400 }

/** Pages that anybody may read, with a visit or without. */
export function informationRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.get('/terms', async (request, reply) => {
    const place = await placeOf(parts, (request.query as { v?: string }).v)
    return senderFor(parts, request, place).page(reply, 200, place?.site ?? null, { kind: 'terms' })
  })
  app.get('/privacy', async (request, reply) => {
    const place = await placeOf(parts, (request.query as { v?: string }).v)
    return senderFor(parts, request, place).page(reply, 200, place?.site ?? null, {
      kind: 'privacy',
      retention: RETENTION,
    })
  })
  app.get('/help', async (request, reply) => {
    const place = await placeOf(parts, (request.query as { v?: string }).v)
    const address = parts.portalUrl().replace(/^https?:\/\//, '')
    return senderFor(parts, request, place).page(reply, 200, place?.site ?? null, { kind: 'help', address })
  })
}
