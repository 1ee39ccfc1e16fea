import { randomBytes } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { logRefusal } from '../routes/messages.ts'

/** What an endpoint throws to answer with a problem; `code` is stable, `detail` is for people. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  /** After how many seconds it makes sense to ask again; null where nobody knows. */
  readonly retryAfter: number | null
  constructor(status: number, code: string, detail: string, retryAfter: number | null = null) {
    super(detail)
    this.status = status
    this.code = code
    this.retryAfter = retryAfter
  }
}

/** @see RFC 9457 §3 */
export function sendProblem(
  reply: FastifyReply,
  { status, code, message: detail }: Pick<Problem, 'status' | 'code' | 'message'>,
): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', title: STATUS_CODES[status], status, detail, code })
}

/** The problem for whatever went wrong; of a fault of ours it tells a reference alone. */
export function sendFault(
  error: FastifyError | Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof Problem) {
    if (error.status === 401 || error.status === 403) logRefusal(request, error.code)
    if (error.retryAfter !== null) reply.header('retry-after', String(error.retryAfter))
    return sendProblem(reply, error)
  }
  const { statusCode = 500 } = error
  if (statusCode === 429)
    return sendProblem(reply, new Problem(429, 'too-fast', 'Too many requests: wait a minute.'))
  if (statusCode < 500)
    return sendProblem(reply, new Problem(statusCode, 'bad-request', 'The request cannot be read.'))
  const reference = randomBytes(4).toString('hex').toUpperCase()
  request.log.error({ err: error, reference, route: request.routeOptions.url }, 'request failed')
  const detail = `Something broke on our side; its reference is ${reference}.`
  return sendProblem(reply, new Problem(500, 'fault', detail))
}
