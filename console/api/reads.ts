import { z } from 'zod'
import { noticeState } from '../../core/domain/notice.ts'
import { CATEGORIES } from '../../core/domain/site.ts'
import { audit, auditPage } from '../../core/records/audit.ts'
import { findSite, noticesPage, sitesPage } from '../../core/records/lists.ts'
import { lookBack, type LookBack } from '../../core/records/session-past.ts'
import { sitesOf } from '../access.ts'
import type { SiteLife } from '../figures/state.ts'
import { STATES } from '../pages/sites.ts'
import { tellSession } from '../session-words.ts'
import { endpoint, pageOf, pageQuery, toPage, type Endpoint } from './endpoint.ts'
import { asked, idParams, notHis, time, utc, utcOrNull, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

const places = z.union([
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('category'), category: z.enum(CATEGORIES) }),
  z.object({ kind: z.literal('ward'), ward: z.string() }),
  z.object({ kind: z.literal('sites'), ids: z.array(z.string()) }),
])
const text = z.record(z.string(), z.string().optional())

const siteNow = z.object({
  id: z.string(),
  name: text,
  category: z.enum(CATEGORIES),
  ward: z.string().nullable(),
  operator: z.string(),
  lat: z.number(),
  lng: z.number(),
  state: z.enum(STATES),
  heardAt: time.nullable(),
  online: z.number().int(),
})
const toldSite = ({ site, state, heardAt, online }: SiteLife) => ({
  ...site,
  state,
  heardAt: utcOrNull(heardAt),
  online,
})

const STATUS: Readonly<Record<(LookBack & { kind: 'nothing' })['reason'], number>> = {
  'no-session': 404,
  'not-yet': 404,
  'events-gone': 410,
  'bad-time': 400,
  'to-come': 400,
}

