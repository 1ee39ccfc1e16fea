import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { WEEKDAYS, type OpeningHours, type Weekday } from '../../core/domain/hours.ts'
import { LANGUAGES } from '../../core/domain/language.ts'
import { ownPageFaults, type OwnPage } from '../../core/domain/own-page.ts'
import type { Site } from '../../core/domain/site.ts'
import type { Keys } from '../../core/process/keys.ts'
import type { Records } from '../../core/records/database.ts'
import {
  approvePage,
  ownPagesPage,
  pagesOf,
  rejectPage,
  savePage,
  sendPage,
  type PageChanged,
} from '../../core/records/own-pages.ts'
import type { Person } from '../../core/records/people.ts'
import type { Store } from '../../core/store/redis.ts'
import { publishSite, type Tables } from '../../core/store/tables.ts'
import { RIGHTS, sitesOf } from '../access.ts'
import type { Draw } from '../draw.ts'
import { personOf } from '../gate.ts'
import { mayDecideAlone, nearIds, pageNow, recordedSite, siteWith, type DrawPreview } from '../own-pages.ts'
import { ownPageView, statePill } from '../pages/own-page.ts'
import { siteHref, siteName } from '../pages/sites.ts'
import { siteTop } from '../pages/site-tabs.ts'
import { alertsOf, fieldsOf, ofSite, wordsIn, type Outcome } from './own-site.ts'

const STAFF = { config: { who: 'staff' } } as const
/** Eight greetings of 160 characters, of which each may be nine octets in a form. */
const WRITE = { config: { who: RIGHTS['pages:write'] }, bodyLimit: 32_768 } as const
const DECIDE = { config: { who: RIGHTS['pages:decide'] } } as const
const REASON_MOST = 400
const LISTED = 200

export interface OwnPageParts {
  readonly draw: Draw
  readonly records: Records
  readonly store: Store
  readonly keys: Keys
  readonly tables: () => Tables
  readonly preview: DrawPreview
  readonly now: () => number
}

type Route = { Params: { id: string }; Querystring: Record<string, unknown> }
interface Asked {
  readonly site: Site
  readonly person: Person
  readonly request: FastifyRequest<Route>
  readonly reply: FastifyReply
}

