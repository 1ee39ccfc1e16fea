import { randomBytes } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { audit } from '../../core/records/audit.ts'
import type { Records } from '../../core/records/database.ts'
import type { Person } from '../../core/records/people.ts'
import { lookBack, type LookBack } from '../../core/records/session-past.ts'
import { maySee, scopeOf } from '../access.ts'
import type { Draw } from '../draw.ts'
import { tellSession } from '../session-words.ts'

export interface ApiParts {
  readonly draw: Draw
  readonly records: Records
  readonly now: () => number
}

/** What programs may ask, under `/api/v1`: JSON, and problems as RFC 9457 has them. */
export function apiRoutes(app: FastifyInstance, { draw, records, now }: ApiParts): void {
  app.register(
    async (api) => {
      api.setNotFoundHandler((_, reply) => problem(reply, 404, 'no-such-path', 'Nothing is at this path.'))
      api.setErrorHandler<FastifyError>(fault)

      /** A session at a moment, and its story up to then. Every look is audited. */
      api.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
        '/sessions/:id',
        async (request, reply) => {
          const caller = callerOf(request)
          if (!caller)
            return problem(
              reply.header('www-authenticate', 'Bearer realm="hotspot"'),
              401,
              'not-signed-in',
              'Sign in to the console first.',
            )
          const { at = null } = request.query
          if (at !== null && typeof at !== 'string')
            return problem(reply, 400, 'bad-time', 'at stands there twice.')
          const { id } = request.params
          const past = await lookBack(records, id, { at, now: now() })
          const scope = scopeOf(caller)
          // Asked before whether there is such a session: who may not see it does not learn that either.
          if (scope.kind === 'sites' && !(past.session && maySee(scope, past.session.site)))
            return problem(reply, 403, 'forbidden', 'It is not a session of your sites.')
          if (past.session) await audit(records, caller.name, 'session.look', id, { at, address: request.ip })
          return past.kind === 'found'
            ? reply.send(tellSession(draw.wording(request), past, now()))
            : problem(reply, STATUS[past.reason], past.reason, past.sentence)
        },
      )
    },
    { prefix: '/api/v1' },
  )
}

/** Who asks. */
const callerOf = (request: FastifyRequest): Person | null => request.staff?.person ?? null

const STATUS: Readonly<Record<(LookBack & { kind: 'nothing' })['reason'], number>> = {
  'no-session': 404,
  'not-yet': 404,
  'events-gone': 410,
  'bad-time': 400,
  'to-come': 400,
}

/** @see RFC 9457 §3; `code` is stable, `detail` is for people. */
function problem(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', title: STATUS_CODES[status], status, detail, code })
}

function fault(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { statusCode = 500 } = error
  if (statusCode === 429) return problem(reply, 429, 'too-fast', 'Too many requests: wait a minute.')
  if (statusCode < 500) return problem(reply, statusCode, 'bad-request', 'The request cannot be read.')
  const reference = randomBytes(4).toString('hex').toUpperCase()
  request.log.error({ err: error, reference, route: request.routeOptions.url }, 'request failed')
  return problem(reply, 500, 'fault', `Something broke on our side; its reference is ${reference}.`)
}
