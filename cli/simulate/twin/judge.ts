import { addDays, dayBegins } from '../../../core/domain/day.ts'
import type { TwinPlan } from './plan.ts'
import type { TwinPlatform } from './platform.ts'
import { judgeIncidents, type ShownIncident } from './judge-incidents.ts'
import { judgeItems, type ShownItem } from './judge-items.ts'
import { Comparison, neededOf95, type Row } from './rows.ts'
import { scopesOf, trueDay, trueVisitors, type Truth, type TrueScope } from './truth.ts'

interface Interval {
  readonly count: number
  readonly low: number
  readonly high: number
  readonly exact: boolean
}

/** A row of `./hotspot figures show --json`. */
export interface ShownFigure {
  readonly scope: string
  readonly period: 'day' | 'week' | 'month'
  readonly startsOn: string
  readonly visitors: number
  readonly low: number
  readonly high: number
  readonly exact: boolean
  readonly returning: Interval | null
  readonly randomised: { readonly share: number; readonly low: number; readonly high: number } | null
  /** The rest is of days. */
  readonly sessions?: number
  readonly fromVisitorOctets?: string
  readonly toVisitorOctets?: string
  readonly peak?: { readonly sessions: number } | null
  readonly dwell?: {
    readonly visits: number
    readonly median: number | null
    readonly p90: number | null
    readonly relativeError: number
  }
  readonly steps?: Readonly<Record<string, number>>
}

/** What the platform's public faces say when the play is over. */
export interface Shown {
  readonly figures: readonly ShownFigure[]
  readonly incidents: readonly ShownIncident[]
  readonly items: readonly ShownItem[]
}

/** Asks for all of it: by the command line, as staff would. */
export async function readShown({ days }: TwinPlan, truth: Truth, platform: TwinPlatform): Promise<Shown> {
  const range = ['--from', days[0]!.day, '--to', days.at(-1)!.day, '--json']
  const sites = truth.places.flatMap(({ id }) => ['--site', id])
  const categories = [...new Set(truth.places.map(({ category }) => category))]
  const scopes = [...sites, ...categories.flatMap((each) => ['--category', each])]
  const read = async <T>(...words: string[]): Promise<T> => JSON.parse(await platform.hotspot(words)) as T
  return {
    figures: await read('figures', 'show', ...scopes, ...range),
    incidents: await read('figures', 'incidents', ...range),
    items: await read('campaign', 'list', '--json'),
  }
}

/** All comparisons. */
export async function judge(
  plan: TwinPlan,
  truth: Truth,
  { shown, platform }: { shown: Shown; platform: TwinPlatform },
): Promise<Row[]> {
  return [
    ...judgeDays(plan, truth, shown.figures),
    ...(await judgeMetrics(truth, platform)),
    ...judgePeriods(plan, truth, shown.figures),
    ...judgeIncidents(plan, truth.places, shown.incidents),
    ...judgeItems(truth, shown.items),
  ]
}

function judgeDays({ days }: TwinPlan, truth: Truth, figures: readonly ShownFigure[]): Row[] {
  const names = [
    'sessions',
    'octets from visitors',
    'octets to visitors',
    'most at once',
    'returning',
  ] as const
  const compare = new Map(names.map((name) => [name, new Comparison()]))
  const steps = new Comparison()
  const dwell = new Comparison()
  for (const scope of scopesOf(truth.places))
    for (const [day, { day: date }] of days.entries()) {
      const was = trueDay(truth, scope, day)
      const told = figures.find((each) => isOf(each, scope, 'day', date))
      const where = `${scope.name} ${date}`
      const of = (name: (typeof names)[number], a: unknown, b: unknown): void =>
        compare.get(name)!.add(where, a, b)
      // Where nobody came there is no row.
      of('sessions', was.sessions, told?.sessions ?? 0)
      of('octets from visitors', String(was.fromVisitorOctets), told?.fromVisitorOctets ?? '0')
      of('octets to visitors', String(was.toVisitorOctets), told?.toVisitorOctets ?? '0')
      of('most at once', was.peak, told?.peak?.sessions ?? 0)
      of('returning', was.returning, told?.returning?.count ?? 0)
      for (const [step, count] of Object.entries(was.steps)) {
        if (told) steps.add(`${where} ${step}`, count, told.steps?.[step] ?? 0)
      }
      const { visits, median, p90, relativeError } = told?.dwell ?? NO_DWELL
      dwell.add(where, was.visits.length, visits)
      for (const [share, value] of [
        [0.5, median],
        [0.9, p90],
      ] as const) {
        const true_ = was.visits[Math.ceil(share * was.visits.length) - 1]
        if (true_ === undefined || value === null) continue
        dwell.add(
          `${where} p${share * 100}`,
          true_,
          value,
          Math.abs(value - true_) <= true_ * relativeError + 1,
        )
      }
    }
  const { sessions } = truth
  const octets = sessions.reduce((sum, { from, to }) => sum + from + to, 0n)
  return [
    compare.get('sessions')!.row('totals', 'sessions of a day', `${sessions.length} in all`),
    compare.get('octets from visitors')!.row('totals', 'octets from visitors of a day'),
    compare
      .get('octets to visitors')!
      .row('totals', 'octets to visitors of a day', `${octets} both ways in all`),
    compare.get('most at once')!.row('totals', 'most at once of a day'),
    steps.row('totals', 'steps of the funnel of a day'),
    compare.get('returning')!.row('totals', 'returning addresses of a day'),
    dwell.row('totals', 'visits of a day, their median and p90', 'within the printed ±2.5 %'),
  ]
}

