import { z } from 'zod'
import { WEEKDAYS } from '../../core/domain/hours.ts'
import { LANGUAGES } from '../../core/domain/language.ts'
import { OWN_PAGE_STATES, ownPageFaults, type OwnPage } from '../../core/domain/own-page.ts'
import type { Site } from '../../core/domain/site.ts'
import {
  approvePage,
  ownPagesPage,
  pageKey,
  pagesOf,
  rejectPage,
  savePage,
  sendPage,
  type PageChanged,
} from '../../core/records/own-pages.ts'
import { publishSite } from '../../core/store/tables.ts'
import { mayDecideAlone, nearIds, pageNow, recordedSite, siteWith } from '../own-pages.ts'
import type { Caller } from './caller.ts'
import { endpoint, pageOf, pageQuery, toPage, type Endpoint } from './endpoint.ts'
import { asked, idParams, notHis, time, utc, utcOrNull, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

const text = z
  .string()
  .max(400)
  .regex(/^[^\p{Cc}]*$/u)
  .transform((words) => words.trim().normalize('NFC'))
const greeting = z.strictObject({
  vi: text,
  en: text,
  ...(Object.fromEntries(LANGUAGES.slice(2).map((lang) => [lang, text.optional()])) as object),
})
const content = {
  greeting: z.record(z.string(), z.string().optional()).describe('By language; `vi` and `en` are needed'),
  hours: z.union([
    z.enum(['recorded', 'always']),
    z.array(z.object({ days: z.array(z.enum(WEEKDAYS)), from: z.string(), to: z.string() })).max(14),
  ]),
  near: z.array(z.string()).nullable(),
}
const version = z.strictObject({ version: z.number().int().min(1).describe('The one that was looked at') })
const state = z.enum(OWN_PAGE_STATES)
const changed = z.object({ site: z.string(), version: z.number().int() })

/** What sites say of themselves, for programs: what the pages of a site's page can do. An id is that of the site. */
export function ownPages(parts: ApiParts): Endpoint[] {
  const { records, store, keys, tables, preview } = parts
  const publish = (site: Site): Promise<void> => publishSite(store, site)

  const siteOf = async ({ caller, id }: { caller: Caller; id: string }): Promise<Site> => {
    const site = await recordedSite(records, caller.person, id)
    if (!site) throw notHis(caller)
    return site
  }

  return [
    endpoint({
      method: 'GET',
      path: '/pages',
      summary: 'Pages of your sites: what is live, and what is being worked on',
      scope: 'pages:read',
      query: pageQuery.extend({ state: state.optional(), site: idParams.shape.id.optional() }),
      answer: pageOf(
        z.object({
          site: z.string(),
          version: z.number().int(),
          state,
          ...content,
          writtenBy: z.string(),
          writtenAt: time,
          sentBy: z.string().nullable(),
          sentAt: time.nullable(),
          decidedBy: z.string().nullable(),
          decidedAt: time.nullable(),
          reason: z.string().nullable(),
        }),
      ),
      async handle({ caller, query }) {
        if (query.cursor !== undefined && !/^\S+ \d{1,9}$/.test(query.cursor))
          throw new Problem(400, 'bad-request', 'query.cursor: is none of ours.')
        const wanted = { ...asked(caller, query), state: query.state ?? null, site: query.site ?? null }
        return toPage(await ownPagesPage(records, wanted), query.limit, pageKey, ({ page, ...row }) => ({
          ...row,
          greeting: { ...page.greeting },
          hours: typeof page.hours === 'string' ? page.hours : page.hours.map(toldSpan),
          near: page.near && [...page.near],
          writtenAt: utc(row.writtenAt),
          sentAt: utcOrNull(row.sentAt),
          decidedAt: utcOrNull(row.decidedAt),
        }))
      },
    }),
    endpoint({
      method: 'GET',
      path: '/pages/:id/preview',
      summary: 'The splash of a site as its last saved page makes it: a whole document',
      scope: 'pages:read',
      params: idParams,
      query: z.strictObject({ lang: z.enum(LANGUAGES).default('vi') }),
      answer: z.object({ html: z.string() }),
      async handle({ caller, params, query: { lang }, now }) {
        const recorded = await siteOf({ caller, id: params.id })
        const page = pageNow(await pagesOf(records, recorded.id), recorded)
        const { html } = preview({
          ...tables(),
          site: siteWith(recorded, page),
          lang,
          key: keys.campaign,
          now,
          urlFor: (code) => `?lang=${code}`,
        })
        return { html }
      },
    }),
    endpoint({
      method: 'POST',
      path: '/pages/:id',
      summary: 'Saves a draft, which no visitor sees before it is approved',
      scope: 'pages:write',
      status: 201,
      params: idParams,
      body: z.strictObject({
        basedOn: z.number().int().min(0).describe('The last version that you saw, 0 where there is none'),
        ...content,
        greeting,
        hours: content.hours.default('recorded'),
        near: content.near.default(null),
      }),
      answer: changed,
      async handle({ caller, params, body: { basedOn, ...body }, now }) {
        const site = await siteOf({ caller, id: params.id })
        const page = body as OwnPage
        const faults = ownPageFaults(page, nearIds(tables()))
        if (faults.length > 0) throw new Problem(400, 'bad-page', `This is no page: ${faults.join(', ')}.`)
        const by = { who: caller.person.name, now }
        return done(site, await savePage(records, { site: site.id, page, basedOn }, by))
      },
    }),
    endpoint({
      method: 'POST',
      path: '/pages/:id/send',
      summary: 'Sends a draft to those who approve',
      scope: 'pages:write',
      params: idParams,
      body: version,
      answer: changed,
      async handle({ caller, params, body, now }) {
        const site = await siteOf({ caller, id: params.id })
        return done(site, await sendPage(records, site.id, body.version, { who: caller.person.name, now }))
      },
    }),
    endpoint({
      method: 'POST',
      path: '/pages/:id/approve',
      summary: 'Puts a page that waits on the splash; whoever wrote it needs another person, save the city',
      scope: 'pages:decide',
      params: idParams,
      body: version,
      answer: changed,
      async handle({ caller, params, body, now }) {
        const site = await siteOf({ caller, id: params.id })
        const { person } = caller
        const by = { who: person.name, now, alone: mayDecideAlone(person) }
        return done(site, await approvePage({ records, publish }, site.id, body.version, by))
      },
    }),
    endpoint({
      method: 'POST',
      path: '/pages/:id/reject',
      summary: 'Refuses a page that waits, with a reason for its writer',
      scope: 'pages:decide',
      params: idParams,
      body: version.extend({ reason: text.pipe(z.string().min(1)) }),
      answer: changed,
      async handle({ caller, params, body, now }) {
        const site = await siteOf({ caller, id: params.id })
        const by = { who: caller.person.name, now }
        return done(site, await rejectPage(records, { site: site.id, ...body }, by))
      },
    }),
  ]
}

const toldSpan = <T extends { readonly days: readonly string[] }>(span: T) => ({
  ...span,
  days: [...span.days] as T['days'][number][],
})

const WHY: Readonly<Record<Extract<PageChanged, { kind: 'refused' }>['reason'], string>> = {
  changed: 'Another version has been saved meanwhile.',
  'not-now': 'It is not in the state for this.',
  'needs-two-people': 'It needs somebody else than who wrote it.',
}

function done({ id }: Site, changed: PageChanged): { site: string; version: number } {
  if (changed.kind === 'done') return { site: id, version: changed.version }
  throw new Problem(409, changed.reason, WHY[changed.reason])
}
