import { addDays, cityDay, dayBegins, monthOf } from '../../core/domain/day.ts'
import { LEAST_SHOWN, LEAST_SHOWN_CROSSED, safeCells, safeList } from '../../core/domain/k-anonymity.ts'
import type { Scope } from '../../core/domain/scope.ts'
import type { Site } from '../../core/domain/site.ts'
import { readSlots } from '../../core/records/availability.ts'
import { itemsOfMonth } from '../../core/records/campaign-results.ts'
import type { Records } from '../../core/records/database.ts'
import { incidentsPage as incidentsOf } from '../../core/records/incident-notes.ts'
import { plannedWork } from '../../core/records/lists.ts'
import { visitorsOver, type DeviceFigure } from '../../core/records/period-visitors.ts'
import { periodEnd } from '../../core/records/periods.ts'
import { rangeFigures, type CountedDevices, type RangeFigures } from '../../core/records/range-figures.ts'
import { daysChart, type DayBar } from '../charts/days.ts'
import { bar } from '../charts/bar.ts'
import { incidentsPage, type IncidentsPage } from '../pages/incidents.ts'
import { countStyle, type BarRow, type Kpi } from '../pages/figures.ts'
import { siteName } from '../pages/sites.ts'
import type { Wording } from '../wording.ts'
import { itemsPart, type ItemsPart } from './items.ts'

const DAY_MS = 86_400_000
/** Events count up to so late in a month. */
const LATE_MS = 8 * DAY_MS
const INCIDENTS_MOST = 100
/** Rows of a breakdown; the rest is summed up. */
const ROWS_MOST = 8

/** A month at a site or in the whole city, on paper: small cells are withheld from everybody. */
export interface Report {
  readonly title: string
  readonly month: string
  readonly made: string
  /** What a reader must know before the figures. */
  readonly warnings: readonly string[]
  readonly kpis: readonly Kpi[]
  readonly days: {
    readonly svg: string
    readonly axisLabels: readonly string[]
    readonly ticks: readonly string[]
    readonly label: string
    readonly rows: readonly { readonly day: string; readonly visitors: string; readonly between: string }[]
  }
  readonly languages: readonly BarRow[]
  readonly systems: readonly BarRow[]
  readonly items: ItemsPart
  readonly coverage: readonly {
    readonly label: string
    readonly value: string
    readonly note: string | null
  }[]
  readonly incidents: IncidentsPage
  readonly more: string | null
  readonly methods: readonly string[]
}

/** `YYYY-MM` as its first day, or null for what is none, is to come, or was before there could be figures. */
export function reportMonth(text: string, now: number): string | null {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(text)) return null
  const first = `${text}-01`
  return first <= cityDay(now) ? first : null
}

/** The last month that is over. */
export const lastMonth = (now: number): string => monthOf(addDays(monthOf(cityDay(now)), -1)).slice(0, 7)

