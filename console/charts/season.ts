import { isInSeason, type Dates } from '../../core/domain/campaign.ts'
import { addDays } from '../../core/domain/day.ts'

const DAYS = 365

/** When an item runs in the year from the first of a month on: a line of days, drawn in per cent of the width. */
export function seasonBar(dates: Dates | undefined, from: string): string {
  const days = Array.from({ length: DAYS }, (_, i) => isInSeason(dates, addDays(from, i)))
  const spans: { at: number; length: number }[] = []
  days.forEach((runs, i) => {
    const last = spans.at(-1)
    if (!runs) return
    if (last && last.at + last.length === i) last.length++
    else spans.push({ at: i, length: 1 })
  })
  const rects = spans.map(
    ({ at, length }) =>
      `<rect x="${share(at)}" width="${share(Math.max(2, length))}" y="0" height="100%" rx="3"/>`,
  )
  return `<svg class="season" aria-hidden="true" focusable="false">${rects.join('')}</svg>`
}

const share = (days: number): string => `${((100 * days) / DAYS).toFixed(2)}%`
