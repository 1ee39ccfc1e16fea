import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Nas } from '../core/domain/nas.ts'
import type { Site } from '../core/domain/site.ts'
import type { Met } from '../core/store/met-items.ts'
import type { Tables } from '../core/store/tables.ts'
import { actionsOf, link } from './links.ts'
import { chooseLanguage, type Lang } from './messages.ts'
import { fillSlots, metOf, NOTHING_MET, type Slots } from './near.ts'
import { emergenciesAt, noticeView, type Emergency } from './notices.ts'
import { isSeen } from './after-reply.ts'
import type { Page } from './pages.ts'
import type { Place, PortalParts } from './parts.ts'
import type { Print } from './press.ts'

type PageRest<P = Page> = P extends Page
  ? Omit<P, 'lang' | 'languages' | 'actions' | 'visit' | 'near' | 'site' | 'notices'> & {
      /** Whether the page has slots; `except` is the item or place that it is about, `met` what was shown today. */
      near?: boolean | { readonly except?: string; readonly met?: Met }
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
      const tables = parts.tables.current
      const notices = emergenciesAt(tables.notices, site, parts.now())
      // Above `info` the page hides its slots: what nobody is shown is not counted.
      const hasSlots = near !== false && site !== null && notices.every(({ kind }) => kind === 'info')
      const { except = null, met: asked } = typeof near === 'object' ? near : {}
      const met = asked ?? (hasSlots && place ? await metOf(parts, place) : NOTHING_MET)
      const slots = hasSlots ? fillSlots(parts, { tables, site, place, lang, except, met }) : NO_SLOTS
      const hasPromo = near !== false
      const shown: Shown = { lang, path: pathOf(request), site, hasPromo, notices, near: slots.near, rest }
      reply.headers(headersOf(parts, place?.nas ?? null, lang))
      if (!isPrinted(shown, tables)) {
        const { template, model } = pages.view(pageOf(parts, shown, visit))
        if (slots.tell) parts.afterReply.add(request, reply, slots.tell)
        return reply.code(status).view(template, model)
      }
      const order = {
        tables,
        frame: frameOf(shown, { hasVisit: visit !== null, hasNear: slots.near.length > 0 }),
        near: keysOfNear(shown),
        html: (id: string | null, cut: string) => {
          const { template, model } = pages.view(pageOf(parts, shown, id), cut)
          return reply.viewAsync(template, model)
        },
      }
      const wantsGzip = GZIP.test(request.headers['accept-encoding'] ?? '')
      const print = await parts.press.print(order, visit, wantsGzip)
      const headers = {
        ...reply.getHeaders(),
        ...headersOfPrint(reply, print.isGzip),
        'content-length': print.body.length,
      } as OutgoingHttpHeaders
      const send = (response: ServerResponse, left: () => void): void => {
        response.once('finish', left).writeHead(status, headers).end(print.body)
      }
      return sendPrint(parts, { request, reply }, { print, tell: slots.tell, send })
    },
    redirect: (reply, path, id) => reply.redirect(link(path, id, lang), 303),
  }
}

/** What every page says of itself. */
export function headersOf(
  { pages }: Pick<PortalParts, 'pages'>,
  nas: Nas | null,
  lang: Lang,
): Record<string, string> {
  return {
    'content-security-policy': pages.contentSecurityPolicy(nas?.gatewayUrl ? [nas.gatewayUrl] : []),
    'content-language': lang,
  }
}

/** What a page says besides that leaves without `reply.send`, whose hooks it does not meet. */
export const headersOfPrint = (reply: FastifyReply, isGzip: boolean): Record<string, string> => ({
  ...reply.server.securityHeaders,
  'cache-control': 'no-store',
  'content-type': 'text/html; charset=utf-8',
  vary: 'accept-encoding',
  ...(isGzip && { 'content-encoding': 'gzip' }),
})

interface Sent {
  readonly print: Print
  readonly tell: Slots['tell']
  /** Sends it, and says when it has left, if it ever does. */
  readonly send: (response: ServerResponse, left: () => void) => void
}

/** Sends what was printed, past `reply.send`, which would compress it; its sheet is given back once it has left. */
export function sendPrint(
  { press, afterReply }: Pick<PortalParts, 'press' | 'afterReply'>,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  { print, tell, send }: Sent,
): FastifyReply {
  const { raw } = reply.hijack()
  send(raw, () => {
    press.giveBack(print)
    if (tell !== null && raw.statusCode === 200 && isSeen(request)) afterReply.run(tell)
  })
  return reply
}

/** Where the page that is being answered is, as far as it can be asked for again. */
function pathOf({ method, url, routeOptions }: FastifyRequest): string {
  const route = routeOptions.url ?? '/splash'
  if (method !== 'GET' || route.startsWith('/g/')) return '/splash'
  return route.includes(':') ? url.split('?')[0]! : route
}

/** Not as `x-gzip`, nor where it is refused: `gzip;q=0`. */
export const GZIP = /(?:^|[\s,])gzip\s*(?:$|,|;\s*q=(?!0(?:\.0*)?\s*(?:$|,)))/i

/** Pages that are the same for many visitors. */
const PRINTED: ReadonlySet<Page['kind']> = new Set(['splash', 'notice', 'help', 'terms', 'privacy'])

/** What a page is made from, besides its visit. What is added here must be in the keys of its print. */
interface Shown {
  readonly lang: Lang
  readonly path: string
  readonly site: Site | null
  readonly hasPromo: boolean
  readonly notices: readonly Emergency[]
  readonly near: Slots['near']
  readonly rest: Omit<PageRest, 'near'>
}

/**
 * Not a page that holds what somebody typed or what a program reads of its visit; nor one whose site was read before the
 * tables changed, which would be kept among those that were made since.
 */
function isPrinted({ rest, site }: Shown, tables: Tables): boolean {
  if (!PRINTED.has(rest.kind) || rest.wispr !== undefined) return false
  if ('code' in rest && rest.code !== undefined) return false
  return site === null || tables.sites.get(site.id)?.name === site.name
}

/** All that a page is made from, but for the tables and the visit. Notices change what a site offers. */
export function frameOf(
  { lang, path, site, hasPromo, notices, rest }: Omit<Shown, 'near'>,
  { hasVisit, hasNear }: { hasVisit: boolean; hasNear: boolean },
): string {
  const place = site ? `${site.id} ${site.login.join()}` : ''
  const told = notices.map(({ id, approvedAt }) => `${id} ${approvedAt}`).join()
  return [lang, path, place, hasVisit, hasPromo, hasNear, told, JSON.stringify(rest)].join('\n')
}

export const keysOfNear = ({ near, site, lang }: Pick<Shown, 'near' | 'site' | 'lang'>): string[] =>
  near.map(({ key }) => `${lang}\n${site?.id}\n${key}`)

function pageOf(
  { pages }: Pick<PortalParts, 'pages'>,
  { lang, path, site, hasPromo, notices, near, rest }: Shown,
  visit: string | null,
): Page {
  return {
    ...rest,
    lang,
    languages: pages.languageLinks((code) => link(visit || path !== '/splash' ? path : '/help', visit, code)),
    site: site && {
      name: site.name,
      category: site.category,
      ...(site.promo && hasPromo ? { promo: site.promo } : {}),
    },
    actions: actionsOf(visit, lang, site?.login ?? []),
    visit,
    near: near.map(({ view }) => view({ here: site, visit, lang })),
    notices: notices.map(noticeView),
  } as Page
}
