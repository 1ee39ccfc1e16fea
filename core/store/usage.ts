import { secondsOnline, timeOnline, type Stretch, type Usage } from '../domain/limits.ts'
import { base36, number } from './fields.ts'
import { keys, LIFETIME } from './keys.ts'
import { Later } from './later.ts'
import { asked, script, type Commands, type Reply } from './redis.ts'

/** What a session has used so far of one period. */
export interface SoFar extends Usage {
  /** When its time in the period began, epoch ms; the same each time. Left out, it overlaps no other session. */
  readonly since?: number | undefined
}

/**
 * What subjects have used: each session's figures so far are members of their own whose scores only grow, so that what
 * is told twice, late or by two workers at once counts once. Octets add up; of time, a moment in which several sessions
 * were on counts once, so a member tells when its session began.
 */
export class UsageStore {
  readonly #store: Commands
  readonly #begin: ReturnType<typeof script>
  readonly #settle: ReturnType<typeof script>

  constructor(store: Commands) {
    this.#store = store
    this.#begin = script(store, 'usage-begin', 2)
    this.#settle = script(store, 'usage-settle', 1)
  }

  /**
   * Counts a session's figures so far; `day` null counts over the subject's whole life. Not urgent, it is asked of the live
   * store some milliseconds later at the latest.
   */
  count(subject: string, day: string | null, session: string, soFar: SoFar, isUrgent = true): Later<void> {
    const key = keys.usage(subject, day ?? 'all')
    const added = (members: Reply): Later<void> | undefined =>
      // A session's first figures say anew how long the period is kept; those that follow need not.
      members === 0 ? undefined : asked(this.#store, 'EXPIRE', [key, lifetime(day)], () => undefined)
    const { seconds, octets } = soFar
    const args = [key, 'GT', seconds, secondsMember(session, soFar), octets, OCTETS + session]
    return asked(this.#store, 'ZADD', args, added, isUrgent)
  }

  /** Counts a session's first figures, and remembers where its record is. */
  begin(
    subject: string,
    day: string | null,
    session: { readonly id: string; readonly startedAt: number; readonly place: string },
    soFar: SoFar,
  ): Later<void> {
    const { id, startedAt, place } = session
    return this.#begin(
      keys.usage(subject, day ?? 'all'),
      keys.sessionsOf(subject),
      lifetime(day),
      soFar.seconds,
      secondsMember(id, soFar),
      soFar.octets,
      OCTETS + id,
      startedAt,
      place,
      -1 - MOST_PLACES,
      ...(day === null ? [1] : []),
    ).map((reply) => {
      const members = reply as number | null
      if (members !== null && members >= MANY && members % MANY < 2)
        return Later.from(this.#settleOld(subject, startedAt))
      return undefined
    })
  }

  used(subject: string, day: string | null): Later<Usage> {
    return this.#members(keys.usage(subject, day ?? 'all'), sum)
  }

  /** Where the records of a subject's latest sessions are, open ones among them. */
  async places(subject: string): Promise<string[]> {
    return (await this.#store.call('ZRANGE', keys.sessionsOf(subject), 0, -1)) as string[]
  }

  async forgetPlaces(subject: string, places: readonly string[]): Promise<void> {
    await this.#store.call('ZREM', keys.sessionsOf(subject), ...places)
  }

  /** Members and scores by turns; RESP 3 has them in pairs. */
  #members<T>(key: string, read: (figures: Figures) => T): Later<T> {
    return asked(this.#store, 'ZRANGE', [key, 0, '-1', 'WITHSCORES'], (reply) => read(flat(reply)))
  }

  /**
   * A code may last for thousands of sessions: those of which nothing more can come are put together. What somebody else
   * is counting at the same moment stays as it is.
   */
  async #settleOld(subject: string, now: number): Promise<void> {
    const key = keys.usage(subject, 'all')
    const change = await this.#members(key, (figures) => settled(figures, now - SETTLED_MS))
    if (change) await this.#settle(key, change.going.length / 2, ...change.going, ...change.coming)
  }
}

type Figures = readonly (string | number)[]

/** `s:<session>@<since>` → seconds; without `since` for a time that overlaps nothing. */
const SECONDS = 's:'
const SINCE = '@'
/** `o:<session>` → octets. */
const OCTETS = 'o:'
/** The milliseconds in which any of the settled sessions was on, and their octets. */
const SETTLED_TIME = 'time'
const SETTLED_OCTETS = 'octets'

/** Some more than all sessions that anybody has open at once. */
const MOST_PLACES = 256
/** Members of a code's usage that are worth a look at what could be put together; each look costs a read of all. */
const MANY = 128
/** A report is honoured for seven days (Acct-Delay-Time); later ones cannot find their session counted again. */
const SETTLED_MS = 8 * 86_400_000

const NOTHING: Usage = { seconds: 0, octets: 0 }

const lifetime = (day: string | null): number => (day === null ? LIFETIME.voucherUsage : LIFETIME.dayUsage)

const secondsMember = (session: string, { since }: SoFar): string =>
  since === undefined ? SECONDS + session : SECONDS + session + SINCE + base36(since)

const flat = (reply: Reply): Figures => {
  const figures = reply as (string | number | (string | number)[])[]
  return Array.isArray(figures[0]) ? figures.flat() : (figures as Figures)
}

function sum(figures: Figures): Usage {
  if (figures.length === 0) return NOTHING
  const stretches: Stretch[] = []
  let apart = 0
  let octets = 0
  for (let i = 0; i < figures.length; i += 2) {
    const member = String(figures[i])
    const figure = Number(figures[i + 1])
    const stretch = stretchOf(member, figure)
    if (stretch) stretches.push(stretch)
    else if (member.startsWith(SECONDS)) apart += figure
    else if (member === SETTLED_TIME) apart += figure / 1000
    else octets += figure
  }
  return { seconds: Math.round(apart) + secondsOnline(stretches), octets }
}

function stretchOf(member: string, figure: number): Stretch | null {
  const at = member.startsWith(SECONDS) ? member.indexOf(SINCE) : -1
  return at > 0 ? { since: number(member.slice(at + 1)), seconds: figure } : null
}

/**
 * Which members go and which come in their stead, each with its score: sessions that were over at a moment, and that no
 * other reaches into, become two sums. Null where there are none.
 */
function settled(figures: Figures, overAt: number) {
  const scores = new Map<string, number>()
  for (let i = 0; i < figures.length; i += 2) scores.set(String(figures[i]), Number(figures[i + 1]))
  const sessions = [...scores].flatMap(([member, score]) => {
    const stretch = stretchOf(member, score)
    return stretch ? [{ member, stretch }] : []
  })
  const over = timeOnline(sessions.map(({ stretch }) => stretch)).filter((each) => endOf(each) <= overAt)
  const going: (string | number)[] = []
  const take = (member: string): number => {
    const score = scores.get(member)
    if (score !== undefined) going.push(member, score)
    return score ?? 0
  }
  let octets = 0
  for (const { member, stretch } of sessions) {
    if (!over.some((each) => each.since <= stretch.since && stretch.since <= endOf(each))) continue
    take(member)
    octets += take(OCTETS + member.slice(SECONDS.length, member.indexOf(SINCE)))
  }
  if (going.length === 0) return null
  const milliseconds = over.reduce((sum, { seconds }) => sum + Math.round(seconds * 1000), 0)
  const coming = [
    ...[SETTLED_TIME, milliseconds + take(SETTLED_TIME)],
    ...[SETTLED_OCTETS, octets + take(SETTLED_OCTETS)],
  ]
  return { going, coming }
}

const endOf = ({ since, seconds }: Stretch): number => since + seconds * 1000
