import { addDays, dayStart, monthOf, weekOf } from '../domain/day.ts'

/** What unique visitors are counted over: a city day, a week from Monday, a calendar month. */
export const PERIODS = ['day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]

/** One day, week or month: `startsOn` is its first date. */
export interface PeriodStart {
  readonly period: Period
  readonly startsOn: string
}

const DAY_MS = 86_400_000

/** The period that holds a date. */
export function periodOf(period: Period, day: string): PeriodStart {
  const startsOn = period === 'day' ? day : period === 'week' ? weekOf(day) : monthOf(day)
  return { period, startsOn }
}

/** From when on nobody may compute pseudonyms of a period any more, epoch ms: its end and a day, a month's and thirty. */
export function pseudonymsEnd({ period, startsOn }: PeriodStart): number {
  if (period === 'month') return midnight(monthOf(addDays(startsOn, 31))) + 30 * DAY_MS
  return midnight(addDays(startsOn, period === 'day' ? 1 : 7)) + DAY_MS
}

/** When a date begins in the city, epoch ms. Noon in Greenwich is the same date in Hà Nội. */
const midnight = (day: string): number => dayStart(Date.parse(`${day}T12:00:00Z`))
