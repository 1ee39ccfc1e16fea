import { LOST, type SessionChange } from './accounting.ts'
import type { CoaEvent } from './event.ts'
import { DEGRADED_METHOD, givenLimits, grantInReport } from './grant.ts'
import type { OpeningHours } from './hours.ts'
import type { SessionLimits } from './limits.ts'
import { parseMac } from './mac.ts'
import { SILENT_INTERVALS } from './nas.ts'
import { withoutRealm } from './realm.ts'
import { ASKED_FOR, whyEnded, type Asked, type EndReason } from './session-end.ts'
import type { Session } from './session.ts'
import { parseCode } from './voucher.ts'

/** A session's state without what tells whose it is: device, addresses, names, visit. */
export type SessionState = Pick<
  Session,
  | 'version'
  | 'startedAt'
  | 'heardAt'
  | 'endedAt'
  | 'cause'
  | 'seconds'
  | 'fromVisitorOctets'
  | 'toVisitorOctets'
  | 'interimSeconds'
  | 'day'
  | 'dayBaseSeconds'
  | 'dayBaseOctets'
>

/** How a session got in, as its User-Name tells: by a page of ours, a code typed at the gateway, or its address. */
export interface Entrance {
  readonly by: 'page' | 'code' | 'address' | null
  readonly limits: SessionLimits | null
}

/**
 * One thing that is known of a session. `knownAt` is when the platform came to know it, `at` when it happened, both
 * epoch ms on our clock.
 */
export type SessionFact =
  | {
      readonly kind: 'change'
      readonly knownAt: number
      readonly at: number
      readonly change: SessionChange
      /** After the change. */
      readonly state: SessionState
      /** With the first change alone. */
      readonly entrance: Entrance | null
    }
  /** The live store lost the session, so it was ended when last heard of. */
  | { readonly kind: 'forgotten'; readonly knownAt: number }
  /** Somebody wanted its end: `staff`, `visitor`, `revoked`, `quota-time` … */
  | { readonly kind: 'asked'; readonly knownAt: number; readonly at: number; readonly reason: string }
  /** What the gateway said to that: `ack`, `nak-503`, `timeout` … */
  | {
      readonly kind: 'answered'
      readonly knownAt: number
      readonly at: number
      readonly reason: string
      readonly result: string
    }

/** The result of a CoA event that tells of the wish; every other is the gateway's answer. */
export const ASKED = 'asked'

/** What tells the session's story that its end is wanted, and why. */
export const askedFor = ({ id, nas, site }: Session, reason: string, now: number): CoaEvent => ({
  kind: 'coa',
  at: now,
  nas,
  site,
  session: id,
  reason,
  result: ASKED,
})

/** One step of a session in words. */
export interface StoryLine {
  readonly at: number
  readonly what: 'began' | 'limits' | 'counted' | 'asked' | 'answered' | 'ended' | 'reopened'
  readonly why: string | null
  /**
   * A sentence and what goes into it. A value's name ends in its unit: At (epoch ms), Seconds, Octets, BitsPerSecond;
   * others are words and plain numbers.
   */
  readonly words: { readonly key: string; readonly values: Readonly<Record<string, number | string>> }
}

/** What of a session may be kept in the clear. */
export const stateOf = (session: Session): SessionState => ({
  version: session.version,
  startedAt: session.startedAt,
  heardAt: session.heardAt,
  endedAt: session.endedAt,
  cause: session.cause,
  seconds: session.seconds,
  fromVisitorOctets: session.fromVisitorOctets,
  toVisitorOctets: session.toVisitorOctets,
  interimSeconds: session.interimSeconds,
  day: session.day,
  dayBaseSeconds: session.dayBaseSeconds,
  dayBaseOctets: session.dayBaseOctets,
})

