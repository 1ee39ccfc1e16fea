import { randomBytes } from 'node:crypto'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Draw } from '../draw.ts'

type Message =
  'forbidden' | 'not-found' | 'old-form' | 'too-fast' | 'bad-request' | 'no-printer' | 'fault' | 'away'

const STATUS: Readonly<Record<Message, number>> = {
  forbidden: 403,
  'not-found': 404,
  'old-form': 403,
  'too-fast': 429,
  'bad-request': 400,
  'no-printer': 501,
  fault: 500,
  away: 503,
}

/** A page that says one thing and shows the way on. */
export function drawMessage(
  draw: Draw,
  reply: FastifyReply,
  message: Message,
  reference: string | null = null,
): Promise<FastifyReply> {
  const { say } = draw.wording(reply.request)
  const home = reply.request.staff?.person ? '/' : '/sign-in'
  if (message === 'forbidden' || message === 'old-form') logRefusal(reply.request, message)
  reply.code(STATUS[message])
  return draw.page(reply, 'message', {
    title: say(`message.${message}`),
    current: null,
    page: {
      title: say(`message.${message}`),
      text: say(`message.${message}.text`),
      reference: reference && say('message.reference', { reference }),
      home: { href: message === 'old-form' ? '/sign-in' : home, label: say('message.home') },
    },
  })
}

/** Notes who was refused what; the address of the page is left out, the route is not. */
export function logRefusal(request: FastifyRequest, reason: string): void {
  const { method, routeOptions, ip: address } = request
  const person = request.staff?.person?.name ?? null
  request.log.warn({ person, method, route: routeOptions.url, address, reason }, 'refused')
}

/** Pages for what went wrong: a kind sentence and a code for the log, never our own message. */
export function messageRoutes(app: FastifyInstance, draw: Draw): void {
  app.setNotFoundHandler((_, reply) => drawMessage(draw, reply, 'not-found'))
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const message = messageOf(error)
    if (STATUS[message] < 500) return drawMessage(draw, reply, message)
    // Short enough to be read out on the telephone.
    const reference = randomBytes(4).toString('hex').toUpperCase()
    request.log.error(
      { err: error, reference, method: request.method, route: request.routeOptions.url },
      'page failed',
    )
    return drawMessage(draw, reply, message, reference)
  })
}

/** Codes of clients whose server is gone: a state that passes, not a fault of the page. */
const AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ETIMEDOUT', 'EPIPE', '57P01', '57P03'])

function messageOf(error: FastifyError): Message {
  if (error.code?.startsWith('FST_CSRF_') || error.name === 'ForeignForm') return 'old-form'
  if (error.statusCode === 429) return 'too-fast'
  if (error.statusCode !== undefined && error.statusCode < 500) return 'bad-request'
  const isAway =
    AWAY.has(error.code) ||
    error.name === 'MaxRetriesPerRequestError' ||
    /timeout exceeded|Connection (is closed|terminated)/.test(error.message)
  return isAway ? 'away' : 'fault'
}
