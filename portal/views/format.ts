import { WEEKDAYS, type Weekday } from '../../core/domain/hours.ts'
import type { Catalogues, Lang } from '../messages.ts'

/** Figures as a reader of one language writes them. Times are of the city, whatever the phone says. */
export interface Format {
  /** "38 phút", "2 giờ 20 phút", "dưới 1 phút"; never more than is left. */
  duration(seconds: number): string
  /** "640 MB", "1,5 GB", "640 Mo", "1,5 ГБ"; steps of 1000, as phones count. */
  octets(count: number): string
  /** "450 m", "3,2 km", "12 km", "3.2公里": as near as feet can tell. */
  distance(metres: number): string
  /** "14:05" */
  clock(at: number): string
  /** "15/3/2026", "15 March 2026", "2026年3月15日" */
  date(at: number): string
  /** "Th 2 – Th 6, CN" */
  weekdays(days: readonly Weekday[]): string
  /** The clock alone when `at` is within half a day of `now`, else with its date. */
  moment(at: number, now: number): string
}

const halfDay = 12 * 3600 * 1000
const A_MONDAY = Date.UTC(2026, 0, 5)

/** The figures of a language; the Intl objects inside are built here once, for they cost more than a page does. */
export function formatFor(lang: Lang, catalogues: Catalogues, timeZone: string): Format {
  // English as the rest of Asia writes it: 15 March 2026
  const locale = lang === 'en' ? 'en-GB' : lang
  const numberingSystem = 'latn'
  const hours = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    numberingSystem,
    timeZone,
  })
  const days = new Intl.DateTimeFormat(locale, { ...dateParts(lang), numberingSystem, timeZone })
  const measured = (unit: string, maximumFractionDigits: number): ((value: number) => string) => {
    const format = new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      maximumFractionDigits,
      numberingSystem,
    })
    // A figure and its unit are never torn apart at the end of a line.
    return (value) => format.format(value).replaceAll(' ', '\u00a0')
  }
  const [megabytes, gigabytes] = [measured('megabyte', 0), measured('gigabyte', 1)]
  const [metres, fewKilometres, kilometres] = [
    measured('meter', 0),
    measured('kilometer', 1),
    measured('kilometer', 0),
  ]
  const say = (key: string, params = {}): string => catalogues.translate(lang, key, params)
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  const nameOf = (day: number): string => weekday.format(A_MONDAY + day * 2 * halfDay)
  const clock = (at: number): string => hours.format(at)
  const date = (at: number): string => days.format(at)
  return {
    clock,
    date,
    duration: (seconds) => {
      const minutes = Math.floor(seconds / 60)
      if (minutes < 1) return say('duration.moment')
      if (minutes < 120) return say('duration.minutes', { count: minutes })
      const whole = say('duration.hours', { count: Math.floor(minutes / 60) })
      if (minutes % 60 === 0) return whole
      return say('duration.both', { hours: whole, minutes: say('duration.minutes', { count: minutes % 60 }) })
    },
    octets: (count) => (count / 1e6 < 999.5 ? megabytes(count / 1e6) : gigabytes(count / 1e9)),
    distance: (away) => {
      if (away < 950) return metres(Math.max(50, Math.round(away / 50) * 50))
      return away < 10_000 ? fewKilometres(away / 1000) : kilometres(away / 1000)
    },
    weekdays: (days) =>
      runsOf(days)
        .map(([first, last]) => (first === last ? nameOf(first) : `${nameOf(first)} – ${nameOf(last)}`))
        .join(', '),
    moment: (at, now) =>
      Math.abs(at - now) < halfDay ? clock(at) : say('date.time', { time: clock(at), date: date(at) }),
  }
}

/** Days that follow one another, as first and last; Monday is 0. */
function runsOf(days: readonly Weekday[]): [first: number, last: number][] {
  const runs: [number, number][] = []
  for (const [day, name] of WEEKDAYS.entries()) {
    if (!days.includes(name)) continue
    const last = runs.at(-1)
    if (last && last[1] === day - 1) last[1] = day
    else runs.push([day, day])
  }
  return runs
}

/** With the month's name where that reads well: French would want "1er", and Russian's "г." ends no sentence. */
function dateParts(lang: Lang): Intl.DateTimeFormatOptions {
  if (lang === 'vi') return { day: 'numeric', month: 'numeric', year: 'numeric' }
  if (lang === 'fr' || lang === 'ru') return { day: '2-digit', month: '2-digit', year: 'numeric' }
  return { dateStyle: 'long' }
}
