import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Keys } from '../core/process/keys.ts'

/** What an address may ask for in a minute; the lockout of sign-in is apart from it. */
const READS_A_MINUTE = 600
const NO_HEADERS = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false }

const DIRECTIVES = {
  'default-src': ["'none'"],
  'style-src': ["'self'"],
  'font-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'form-action': ["'self'"],
  // Previews of what visitors will see.
  'frame-src': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
}
/** For the pages whose counts move: a script of ours, which asks us alone. No other page runs any. */
export const WITH_SCRIPT = {
  helmet: {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { ...DIRECTIVES, 'script-src': ["'self'"], 'connect-src': ["'self'"] },
    },
  },
}

export const FORM_COOKIE = 'hotspot-form'

/** Headers, cookies, form bodies, CSRF tokens and a rate limit, the same for every page. */
export async function secure(app: FastifyInstance, keys: Keys): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: DIRECTIVES },
    // With `no-referrer` a browser would also send `Origin: null` with our own forms.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    // Told below, and only where the page came over https (RFC 6797 §7.2).
    strictTransportSecurity: false,
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()')
    reply.header('cache-control', 'no-store')
    if (isHttps(request)) reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
  })
  // In the memory of this process: the lockout that all processes share is `StaffStore.countTry`.
  await app.register(rateLimit, {
    max: READS_A_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request) => addressBlock(request.ip),
    skipOnError: true,
    allowList: (request) => request.url.startsWith('/health/'),
    addHeaders: NO_HEADERS,
    addHeadersOnExceeding: NO_HEADERS,
  })
  await app.register(formbody)
  await app.register(cookie, { secret: keys.staff.toString('base64') })
  bindFormCookie(app)
  await app.register(csrf, {
    cookieKey: FORM_COOKIE,
    cookieOpts: { path: '/', httpOnly: true, sameSite: 'strict', signed: true },
    csrfOpts: { userInfo: true, hmacKey: keys.staff },
    getUserInfo: formOwner,
    // From the form alone: no header of ours exists, so none is believed.
    getToken: (request) => {
      const token = (request.body as Readonly<Record<string, unknown>> | undefined)?.['form']
      return typeof token === 'string' ? token : ''
    },
  })
  app.addHook('preHandler', (request, reply, done) => {
    if (request.method === 'GET' || request.method === 'HEAD') return done()
    // Changes by the API take a bearer token, which no browser sends by itself.
    if (request.routeOptions.config.who === 'api' || request.is404) return done()
    // A browser that names where a request comes from settles it; the token is for those that do not.
    const site = request.headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return done(new ForeignForm())
    app.csrfProtection(request, reply, done)
  })
}

/** Over https the form cookie is bound to this host, like the session's; the plugin knows one name alone. */
function bindFormCookie(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (isHttps(request)) request.cookies[FORM_COOKIE] = request.cookies[`__Host-${FORM_COOKIE}`]
  })
  app.addHook('onSend', async (request, reply) => {
    const given = reply.getHeader('set-cookie')
    if (!isHttps(request) || given === undefined) return
    const bound = (Array.isArray(given) ? given : [String(given)]).map((each) =>
      each.replace(new RegExp(`^${FORM_COOKIE}=`), `__Host-${FORM_COOKIE}=`),
    )
    reply.removeHeader('set-cookie').header('set-cookie', bound)
  })
}

/** Whom a form was made for: a token of one session opens nothing in another. */
export const formOwner = (request: FastifyRequest): string => request.staff?.session?.id ?? 'nobody'

class ForeignForm extends Error {
  override readonly name = 'ForeignForm'
  readonly statusCode = 403
  constructor() {
    super('the form was sent by a page of another site')
  }
}

export const isHttps = (request: FastifyRequest): boolean => request.protocol === 'https'

/** What counts as one address: an IPv6 customer has a whole /64. */
export function addressBlock(ip: string): string {
  if (!ip.includes(':') || ip.startsWith('::ffff:')) return ip.replace('::ffff:', '')
  const [head = '', tail] = ip.split('%')[0]!.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const full = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail ? tail.split(':') : [])]
  return `${full.slice(0, 4).join(':')}::/64`
}
