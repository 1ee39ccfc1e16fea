import { CITY_TIME_ZONE } from './day.ts'

/** Hà Nội's offset, for times that name none. */
const CITY_OFFSET = '+07:00'

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/
const DATE_AND_CLOCK =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?) ?(Z|[+-]\d{2}:\d{2})?$/i

/** What `readCityTime` takes, for people. */
export const CITY_TIME_FORMS = '14:02, "2026-11-21 14:02" or 2026-11-21T14:02:00+07:00'

/**
 * The moment that somebody wrote, epoch ms, or null when it is none: a clock time of `day`, a date and a time on the
 * city's clock, or one with an offset of its own (RFC 3339 §5.6).
 */
export function readCityTime(text: string, day: string): number | null {
  const clock = CLOCK.exec(text.trim())
  if (clock) {
    const [, hours = '', minutes = '', seconds = '00'] = clock
    return instant(`${day}T${hours.padStart(2, '0')}:${minutes}:${seconds}${CITY_OFFSET}`)
  }
  const full = DATE_AND_CLOCK.exec(text.trim())
  if (!full) return null
  const [, date = '', time = '', offset = CITY_OFFSET] = full
  // JavaScript takes 30 February for 2 March.
  const midnight = instant(`${date}T00:00Z`)
  if (midnight === null || new Date(midnight).toISOString().slice(0, 10) !== date) return null
  return instant(`${date}T${time}${offset.toUpperCase()}`)
}

function instant(text: string): number | null {
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : at
}

/** `2026-11-21 14:02:30` on the city's clock. */
export const cityTime = (at: number): string => SWEDISH.format(at)

/** The one language that writes dates as ISO 8601 does. */
const SWEDISH = new Intl.DateTimeFormat('sv-SE', {
  dateStyle: 'short',
  timeStyle: 'medium',
  timeZone: CITY_TIME_ZONE,
})