/** Reads a month's report. `waiting` is when the oldest event that is not counted yet happened. */
export async function readReport(
  records: Records,
  wording: Wording,
  given: {
    readonly month: string
    /** Null for the whole city. */
    readonly site: Site | null
    readonly sites: ReadonlyMap<string, Site>
    readonly now: number
    readonly waiting: number | null
  },
): Promise<Report> {
  const { say, format } = wording
  const { month, site, sites, now, waiting } = given
  const scope: Scope = site ? { kind: 'site', site: site.id } : { kind: 'city' }
  const end = periodEnd({ period: 'month', startsOn: month })
  const today = cityDay(now)
  const range = { from: month, to: end <= today ? addDays(end, -1) : today }
  const time = { from: dayBegins(month), to: Math.min(now, dayBegins(end)) }
  const inService = site ? [site] : [...sites.values()].filter(({ state }) => state === 'live')
  const asked = { sites: site ? [site.id] : null, site: site?.id ?? null, ...time }
  const [[reach], days, figures, availability, incidents, work, items] = await Promise.all([
    visitorsOver(records, scope, { period: 'month', from: month, to: month }),
    visitorsOver(records, scope, { period: 'day', ...range }),
    rangeFigures(records, scope, range),
    readSlots(records, { sites: inService.map(({ id }) => id), ...time }),
    incidentsOf(records, { ...asked, after: null, limit: INCIDENTS_MOST + 1 }),
    plannedWork(records, asked),
    itemsOfMonth(records, month).then((counted) =>
      itemsPart(records, wording, { counted, site: site?.id ?? null }),
    ),
  ])
  const style = countStyle(wording, false)
  const between = ({ count, low, high, exact }: DeviceFigure): string =>
    count < LEAST_SHOWN
      ? ''
      : exact
        ? say('report.counted')
        : say('report.between', { low: format.number(low), high: format.number(high) })
  const told = new Map(days.map((each) => [each.startsOn, each.visitors]))
  const bars: DayBar[] = []
  for (let day = range.from; day <= range.to; day = addDays(day, 1)) {
    const count = told.get(day)?.count ?? 0
    bars.push({
      day,
      // A hidden figure is drawn as the largest it may be: the bar tells no more than the words.
      count: count > 0 && count < LEAST_SHOWN ? LEAST_SHOWN - 1 : count,
      label: String(Number(day.slice(8))),
      title: say('days.bar', { day: format.longDay(day), count: style(count) }),
      partial: day === today,
    })
  }
  const chart = daysChart(bars)
  const words = { month: Number(month.slice(5, 7)), year: month.slice(0, 4) }
  const least = site ? LEAST_SHOWN_CROSSED : LEAST_SHOWN
  const [seen, unseen] = [availability.all, availability.unseen + availability.quiet]
  return {
    title: site ? siteName(wording, site) : say('report.city'),
    month: say('incidents.month', words),
    made: say('report.made', { time: `${format.clock(now)}, ${format.date(now)}` }),
    warnings: [
      ...(now < dayBegins(end)
        ? [say('report.open')]
        : now < dayBegins(end) + LATE_MS
          ? [say('report.late')]
          : []),
      ...(waiting !== null && waiting < dayBegins(end)
        ? [say('report.behind', { time: format.moment(waiting, now) })]
        : []),
      ...(seen > 0 && unseen / seen > 0.05
        ? [say('report.unseen', { share: format.percent(unseen / seen) })]
        : []),
      ...(reach === undefined && figures.sessions === 0 ? [say('report.none')] : []),
    ],
    kpis: kpisOf(wording, { reach, figures }),
    days: {
      ...chart,
      axisLabels: chart.axis.map((value) => format.number(value)),
      ticks: bars.map(({ label }, i) => (i % 2 === 0 ? label : '')),
      label: say('days.label', { days: bars.length }),
      rows: bars.map(({ day }) => {
        const visitors = told.get(day) ?? { count: 0, low: 0, high: 0, exact: true }
        return { day: format.longDay(day), visitors: style(visitors.count), between: between(visitors) }
      }),
    },
    languages: rowsOf(wording, figures.languages, least, (code) =>
      code === 'unknown' ? say('language.unknown') : format.languageName(code),
    ),
    systems: rowsOf(wording, figures.systems, least, (name) =>
      name === 'unknown' ? say('device.unknown') : name,
    ),
    items,
    coverage: [
      {
        label: say('report.availability'),
        value: availability.share === null ? say('report.unknown') : format.percent(availability.share),
        note: say('report.availability.note'),
      },
      {
        label: say('report.down'),
        value: hoursOf(wording, availability.down),
        note: say('report.down.note'),
      },
      { label: say('report.work'), value: hoursOf(wording, availability.plannedDown), note: null },
      { label: say('report.blind'), value: hoursOf(wording, unseen), note: say('report.blind.note') },
    ],
    incidents: incidentsPage(wording, {
      incidents: incidents.slice(0, INCIDENTS_MOST),
      work,
      sites,
      month: month.slice(0, 7),
      mayNote: () => false,
      now,
    }),
    more: incidents.length > INCIDENTS_MOST ? say('report.more', { most: INCIDENTS_MOST }) : null,
    methods: [
      say('report.method.devices'),
      say('report.method.bias'),
      say('report.method.returning'),
      ...(items.rows.length > 0 ? [say('items.results.method')] : []),
      say('report.method.hidden', { k: LEAST_SHOWN, crossed: LEAST_SHOWN_CROSSED }),
      say('report.method.availability'),
    ],
  }
}

