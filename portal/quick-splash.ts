import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { cityDay } from '../core/domain/day.ts'
import { Lately } from '../core/domain/lately.ts'
import type { Nas } from '../core/domain/nas.ts'
import type { Site } from '../core/domain/site.ts'
import type { DeviceDay, Met } from '../core/store/met-items.ts'
import type { Tables } from '../core/store/tables.ts'
import type { KnownVisit, ReadVisit } from '../core/store/visits.ts'
import { KnownHead } from './known-head.ts'
import { chooseLanguage, type Lang } from './messages.ts'
import { drawFor, fillFrom, NOTHING_MET, type Draw, type Slots } from './near.ts'
import { shutNow } from './notices.ts'
import { frameOf, GZIP, headersOf, headersOfPrint, keysOfNear, sendPrint } from './page-model.ts'
import { isProved } from './passes.ts'
import type { Place, PortalParts } from './parts.ts'
import { placeWith } from './places.ts'
import type { Stencil } from './stencil.ts'
import { plainSplash } from './welcome.ts'

/** What all plain splashes of a gateway's site in a language have in common. */
interface Common {
  readonly site: Site
  /** The page's key where nothing is near, and where something is. */
  readonly frames: readonly [string, string]
  /** Of what leaves uncompressed, and compressed. */
  readonly heads: readonly [KnownHead, KnownHead]
}

/** A visit whose splash was asked for of late: all in one place, since to look for it here and there costs more. */
interface Kept {
  readonly read: ReadVisit
  day: DeviceDay
  made: Made | null
}

/** What its splashes are made from, as long as language and day are these. */
interface Made {
  readonly lang: Lang
  readonly day: DeviceDay
  readonly at: Omit<Place, 'known'>
  readonly common: Common
  readonly draw: Draw
  /** What the last one's slots held, and its pieces. */
  near: Slots['near']
  pieces: readonly Stencil[] | null
}

/** What Redis has said of a visit. */
interface Heard {
  readonly known: KnownVisit
  readonly met: Met
  readonly tables: Tables
}

/** A kilobyte each. */
const MOST_KEPT = 4096

/**
 * The splash of who is neither welcomed back nor told of an emergency, which is nearly everybody, as long as all that it is
 * made from is at hand. No promise is made for it, and no key put together: that would cost as much as the page.
 * All else is for the way that all pages go.
 */
export class QuickSplash {
  readonly #parts: PortalParts
  readonly #kept = new Lately<Kept>(MOST_KEPT)
  /** Of which all that is kept was made: with others nothing is, so that none is held that has gone. */
  #tables: Tables | null = null
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
    if (current !== this.#tables) {
      this.#tables = current
      this.#kept.clear()
    }
    const kept = this.#keptOf(id)
    if (!kept) return otherwise()
    const { visit } = kept.read
    // What is kept says what to ask; whether it still holds is asked with it, in the same write.
    let awaited = visit.proved ? 3 : 2
    let isPlain = true
    let now: KnownVisit | null = null
    let seen = NOTHING_MET
    const heard = (): void => {
      if (--awaited > 0) return
      try {
        if (now === null) this.#kept.forget(id)
        else if (isPlain && this.#send(request, reply, kept, { known: now, met: seen, tables: current }))
          return
        otherwise()
      } catch (error) {
        // A mistake is this page's alone: answers to others come in the same turn.
        void reply.send(error)
      }
    }
    const failed = (): void => {
      isPlain = false
      heard()
    }
    visits.again(kept.read).hear({
      heard(known) {
        now = known
        heard()
      },
      failed,
    })
    met.of(kept.day).hear({
      heard(of) {
        seen = of
        heard()
      },
      failed,
    })
    if (!visit.proved) return
    passes.mayHave(visit.mac).hear({ heard: (mayHave) => (mayHave ? failed() : heard()), failed })
  }

  #keptOf(id: string): Kept | null {
    const { visits, met, now } = this.#parts
    const at = now()
    const kept = this.#kept.get(id)
    if (kept) {
      if (kept.day.day !== cityDay(at)) kept.day = met.day(kept.read.visit.mac, at)
      return kept
    }
    const read = visits.remembered(id)
    if (!read) return null
    const made = { read, day: met.day(read.visit.mac, at), made: null }
    this.#kept.set(id, made)
    return made
  }

  /** Whether it was sent: not where nobody is let in now, nor where the device may have a pass that was not asked for. */
  #send(request: FastifyRequest, reply: FastifyReply, kept: Kept, { known, met, tables }: Heard): boolean {
    const parts = this.#parts
    // They may have changed while the store was asked.
    if (tables !== parts.tables.current || isProved(known) !== known.visit.proved) return false
    const { headers } = request
    const lang = chooseLanguage({
      query: (request.query as { lang?: unknown }).lang ?? known.visit.lang,
      acceptLanguage: headers['accept-language'],
      available: parts.pages.catalogues.languages,
    })
    const made = this.#madeOf(reply, kept, { known, tables }, lang)
    if (!made || shutNow(parts, made.at.site)) return false
    const { common, day } = made
    const place = { known, ...made.at }
    const page = { tables, site: common.site, place, lang, except: null, met, at: parts.now(), day }
    const { near, tell } = fillFrom(parts, made.draw, page)
    if (!made.pieces || near !== made.near) {
      const frame = common.frames[near.length > 0 ? 1 : 0]
      made.pieces = parts.press.known({ tables, frame, near: keysOfNear({ near, site: common.site, lang }) })
      made.near = near
    }
    if (!made.pieces) return false
    const print = parts.press.fill(made.pieces, known.visit.id, GZIP.test(headers['accept-encoding'] ?? ''))
    const head = common.heads[print.isGzip ? 1 : 0]
    const send = (raw: ServerResponse, left: () => void): void => head.send(raw, print.body, left)
    sendPrint(parts, { request, reply }, { print, tell, send })
    return true
  }

  #madeOf(reply: FastifyReply, kept: Kept, { known, tables }: Omit<Heard, 'met'>, lang: Lang): Made | null {
    const last = kept.made
    const { day } = kept
    if (last?.lang === lang && last.day === day) return last
    const place = placeWith(this.#parts, known)
    if (!place) return null
    const { nas, site, gateway } = place
    const draw = drawFor(this.#parts, { tables, site, place, lang }, day.day)
    const common = this.#commonOf(reply, place, lang)
    return (kept.made = {
      lang,
      day,
      at: { nas, site, gateway },
      common,
      draw,
      near: [],
      pieces: null,
    })
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
