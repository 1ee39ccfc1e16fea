import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Nas } from '../../core/domain/nas.ts'
import { noteHeard } from '../../core/store/heard.ts'
import { forgetAuths, nextAuths } from '../../core/store/opennds.ts'
import type { PortalParts } from '../parts.ts'

/**
 * openNDS's authmon asks the arrival address every few seconds whom to let in: level 3 by POST, level 4 by GET.
 * @see fas.rst of openNDS, "Authmon"
 */
export function authmonRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.post('/g/opennds/:nas', async (request, reply) => {
    const nas = parts.tables.current.nas.get((request.params as { nas: string }).nas)
    return poll(parts, nas, request.body ?? {}, reply)
  })
}

interface Poll {
  readonly auth_get?: unknown
  readonly gatewayhash?: unknown
  readonly payload?: unknown
}

async function poll(
  parts: PortalParts,
  nas: Nas | undefined,
  asked: Poll,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const say = (text: string): FastifyReply => reply.type('text/plain').send(text)
  if (nas?.gateway !== 'opennds' || typeof asked.payload !== 'string') return say('ack')
  await noteHeard(parts.store, nas.id, null, parts.now())
  const payload = Buffer.from(asked.payload.replaceAll(' ', '+'), 'base64').toString('latin1')
  // These polls are not signed, and a phone behind the same address can forge them: `clear` clears nothing.
  if (asked.auth_get !== 'view') return say('ack')
  if (payload !== 'none') {
    const rhids = payload.split(/[ *]+/).filter((word) => /^[0-9a-f]{64}$/.test(word))
    await forgetAuths(parts.store, nas.id, rhids)
    return say('ack')
  }
  const lines = await nextAuths(parts.store, nas.id)
  return say(['*', ...lines.map(encodeURIComponent)].join(' '))
}
