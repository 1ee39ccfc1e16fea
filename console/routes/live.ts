import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Tables } from '../../core/store/tables.ts'
import { dutyOf, maySee, scopeOf, type Reach } from '../access.ts'
import type { Draw } from '../draw.ts'
import type { Counters } from '../figures/counters.ts'
import { personOf } from '../gate.ts'
import { countStyle } from '../pages/figures.ts'
import { ofSite } from './own-site.ts'

/** A comment now and then, so that proxies keep the connection and a lost one is noticed. */
const BEAT_MS = 20_000
/** Browsers come back after so long when a stream breaks off. */
const RETRY_MS = 10_000
const RETRY_FULL_SECONDS = 60
/** Whoever leaves more than this unread has gone, or is not worth the memory. */
const UNREAD_MOST = 16_384

/** Counts as they move (server-sent events), as pages write them: a line when one of them has changed, else silence. */
export function liveRoutes(
  app: FastifyInstance,
  parts: {
    readonly draw: Draw
    readonly counters: Counters
    readonly tables: () => Tables
    readonly reach: Reach
    readonly now: () => number
  },
): void {
  const { draw, counters, reach, now } = parts

  function follow(request: FastifyRequest, reply: FastifyReply, site: string | null): FastifyReply {
    const wording = draw.wording(request)
    const stream = new Readable({ read: () => undefined })
    let told = ''
    let toldAt = now()
    const send = (text: string): void => {
      if (stream.readableLength > UNREAD_MOST) stream.destroy()
      else stream.push(text)
      toldAt = now()
    }
    const leave = counters.listen({
      site,
      session: request.staff?.session?.id ?? '',
      person: personOf(request).id,
      mayHear: (person) =>
        dutyOf(person, reach) === null &&
        (site === null ? scopeOf(person).kind === 'city' : maySee(scopeOf(person), site)),
      tell({ online, visitors }, person) {
        const style = countStyle(wording, scopeOf(person).kind === 'city')
        const data = JSON.stringify({ online: wording.format.number(online), visitors: style(visitors) })
        if (data !== told) send(`data: ${data}\n\n`)
        else if (now() - toldAt >= BEAT_MS) send(': still here\n\n')
        told = data
      },
      end: () => void stream.push(null),
    })
    if (typeof leave === 'string')
      return reply
        .code(leave === 'full' ? 503 : 429)
        .header('retry-after', String(RETRY_FULL_SECONDS))
        .type('text/plain; charset=utf-8')
        .send(wording.say(leave === 'full' ? 'live.full' : 'live.enough'))
    stream.once('close', leave)
    stream.push(`retry: ${RETRY_MS}\n\n`)
    // Nginx would hold the lines back until it has a bufferful.
    return reply.header('x-accel-buffering', 'no').type('text/event-stream; charset=utf-8').send(stream)
  }

  app.get('/live', { config: { who: ['city', 'auditor'] } }, async (request, reply) =>
    follow(request, reply, null),
  )
  app.get<{ Params: { id: string } }>(
    '/sites/:id/live',
    { config: { who: 'staff' } },
    ofSite(parts, async ({ site, request, reply }) => follow(request, reply, site.id)),
  )
}