/** Slots of five minutes as hours, to one decimal. */
const hoursOf = ({ say, format }: Wording, slots: number): string =>
  say('report.hours', { hours: format.number(Math.round(slots / 12)) })

function kpisOf(
  wording: Wording,
  {
    reach,
    figures,
  }: { reach: Awaited<ReturnType<typeof visitorsOver>>[number] | undefined; figures: RangeFigures },
): Kpi[] {
  const { say, format } = wording
  const style = countStyle(wording, false)
  const visitors = reach?.visitors ?? { count: 0, low: 0, high: 0, exact: true }
  const isHidden = visitors.count > 0 && visitors.count < LEAST_SHOWN
  const split = reach?.returning && reach.firstTime ? [reach.firstTime, reach.returning] : null
  // One of the two and the sum would tell the other.
  const cells =
    split &&
    safeList(
      split.map(({ count }) => count),
      LEAST_SHOWN,
    ).cells
  const part = (i: 0 | 1): string =>
    split === null ? say('report.unknown') : cells![i] === null ? say('withheld') : format.number(cells![i]!)
  const minutes = (seconds: number | null): string =>
    seconds === null || figures.dwell.visits < LEAST_SHOWN
      ? say('report.unknown')
      : say('report.minutes', { minutes: format.number(Math.round(seconds / 60)) })
  const octets = Number(figures.fromVisitorOctets + figures.toVisitorOctets)
  return [
    {
      label: say('report.visitors'),
      value: style(visitors.count),
      unit: null,
      note: isHidden
        ? null
        : visitors.exact
          ? say('report.counted')
          : say('report.between', { low: format.number(visitors.low), high: format.number(visitors.high) }),
    },
    { label: say('report.new'), value: part(0), unit: null, note: say('report.new.note') },
    { label: say('report.returning'), value: part(1), unit: null, note: say('report.returning.note') },
    {
      label: say('table.sessions'),
      value: style(figures.sessions),
      unit: null,
      note:
        figures.peak && figures.peak.sessions >= LEAST_SHOWN
          ? say('report.peak', { count: format.number(figures.peak.sessions) })
          : null,
    },
    {
      label: say('report.dwell'),
      value: minutes(figures.dwell.median),
      unit: null,
      note:
        figures.dwell.visits < LEAST_SHOWN
          ? null
          : say('report.dwell.p90', { time: minutes(figures.dwell.p90) }),
    },
    {
      label: say('table.data'),
      value: isHidden ? say('withheld') : format.gigabytes(octets),
      unit: isHidden ? null : 'GB',
      note: say('kpi.data.note'),
    },
  ]
}

/** Shares of device-days; what is too small, or would tell what is, has no figure. */
function rowsOf(
  { say, format }: Wording,
  counts: readonly CountedDevices[],
  least: number,
  labelOf: (value: string) => string,
): BarRow[] {
  const cells = safeCells(counts, least)
  const shown = cells.filter((cell) => cell.kind === 'shown')
  const hidden = (kind: 'under' | 'withheld', value: string): BarRow[] => {
    const names = cells.filter((cell) => cell.kind === kind).map((cell) => labelOf(cell.value))
    return names.length === 0
      ? []
      : [{ label: names.sort().join(', '), lang: null, bar: '', value, hidden: true }]
  }
  const rest = shown.slice(ROWS_MOST).reduce((sum, { share }) => sum + share, 0)
  const row = (label: string, share: number): BarRow => ({
    label,
    lang: null,
    bar: bar(share),
    value: format.percent(share),
    hidden: false,
  })
  return [
    ...shown.slice(0, ROWS_MOST).map(({ value, share }) => row(labelOf(value), share)),
    ...(rest > 0 ? [row(say('report.others'), rest)] : []),
    ...hidden('withheld', say('withheld')),
    ...hidden('under', say('under', { k: least })),
  ]
}
