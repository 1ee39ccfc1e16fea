import { cityDay, dayStart } from '../domain/day.ts'
import type { SessionLimits } from '../domain/limits.ts'
import type { Entrance, SessionFact, SessionState } from '../domain/session-story.ts'
import type { Records, Transaction } from './database.ts'
import { dropBefore, firstKept, haveDayOf } from './partitions.ts'

/** A fact of a session and the entry of the event stream that told it, so that it is kept once. */
export interface KeptFact {
  readonly session: string
  /** Which of the streams, from 0, and the place among the entries of the millisecond `fact.knownAt`. */
  readonly stream: number
  readonly seq: number
  readonly fact: SessionFact
  /** Absent where it changed no day. */
  readonly added?: AddedToDay | undefined
}

/** What a change of a session adds to its site's city day. */
export interface AddedToDay {
  readonly day: string
  /** When the session began, epoch ms; only with its first change. */
  readonly startedAt: number | null
  /** 1 with its end, −1 where an end is taken back. */
  readonly ended: number
  readonly seconds: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
}

/** How long what happened in a session is kept; the session itself stays in the log for longer. */
export const EVENT_DAYS = 90

/** A kind's number in the table is its place here: new ones go to the end. */
const KINDS = ['started', 'counted', 'ended', 'reopened', 'asked', 'answered', 'forgotten'] as const

/** Keeps facts, within the transaction that holds what else they changed. */
export async function keepFacts(transaction: Transaction, facts: readonly KeptFact[]): Promise<void> {
  if (facts.length === 0) return
  for (const start of new Set(facts.map(({ fact }) => dayStart(fact.knownAt))))
    await haveDayOf(transaction, 'session_events', start)
  const column = <T>(of: (kept: KeptFact) => T): T[] => facts.map(of)
  const added = <T>(of: (added: AddedToDay) => T): (T | null)[] =>
    facts.map(({ added }) => (added ? of(added) : null))
  await transaction.query(
    `INSERT INTO session_events (session_id, known_at, stream, kind, seq, fact, day, started_at, ended, seconds,
       from_visitor_octets, to_visitor_octets)
     SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::smallint[], $4::smallint[], $5::integer[], $6::text[],
       $7::date[], $8::timestamptz[], $9::smallint[], $10::bigint[], $11::bigint[], $12::bigint[])
     ON CONFLICT DO NOTHING`,
    [
      column(({ session }) => session),
      column(({ fact }) => new Date(fact.knownAt).toISOString()),
      column(({ stream }) => stream),
      column(({ fact }) => KINDS.indexOf(fact.kind === 'change' ? fact.change : fact.kind)),
      column(({ seq }) => seq),
      column(({ fact }) => packFact(fact)),
      added(({ day }) => day),
      added(({ startedAt }) => (startedAt === null ? null : new Date(startedAt).toISOString())),
      added(({ ended }) => ended || null),
      added(({ seconds }) => seconds || null),
      added(({ fromVisitorOctets: octets }) => (octets === 0n ? null : String(octets))),
      added(({ toVisitorOctets: octets }) => (octets === 0n ? null : String(octets))),
    ],
  )
}

/** What is known of the sessions with an id, in order. */
export async function sessionFacts(records: Records, id: string): Promise<SessionFact[]> {
  const { rows } = await records.query<{ known_at: Date; kind: number; fact: string }>(
    'SELECT known_at, kind, fact FROM session_events WHERE session_id = $1 ORDER BY known_at, stream, seq',
    [id],
  )
  return rows.map((row) => unpackFact(KINDS[row.kind]!, row.known_at.getTime(), row.fact))
}

/** Drops the days that are over ninety days old, each at once with all that happened in it. */
export const forgetSessionEvents = (records: Records, now: number): Promise<void> =>
  dropBefore(records, 'session_events', firstKept(EVENT_DAYS, now))

/* A fact as text: fields parted by spaces, numbers in base 36, times counted from one another. */

