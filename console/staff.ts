import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { findPerson, type Person } from '../core/records/people.ts'
import type { Records } from '../core/records/database.ts'
import type { StaffSession, StaffStore } from '../core/store/staff.ts'
import { chooseLang, isLang, type Lang } from './messages.ts'
import { FORM_COOKIE, isHttps } from './security.ts'

/** Who asks, and in which language. */
export interface Staff {
  readonly lang: Lang
  readonly person: Person | null
  readonly session: StaffSession | null
  /** Whose password was right, and whose second factor is still to come. */
  readonly waiting: Person | null
  /** A session cookie came whose session is over. */
  readonly ended: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    staff: Staff | undefined
  }
}

const YEAR_SECONDS = 365 * 86_400

/** Knows every caller by cookie before any page is made; the person is read anew each time, so a lost role is lost at once. */
export function recogniseStaff(
  app: FastifyInstance,
  { staff, records, now }: { staff: StaffStore; records: Records; now: () => number },
): void {
  app.decorateRequest('staff', undefined)
  app.addHook('onRequest', async (request, reply) => {
    const lang = languageOf(request, reply)
    request.staff = { lang, person: null, session: null, waiting: null, ended: false }
    if (/^\/(assets|health|api\/v1\/open)\//.test(request.url)) return
    const id = request.cookies[sessionCookie(request)]
    if (id === undefined) return
    const session = await staff.find(id, now())
    const person = session && (await findPerson(records, session.person))
    if (!person) request.staff = { ...request.staff, ended: true }
    else if (session.waits) request.staff = { ...request.staff, session, waiting: person }
    else request.staff = { ...request.staff, session, person }
  })
}

/** Hands the browser its session: not readable by scripts, not sent along from other sites, over https never without. */
export function giveSession(request: FastifyRequest, reply: FastifyReply, session: StaffSession): void {
  reply.setCookie(sessionCookie(request), session.id, { ...cookieOptions(request), sameSite: 'strict' })
}

export function takeSession(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(sessionCookie(request), { ...cookieOptions(request), sameSite: 'strict' })
}

/** Forms that were made before somebody signed in or out do not work after it. */
export function renewForms(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(FORM_COOKIE, { ...cookieOptions(request), sameSite: 'strict' })
}

/** Browsers accept a `__Host-` cookie over https only, and then from this very host only (RFC 6265bis §4.1.3.2). */
const sessionCookie = (request: FastifyRequest): string =>
  isHttps(request) ? '__Host-hotspot-staff' : 'hotspot-staff'

export const cookieOptions = (request: FastifyRequest): CookieSerializeOptions => ({
  path: '/',
  httpOnly: true,
  secure: isHttps(request),
})

function languageOf(request: FastifyRequest, reply: FastifyReply): Lang {
  const asked = (request.query as Readonly<Record<string, unknown>>)['lang']
  const cookie = request.cookies['hotspot-lang']
  if (isLang(asked) && asked !== cookie)
    reply.setCookie('hotspot-lang', asked, {
      ...cookieOptions(request),
      sameSite: 'lax',
      maxAge: YEAR_SECONDS,
    })
  return chooseLang({ query: asked, cookie, acceptLanguage: request.headers['accept-language'] })
}
