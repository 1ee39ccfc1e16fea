import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Assets } from '../assets.ts'

const ANYONE = { config: { who: 'anyone' } } as const

/** Files of the pages, and whether this process is well: nothing that needs a person. */
export function plainRoutes(
  app: FastifyInstance,
  { assets, notReady }: { assets: Assets; notReady: () => Promise<string | null> },
): void {
  // The name, or the query of the portal's fonts, changes with the content.
  const send = (name: string, reply: FastifyReply): FastifyReply => {
    const file = assets.files.get(name)
    if (!file) return reply.callNotFound() as unknown as FastifyReply
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type(file.type)
      .send(file.body)
  }
  type Named = { Params: { name: string } }
  app.get<Named>('/assets/:name', ANYONE, ({ params }, reply) => send(params.name, reply))
  app.get<Named>('/assets/fonts/:name', ANYONE, ({ params }, reply) => send(`fonts/${params.name}`, reply))
  app.get('/health/live', ANYONE, (_, reply) => reply.send({ status: 'live' }))
  app.get('/health/ready', ANYONE, async (_, reply) => {
    const reason = await notReady()
    if (reason === null) return reply.send({ status: 'ready' })
    return reply.code(503).send({ status: 'not ready', reason })
  })
}
