import type { Catalogues, Lang } from '../messages.ts'

/** Figures as a reader of one language writes them. Times are of the city, whatever the phone says. */
export interface Format {
  /** "38 phút", "2 giờ 20 phút", "dưới 1 phút"; never more than is left. */
  duration(seconds: number): string
  /** "640 MB", "1,5 GB"; steps of 1000, as phones count. */
  octets(count: number): string
  /** "14:05" */
  clock(at: number): string
  /** "15/3/2026", "15 March 2026" */
  date(at: number): string
  /** The clock alone when `at` is within half a day of `now`, else with its date. */
  moment(at: number, now: number): string
}

const halfDay = 12 * 3600 * 1000

export function formatFor(lang: Lang, catalogues: Catalogues, timeZone: string): Format {
  // English as the rest of Asia writes it: 15 March 2026
  const locale = lang === 'en' ? 'en-GB' : lang
  const hours = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  })
  const days = new Intl.DateTimeFormat(locale, { ...dateParts(lang), timeZone })
  const say = (key: string, params = {}): string => catalogues.translate(lang, key, params)
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
    octets: (count) => {
      const megabytes = count / 1e6
      const [value, unit] = megabytes < 999.5 ? [Math.round(megabytes), 'MB'] : [megabytes / 1000, 'GB']
      return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value)}\u00a0${unit}`
    },
    moment: (at, now) =>
      Math.abs(at - now) < halfDay ? clock(at) : say('date.time', { time: clock(at), date: date(at) }),
  }
}

const dateParts = (lang: Lang): Intl.DateTimeFormatOptions =>
  lang === 'vi' ? { day: 'numeric', month: 'numeric', year: 'numeric' } : { dateStyle: 'long' }