function packFact(fact: SessionFact): string {
  if (fact.kind === 'forgotten') return ''
  const sinceThen = (fact.at - fact.knownAt).toString(36)
  if (fact.kind === 'asked') return [sinceThen, packWord(fact.reason)].join(' ')
  if (fact.kind === 'answered') return [sinceThen, packWord(fact.reason), packWord(fact.result)].join(' ')
  const { state, entrance } = fact
  return [sinceThen, ...packState(state), ...packEntrance(entrance)].join(' ').trimEnd()
}

function unpackFact(kind: (typeof KINDS)[number], knownAt: number, packed: string): SessionFact {
  const fields = packed.split(' ')
  const at = knownAt + number(fields[0])
  switch (kind) {
    case 'forgotten':
      return { kind, knownAt }
    case 'asked':
      return { kind, knownAt, at, reason: word(fields[1]) }
    case 'answered':
      return { kind, knownAt, at, reason: word(fields[1]), result: word(fields[2]) }
    case 'started':
    case 'counted':
    case 'ended':
    case 'reopened': {
      const state = unpackState(fields.slice(1, 1 + STATE_FIELDS))
      const entrance = unpackEntrance(fields.slice(1 + STATE_FIELDS))
      return { kind: 'change', knownAt, at, change: kind, state, entrance }
    }
  }
}

const STATE_FIELDS = 12

function packState(state: SessionState): string[] {
  const { startedAt, endedAt } = state
  return [
    state.version.toString(36),
    startedAt.toString(36),
    (state.heardAt - startedAt).toString(36),
    endedAt === null ? '' : (endedAt - startedAt).toString(36),
    state.cause === null ? '' : packWord(state.cause),
    state.seconds.toString(36),
    state.fromVisitorOctets.toString(36),
    state.toVisitorOctets.toString(36),
    state.interimSeconds.toString(36),
    state.day === cityDay(startedAt) ? '' : packWord(state.day),
    state.dayBaseSeconds === 0 ? '' : state.dayBaseSeconds.toString(36),
    state.dayBaseOctets === 0n ? '' : state.dayBaseOctets.toString(36),
  ]
}

function unpackState(fields: readonly string[]): SessionState {
  const [version, start, heard, end, cause, seconds, from, to, interim, day, baseSeconds, baseOctets] = fields
  const startedAt = number(start)
  return {
    version: number(version),
    startedAt,
    heardAt: startedAt + number(heard),
    endedAt: end ? startedAt + number(end) : null,
    cause: cause ? word(cause) : null,
    seconds: number(seconds),
    fromVisitorOctets: octets(from),
    toVisitorOctets: octets(to),
    interimSeconds: number(interim),
    day: day ? word(day) : cityDay(startedAt),
    dayBaseSeconds: number(baseSeconds),
    dayBaseOctets: octets(baseOctets),
  }
}

const LIMITS = ['seconds', 'idleSeconds', 'octets', 'downBitsPerSecond', 'upBitsPerSecond'] as const

function packEntrance(entrance: Entrance | null): string[] {
  if (!entrance) return []
  const limits = LIMITS.map((name) => entrance.limits?.[name]?.toString(36) ?? '')
  return [entrance.by ?? '-', ...(entrance.limits ? ['l', ...limits] : [])]
}

function unpackEntrance([by, mark, ...limits]: readonly string[]): Entrance | null {
  if (!by) return null
  const given = LIMITS.flatMap((name, i) => (limits[i] ? [[name, number(limits[i])]] : []))
  return {
    by: by === '-' ? null : (by as NonNullable<Entrance['by']>),
    limits: mark ? (Object.fromEntries(given) as SessionLimits) : null,
  }
}

const packWord = (text: string): string => text.replace(/[% ]/g, (sign) => (sign === ' ' ? '%20' : '%25'))
const word = (packed = ''): string => packed.replace(/%2[05]/g, (sign) => (sign === '%20' ? ' ' : '%'))
const number = (packed = ''): number => (packed === '' ? 0 : parseInt(packed, 36))

function octets(packed = ''): bigint {
  let value = 0n
  for (const digit of packed) value = value * 36n + BigInt(parseInt(digit, 36))
  return value
}