/** What programs may read. */
export function reads({ records, live, wording, keys }: ApiParts): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/sites',
      summary: 'Sites, and how they are at this moment',
      scope: 'sites:read',
      query: pageQuery.extend({
        category: z.enum(CATEGORIES).optional().describe('Of one category alone'),
        ward: idParams.shape.id.optional().describe('Of one ward or commune alone, by its name'),
        operator: idParams.shape.id.optional().describe('Of one operator alone, by its id'),
        state: z.enum(STATES).optional().describe('In one state alone'),
      }),
      answer: pageOf(siteNow),
      async handle({ caller, query, now }) {
        const { state, category, ward, operator } = query
        const { limit, ...which } = asked(caller, query)
        const rows = await sitesPage(records, {
          ...which,
          category,
          ward,
          operator,
          // No record tells the state of this moment: all that may have it are looked at.
          limit: state === undefined ? limit : null,
        })
        const lives = (await live.read(rows, now)).filter(
          (life) => state === undefined || life.state === state,
        )
        return toPage(lives, query.limit, ({ site }) => site.id, toldSite)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/sites/:id',
      summary: 'A site, and how it is at this moment',
      scope: 'sites:read',
      params: idParams,
      answer: siteNow,
      async handle({ caller, params, now }) {
        const site = await findSite(records, params.id, sitesOf(caller.person))
        if (!site) throw notHis(caller)
        const [life] = await live.read([site], now)
        return toldSite(life!)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/sites/:id/access-points',
      summary: 'Access points of a site, and when each was heard',
      scope: 'sites:read',
      params: idParams,
      answer: z.object({
        items: z.array(
          z.object({
            name: z.string(),
            state: z.enum(['live', 'silent', 'unknown']),
            heardAt: time.nullable(),
          }),
        ),
      }),
      async handle({ caller, params, now }) {
        const site = await findSite(records, params.id, sitesOf(caller.person))
        if (!site) throw notHis(caller)
        const [life] = await live.read([site], now)
        return { items: life!.accessPoints.map((each) => ({ ...each, heardAt: utcOrNull(each.heardAt) })) }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/sessions/:id',
      summary: 'A session at a moment, and its story up to then; every look is audited',
      scope: 'sessions:read',
      params: idParams,
      query: z.strictObject({
        at: z.string().max(100).optional().describe('A time of the city; left out, now'),
        lang: z.enum(['vi', 'en']).optional(),
      }),
      answer: z.object({
        id: z.string(),
        site: z.string(),
        nas: z.string(),
        method: z.string().nullable(),
        startedAt: time,
        at: time,
        state: z.object({
          open: z.boolean(),
          version: z.number().int(),
          heardAt: time,
          endedAt: time.nullable(),
          cause: z.string().nullable(),
          seconds: z.number(),
          fromVisitorOctets: z.string(),
          toVisitorOctets: z.string(),
          interimSeconds: z.number(),
        }),
        summary: z.string(),
        story: z.array(
          z.object({ at: time, what: z.string(), why: z.string().nullable().optional(), text: z.string() }),
        ),
        together: z
          .array(z.string())
          .describe('Sessions that the gateway says belong together with it (Acct-Multi-Session-Id)'),
      }),
      async handle({ caller, params, query, request, now }) {
        const { at = null } = query
        const past = await lookBack(records, params.id, { at, now, keys })
        const sites = sitesOf(caller.person)
        // Asked before whether there is such a session: who may not see it does not learn that either.
        if (sites !== null && !(past.session && sites.includes(past.session.site))) throw notHis(caller)
        if (past.session)
          await audit(records, caller.person.name, 'session.look', params.id, { at, address: request.ip })
        if (past.kind === 'found') {
          const told = tellSession(wording(request), past, now)
          return { ...told, story: [...told.story], together: [...told.together] }
        }
        throw new Problem(STATUS[past.reason], past.reason, past.sentence)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/notices',
      summary: 'Notices that hold at your sites, drafts and past ones among them',
      scope: 'notices:read',
      query: pageQuery,
      answer: pageOf(
        z.object({
          id: z.string(),
          state: z.enum(['draft', 'approved', 'published', 'over']),
          kind: z.string(),
          places,
          from: time,
          until: time.nullable(),
          title: text,
          body: text,
          lifts: z.array(z.string()),
          draftedBy: z.string(),
          approvedBy: z.string().nullable(),
        }),
      ),
      handle: async ({ caller, query, now }) =>
        toPage(
          await noticesPage(records, asked(caller, query)),
          query.limit,
          ({ id }) => id,
          ({ id, notice, draftedBy, approvedBy, approvedAt, endedAt }) => ({
            ...notice,
            id,
            draftedBy,
            approvedBy,
            state: noticeState(
              { ...notice, approvedAt: approvedAt?.getTime() ?? null, endedAt: endedAt?.getTime() ?? null },
              now,
            ),
            places:
              notice.places.kind === 'sites'
                ? { ...notice.places, ids: [...notice.places.ids] }
                : notice.places,
            from: utc(notice.from),
            until: utcOrNull(notice.until),
            lifts: [...notice.lifts],
          }),
        ),
    }),
    endpoint({
      method: 'GET',
      path: '/audit',
      summary: 'Who did what to which thing, the latest first; every look is audited',
      scope: 'audit:read',
      query: pageQuery.extend({ who: idParams.shape.id.optional().describe('Of one name alone') }),
      answer: pageOf(
        z.object({
          id: z.string(),
          at: time,
          who: z.string(),
          what: z.string(),
          target: z.string(),
          detail: z.record(z.string(), z.unknown()),
        }),
      ),
      async handle({ caller, query, request }) {
        if (query.cursor !== undefined && !/^\d{1,18}$/.test(query.cursor))
          throw new Problem(400, 'bad-request', 'query.cursor: is none of ours.')
        const before = query.cursor ?? null
        const { who = null } = query
        const rows = await auditPage(records, { before, who, limit: query.limit + 1 })
        await audit(records, caller.person.name, 'audit.look', before ?? 'latest', {
          who,
          address: request.ip,
        })
        return toPage(
          rows,
          query.limit,
          ({ id }) => id,
          (row) => ({ ...row, at: utc(row.at), detail: { ...row.detail } }),
        )
      },
    }),
  ]
}