/** What a site says of itself: written by those who run it, approved by the city or its editors. */
export function ownPageRoutes(app: FastifyInstance, parts: OwnPageParts): void {
  const { draw, records, store, keys, tables, now } = parts
  const publish = (site: Site): Promise<void> => publishSite(store, site)

  async function drawPage(
    { site, person, request, reply }: Asked,
    outcome: Outcome | null,
    typed: OwnPage | null = null,
  ): Promise<FastifyReply> {
    const wording = draw.wording(request)
    const pages = await pagesOf(records, site.id)
    const recorded = (await recordedSite(records, person, site.id)) ?? site
    const top = siteTop(wording, person, site, 'page')
    const view = ownPageView(wording, {
      site: recorded,
      pages,
      page: typed ?? pageNow(pages, recorded),
      tables: tables(),
      mayWrite: RIGHTS['pages:write'].includes(person.role),
      mayDecide: RIGHTS['pages:decide'].includes(person.role),
      now: now(),
    })
    if (outcome?.failed) reply.code(400)
    return draw.page(reply, 'own-page', {
      title: `${wording.say('tab.page')} – ${top.name}`,
      current: 'sites',
      alerts: alertsOf(wording.say, outcome),
      page: { top, ...view, reasonMost: REASON_MOST },
    })
  }

  app.get<Route>(
    '/sites/:id/page',
    STAFF,
    ofSite(parts, (asked) => drawPage(asked, null)),
  )

  app.post<Route>(
    '/sites/:id/page',
    WRITE,
    ofSite(parts, async (asked) => {
      const { site, person, request } = asked
      const fields = fieldsOf(request)
      const page = pageIn(fields)
      const [fault] = ownPageFaults(page, nearIds(tables()))
      if (fault) return drawPage(asked, { said: `own.fault.${fault}`, failed: true }, page)
      const by = { who: person.name, now: now() }
      const basedOn = Number(fields['basedOn'])
      const saved = await savePage(records, { site: site.id, page, basedOn }, by)
      if (saved.kind === 'refused') return drawPage(asked, refusal(saved), page)
      if (fields['do'] !== 'send') return drawPage(asked, { said: 'own.saved' })
      const sent = await sendPage(records, site.id, saved.version, by)
      return drawPage(asked, sent.kind === 'refused' ? refusal(sent) : { said: 'own.sent.done' })
    }),
  )

  app.post<Route>(
    '/sites/:id/page/decision',
    DECIDE,
    ofSite(parts, async (asked) => drawPage(asked, await decide(asked))),
  )

  async function decide({ site, person, request }: Asked): Promise<Outcome> {
    const fields = fieldsOf(request)
    const version = Number(fields['version'])
    const by = { who: person.name, now: now() }
    if (fields['do'] === 'approve') {
      const alone = mayDecideAlone(person)
      const done = await approvePage({ records, publish }, site.id, version, { ...by, alone })
      return done.kind === 'refused' ? refusal(done) : { said: 'own.approved' }
    }
    const reason = wordsIn(fields['reason'])
    if (reason === '' || reason.length > REASON_MOST) return { said: 'own.reason-needed', failed: true }
    const done = await rejectPage(records, { site: site.id, version, reason }, by)
    return done.kind === 'refused' ? refusal(done) : { said: 'own.rejected' }
  }

  app.get<Route>(
    '/sites/:id/page/preview',
    STAFF,
    ofSite(parts, async ({ site, person, request, reply }) => {
      const lang = LANGUAGES.find((each) => each === request.query['in']) ?? 'vi'
      const recorded = (await recordedSite(records, person, site.id)) ?? site
      const page = pageNow(await pagesOf(records, site.id), recorded)
      const { html, style } = parts.preview({
        ...tables(),
        site: siteWith(recorded, page),
        lang,
        key: keys.campaign,
        now: now(),
        urlFor: (code) => `${siteHref(site.id)}/page/preview?in=${code}`,
      })
      return (
        reply
          .type('text/html; charset=utf-8')
          .header('content-language', lang)
          // No script, no form, no way out of the frame; its own origin, so that its fonts load.
          .header(
            'content-security-policy',
            `default-src 'none'; style-src ${style}; font-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-same-origin`,
          )
          .header('x-frame-options', 'SAMEORIGIN')
          .send(html)
      )
    }),
  )

  app.get('/pages', DECIDE, async (request, reply) => {
    const wording = draw.wording(request)
    const { say, format } = wording
    const rows = await ownPagesPage(records, {
      sites: sitesOf(personOf(request)),
      after: null,
      limit: LISTED,
      state: 'waiting',
    })
    return draw.page(reply, 'own-pages', {
      title: say('own.list'),
      current: 'pages',
      page: {
        rows: rows.map((row) => {
          const site = tables().sites.get(row.site)
          return {
            href: `${siteHref(row.site)}/page`,
            name: site ? siteName(wording, site) : row.site,
            greeting: row.page.greeting[wording.lang],
            sent: say('own.sent', {
              who: row.sentBy ?? '–',
              time: format.moment(row.sentAt ?? row.writtenAt, now()),
            }),
            pill: statePill(wording, row.state),
          }
        }),
      },
    })
  })
}

const refusal = ({ reason }: Extract<PageChanged, { kind: 'refused' }>): Outcome => ({
  said: `own.refusal.${reason}`,
  failed: true,
})

function pageIn(fields: Readonly<Record<string, unknown>>): OwnPage {
  const others = LANGUAGES.slice(2).flatMap((lang) => {
    const text = wordsIn(fields[`greeting-${lang}`])
    return text === '' ? [] : [[lang, text] as const]
  })
  const near = [fields['near']].flat().filter((id) => typeof id === 'string')
  const choice = fields['hours']
  return {
    greeting: {
      vi: wordsIn(fields['greeting-vi']),
      en: wordsIn(fields['greeting-en']),
      ...Object.fromEntries(others),
    },
    hours: choice === 'own' ? hoursIn(fields) : choice === 'always' ? 'always' : 'recorded',
    near: near.length === 0 ? null : near,
  }
}

/** Days with the same hours stand together; a day without any is closed. */
function hoursIn(fields: Readonly<Record<string, unknown>>): OpeningHours[] {
  const spans = new Map<string, { days: Weekday[]; from: string; to: string }>()
  for (const day of WEEKDAYS) {
    const [from, to] = [wordsIn(fields[`${day}-from`]), wordsIn(fields[`${day}-to`])]
    if (from === '' && to === '') continue
    // A clock has no 24:00: midnight to midnight is the whole day.
    const span = { days: [], from, to: from === '00:00' && to === '00:00' ? '24:00' : to }
    const known = spans.get(`${from} ${to}`) ?? span
    spans.set(`${from} ${to}`, { ...known, days: [...known.days, day] })
  }
  return [...spans.values()]
}
