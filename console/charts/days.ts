import { escapeMarkup } from '../views/markup.ts'

export interface DayBar {
  readonly day: string
  readonly count: number
  /** `12/3` */
  readonly label: string
  /** `Thứ Năm 12/3: 4.210 khách` */
  readonly title: string
  /** The day is not over. */
  readonly partial: boolean
}

export interface DaysChart {
  /** Values of the axis, the highest first; they stand at equal distances. */
  readonly axis: readonly number[]
  readonly svg: string
}

/**
 * Bars of days, drawn in per cent of the width so that the writing keeps its size on any screen; the axis is set
 * beside it by the style sheet.
 */
export function daysChart(bars: readonly DayBar[]): DaysChart {
  const axis = axisUpTo(Math.max(1, ...bars.map((bar) => bar.count)))
  const top = axis[0]!
  const slot = 100 / bars.length
  const lines = axis.map((_, i) => {
    const y = percent((100 * i) / (axis.length - 1))
    return `<line x1="0" x2="100%" y1="${y}" y2="${y}"/>`
  })
  const columns = bars.map((bar, i) => {
    const height = (100 * bar.count) / top
    const band = isWeekend(bar.day)
      ? `<rect class="wkend" x="${percent(i * slot)}" width="${percent(slot)}" y="0" height="100%"/>`
      : ''
    const column =
      bar.count > 0
        ? `<rect class="${bar.partial ? 'part' : 'full'}" x="${percent(i * slot + slot * 0.17)}" width="${percent(slot * 0.66)}" y="${percent(100 - height)}" height="${percent(height)}" rx="3"/>`
        : ''
    return `${band}<g>${column}<title>${escapeMarkup(bar.title)}</title></g>`
  })
  const svg = `<svg class="plot" aria-hidden="true" focusable="false"><g class="rule">${lines.join('')}</g>${columns.join('')}</svg>`
  return { axis, svg }
}

/** A round highest value, halved or in thirds or quarters, at or above `most`. */
function axisUpTo(most: number): number[] {
  const magnitude = 10 ** Math.floor(Math.log10(most))
  const step = [0.5, 1, 2, 2.5, 5]
    .map((factor) => Math.max(1, factor * magnitude))
    .find((each) => Number.isInteger(each) && Math.ceil(most / each) <= 4)
  const size = step ?? 10 * magnitude
  const steps = Math.max(1, Math.ceil(most / size))
  return Array.from({ length: steps + 1 }, (_, i) => (steps - i) * size)
}

const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
const percent = (value: number): string => `${value.toFixed(2)}%`
