import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Records } from '../../core/records/database.ts'
import type { Person } from '../../core/records/people.ts'
import { findToken, type ApiScope, type Token } from '../../core/records/tokens.ts'
import type { StaffStore } from '../../core/store/staff.ts'
import { dutyOf, RIGHTS, type Reach } from '../access.ts'
import { Problem } from './problem.ts'

/** Who calls: a person, by a token or (for reading alone) by the console's own session. */
export interface Caller {
  readonly person: Person
  readonly token: Token | null
}

/** What a token may ask for in a minute, over all processes. */
export const CALLS_A_MINUTE = 300

const CHALLENGE = 'Bearer realm="hotspot"'

/**
 * The caller, if he may use the scope (null: whoever is known).
 * @throws Problem 401, 403 or 429
 */
export async function callerOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { staff, records, reach, now }: { staff: StaffStore; records: Records; reach: Reach; now: number },
  scope: ApiScope | null,
): Promise<Caller> {
  const caller = await known(request, reply, records, now)
  const { person, token } = caller
  if (token) {
    const calls = await staff.countCall(token.id, now)
    const reset = 60 - (Math.floor(now / 1000) % 60)
    reply
      .header('ratelimit-limit', CALLS_A_MINUTE)
      .header('ratelimit-remaining', Math.max(0, CALLS_A_MINUTE - calls))
      .header('ratelimit-reset', reset)
    if (calls > CALLS_A_MINUTE)
      throw new Problem(429, 'too-fast', `A token has ${CALLS_A_MINUTE} calls a minute.`, reset)
  }
  if (dutyOf(person, reach))
    throw new Problem(
      403,
      'account-not-ready',
      'Open the console first: your account needs something of you.',
    )
  if (scope === null) return caller
  if (!RIGHTS[scope].includes(person.role)) throw new Problem(403, 'forbidden', 'Your role may not do this.')
  if (token && !token.scopes.includes(scope)) {
    reply.header('www-authenticate', `${CHALLENGE}, error="insufficient_scope", scope="${scope}"`)
    throw new Problem(403, 'no-scope', `The token lacks the scope ${scope}.`)
  }
  return caller
}

async function known(
  request: FastifyRequest,
  reply: FastifyReply,
  records: Records,
  now: number,
): Promise<Caller> {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const shown = /^Bearer ([^ ]{1,100})$/i.exec(authorization)?.[1] ?? ''
    const found = await findToken(records, shown, now)
    if (found) {
      // So that a refusal is noted under the name of who asked.
      if (request.staff) request.staff = { ...request.staff, person: found.person }
      return found
    }
    reply.header('www-authenticate', `${CHALLENGE}, error="invalid_token"`)
    throw new Problem(401, 'bad-token', 'The token is not known, or has expired.')
  }
  const person = request.staff?.person
  // A browser sends its cookie with whatever a page asks for, so that a session alone changes nothing.
  if (person && request.method === 'GET') return { person, token: null }
  reply.header('www-authenticate', CHALLENGE)
  throw new Problem(401, 'not-signed-in', 'Show a token, or sign in to the console first.')
}
