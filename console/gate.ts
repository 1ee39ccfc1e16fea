import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Person, Role } from '../core/records/people.ts'
import { dutyOf, type Reach } from './access.ts'
import type { Draw } from './draw.ts'
import { drawMessage } from './routes/messages.ts'

/**
 * Who may use a route: `anyone`; `account`: whoever is signed in, even with something to do first; `staff`: whoever is
 * signed in; some roles; `api`: whom the API lets in. A route that does not say is closed.
 */
export type Who = 'anyone' | 'account' | 'staff' | 'api' | readonly Role[]

declare module 'fastify' {
  interface FastifyContextConfig {
    who?: Who
  }
}

/** Lets nobody through to a route that is not for him; which rows he sees there is a matter of queries. */
export function guard(app: FastifyInstance, draw: Draw, reach: Reach): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.is404) return
    const { who = [] } = request.routeOptions.config
    if (who === 'anyone' || who === 'api') return
    const person = request.staff?.person
    if (!person) return toSignIn(request, reply)
    if (who !== 'account' && dutyOf(person, reach)) return reply.redirect('/account', 303)
    if (typeof who !== 'string' && !who.includes(person.role)) return drawMessage(draw, reply, 'forbidden')
  })
}

/** Who asks, on a route that the guard lets only people through to. */
export function personOf(request: FastifyRequest): Person {
  const person = request.staff?.person
  if (!person) throw new Error(`${request.routeOptions.url} is open to people who are not signed in`)
  return person
}

function toSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.method === 'GET' ? request.url.split('?')[0]! : '/'
  return reply.redirect(path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`, 303)
}
