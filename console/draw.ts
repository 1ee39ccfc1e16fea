import { fileURLToPath } from 'node:url'
import view from '@fastify/view'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { dutyOf, PROMOTING, RIGHTS, scopeOf, type Reach } from './access.ts'
import type { Assets } from './assets.ts'
import { cookieOptions } from './staff.ts'
import { formOwner } from './security.ts'
import { favicon, icons, turtleTower } from './views/icons.ts'
import { LANGS, type Lang, type Wording } from './wording.ts'

export type Template =
  | 'sign-in'
  | 'code'
  | 'city'
  | 'sites'
  | 'site'
  | 'codes'
  | 'batch'
  | 'sheet'
  | 'own-page'
  | 'own-pages'
  | 'incidents'
  | 'gateways'
  | 'gateway'
  | 'promotion'
  | 'item'
  | 'settings'
  | 'visitors'
  | 'site-people'
  | 'account'
  | 'factor'
  | 'people'
  | 'person'
  | 'notices'
  | 'audit'
  | 'message'
  | 'public-map'
  | 'report'

/** Something to say above a page. */
export interface Alert {
  readonly tone: 'bad' | 'info'
  readonly text: string
}

export interface Drawing {
  /** Of the browser's tab. */
  readonly title: string
  /** Which entry of the navigation is this page. */
  readonly current:
    | 'city'
    | 'sites'
    | 'visitors'
    | 'promotion'
    | 'incidents'
    | 'pages'
    | 'notices'
    | 'gateways'
    | 'people'
    | 'audit'
    | 'settings'
    | 'account'
    | null
  readonly alerts?: readonly Alert[]
  /** What the template lays out. */
  readonly page: object
}

/** Draws pages in the caller's language, with what is on all of them. */
export interface Draw {
  wording(request: FastifyRequest): Wording
  page(reply: FastifyReply, template: Template, drawing: Drawing): Promise<FastifyReply>
}

export async function createDraw(
  app: FastifyInstance,
  wordings: Readonly<Record<Lang, Wording>>,
  assets: Assets,
  reach: Reach,
): Promise<Draw> {
  const views = fileURLToPath(new URL('./views/', import.meta.url))
  // Escapes by default; `<%~ %>` is for drawings and icons, which escape what they are given.
  await app.register(view, {
    engine: { eta: new Eta({ views, cache: true, rmWhitespace: true }) },
    root: views,
    production: true,
  })
  const wording = (request: FastifyRequest): Wording => wordings[request.staff?.lang ?? 'vi']
  return {
    wording,
    async page(reply, template, drawing) {
      const { request } = reply
      const words = wording(request)
      const owner = formOwner(request)
      return reply.view(template, {
        ...drawing,
        alerts: drawing.alerts ?? [],
        lang: words.lang,
        say: words.say,
        format: words.format,
        icons,
        favicon,
        turtleTower,
        styleUrl: assets.styleUrl,
        liveUrl: assets.liveUrl,
        form: reply.generateCsrf({ userInfo: owner, ...cookieOptions(request), sameSite: 'strict' }),
        nav: navigation(request, words, { current: drawing.current, reach }),
        languages: LANGS.map((code) => ({
          code,
          href: inLanguage(request, code),
          current: code === words.lang,
        })),
        who: who(request, words),
      })
    },
  }
}

/** Only what works and what this person may see. */
function navigation(
  request: FastifyRequest,
  { say }: Wording,
  { current, reach }: Pick<Drawing, 'current'> & { readonly reach: Reach },
) {
  const person = request.staff?.person
  if (!person) return []
  const entries = [
    { id: 'city', href: '/', label: say('nav.city'), icon: icons.city },
    { id: 'sites', href: '/sites', label: say('nav.sites'), icon: icons.sites },
    { id: 'visitors', href: '/visitors', label: say('nav.visitors'), icon: icons.visitors },
    { id: 'promotion', href: '/promotion', label: say('nav.promotion'), icon: icons.promotion },
    { id: 'incidents', href: '/incidents', label: say('nav.incidents'), icon: icons.incidents },
    { id: 'pages', href: '/pages', label: say('nav.pages'), icon: icons.pages },
    { id: 'notices', href: '/notices', label: say('nav.notices'), icon: icons.notices },
    { id: 'gateways', href: '/nas', label: say('nav.gateways'), icon: icons.gateways },
    { id: 'people', href: '/people', label: say('nav.people'), icon: icons.people },
    { id: 'audit', href: '/audit', label: say('nav.audit'), icon: icons.audit },
    { id: 'settings', href: '/settings', label: say('nav.settings'), icon: icons.settings },
    { id: 'account', href: '/account', label: say('nav.account'), icon: icons.account },
  ]
  return entries
    .filter(({ id }) => id === 'account' || dutyOf(person, reach) === null)
    .filter(({ id }) => id !== 'city' || scopeOf(person).kind === 'city')
    .filter(({ id }) => id !== 'pages' || RIGHTS['pages:decide'].includes(person.role))
    .filter(({ id }) => id !== 'promotion' || PROMOTING.includes(person.role))
    .filter(({ id }) => id !== 'gateways' || RIGHTS['nas:read'].includes(person.role))
    .filter(({ id }) => id !== 'people' || person.role === 'city')
    .filter(({ id }) => id !== 'settings' || RIGHTS['settings:read'].includes(person.role))
    .filter(({ id }) => id !== 'audit' || RIGHTS['audit:read'].includes(person.role))
    .map((entry) => ({ ...entry, current: entry.id === current }))
}

function who(request: FastifyRequest, { say }: Wording): { name: string; role: string } | null {
  const person = request.staff?.person
  return person ? { name: person.name, role: say(`role.${person.role}`) } : null
}

/** This very page in another language; of a form's answer, the page with the form. */
function inLanguage(request: FastifyRequest, lang: Lang): string {
  const [path = '/', ...query] = request.url.split('?')
  const asked = new URLSearchParams(query.join('?'))
  asked.set('lang', lang)
  // Never `//host`, which would be an address elsewhere.
  return `/${path.replace(/^\/+/, '')}?${asked.toString()}`
}
