import type { FastifyInstance } from 'fastify'
import { parseCode } from '../../core/domain/voucher.ts'
import { rememberCode, visitOf } from '../cookies.ts'
import { senderFor } from '../page-model.ts'
import type { PortalParts } from '../parts.ts'
import { placeOf } from '../places.ts'

/**
 * `/ma/CODE`: the QR code of a printed slip. It puts the code into the field of the splash, and opens nothing by itself:
 * a browser that stands at no site yet keeps it for the splash to come.
 */
export function codeRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.get('/ma/:code', async (request, reply) => {
    const code = parseCode((request.params as { code: string }).code)
    if (code !== null) rememberCode(reply, code)
    const place = await placeOf(parts, visitOf(request))
    const sender = senderFor(parts, request, place)
    return place
      ? sender.redirect(reply, '/splash', place.known.visit.id)
      : reply.redirect(`/help?lang=${sender.lang}`, 303)
  })
}
