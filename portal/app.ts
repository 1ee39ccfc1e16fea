import { fileURLToPath } from 'node:url'
import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import statics from '@fastify/static'
import view from '@fastify/view'
import fastify, { type FastifyInstance } from 'fastify'
import { visitOf } from './cookies.ts'
import { senderFor } from './page-model.ts'
import type { PortalParts } from './parts.ts'
import { arrivalRoutes } from './routes/arrival.ts'
import { authmonRoutes } from './routes/authmon.ts'
import { captiveApiRoutes } from './routes/captive-api.ts'
import { codeRoutes } from './routes/code.ts'
import { discoverRoutes } from './routes/discover.ts'
import { healthRoutes } from './routes/health.ts'
import { informationRoutes } from './routes/information.ts'
import { loginRoutes } from './routes/login.ts'
import { openndsRoutes } from './routes/opennds.ts'
import { passRoutes } from './routes/pass.ts'
import { statusRoutes } from './routes/status.ts'
import { wisprRoutes } from './routes/wispr.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** For what leaves without `reply.send`. */
    securityHeaders: Readonly<Record<string, string>>
  }
}

const FORM_BYTES = 16 * 1024

/** The captive portal's web server, not listening yet. */
export async function createPortal(
  parts: PortalParts,
  trustedProxies: readonly string[],
): Promise<FastifyInstance> {
  const app = fastify({
    // Fastify's own lines would hold addresses, which hold visits and MACs: the portal logs its own.
    logger: false,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    bodyLimit: FORM_BYTES,
    routerOptions: { maxParamLength: 128 },
    forceCloseConnections: true,
  })
  // A page is 22 kB plain and 7 kB compressed: on a weak line that is a second. Most pages come compressed from the press.
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    // No form of ours comes compressed.
    globalDecompression: false,
    threshold: 1024,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  })
  await app.register(formbody)
  await app.register(cookie, { secret: parts.keys.visit.toString('base64') })
  app.decorate('securityHeaders', await securityHeaders())
  await app.register(view, {
    engine: { eta: parts.pages.eta },
    production: true,
    templates: fileURLToPath(new URL('./views/', import.meta.url)),
  })
  await app.register(statics, {
    root: fileURLToPath(new URL('./assets/', import.meta.url)),
    prefix: '/assets/',
    immutable: true,
    maxAge: '1y',
    index: false,
  })
  app.addHook('onSend', (request, reply, _payload, done) => {
    reply.headers(app.securityHeaders)
    if (!request.url.startsWith('/assets/') && !reply.hasHeader('cache-control'))
      reply.header('cache-control', 'no-store')
    done()
  })
  app.addHook('onClose', () => parts.afterReply.settled())
  for (const routes of [
    healthRoutes,
    arrivalRoutes,
    openndsRoutes,
    authmonRoutes,
    loginRoutes,
    codeRoutes,
    statusRoutes,
    passRoutes,
    informationRoutes,
    discoverRoutes,
    captiveApiRoutes,
    wisprRoutes,
  ])
    routes(app, parts)

  // Operating systems' probes that reach us by DNS end here: a redirect, never a false 204. Whoever types our address in
  // a browser that keeps cookies is known again.
  app.setNotFoundHandler((request, reply) => {
    const isKnown = request.url === '/' && visitOf(request) !== undefined
    return reply.redirect(parts.portalUrl() + (isKnown ? '/status' : '/help'), 302)
  })
  app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500
    if (status === 500)
      parts.log.error({ err: error, route: request.routeOptions.url }, 'a portal page failed')
    return senderFor(parts, request, null).page(reply, status, null, {
      kind: 'error',
      reference: 'P-06',
      at: parts.now(),
    })
  })
  return app
}

/**
 * What helmet says with every answer: the same each time, so it is asked once. To be asked again for each answer would
 * cost as much as the page. Pages set a policy of their own, since each names its gateway; HSTS would lock phones out of
 * plain HTTP hand-offs.
 */
async function securityHeaders(): Promise<Record<string, string>> {
  const asked = fastify()
  await asked.register(helmet, {
    contentSecurityPolicy: false,
    hsts: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  })
  asked.get('/', async (_request, reply) => reply.raw.getHeaders())
  const said = (await asked.inject('/')).json<Record<string, string>>()
  await asked.close()
  return said
}