const NO_DWELL = { visits: 0, median: null, p90: null, relativeError: 0 }

const isOf = (each: ShownFigure, scope: TrueScope, period: string, startsOn: string): boolean =>
  each.scope === scope.name && each.period === period && each.startsOn === startsOn

async function judgeMetrics(truth: Truth, platform: TwinPlatform): Promise<Row[]> {
  const { sessions, arrivals } = truth
  const compare = new Comparison()
  const metric = async (name: string, was: number, labels: Record<string, string> = {}): Promise<void> =>
    compare.add(`${name} ${Object.values(labels).join(' ')}`, was, await platform.metric(name, labels))
  const sum = (of: 'from' | 'to'): number => Number(sessions.reduce((all, each) => all + each[of], 0n))
  await metric('hotspot_sessions_started_total', sessions.length)
  await metric('hotspot_sessions_open', 0)
  await metric('hotspot_session_octets_total', sum('from'), { direction: 'from_visitor' })
  await metric('hotspot_session_octets_total', sum('to'), { direction: 'to_visitor' })
  await metric('hotspot_portal_funnel_total', arrivals.length, { step: 'arrival' })
  await metric('hotspot_portal_funnel_total', arrivals.length, { step: 'splash' })
  await metric('hotspot_portal_funnel_total', arrivals.filter(({ tapped }) => tapped).length, { step: 'tap' })
  await metric('hotspot_portal_funnel_total', sessions.length, { step: 'online' })
  await metric('hotspot_incidents_open', 0)
  await metric('hotspot_events_rejected_total', 0)
  await metric('hotspot_radius_dropped_total', 0)
  return [compare.row('totals', 'Prometheus, since the beginning')]
}

/** Days between two made-up addresses of one device: it may have so many and one more in a period. */
const ROTATION_DAYS = 14

function judgePeriods({ days }: TwinPlan, truth: Truth, figures: readonly ShownFigure[]): Row[] {
  const exact = new Comparison()
  const estimated = new Comparison()
  const nearly = new Comparison()
  const bound = new Comparison()
  const over: Record<string, number> = {}
  for (const scope of scopesOf(truth.places))
    for (const told of figures.filter((each) => each.scope === scope.name)) {
      const { period, startsOn, visitors, low, high } = told
      const range = daysOf(days, period, startsOn)
      const was = trueVisitors(truth, scope, range)
      const where = `${scope.name} ${period} ${startsOn}`
      if (told.exact) exact.add(where, was.addresses, visitors)
      else {
        const reach = 2 * (high - visitors)
        nearly.add(where, was.addresses, visitors, Math.abs(was.addresses - visitors) <= reach)
        estimated.add(where, was.addresses, visitors, was.addresses >= low && was.addresses <= high)
      }
      if (!told.randomised) continue
      // Addresses of their own are one device each; of made-up ones a device may have had several.
      const length = range.to - range.from + 1
      const most = 1 + Math.ceil(length / ROTATION_DAYS)
      const least = Math.floor(low * (1 - told.randomised.high) + (low * told.randomised.high) / most)
      bound.add(where, was.people, `${least} to ${high}`, was.people >= least && was.people <= high)
      if (scope.name === 'all') over[period] = Math.max(over[period] ?? 0, visitors / was.people - 1)
    }
  const most = Object.entries(over)
    .map(([period, share]) => `${period} +${(share * 100).toFixed(1)} %`)
    .join(', ')
  const rows = [exact.row('devices', 'addresses of a day, week, month: counted')]
  if (estimated.compared > 0)
    rows.push(
      estimated.row('devices', 'the same: estimated, within ±1.6 %', '', neededOf95(estimated.compared)),
      nearly.row('devices', 'the same: within twice that'),
    )
  return [...rows, bound.row('bias', 'true devices within the bound', `of the city at most ${most}`)]
}

/** Which days of the play a period has, by number; both included. */
export function daysOf(
  days: readonly { readonly day: string }[],
  period: ShownFigure['period'],
  startsOn: string,
): { from: number; to: number } {
  const end =
    period === 'month'
      ? `${addDays(startsOn, 31).slice(0, 7)}-01`
      : addDays(startsOn, period === 'week' ? 7 : 1)
  const inside = days.flatMap(({ day }, i) =>
    dayBegins(day) >= dayBegins(startsOn) && dayBegins(day) < dayBegins(end) ? [i] : [],
  )
  return { from: inside[0]!, to: inside.at(-1)! }
}
