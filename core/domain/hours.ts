export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Days on which a site is open alike, `HH:MM` on the city's clock. A `to` that is not after `from` is of the next day. */
export interface OpeningHours {
  readonly days: readonly Weekday[]
  readonly from: string
  readonly to: string
}

/** Whether a site is open, and until when that is so (epoch ms); `closesAt` null for one that never closes. */
export type Opening =
  | { readonly open: true; readonly closesAt: number | null }
  | { readonly open: false; readonly opensAt: number }

/** A stretch of a week, in ms from its Monday's beginning. */
interface Span {
  readonly from: number
  readonly to: number
}

const MINUTE = 60_000
const DAY = 1440 * MINUTE
const WEEK = 7 * DAY
const A_MONDAY = Date.parse('2026-01-05T00:00:00+07:00')

/** Whether a site is open at a moment, and when that changes next. Without hours it always is. */
export function openingAt(hours: readonly OpeningHours[] | undefined, at: number): Opening {
  if (hours === undefined) return { open: true, closesAt: null }
  const monday = at - positiveRest(at - A_MONDAY, WEEK)
  const inWeek = at - monday
  const spans = spansOf(hours)
  const now = spans.find(({ from, to }) => from <= inWeek && inWeek < to)
  if (now) return { open: true, closesAt: now.to - now.from >= WEEK ? null : monday + now.to }
  return { open: false, opensAt: monday + spans.find(({ from }) => from > inWeek)!.from }
}

/** Hours as they were parsed are asked about at each login: what follows from them is worked out once. */
const known = new WeakMap<readonly OpeningHours[], readonly Span[]>()

/** When it is open in the week before, in this one and in the next, in order; what touches is one stretch. */
function spansOf(hours: readonly OpeningHours[]): readonly Span[] {
  let spans = known.get(hours)
  if (!spans) known.set(hours, (spans = joined([-WEEK, 0, WEEK].flatMap((shift) => weekOf(hours, shift)))))
  return spans
}

const weekOf = (hours: readonly OpeningHours[], shift: number): Span[] =>
  hours.flatMap(({ days, from, to }) =>
    days.map((day) => {
      const midnight = shift + WEEKDAYS.indexOf(day) * DAY
      const [opens, closes] = [clock(from), clock(to)]
      return { from: midnight + opens, to: midnight + closes + (closes <= opens ? DAY : 0) }
    }),
  )

function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1)
    if (last && span.from <= last.to)
      all[all.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
    else all.push(span)
  }
  return all
}

function clock(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return (hours * 60 + minutes) * MINUTE
}

const positiveRest = (value: number, of: number): number => ((value % of) + of) % of
