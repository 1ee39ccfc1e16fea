import { sessionStory, type StoryLine } from '../core/domain/session-story.ts'
import type { PastSession } from '../core/records/session-past.ts'
import type { Wording } from './wording.ts'

/** A session's past as staff are told it, ready for JSON: times in UTC, octets as text, for they may pass 2⁵³. */
export interface ToldSession {
  readonly id: string
  readonly site: string
  readonly nas: string
  readonly method: string | null
  readonly startedAt: string
  /** The moment that was asked for. */
  readonly at: string
  /** What was known then. */
  readonly state: {
    readonly open: boolean
    readonly version: number
    readonly heardAt: string
    readonly endedAt: string | null
    readonly cause: string | null
    readonly seconds: number
    readonly fromVisitorOctets: string
    readonly toVisitorOctets: string
    readonly interimSeconds: number
  }
  /** The state in a sentence. */
  readonly summary: string
  readonly story: readonly (Pick<StoryLine, 'what' | 'why'> & {
    readonly at: string
    readonly text: string
  })[]
  /** The ids of the sessions that its gateway says belong together with it. */
  readonly together: readonly string[]
}

/** Puts a session's past into the words of a language; `now` decides which times need their date. */
export function tellSession(wording: Wording, past: PastSession, now: number): ToldSession {
  const { session, moment, state, facts, hours, together } = past
  const say = (key: string, values: StoryLine['words']['values']): string =>
    wording.say(
      `story.${key}`,
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, written(wording, name, value, now)]),
      ),
    )
  const used = {
    at: moment,
    usedSeconds: state.seconds,
    usedOctets: Number(state.fromVisitorOctets + state.toVisitorOctets),
  }
  return {
    id: session.id,
    site: session.site,
    nas: session.nas,
    method: session.method,
    startedAt: utc(session.startedAt),
    at: utc(moment),
    state: {
      open: state.endedAt === null,
      version: state.version,
      heardAt: utc(state.heardAt),
      endedAt: state.endedAt === null ? null : utc(state.endedAt),
      cause: state.cause,
      seconds: state.seconds,
      fromVisitorOctets: String(state.fromVisitorOctets),
      toVisitorOctets: String(state.toVisitorOctets),
      interimSeconds: state.interimSeconds,
    },
    summary: say(state.endedAt === null ? 'state.open' : 'state.ended', used),
    story: sessionStory(facts, { method: session.method, hours, moment }).map(({ at, what, why, words }) => ({
      at: utc(at),
      what,
      why,
      text: say(words.key, words.values),
    })),
    together,
  }
}

const utc = (at: number): string => new Date(at).toISOString()

/** A value as staff read it, by the unit that its name ends in. */
function written({ say, format }: Wording, name: string, value: number | string, now: number): string {
  if (typeof value === 'string') return value
  if (/(^a|A)t$/.test(name)) return format.moment(value, now)
  if (name.endsWith('Seconds')) return span(say, Math.round(value))
  if (name.endsWith('BitsPerSecond')) return `${format.number(Math.round(value / 1e6))} Mbit/s`
  return name.endsWith('Octets') ? amount(say, format, value) : format.number(value)
}

function amount(say: Wording['say'], format: Wording['format'], octets: number): string {
  if (octets >= 999_500_000) return `${format.gigabytes(octets)} GB`
  const megabytes = Math.round(octets / 1e6)
  return `${megabytes === 0 && octets > 0 ? say('under', { k: 1 }) : format.number(megabytes)} MB`
}

function span(say: Wording['say'], seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  if (minutes < 1) return say('span.seconds', { count: seconds })
  if (minutes < 120) return say('minutes', { count: minutes })
  return say('span.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}
