import { bar } from '../charts/bar.ts'
import { daysChart, type DayBar } from '../charts/days.ts'
import { LEAST_SHOWN, safeCells, type SafeCell } from '../../core/domain/k-anonymity.ts'
import type { Visitors } from '../../core/records/today.ts'
import { FUNNEL_STEPS, type Today } from '../figures/figures.ts'
import type { Wording } from '../wording.ts'

/** Page parts that show the figures of a day, for the city and for one site alike. */

export interface Kpi {
  readonly label: string
  readonly value: string
  readonly unit: string | null
  readonly note: string | null
  /** Its name in the page's stream of counts, where it moves. */
  readonly count?: 'online' | 'visitors'
}

export interface BarRow {
  readonly label: string
  /** Language of the label where it is not the page's. */
  readonly lang: string | null
  readonly bar: string
  readonly value: string
  /** Hidden for anonymity: words instead of a figure. */
  readonly hidden: boolean
}

export interface FunnelRow {
  readonly label: string
  readonly count: string
  /** Of the step before. */
  readonly rate: string | null
  readonly bar: string
}

/** How counts of people are written: exactly, or as "under 10" for whoever only sees single sites. */
export type CountStyle = (count: number) => string

export const countStyle =
  ({ say, format }: Wording, exact: boolean): CountStyle =>
  (count) =>
    exact || count === 0 || count >= LEAST_SHOWN ? format.number(count) : say('under', { k: LEAST_SHOWN })

/** `104.600` and, when it is an estimate, `± 1,6%`. */
export function reachKpi(wording: Wording, label: string, reach: Visitors, style: CountStyle): Kpi {
  const { say, format } = wording
  return {
    label,
    value: style(reach.count),
    unit: !reach.exact ? `± ${format.percent(reach.relativeError)}` : null,
    note: say(!reach.exact ? 'kpi.visitors.estimate' : 'kpi.visitors.exact'),
  }
}

export function dataKpi({ say, format }: Wording, octets: number): Kpi {
  return { label: say('kpi.data'), value: format.gigabytes(octets), unit: 'GB', note: say('kpi.data.note') }
}

export interface DaysPart {
  readonly svg: string
  readonly axisLabels: readonly string[]
  readonly label: string
  readonly ticks: readonly string[]
  readonly rows: readonly {
    readonly day: string
    readonly visitors: string
    readonly error: string | null
    readonly sessions: string
    readonly data: string
  }[]
  readonly empty: boolean
}

export function daysPart(wording: Wording, { days }: Today, style: CountStyle): DaysPart {
  const { say, format } = wording
  const last = days.length - 1
  const bars: DayBar[] = days.map(({ day, visitors }, i) => ({
    day,
    // A hidden figure is drawn as the largest it may be, less one: the bar tells no more than the words.
    count: style(visitors.count) === format.number(visitors.count) ? visitors.count : LEAST_SHOWN - 1,
    label: format.shortDay(day),
    title: say('days.bar', { day: format.longDay(day), count: style(visitors.count) }),
    partial: i === last,
  }))
  const chart = daysChart(bars)
  return {
    ...chart,
    axisLabels: chart.axis.map((value) => format.number(value)),
    ticks: bars.map((each) => each.label),
    label: say('days.label', { days: bars.length }),
    rows: days.map(({ day, visitors, sessions, octets }) => ({
      day: format.longDay(day),
      visitors: style(visitors.count),
      error: visitors.exact ? null : `± ${format.percent(visitors.relativeError)}`,
      sessions: style(sessions),
      data: format.gigabytes(octets),
    })),
    empty: bars.every(({ count }) => count === 0),
  }
}

export interface FunnelPart {
  readonly steps: readonly FunnelRow[]
  readonly refusals: readonly BarRow[]
  readonly refusedLabel: string
  readonly empty: boolean
}

export function funnelPart(wording: Wording, { counts }: Today, style: CountStyle): FunnelPart {
  const { say, format } = wording
  const most = Math.max(1, ...FUNNEL_STEPS.map((step) => counts.funnel[step]))
  const isTold = (count: number): boolean => style(count) === format.number(count)
  const steps = FUNNEL_STEPS.map((step, i): FunnelRow => {
    const count = counts.funnel[step]
    const before = i === 0 ? 0 : counts.funnel[FUNNEL_STEPS[i - 1]!]
    const rate = before > 0 && isTold(count) && isTold(before) ? format.percent(count / before) : null
    return { label: say(`step.${step}`), count: style(count), rate, bar: bar(count / most, 'thick') }
  })
  const refused = counts.refusals.reduce((sum, { count }) => sum + count, 0)
  return {
    steps,
    refusals: [...counts.refusals]
      .sort((a, b) => b.count - a.count)
      .map(({ value, count }) => ({
        label: wording.knows(`reason.${value}`) ? say(`reason.${value}`) : value,
        lang: null,
        bar: bar(count / refused, 'why'),
        value: format.number(count),
        hidden: false,
      })),
    refusedLabel: say('funnel.refused', { count: format.number(refused) }),
    empty: FUNNEL_STEPS.every((step) => counts.funnel[step] === 0) && refused === 0,
  }
}

export interface BreakdownPart {
  readonly languages: readonly BarRow[]
  readonly devices: readonly BarRow[]
  /** Why some rows have no figure; null when all have one. */
  readonly note: string | null
}

export function breakdownPart(wording: Wording, { counts }: Today, k: number): BreakdownPart {
  const { say, format } = wording
  const languages = safeCells(counts.languages, k)
  const devices = safeCells(counts.devices, k)
  const isHidden = [...languages, ...devices].some(({ kind }) => kind !== 'shown')
  return {
    languages: breakdownRows(wording, languages, k, (code) =>
      isUnknown(code)
        ? { label: say('language.unknown'), lang: null }
        : { label: format.languageName(code), lang: code === wording.lang ? null : code },
    ),
    devices: breakdownRows(wording, devices, k, (os) => ({
      label: isUnknown(os) ? say('device.unknown') : os,
      lang: null,
    })),
    note: isHidden ? say('breakdown.note', { k }) : null,
  }
}

type Label = Pick<BarRow, 'label' | 'lang'>

/** More cells than this without a figure share one row. */
const HIDDEN_ROWS = 3

function breakdownRows(
  wording: Wording,
  cells: readonly SafeCell[],
  k: number,
  labelOf: (value: string) => Label,
): BarRow[] {
  const { say, format } = wording
  const most = Math.max(...cells.map((cell) => (cell.kind === 'shown' ? cell.share : 0)))
  const rows = cells.map((cell): BarRow => {
    if (cell.kind === 'shown')
      return {
        ...labelOf(cell.value),
        bar: bar(cell.share / most),
        value: format.percent(cell.share),
        hidden: false,
      }
    const value = cell.kind === 'under' ? say('under', { k }) : say('withheld')
    return { ...labelOf(cell.value), bar: '', value, hidden: true }
  })
  const under = rows.filter((_, i) => cells[i]!.kind === 'under')
  if (under.length <= HIDDEN_ROWS) return rows
  const label = under.map((row) => row.label).join(', ')
  return [...rows.filter((row) => !under.includes(row)), { ...under[0]!, label, lang: null }]
}

const isUnknown = (key: string): boolean => ['', 'unknown', 'und', 'other'].includes(key.toLowerCase())
