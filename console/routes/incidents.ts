import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Site } from '../../core/domain/site.ts'
import type { Records } from '../../core/records/database.ts'
import {
  acknowledge,
  incidentKey,
  incidentsPage as incidentsOf,
  NOTE_MOST,
} from '../../core/records/incident-notes.ts'
import { plannedWork } from '../../core/records/lists.ts'
import type { Tables } from '../../core/store/tables.ts'
import { maySee, RIGHTS, scopeOf, sitesOf } from '../access.ts'
import type { Draw } from '../draw.ts'
import { personOf } from '../gate.ts'
import { incidentsPage, monthAsked } from '../pages/incidents.ts'
import { siteHref, siteName } from '../pages/sites.ts'
import { siteTop } from '../pages/site-tabs.ts'
import { drawMessage } from './messages.ts'
import { alertsOf, fieldsOf, ofSite, type Outcome } from './own-site.ts'
import { textOf } from './sign-in.ts'

const STAFF = { config: { who: 'staff' } } as const
const WRITE = { config: { who: RIGHTS['incidents:write'] } } as const
const A_PAGE = 100

export interface IncidentParts {
  readonly draw: Draw
  readonly records: Records
  readonly tables: () => Tables
  readonly now: () => number
}

type Query = { Querystring: Record<string, unknown> }
type OfSite = Query & { Params: { id: string } }

/** What was wrong, at all of a person's sites or at one, and who took note of it. */
export function incidentRoutes(app: FastifyInstance, parts: IncidentParts): void {
  const { draw, records, tables, now } = parts

  async function drawIncidents(
    request: FastifyRequest<Query>,
    reply: FastifyReply,
    { site, filter, outcome }: { site: Site | null; filter: string | null; outcome: Outcome | null },
  ): Promise<FastifyReply> {
    const person = personOf(request)
    const scope = scopeOf(person)
    const at = now()
    const wording = draw.wording(request)
    const { month, from, to } = monthAsked(request.query['month'], at)
    const asked = { sites: sitesOf(person), site: filter, from, to }
    const after = textOf(request.query['after'])
    const [rows, work] = await Promise.all([
      incidentsOf(records, {
        ...asked,
        after: /^[01] \d{1,17}(\.\d+)? \d{1,18}$/.test(after) ? after : null,
        limit: A_PAGE + 1,
      }),
      plannedWork(records, asked),
    ])
    const incidents = rows.slice(0, A_PAGE)
    const isNoter = RIGHTS['incidents:write'].includes(person.role)
    const page = incidentsPage(wording, {
      incidents,
      work,
      sites: tables().sites,
      month,
      mayNote: (incident) => isNoter && (incident.site !== null || scope.kind === 'city'),
      now: at,
    })
    const href = site ? `${siteHref(site.id)}/incidents` : '/incidents'
    const onwards = new URLSearchParams({ month, ...(!site && filter ? { site: filter } : {}) })
    if (rows.length > incidents.length) onwards.set('after', incidentKey(incidents.at(-1)!))
    if (outcome?.failed) reply.code(400)
    const top = site && siteTop(wording, person, site, 'incidents')
    const title = wording.say('incidents.title')
    return draw.page(reply, 'incidents', {
      title: top ? `${title} – ${top.name}` : title,
      current: site ? 'sites' : 'incidents',
      alerts: alertsOf(wording.say, outcome),
      page: {
        top,
        ...page,
        href,
        noteMost: NOTE_MOST,
        back: `${href}?${onwards.toString()}`,
        more: rows.length > incidents.length ? `${href}?${onwards.toString()}` : null,
        sites: site
          ? []
          : [...tables().sites.values()]
              .filter(({ id }) => maySee(scope, id))
              .map((each) => ({ id: each.id, label: siteName(wording, each), chosen: each.id === filter }))
              .sort((a, b) => a.label.localeCompare(b.label, wording.lang)),
      },
    })
  }

  /** What a form just did, told once after its redirect. */
  const outcomeOf = ({ query }: FastifyRequest<Query>): Outcome | null =>
    query['noted'] === undefined ? null : { said: 'incidents.noted' }

  app.get<Query>('/incidents', STAFF, async (request, reply) => {
    const scope = scopeOf(personOf(request))
    const filter = textOf(request.query['site']) || null
    if (filter !== null && !maySee(scope, filter)) return drawMessage(draw, reply, 'forbidden')
    return drawIncidents(request, reply, { site: null, filter, outcome: outcomeOf(request) })
  })

  app.get<OfSite>(
    '/sites/:id/incidents',
    STAFF,
    ofSite(parts, ({ site, request, reply }) =>
      drawIncidents(request, reply, { site, filter: site.id, outcome: outcomeOf(request) }),
    ),
  )

  app.post<{ Params: { id: string } }>('/incidents/:id', WRITE, async (request, reply) => {
    const person = personOf(request)
    const fields = fieldsOf(request)
    const { id } = request.params
    const typed = typeof fields['note'] === 'string' ? fields['note'] : ''
    const note = typed.replaceAll(/\s+/g, ' ').trim().normalize('NFC')
    if (note === '' || note.length > NOTE_MOST || /\p{Cc}/u.test(note))
      return drawMessage(draw, reply, 'bad-request')
    const by = { who: person.name, now: now() }
    const isDone =
      /^\d{1,18}$/.test(id) && (await acknowledge(records, { id, sites: sitesOf(person), note }, by))
    if (!isDone) return drawMessage(draw, reply, 'not-found')
    return reply.redirect(backOf(fields['back']), 303)
  })
}

/** The list that the form stood on, with what it showed; never another place. */
function backOf(value: unknown): string {
  const back = textOf(value)
  const known = /^(\/sites\/[\w.%-]{1,190})?\/incidents\?[\w=&.%+-]{0,200}$/.test(back) ? back : '/incidents?'
  return `${known}&noted=`
}
