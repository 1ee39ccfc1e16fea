import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Site } from '../core/domain/site.ts'
import { actionsOf, link } from './links.ts'
import { chooseLanguage, type Lang } from './messages.ts'
import { nearby } from './near.ts'
import type { Page } from './pages.ts'
import type { Place, PortalParts } from './parts.ts'

type PageRest<P = Page> = P extends Page
  ? Omit<P, 'lang' | 'languages' | 'actions' | 'visit' | 'near' | 'site'> & { near?: boolean }
  : never

/** Sends pages to one request: it knows the language, the visit and where everything leads. */
export interface Sender {
  readonly lang: Lang
  page(reply: FastifyReply, status: number, site: Site | null, rest: PageRest): FastifyReply
  /** A full navigation, so that the phone looks again whether it is online. */
  redirect(reply: FastifyReply, path: string, visit: string): FastifyReply
}

/** A sender for a request; `place` is the visit at hand, null on pages that stand alone. */
export function senderFor(parts: PortalParts, request: FastifyRequest, place: Place | null): Sender {
  const { pages, tables } = parts
  const query = request.query as Readonly<Record<string, unknown>>
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>
  const lang = chooseLanguage({
    query: query.lang ?? body.lang ?? place?.known.visit.lang,
    acceptLanguage: request.headers['accept-language'],
    available: pages.catalogues.languages,
  })
  const visit = place?.known.visit.id ?? null
  return {
    lang,
    page(reply, status, site, { near = false, ...rest }) {
      const path =
        request.method === 'GET' && !request.url.startsWith('/g/') ? request.url.split('?')[0]! : '/splash'
      const page = {
        ...rest,
        lang,
        languages: pages.languageLinks((code) =>
          link(visit || path !== '/splash' ? path : '/help', visit, code),
        ),
        site: site && {
          name: site.name,
          category: site.category,
          ...(site.promo && near ? { promo: site.promo } : {}),
        },
        actions: actionsOf(visit, lang, site?.login ?? []),
        visit,
        near: near && site ? nearby(site, tables.current.sites.values(), visit, lang) : [],
      } as Page
      const gatewayUrl = place?.nas.gatewayUrl
      const { template, model } = pages.view(page)
      return reply
        .code(status)
        .header('content-security-policy', pages.contentSecurityPolicy(gatewayUrl ? [gatewayUrl] : []))
        .header('content-language', lang)
        .view(template, model)
    },
    redirect: (reply, path, id) => reply.redirect(link(path, id, lang), 303),
  }
}
