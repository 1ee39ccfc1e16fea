import type { FastifyError, FastifyInstance } from 'fastify'
import { callerOf } from '../api/caller.ts'
import { campaigns } from '../api/campaigns.ts'
import { changes } from '../api/changes.ts'
import { codes } from '../api/codes.ts'
import { openApi } from '../api/document.ts'
import { send, serve } from '../api/endpoint.ts'
import { openFeeds, serveOpen, type OpenParts } from '../api/open.ts'
import { gateways } from '../api/gateways.ts'
import { ownPages } from '../api/own-pages.ts'
import { figures } from '../api/figures.ts'
import type { ApiParts } from '../api/parts.ts'
import { Problem, sendFault, sendProblem } from '../api/problem.ts'
import { people } from '../api/people.ts'
import { reads } from '../api/reads.ts'
import { reports } from '../api/reports.ts'
import { settings } from '../api/settings.ts'
import { siteWork } from '../api/site-work.ts'
import { visitors } from '../api/visitors.ts'

/** What programs may ask, under `/api/v1`: JSON, and problems as RFC 9457 has them. */
export function apiRoutes(app: FastifyInstance, parts: ApiParts & OpenParts): void {
  app.register(
    async (api) => {
      api.removeContentTypeParser('application/x-www-form-urlencoded')
      // Clients name a type for a body that they do not send.
      api.addHook('onRequest', async ({ headers }) => {
        if (headers['content-length'] === '0') delete headers['content-type']
      })
      api.setNotFoundHandler((_, reply) =>
        sendProblem(reply, new Problem(404, 'no-such-path', 'Nothing is at this path.')),
      )
      api.setErrorHandler<FastifyError>(sendFault)
      const endpoints = [
        ...reads(parts),
        ...people(parts),
        ...figures(parts),
        ...reports(parts),
        ...codes(parts),
        ...ownPages(parts),
        ...siteWork(parts),
        ...gateways(parts),
        ...campaigns(parts),
        ...settings(parts),
        ...visitors(parts),
        ...changes(parts),
      ]
      for (const each of endpoints) serve(api, each, parts)
      const feeds = openFeeds(parts)
      serveOpen(api, feeds)
      const document = openApi(endpoints, feeds)
      const route = { config: { who: 'api' }, exposeHeadRoute: false } as const
      api.get('/openapi.json', route, async (request, reply) => {
        await callerOf(request, reply, { ...parts, now: parts.now() }, null)
        return send(request, reply, document)
      })
    },
    { prefix: '/api/v1' },
  )
}
