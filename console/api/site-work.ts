import { z } from 'zod'
import { TOLD_CAUSES } from '../../core/domain/incident.ts'
import { audit } from '../../core/records/audit.ts'
import { acknowledge, incidentKey, incidentsPage, NOTE_MOST } from '../../core/records/incident-notes.ts'
import { findSite } from '../../core/records/lists.ts'
import { peopleOfSite, ROLES } from '../../core/records/people.ts'
import { sitesOf } from '../access.ts'
import { monthAsked } from '../pages/incidents.ts'
import { endpoint, pageOf, pageQuery, toPage, type Endpoint } from './endpoint.ts'
import { asked, idParams, notHis, time, utc, utcOrNull, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

/** Incidents and people of sites, for programs. */
export function siteWork({ records }: ApiParts): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/incidents',
      summary: 'Incidents of your sites and of the whole platform in a month, open ones first',
      scope: 'incidents:read',
      query: pageQuery.extend({
        month: z
          .string()
          .regex(/^20\d\d-(0[1-9]|1[0-2])$/)
          .optional()
          .describe('Of the city’s calendar; left out, this one'),
        site: idParams.shape.id.optional(),
        open: z.enum(['true', 'false']).optional(),
      }),
      answer: pageOf(
        z.object({
          id: z.string(),
          cause: z.enum(TOLD_CAUSES),
          subject: z.string(),
          site: z.string().nullable(),
          detail: z.record(z.string(), z.unknown()),
          beganAt: time,
          openedAt: time,
          closedAt: time.nullable(),
          planned: z.boolean(),
          notes: z.array(z.object({ who: z.string(), at: time, note: z.string() })),
        }),
      ),
      async handle({ caller, query, now }) {
        const { cursor, month, site = null, open } = query
        if (cursor !== undefined && !/^[01] \d{1,17}(\.\d+)? \d{1,18}$/.test(cursor))
          throw new Problem(400, 'bad-request', 'query.cursor: is none of ours.')
        const { from, to } = monthAsked(month, now)
        const isOpen = open === undefined ? undefined : open === 'true'
        const rows = await incidentsPage(records, { ...asked(caller, query), site, from, to, open: isOpen })
        return toPage(rows, query.limit, incidentKey, (row) => ({
          ...row,
          detail: { ...row.detail },
          beganAt: utc(row.beganAt),
          openedAt: utc(row.openedAt),
          closedAt: utcOrNull(row.closedAt),
          notes: row.notes.map((each) => ({ ...each, at: utc(each.at) })),
        }))
      },
    }),
    endpoint({
      method: 'POST',
      path: '/incidents/:id/acknowledge',
      summary: 'Takes note of an incident; one of the whole platform is the city’s',
      scope: 'incidents:write',
      params: idParams,
      body: z.strictObject({
        note: z
          .string()
          .trim()
          .min(1)
          .max(NOTE_MOST)
          .regex(/^[^\p{Cc}]+$/u),
      }),
      answer: z.object({ id: z.string() }),
      async handle({ caller, params: { id }, body: { note }, now }) {
        const { person } = caller
        const by = { who: person.name, now }
        const isKnown = /^\d{1,18}$/.test(id)
        if (!isKnown || !(await acknowledge(records, { id, sites: sitesOf(person), note }, by)))
          throw notHis(caller)
        return { id }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/sites/:id/people',
      summary: 'Who may see a site because it is on his list; every look is audited',
      scope: 'sites:read',
      params: idParams,
      answer: z.object({
        items: z.array(z.object({ name: z.string(), role: z.enum(ROLES), hasSecondFactor: z.boolean() })),
      }),
      async handle({ caller, params, request }) {
        const site = await findSite(records, params.id, sitesOf(caller.person))
        if (!site) throw notHis(caller)
        await audit(records, caller.person.name, 'person.look', site.id, { address: request.ip })
        return { items: await peopleOfSite(records, site.id) }
      },
    }),
  ]
}
