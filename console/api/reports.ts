import { z } from 'zod'
import { findSite } from '../../core/records/lists.ts'
import { sitesOf } from '../access.ts'
import { readReport, reportMonth } from '../report/report.ts'
import { endpoint, type Endpoint } from './endpoint.ts'
import { idParams, notHis, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

const line = z.string()
const share = z.object({ label: line, value: line, hidden: z.boolean() })
const incident = z.object({ what: line, where: z.object({ name: line }), when: line, lasted: line })
const answer = z.object({
  title: line,
  month: line,
  made: line,
  warnings: z.array(line),
  kpis: z.array(z.object({ label: line, value: line, unit: line.nullable(), note: line.nullable() })),
  days: z.array(z.object({ day: line, visitors: line, between: line })),
  languages: z.array(share),
  systems: z.array(share),
  coverage: z.array(z.object({ label: line, value: line, note: line.nullable() })),
  incidents: z.object({
    open: z.array(incident),
    closed: z.array(incident),
    planned: z.array(incident),
    work: z.array(z.object({ title: line, where: line, when: line })),
  }),
  more: line.nullable(),
  methods: z.array(line),
})

/** Reports of months for programs: what the page and its PDF tell, without drawings. Figures to reckon with are `/figures`. */
export function reports({ records, figures, tables, wording }: ApiParts): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/reports/:month',
      summary: 'The report of a month in the words of its page; small figures are withheld from everybody',
      scope: 'figures:read',
      params: z.strictObject({ month: z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/) }),
      query: z.strictObject({
        site: idParams.shape.id.optional().describe('Left out, the whole city, for who sees all of it'),
        lang: z.enum(['vi', 'en']).optional(),
      }),
      answer,
      async handle({ caller, params, query, request, now }) {
        const sites = sitesOf(caller.person)
        const site = query.site === undefined ? null : await findSite(records, query.site, sites)
        if (query.site === undefined ? sites !== null : site === null) throw notHis(caller)
        const month = reportMonth(params.month, now)
        if (month === null) throw new Problem(404, 'to-come', 'The month has not begun.')
        const waiting = await figures.waitingSince()
        const report = await readReport(records, wording(request), {
          month,
          site,
          sites: tables().sites,
          now,
          waiting,
        })
        return { ...report, days: report.days.rows }
      },
    }),
  ]
}