/** How a session got in and within which limits, as far as its User-Name says. */
export function entranceOf({ userName }: Pick<Session, 'userName'>): Entrance {
  if (userName === null) return { by: null, limits: null }
  const grant = grantInReport(userName)
  if (grant) return { by: 'page', limits: grant.limits }
  const name = withoutRealm(userName)
  const by = parseMac(name) ? 'address' : parseCode(name) ? 'code' : null
  return { by, limits: null }
}

/** A session as the platform knew it at a moment (epoch ms): its facts, in order, played up to then. Null before the first. */
export function stateAt(facts: readonly SessionFact[], moment = Infinity): SessionState | null {
  return known(facts, moment).reduce<SessionState | null>(after, null)
}

/** The facts that were known at a moment, in order. */
const known = (facts: readonly SessionFact[], moment: number): readonly SessionFact[] =>
  facts.filter(({ knownAt }) => knownAt <= moment)

function after(state: SessionState | null, fact: SessionFact): SessionState | null {
  if (fact.kind === 'change') return fact.state
  return fact.kind === 'forgotten' && state ? { ...state, endedAt: state.heardAt, cause: LOST } : state
}

/**
 * A session's life in words, as far as it was known at a moment: why it began, what it was given, what it used, who
 * wanted its end and why it ended. `method` is how it got in, `hours` are those of its site.
 */
export function sessionStory(
  facts: readonly SessionFact[],
  given: {
    readonly method: string | null
    readonly hours?: readonly OpeningHours[] | undefined
    readonly moment?: number
  },
): StoryLine[] {
  const { method, hours, moment = Infinity } = given
  const telling = new Telling(method, hours)
  for (const fact of known(facts, moment)) telling.hear(fact)
  return telling.lines()
}

/** A wish of ours for the end, and what the gateway said to it. */
interface Wish {
  readonly at: number
  readonly reason: string
  result: string | null
}

/** A Stop this long after a gateway agreed to end a session is due to that. */
const AGREED_MS = 120_000

/** Puts facts into words one by one; reports that only count more become one line. */
class Telling {
  readonly #method: string | null
  readonly #hours: readonly OpeningHours[] | undefined
  readonly #lines: StoryLine[] = []
  #state: SessionState | null = null
  #limits: SessionLimits | null = null
  #wish: Wish | null = null
  /** The last report that is not told yet. */
  #counted: { at: number; state: SessionState } | null = null

  constructor(method: string | null, hours: readonly OpeningHours[] | undefined) {
    this.#method = method
    this.#hours = hours
  }

  lines(): StoryLine[] {
    this.#tellCounted()
    return this.#lines
  }

