import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Site } from '../../core/domain/site.ts'
import { audit } from '../../core/records/audit.ts'
import type { Records } from '../../core/records/database.ts'
import type { Tables } from '../../core/store/tables.ts'
import type { Assets } from '../assets.ts'
import type { Draw } from '../draw.ts'
import type { Figures } from '../figures/figures.ts'
import { personOf } from '../gate.ts'
import { siteHref } from '../pages/sites.ts'
import { reportFile } from '../report/html.ts'
import { printPdf } from '../report/pdf.ts'
import { lastMonth, readReport, reportMonth, type Report } from '../report/report.ts'
import { drawMessage } from './messages.ts'
import { ofSite } from './own-site.ts'

const STAFF = { config: { who: 'staff' } } as const
const OVERSIGHT = { config: { who: ['city', 'auditor'] } } as const

interface OfMonth {
  Params: { month: string }
}
interface OfSite {
  Params: { id: string; month: string }
}

/** Monthly reports of the city and of sites, as pages and as PDF; `last` is the last month that is over. */
export function reportRoutes(
  app: FastifyInstance,
  parts: {
    readonly draw: Draw
    readonly records: Records
    readonly figures: Figures
    readonly tables: () => Tables
    readonly assets: Assets
    /** Where this machine has Chromium, or null. */
    readonly chromium: () => string | null
    readonly now: () => number
  },
): void {
  const { draw, records, figures, tables, assets, chromium, now } = parts

  async function read(request: FastifyRequest, site: Site | null): Promise<Report | null> {
    const at = now()
    const month = reportMonth((request.params as OfMonth['Params']).month, at)
    if (month === null) return null
    const waiting = await figures.waitingSince()
    return readReport(records, draw.wording(request), {
      month,
      site,
      sites: tables().sites,
      now: at,
      waiting,
    })
  }

  async function page(
    request: FastifyRequest,
    reply: FastifyReply,
    site: Site | null,
  ): Promise<FastifyReply> {
    const { month } = request.params as OfMonth['Params']
    const home = site ? siteHref(site.id) : ''
    if (month === 'last') return reply.redirect(`${home}/reports/${lastMonth(now())}`, 303)
    const report = await read(request, site)
    if (report === null) return drawMessage(draw, reply, 'not-found')
    return draw.page(reply, 'report', {
      title: `${report.title} – ${report.month}`,
      current: null,
      page: { ...report, back: home || '/', pdf: `${home}/reports/${month}/report.pdf` },
    })
  }

  async function pdf(request: FastifyRequest, reply: FastifyReply, site: Site | null): Promise<FastifyReply> {
    const browser = chromium()
    if (browser === null) return drawMessage(draw, reply, 'no-printer')
    const report = await read(request, site)
    if (report === null) return drawMessage(draw, reply, 'not-found')
    const { month } = request.params as OfMonth['Params']
    await audit(records, personOf(request).name, 'report.print', site?.id ?? 'city', { month })
    const file = await printPdf(browser, reportFile(draw.wording(request), assets, report))
    return reply
      .type('application/pdf')
      .header('content-disposition', `attachment; filename="hanoi-wifi-${site?.id ?? 'city'}-${month}.pdf"`)
      .send(file)
  }

  app.get<OfMonth>('/reports/:month', OVERSIGHT, (request, reply) => page(request, reply, null))
  app.get<OfMonth>('/reports/:month/report.pdf', OVERSIGHT, (request, reply) => pdf(request, reply, null))
  app.get<OfSite>(
    '/sites/:id/reports/:month',
    STAFF,
    ofSite<OfSite>(parts, ({ site, request, reply }) => page(request, reply, site)),
  )
  app.get<OfSite>(
    '/sites/:id/reports/:month/report.pdf',
    STAFF,
    ofSite<OfSite>(parts, ({ site, request, reply }) => pdf(request, reply, site)),
  )
}
