import { addDays, cityDay, dayStart, monthOf } from '../../core/domain/day.ts'
import type { Site } from '../../core/domain/site.ts'
import type { NotedIncident } from '../../core/records/incident-notes.ts'
import type { NoticeRow } from '../../core/records/lists.ts'
import type { Wording } from '../wording.ts'
import { siteHref, siteName, type Pill } from './sites.ts'

/** Months that may be asked for, this one among them. */
const MONTHS = 13

export interface IncidentRow {
  readonly id: string
  readonly what: string
  readonly where: { readonly name: string; readonly href: string | null }
  readonly touched: string | null
  readonly when: string
  readonly lasted: string
  readonly pill: Pill
  readonly notes: readonly { readonly by: string; readonly note: string }[]
  /** Whether this person may take note of it. */
  readonly mayNote: boolean
}

export interface IncidentsPage {
  readonly open: readonly IncidentRow[]
  readonly closed: readonly IncidentRow[]
  readonly planned: readonly IncidentRow[]
  readonly work: readonly {
    readonly title: string
    readonly where: string
    readonly when: string
    readonly pill: Pill
  }[]
  readonly months: readonly { readonly month: string; readonly label: string; readonly chosen: boolean }[]
  readonly month: string
}

/** A month of the city's calendar: `YYYY-MM` of a query, or that of `now`; when it begins and ends (epoch ms). */
export function monthAsked(value: unknown, now: number): { month: string; from: number; to: number } {
  const asked = typeof value === 'string' && /^20\d\d-(0[1-9]|1[0-2])$/.test(value) ? value : null
  const first = asked === null ? monthOf(cityDay(now)) : `${asked}-01`
  const next = monthOf(addDays(first, 31))
  const start = (day: string): number => dayStart(Date.parse(`${day}T00:00:00+07:00`))
  return { month: first.slice(0, 7), from: start(first), to: start(next) }
}

export function incidentsPage(
  wording: Wording,
  given: {
    readonly incidents: readonly NotedIncident[]
    readonly work: readonly NoticeRow[]
    readonly sites: ReadonlyMap<string, Site>
    readonly month: string
    readonly mayNote: (incident: NotedIncident) => boolean
    readonly now: number
  },
): IncidentsPage {
  const { incidents, sites, now } = given
  const rows = (of: (incident: NotedIncident) => boolean): IncidentRow[] =>
    incidents.filter(of).map((each) => rowOf(wording, each, { sites, now, mayNote: given.mayNote(each) }))
  return {
    open: rows(({ closedAt, planned }) => closedAt === null && !planned),
    closed: rows(({ closedAt, planned }) => closedAt !== null && !planned),
    planned: rows(({ planned }) => planned),
    work: given.work.map((each) => workOf(wording, each, sites, now)),
    months: monthsTo(now, given.month).map((month) => ({
      month,
      label: wording.say('incidents.month', { month: Number(month.slice(5)), year: month.slice(0, 4) }),
      chosen: month === given.month,
    })),
    month: given.month,
  }
}

/** This month and those before it, the chosen one in any case. */
function monthsTo(now: number, chosen: string): string[] {
  const months = [monthOf(cityDay(now))]
  while (months.length < MONTHS) months.push(monthOf(addDays(months.at(-1)!, -1)))
  return [...new Set([...months.map((day) => day.slice(0, 7)), chosen])].sort().reverse()
}

function rowOf(
  wording: Wording,
  incident: NotedIncident,
  { sites, now, mayNote }: { sites: ReadonlyMap<string, Site>; now: number; mayNote: boolean },
): IncidentRow {
  const { say, format } = wording
  const { closedAt, beganAt, planned } = incident
  const site = incident.site === null ? undefined : sites.get(incident.site)
  const isOpen = closedAt === null
  return {
    id: incident.id,
    what: whatOf(wording, incident),
    where: {
      name:
        incident.site === null ? say('incidents.everywhere') : site ? siteName(wording, site) : incident.site,
      href: site ? siteHref(site.id) : null,
    },
    touched: touchedBy(wording, incident),
    when: isOpen
      ? say('incidents.since', { time: format.moment(beganAt, now) })
      : say('incidents.span', { from: format.moment(beganAt, now), to: format.moment(closedAt, now) }),
    lasted: format.ago((closedAt ?? now) - beganAt),
    pill: isOpen
      ? { tone: planned ? 'warn' : 'bad', label: say('incidents.state.open') }
      : { tone: 'none', label: say('incidents.state.closed') },
    notes: incident.notes.map(({ who, at, note }) => ({
      by: say('incidents.by', { who, time: format.moment(at, now) }),
      note,
    })),
    mayNote,
  }
}

/** What is wrong: an alert of a rule that we do not know says so itself. */
function whatOf(wording: Wording, incident: NotedIncident): string {
  const { cause, subject } = incident
  if (cause !== 'alert') return wording.say(`incident.${cause}`)
  const name = `alert.${subject}`
  return wording.knows(name) ? wording.say(name) : summaryOf(wording, incident)
}

function summaryOf({ lang }: Wording, { subject, detail }: NotedIncident): string {
  const summary = detail[lang === 'vi' ? 'summaryVi' : 'summary']
  return typeof summary === 'string' && summary !== '' ? summary : subject
}

/** Which gateways and access points it is of, in words; of an alert, what its rule says. */
function touchedBy(wording: Wording, incident: NotedIncident): string | null {
  const { say, format } = wording
  const { cause, subject, detail } = incident
  if (cause === 'alert') return wording.knows(`alert.${subject}`) ? summaryOf(wording, incident) : subject
  const names = (key: string): string | null => {
    const value = detail[key]
    return Array.isArray(value) && value.length > 0 ? value.join(', ') : null
  }
  const gateways = names('gateways') ?? (/^(gateway|test-login)/.test(cause) ? subject : null)
  const accessPoints = names('accessPoints')
  const { failing, tested } = detail
  const parts = [
    gateways && say('incidents.gateways', { names: gateways }),
    accessPoints && say('incidents.access-points', { names: accessPoints }),
    typeof failing === 'number' && typeof tested === 'number'
      ? say('incidents.failing', { failing: format.number(failing), tested: format.number(tested) })
      : null,
  ].filter((each) => each !== null)
  return parts.length > 0 ? parts.join('. ') : null
}

function workOf(
  wording: Wording,
  { notice, endedAt }: NoticeRow,
  sites: ReadonlyMap<string, Site>,
  now: number,
): IncidentsPage['work'][number] {
  const { say, format, lang } = wording
  const { places, from, until } = notice
  const end = endedAt?.getTime() ?? until
  const where =
    places.kind === 'sites'
      ? places.ids.map((id) => sites.get(id)?.name[lang] ?? id).join(', ')
      : places.kind === 'ward'
        ? places.ward
        : say(places.kind === 'category' ? `category.${places.category}` : 'incidents.everywhere')
  const state = end !== null && end <= now ? 'over' : from > now ? 'to-come' : 'now'
  return {
    title: notice.title[lang],
    where,
    when:
      end === null
        ? say('incidents.since', { time: format.moment(from, now) })
        : say('incidents.span', { from: format.moment(from, now), to: format.moment(end, now) }),
    pill: { tone: state === 'now' ? 'warn' : 'none', label: say(`incidents.work.${state}`) },
  }
}
