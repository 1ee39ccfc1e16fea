/** Calendar dates of the city, `YYYY-MM-DD`, and when they begin. Hà Nội has kept UTC+7 without daylight saving since 1975. */
export const CITY_TIME_ZONE = 'Asia/Ho_Chi_Minh'
const OFFSET = 7 * 3_600_000
const DAY_MS = 86_400_000

/** The city's date at an instant (epoch ms). */
export function cityDay(at: number): string {
  const number = Math.floor((at + OFFSET) / DAY_MS)
  if (number !== named.number) named = { number, date: new Date(number * DAY_MS).toISOString().slice(0, 10) }
  return named.date
}

/** Nearly every question is about the day of the one before. */
let named = { number: NaN, date: '' }

/** When the city's day that holds `at` began, epoch ms. */
export const dayStart = (at: number): number => Math.floor((at + OFFSET) / DAY_MS) * DAY_MS - OFFSET

/** When a date begins in the city, epoch ms. Noon in Greenwich is the same date in Hà Nội. */
export const dayBegins = (day: string): number => dayStart(Date.parse(`${day}T12:00:00Z`))

/** The hour on the city's clock, from 0. */
export const cityHour = (at: number): number => Math.floor((at - dayStart(at)) / 3_600_000)

/** When the city's next day begins, epoch ms. */
export const nextMidnight = (at: number): number => dayStart(at) + DAY_MS

/** Monday of the week of a date. */
export function weekOf(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  const sinceMonday = (new Date(at).getUTCDay() + 6) % 7
  return new Date(at - sinceMonday * DAY_MS).toISOString().slice(0, 10)
}

/** First day of the month of a date. */
export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`

/** `day` plus a number of days. */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** `HH:MM` on the city's clock. */
export const cityClock = (at: number): string => new Date(at + OFFSET).toISOString().slice(11, 16)
