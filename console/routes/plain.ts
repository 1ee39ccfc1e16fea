import type { FastifyInstance } from 'fastify'
import type { Assets } from '../assets.ts'

const ANYONE = { config: { who: 'anyone' } } as const

/** Files of the pages, and whether this process is well: nothing that needs a person. */
export function plainRoutes(
  app: FastifyInstance,
  { assets, notReady }: { assets: Assets; notReady: () => Promise<string | null> },
): void {
  app.get<{ Params: { name: string } }>('/assets/:name', ANYONE, (request, reply) => {
    const file = assets.files.get(request.params.name)
    if (!file) return reply.callNotFound()
    // The name changes with the content.
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type(file.type)
      .send(file.body)
  })
  app.get('/health/live', ANYONE, (_, reply) => reply.send({ status: 'live' }))
  app.get('/health/ready', ANYONE, async (_, reply) => {
    const reason = await notReady()
    if (reason === null) return reply.send({ status: 'ready' })
    return reply.code(503).send({ status: 'not ready', reason })
  })
}
