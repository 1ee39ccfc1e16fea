import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import { remembering } from '../core/domain/lately.ts'
import { type Catalogues, type Lang, loadMessages, type Params } from './messages.ts'
import { scene } from './scenes.ts'
import { type Format, formatFor } from './views/format.ts'
import { favicon, icons } from './views/icons.ts'
import type { ErrorReference, LanguageLink, LocalText, Page } from './views/model.ts'
import { picture } from './views/pictures.ts'
import { qrCode } from './views/qr.ts'
import { loadStyle } from './views/style.ts'

export type * from './views/model.ts'

/** A gateway's address is longer only by somebody's joke. */
const LONGEST_URL = 512

/** Turns what the portal knows into what a visitor reads. One per process; rendering is pure and synchronous. */
export interface Pages {
  readonly catalogues: Catalogues
  /** The whole document. */
  readonly render: (page: Page) => string
  /** The same for `reply.view(template, model)` on `eta`; `cut` is put before each item that is near, and after the last. */
  readonly view: (page: Page, cut?: string) => { template: Page['kind']; model: object }
  readonly eta: Eta
  /** The language menu; `urlFor` says where each language of this very page is. */
  readonly languageLinks: (urlFor: (lang: Lang) => string) => LanguageLink[]
  /** The style sheet of every page as `style-src` takes it. */
  readonly styleHash: string
  /**
   * Content-Security-Policy for any page. Browsers hold a form's redirects to `form-action` too, so a page whose form ends
   * at the gateway must name it: `gatewayUrls` are the hand-off's addresses, of which the origins are kept.
   */
  readonly contentSecurityPolicy: (gatewayUrls?: readonly string[]) => string
}

/** Reads messages, templates, style and fonts once; throws when a message is missing anywhere. */
export function createPages(options: { catalogues?: Catalogues; timeZone?: string } = {}): Pages {
  const { catalogues = loadMessages(), timeZone = 'Asia/Ho_Chi_Minh' } = options
  const eta = createEta()
  const style = loadStyle()
  const formats = new Map(catalogues.languages.map((lang) => [lang, formatFor(lang, catalogues, timeZone)]))

  const view: Pages['view'] = (page, cut = '') => {
    const format = formats.get(page.lang)
    if (!format) throw new Error(`no catalogue for language ${page.lang}`)
    const model: Model = {
      page,
      css: style.css,
      favicon,
      icons,
      picture,
      qrCode,
      scene,
      cut,
      format,
      ...wording(page.lang, catalogues),
    }
    return { template: page.kind, model }
  }
  const policyFor = remembering(LONGEST_URL, (gatewayUrls) => {
    const origins = new Set(gatewayUrls.split(' ').flatMap((url) => (url ? [new URL(url).origin] : [])))
    const formAction = ["'self'", ...origins].join(' ')
    return `default-src 'none'; style-src ${style.hash}; font-src 'self'; img-src data:; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`
  })
  return {
    catalogues,
    eta,
    view,
    render: (page) => eta.render(page.kind, view(page).model),
    languageLinks: (urlFor) =>
      catalogues.languages.map((code) => ({
        code,
        name: catalogues.translate(code, 'language'),
        url: urlFor(code),
      })),
    styleHash: style.hash,
    contentSecurityPolicy: (gatewayUrls = []) => policyFor(gatewayUrls.join(' ')),
  }
}

/** An engine for `portal/views`: escapes by default, compiles each template once. */
const createEta = (): Eta =>
  new Eta({ views: fileURLToPath(new URL('./views/', import.meta.url)), cache: true, rmWhitespace: true })

/** What staff are told on the phone, and what the log says beside it. */
export const errorReferences: Readonly<Record<ErrorReference, string>> = {
  'R-03': 'RADIUS did not answer',
  'N-01': 'the NAS is unknown',
  'S-02': 'no such visit, or it is over 15 minutes old',
  'T-04': 'a clock is wrong',
  'L-05': 'redirect loop',
  'P-06': 'fault in the portal',
  'Q-07': 'too many requests',
}

/** `it` of every template. What ends in markup is escaped here: `<%~ %>` is for these alone. */
interface Model extends Wording {
  readonly page: Page
  readonly css: string
  readonly favicon: string
  readonly icons: typeof icons
  readonly picture: typeof picture
  readonly qrCode: typeof qrCode
  readonly scene: typeof scene
  readonly cut: string
  readonly format: Format
}

interface Wording {
  /** A sentence as plain text: use with `<%= %>`. */
  say(key: string, params?: Params): string
  /** A sentence as markup: `<b>` stays, any other tag becomes a link to the address given under its name. */
  rich(key: string, params?: Params, links?: Readonly<Record<string, string>>): string
  /** Staff's text as plain text. */
  pick(text: LocalText): string
  /** True where staff's text is in the page's language. */
  speaks(text: LocalText): boolean
  /** Staff's text as markup, marked with its language where that is not the page's. */
  local(text: LocalText): string
}

function wording(lang: Lang, catalogues: Catalogues): Wording {
  const languageOf = (text: LocalText): Lang => (text[lang] ? lang : text.en ? 'en' : 'vi')
  const pick = (text: LocalText): string => text[languageOf(text)] ?? ''
  return {
    pick,
    speaks: (text) => languageOf(text) === lang,
    say: (key, params) => catalogues.translate(lang, key, params),
    rich: (key, params = {}, links = {}) =>
      catalogues.render(lang, key, params, (text, tag) => {
        if (tag === undefined) return escapeMarkup(text)
        if (tag === 'b') return `<b>${text}</b>`
        const url = links[tag]
        if (url === undefined) throw new Error(`message "${key}" needs an address for <${tag}>`)
        return `<a href="${escapeMarkup(url)}">${text}</a>`
      }),
    local: (text) =>
      languageOf(text) === lang
        ? escapeMarkup(pick(text))
        : `<span lang="${languageOf(text)}">${escapeMarkup(pick(text))}</span>`,
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeMarkup = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
