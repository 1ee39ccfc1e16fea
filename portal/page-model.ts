import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Site } from '../core/domain/site.ts'
import { actionsOf, link } from './links.ts'
import { chooseLanguage, type Lang } from './messages.ts'
import { fillSlots, type Slots } from './near.ts'
import { noticeViews } from './notices.ts'
import type { Page } from './pages.ts'
import type { Place, PortalParts } from './parts.ts'

type PageRest<P = Page> = P extends Page
  ? Omit<P, 'lang' | 'languages' | 'actions' | 'visit' | 'near' | 'site' | 'notices'> & {
      /** Whether the page has slots; `except` is the item or place that it is about. */
      near?: boolean | { readonly except: string }
    }
  : never

const NO_SLOTS: Slots = { near: [], tell: null }

/** Sends pages to one request: it knows the language, the visit and where everything leads. */
export interface Sender {
  readonly lang: Lang
  page(reply: FastifyReply, status: number, site: Site | null, rest: PageRest): Promise<FastifyReply>
  /** A full navigation, so that the phone looks again whether it is online. */
  redirect(reply: FastifyReply, path: string, visit: string): FastifyReply
}

/** A sender for a request; `place` is the visit at hand, null on pages that stand alone. */
export function senderFor(parts: PortalParts, request: FastifyRequest, place: Place | null): Sender {
  const { pages } = parts
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
    async page(reply, status, site, { near = false, ...rest }) {
      const notices = noticeViews(parts, site)
      // Above `info` the page hides its slots: what nobody is shown is not counted.
      const hasSlots = near !== false && site !== null && notices.every(({ level }) => level === 'info')
      const except = typeof near === 'object' ? near.except : null
      const slots = hasSlots ? await fillSlots(parts, { site, place, lang, except }) : NO_SLOTS
      if (slots.tell) parts.afterReply.add(request, reply, slots.tell)
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
        near: slots.near,
        notices,
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
