import type { FastifyInstance } from 'fastify'
import type { Records } from '../../core/records/database.ts'
import { operatorNames } from '../../core/records/lists.ts'
import type { Tables } from '../../core/store/tables.ts'
import { maySee, scopeOf } from '../access.ts'
import type { Outline } from '../charts/outline.ts'
import type { Alert, Draw } from '../draw.ts'
import { STALE_MS, type Figures } from '../figures/figures.ts'
import type { Live } from '../figures/live.ts'
import { personOf } from '../gate.ts'
import { cityPage } from '../pages/city.ts'
import { WITH_SCRIPT } from '../security.ts'
import { sitePage } from '../pages/site.ts'
import { siteTabs } from '../pages/site-tabs.ts'
import { siteList } from '../pages/site-list.ts'
import { siteHref } from '../pages/sites.ts'
import type { Wording } from '../wording.ts'
import { drawMessage } from './messages.ts'

export interface PageParts {
  readonly draw: Draw
  readonly figures: Figures
  readonly live: Live
  readonly records: Records
  readonly tables: () => Tables
  readonly outline: Outline
  readonly now: () => number
}

const STAFF = { config: { who: 'staff' } } as const

/** The pages that show figures: the city, its sites, one site. */
export function pageRoutes(app: FastifyInstance, parts: PageParts): void {
  const { draw, figures, live, records, tables, outline, now } = parts

  app.get('/', { ...STAFF, ...WITH_SCRIPT }, async (request, reply) => {
    const scope = scopeOf(personOf(request))
    if (scope.kind === 'sites')
      return scope.sites.length === 1
        ? reply.redirect(siteHref(scope.sites[0]!), 303)
        : reply.redirect('/sites', 303)
    const at = now()
    const wording = draw.wording(request)
    const [today, everywhere, lives, waiting] = await Promise.all([
      figures.today(null, at),
      figures.everywhere(at),
      live.read([...tables().sites.values()], at),
      figures.waitingSince(),
    ])
    const page = cityPage(wording, { figures: today, everywhere, lives, outline, now: at })
    const isEmpty = page.days.empty && page.funnel.empty
    return draw.page(reply, 'city', {
      title: page.title,
      current: 'city',
      alerts: alerts(wording, { isEmpty, waiting, at }),
      page: { ...page, stream: '/live' },
    })
  })

  app.get<{ Querystring: Record<string, unknown> }>('/sites', STAFF, async (request, reply) => {
    const scope = scopeOf(personOf(request))
    if (scope.kind === 'sites' && scope.sites.length === 0) return drawMessage(draw, reply, 'forbidden')
    const at = now()
    const wording = draw.wording(request)
    const own = [...tables().sites.values()].filter((site) => maySee(scope, site.id))
    const [tallies, lives, operators, waiting] = await Promise.all([
      scope.kind === 'city'
        ? figures.everywhere(at).then(({ sites }) => sites)
        : figures.bySite(scope.sites, at),
      live.read(own, at),
      operatorNames(
        records,
        own.map((site) => site.operator),
      ),
      figures.waitingSince(),
    ])
    const page = siteList(wording, {
      lives,
      query: request.query,
      operators,
      tallies,
      exact: scope.kind === 'city',
      outline,
      now: at,
    })
    return draw.page(reply, 'sites', {
      title: page.title,
      current: 'sites',
      alerts: alerts(wording, { isEmpty: tallies.size === 0, waiting, at }),
      page,
    })
  })

  app.get<{ Params: { id: string } }>('/sites/:id', { ...STAFF, ...WITH_SCRIPT }, async (request, reply) => {
    const scope = scopeOf(personOf(request))
    const { id } = request.params
    // Asked before whether there is such a site: who may not see it does not learn that either.
    if (!maySee(scope, id)) return drawMessage(draw, reply, 'forbidden')
    const site = tables().sites.get(id)
    if (!site) return drawMessage(draw, reply, 'not-found')
    const at = now()
    const wording = draw.wording(request)
    const [today, [life], waiting] = await Promise.all([
      figures.today(id, at),
      live.read([site], at),
      figures.waitingSince(),
    ])
    const page = sitePage(wording, { life: life!, figures: today, exact: scope.kind === 'city', now: at })
    const isEmpty = page.days.empty && page.funnel.empty
    return draw.page(reply, 'site', {
      title: page.title,
      current: 'sites',
      alerts: alerts(wording, { isEmpty, waiting, at }),
      page: {
        ...page,
        stream: `${siteHref(id)}/live`,
        report: `${siteHref(id)}/reports/last`,
        tabs: siteTabs(wording, personOf(request), id, 'today'),
      },
    })
  })
}

/** What a reader must know before the figures: that they stopped, or that there are none yet. */
function alerts(
  { say, format }: Wording,
  state: { isEmpty: boolean; waiting: number | null; at: number },
): Alert[] {
  const { isEmpty, waiting, at } = state
  const found: Alert[] = []
  if (waiting !== null && at - waiting > STALE_MS)
    found.push({
      tone: 'bad',
      text: say('stale', { time: format.moment(waiting, at), ago: format.ago(at - waiting) }),
    })
  if (isEmpty) found.push({ tone: 'info', text: say('empty') })
  return found
}
