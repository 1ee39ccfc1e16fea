import type { FastifyInstance } from 'fastify'
import type { PortalParts } from '../parts.ts'

/** Whether this run works: `ready` covers every process of it. */
export function healthRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.get('/health/live', async () => ({ status: 'ok' }))
  app.get('/health/ready', async (_, reply) => {
    const reason = await parts.notReady()
    return reply
      .code(reason === null ? 200 : 503)
      .send(reason === null ? { status: 'ok' } : { status: 'not ready', reason })
  })
}