  hear(fact: SessionFact): void {
    const before = this.#state
    this.#state = after(before, fact)
    if (fact.kind === 'asked') this.#ask(fact.at, fact.reason)
    else if (fact.kind === 'answered') this.#answer(fact)
    else if (fact.kind === 'forgotten') {
      if (this.#state) this.#end(this.#state.heardAt, { kind: 'forgotten' })
    } else {
      if (before === null) this.#begin(fact.state, fact.entrance)
      this.#change(fact, before)
    }
  }

  #begin(state: SessionState, entrance: Entrance | null): void {
    const how = beginning(this.#method, entrance)
    this.#limits = entrance?.limits ? givenLimits(entrance.limits, this.#method) : null
    const values = how === 'other' ? { method: this.#method ?? '' } : {}
    this.#say(state.startedAt, 'began', how, { key: `began.${how}`, values })
    const { seconds, octets, idleSeconds, downBitsPerSecond, upBitsPerSecond } = this.#limits ?? {}
    const limit = (name: string, values: StoryLine['words']['values']): void =>
      this.#say(state.startedAt, 'limits', name, { key: `limits.${name}`, values })
    if (seconds !== undefined) limit('time', { givenSeconds: seconds })
    if (octets !== undefined) limit('data', { givenOctets: octets })
    if (idleSeconds !== undefined) limit('idle', { idleSeconds })
    if (downBitsPerSecond !== undefined && upBitsPerSecond !== undefined)
      limit('speed', { downBitsPerSecond, upBitsPerSecond })
  }

  #change(fact: SessionFact & { kind: 'change' }, before: SessionState | null): void {
    const { state, at } = fact
    if (fact.change === 'reopened') this.#say(at, 'reopened', null, { key: 'reopened' })
    if (octetsOf(state) > octetsOf(before) || state.seconds > (before?.seconds ?? 0))
      this.#counted = { at: state.endedAt ?? at, state }
    // A Stop told once more may bring more octets, or the real cause of what was taken for lost.
    const told = before?.endedAt === state.endedAt && before?.cause === state.cause
    if (state.endedAt === null || told) return
    const asked = this.#asked(state.endedAt)
    this.#end(state.endedAt, whyEnded(state, { limits: this.#limits, asked, hours: this.#hours }))
  }

  #ask(at: number, reason: string): void {
    this.#wish = { at, reason, result: null }
    const known = ASKED_FOR.has(reason)
    this.#say(
      at,
      'asked',
      reason,
      known ? { key: `asked.${reason}` } : { key: 'asked.other', values: { reason } },
    )
  }

  #answer({ at, reason, result }: SessionFact & { kind: 'answered' }): void {
    if (this.#wish?.reason !== reason || this.#wish.result !== null) this.#ask(at, reason)
    this.#wish!.result = result
    const code = /^nak-(\d+)$/.exec(result)?.[1]
    const key = ANSWERS.get(result)
    if (key) this.#say(at, 'answered', result, { key: `answered.${key}` })
    else this.#say(at, 'answered', result, { key: 'answered.refused', values: { code: code ?? '–' } })
  }

  #asked(endedAt: number): Asked | null {
    if (!this.#wish) return null
    const { reason, result, at } = this.#wish
    return { reason, agreed: result === 'ack' && endedAt - at < AGREED_MS }
  }

  #end(at: number, reason: EndReason): void {
    const { kind, seconds, octets } = reason
    const silentSeconds = SILENT_INTERVALS * (this.#state?.interimSeconds ?? 0)
    const values = {
      ...(seconds !== undefined && { givenSeconds: seconds }),
      ...(octets !== undefined && { givenOctets: octets }),
      ...(kind === 'silence' && { silentSeconds }),
      ...(kind === 'unknown' && { cause: this.#state?.cause ?? '' }),
    }
    const exact = seconds !== undefined || octets !== undefined
    this.#say(at, 'ended', kind, { key: `ended.${kind}${exact ? '.of' : ''}`, values })
  }

  #say(
    at: number,
    what: StoryLine['what'],
    why: string | null,
    { key, values = {} }: { key: string; values?: StoryLine['words']['values'] },
  ): void {
    this.#tellCounted()
    this.#lines.push({ at, what, why, words: { key, values: { ...values, at } } })
  }

  #tellCounted(): void {
    const counted = this.#counted
    if (!counted) return
    this.#counted = null
    const values = { usedOctets: Number(octetsOf(counted.state)), usedSeconds: counted.state.seconds }
    this.#say(counted.at, 'counted', null, { key: 'counted', values })
  }
}

const octetsOf = (state: SessionState | null): bigint =>
  state ? state.fromVisitorOctets + state.toVisitorOctets : 0n

/** Beginnings that have a sentence of their own. */
const METHODS: ReadonlySet<string> = new Set(['click-through', 'voucher', 'pass', DEGRADED_METHOD])

/** Answers of gateways and what kept us from getting one; anything else is a refusal. RFC 5176 §3.5: 503 is no such session. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ['ack', 'agreed'],
  ['nak-503', 'unknown-session'],
  ['timeout', 'silent'],
  ['unsent', 'unsent'],
  ['no-coa-address', 'no-address'],
])

function beginning(method: string | null, entrance: Entrance | null): string {
  if (entrance?.by === 'address') return 'address'
  if (entrance?.by === 'code' && method === 'voucher') return 'code'
  if (method === null) return 'unknown'
  return METHODS.has(method) ? method : 'other'
}
