import { addDays, dayBegins, monthOf, weekOf } from '../domain/day.ts'

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
  return dayBegins(periodEnd({ period, startsOn })) + (period === 'month' ? 30 : 1) * DAY_MS
}

/** The first date after a period. */
export function periodEnd({ period, startsOn }: PeriodStart): string {
  if (period === 'month') return monthOf(addDays(startsOn, 31))
  return addDays(startsOn, period === 'day' ? 1 : 7)
}
