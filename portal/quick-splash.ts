import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Nas } from '../core/domain/nas.ts'
import type { Site } from '../core/domain/site.ts'
import type { Met } from '../core/store/met-items.ts'
import type { Tables } from '../core/store/tables.ts'
import type { KnownVisit } from '../core/store/visits.ts'
import { KnownHead } from './known-head.ts'
import { chooseLanguage, type Lang } from './messages.ts'
import { fillSlots, NOTHING_MET } from './near.ts'
import { shutNow } from './notices.ts'
import { frameOf, GZIP, headersOf, headersOfPrint, keysOfNear, sendPrint } from './page-model.ts'
import { isProved } from './passes.ts'
import type { Place, PortalParts } from './parts.ts'
import { placeWith } from './places.ts'
import { plainSplash } from './welcome.ts'

/** What all plain splashes of a gateway's site in a language have in common. */
interface Common {
  readonly site: Site
  /** The page's key where nothing is near, and where something is. */
  readonly frames: readonly [string, string]
  /** Of what leaves uncompressed, and compressed. */
  readonly heads: readonly [KnownHead, KnownHead]
}

/**
 * The splash of who is neither welcomed back nor told of an emergency, which is nearly everybody, as long as all that it is
 * made from is at hand. No promise is made for it, and no key put together: that would cost as much as the page.
 * All else is for the way that all pages go.
 */
export class QuickSplash {
  readonly #parts: PortalParts
  readonly #common = new WeakMap<Nas, Map<Lang, Common>>()

  constructor(parts: PortalParts) {
    this.#parts = parts
  }

  /** Answers, at once or a little later; or calls `otherwise`, and has done nothing. */
  answer(request: FastifyRequest, reply: FastifyReply, otherwise: () => void): void {
    const { visits, met, passes, tables } = this.#parts
    const { v: id } = request.query as { v?: unknown }
    const { current } = tables
    const { pass, code } = request.cookies
    if (typeof id !== 'string' || pass !== undefined || code !== undefined) return otherwise()
    if (current.notices.length > 0 || request.method !== 'GET') return otherwise()
    const visit = visits.remembered(id)
    if (!visit) return otherwise()
    // What is remembered says what to ask; whether it still holds is asked with it, in the same write.
    let awaited = visit.proved ? 3 : 2
    let isPlain = true
    let now: KnownVisit | null = null
    let seen = NOTHING_MET
    const heard = (): void => {
      if (--awaited > 0) return
      try {
        const place = isPlain && now ? this.#openPlace(now) : null
        if (!place || !this.#send(request, reply, { place, met: seen, tables: current })) otherwise()
      } catch (error) {
        // A mistake is this page's alone: answers to others come in the same turn.
        void reply.send(error)
      }
    }
    const failed = (): void => {
      isPlain = false
      heard()
    }
    visits.find(id).hear({
      heard(known) {
        if (known?.visit === visit) now = known
        heard()
      },
      failed,
    })
    met.of(visit.mac, this.#parts.now()).hear({
      heard(of) {
        seen = of
        heard()
      },
      failed,
    })
    if (!visit.proved) return
    passes.mayHave(visit.mac).hear({ heard: (mayHave) => (mayHave ? failed() : heard()), failed })
  }

  /** Where a visit is, unless nobody is let in there now, or its device may have a pass that was not asked for. */
  #openPlace(known: KnownVisit): Place | null {
    if (isProved(known) !== known.visit.proved) return null
    const place = placeWith(this.#parts, known)
    return place && !shutNow(this.#parts, place.site) ? place : null
  }

  #send(
    request: FastifyRequest,
    reply: FastifyReply,
    { place, met, tables }: { place: Place; met: Met; tables: Tables },
  ): boolean {
    const parts = this.#parts
    const { site, known } = place
    // They may have changed while the store was asked.
    if (tables !== parts.tables.current) return false
    const { headers } = request
    const lang = chooseLanguage({
      query: (request.query as { lang?: unknown }).lang ?? known.visit.lang,
      acceptLanguage: headers['accept-language'],
      available: parts.pages.catalogues.languages,
    })
    const common = this.#commonOf(reply, place, lang)
    const slots = fillSlots(parts, { tables, site, place, lang, except: null, met })
    const frame = common.frames[slots.near.length > 0 ? 1 : 0]
    const near = keysOfNear({ near: slots.near, site, lang })
    const wantsGzip = GZIP.test(headers['accept-encoding'] ?? '')
    const print = parts.press.reprint({ tables, frame, near }, known.visit.id, wantsGzip)
    if (print === null) return false
    const head = common.heads[print.isGzip ? 1 : 0]
    const send = (response: ServerResponse): boolean => head.send(response, print.body)
    sendPrint(parts, { request, reply }, { print, tell: slots.tell, send })
    return true
  }

  #commonOf(reply: FastifyReply, { nas, site }: Place, lang: Lang): Common {
    let ofNas = this.#common.get(nas)
    if (!ofNas) this.#common.set(nas, (ofNas = new Map<Lang, Common>()))
    const known = ofNas.get(lang)
    // A visit stays at its site when its gateway has moved.
    if (known?.site === site) return known
    const page = { lang, path: '/splash', site, hasPromo: true, notices: [], rest: plainSplash(site) }
    const frame = (hasNear: boolean): string => frameOf(page, { hasVisit: true, hasNear })
    const head = (isGzip: boolean): KnownHead =>
      new KnownHead(
        Object.entries({ ...headersOf(this.#parts, nas, lang), ...headersOfPrint(reply, isGzip) }).flat(),
      )
    const common: Common = {
      site,
      frames: [frame(false), frame(true)],
      heads: [head(false), head(true)],
    }
    ofNas.set(lang, common)
    return common
  }
}
