import { CITY_TIME_ZONE } from '../../core/domain/day.ts'
import type { Lang, Messages } from '../messages.ts'

/** Figures and times as staff of one language write them; times are the city's. */
export interface Format {
  /** `104.600` */
  number(count: number): string
  /** `81,6%`; one decimal, a narrow figure such as `0,8%` too. */
  percent(share: number): string
  /** `14,8` and its unit GB (10⁹ octets); `< 0,01` rather than a false zero. */
  gigabytes(octets: number): string
  /** `09:05` */
  clock(at: number): string
  /** `Thứ Năm, 12/3/2026` */
  date(at: number): string
  /** The clock alone today, else with the date. */
  moment(at: number, now: number): string
  /** `12/3` of `2026-03-12` */
  shortDay(day: string): string
  /** `Thứ Năm 12/3` of `2026-03-12` */
  longDay(day: string): string
  /** `34 phút`, `3 giờ`, `2 ngày`; whole units, rounded down. */
  ago(milliseconds: number): string
  /** A language under its own name. */
  languageName(code: string): string
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const GIGA = 1e9

/** The formats of each language, built once: Intl objects cost tens of microseconds and nothing to keep. */
export function formatFor(lang: Lang, messages: Messages): Format {
  const locale = lang === 'vi' ? 'vi-VN' : 'en-GB'
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const decimals = [0, 1, 2].map(
    (digits) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  )
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: CITY_TIME_ZONE,
  })
  const numeric = { day: 'numeric', month: 'numeric', year: 'numeric' } as const
  const date = new Intl.DateTimeFormat(locale, {
    ...(lang === 'vi' ? numeric : { ...numeric, month: 'long' }),
    weekday: 'long',
    timeZone: CITY_TIME_ZONE,
  })
  const plainDate = new Intl.DateTimeFormat(locale, { ...numeric, timeZone: CITY_TIME_ZONE })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' })
  const shortDay = (day: string): string => `${Number(day.slice(8))}/${Number(day.slice(5, 7))}`
  return {
    number: (count) => whole.format(count),
    percent: (share) => percent.format(share),
    gigabytes(octets) {
      const size = octets / GIGA
      if (size > 0 && size < 0.01) return `< ${decimals[2]!.format(0.01)}`
      return decimals[size === 0 || size >= 100 ? 0 : size >= 1 ? 1 : 2]!.format(size)
    },
    clock: (at) => clock.format(at),
    date: (at) => date.format(at),
    moment: (at, now) =>
      plainDate.format(at) === plainDate.format(now)
        ? clock.format(at)
        : `${clock.format(at)} ${plainDate.format(at)}`,
    shortDay,
    longDay: (day) => `${weekday.format(Date.parse(`${day}T00:00:00Z`))} ${shortDay(day)}`,
    ago(milliseconds) {
      const [unit, size] =
        milliseconds < 2 * HOUR
          ? (['minutes', MINUTE] as const)
          : milliseconds < 2 * DAY
            ? (['hours', HOUR] as const)
            : (['days', DAY] as const)
      return messages.say(lang, `ago.${unit}`, { count: Math.max(0, Math.floor(milliseconds / size)) })
    },
    languageName,
  }
}

function languageName(code: string): string {
  try {
    const name = new Intl.DisplayNames([code], { type: 'language' }).of(code)
    return name && name !== code && code !== 'und'
      ? name.charAt(0).toLocaleUpperCase(code) + name.slice(1)
      : code
  } catch {
    return code // not BCP 47: what the phone said
  }
}
