import { cityDay } from '../domain/day.ts'
import type { Mac } from '../domain/mac.ts'
import type { Midnight, Reading } from '../domain/midnights.ts'
import type { Session } from '../domain/session.ts'

/**
 * A session as one line of tab-separated fields, half the size of a JSON list: a city keeps hundreds of thousands.
 * Numbers are in base 36, times count from the start, and what follows from another field is left out. The NAS is not
 * in it: who reads a record knows whose it is. New fields go to the end, so that lines of before still read.
 */
export function packSession(session: Session): string {
  const { startedAt, visit, endedAt } = session
  const line = [
    base36(session.version),
    session.id,
    session.site,
    session.mac,
    escaped(session.acctSessionId),
    visit ?? '',
    packUserName(session.userName, visit),
    session.subject ?? '',
    session.method ?? '',
    session.lang ?? '',
    escaped(session.os ?? ''),
    escaped(session.ip ?? ''),
    session.ap ?? '',
    base36(startedAt),
    base36(session.heardAt - startedAt),
    endedAt === null ? '' : base36(endedAt - startedAt),
    session.cause ?? '',
    base36(session.seconds),
    base36(session.fromVisitorOctets),
    base36(session.toVisitorOctets),
    base36(session.interimSeconds),
    session.day === cityDay(startedAt) ? '' : session.day,
    session.dayBaseSeconds === 0 ? '' : base36(session.dayBaseSeconds),
    session.dayBaseOctets === 0n ? '' : base36(session.dayBaseOctets),
  ].join('\t')
  const { gigawords, midnights } = session
  if (midnights.length > 0) return `${line}\t${gigawords ? '1' : ''}\t${packMidnights(midnights, startedAt)}`
  return gigawords ? `${line}\t1` : line
}

/** The session of a line that `packSession` wrote. */
export function unpackSession(line: string, nas: string): Session {
  const fields = line.split('\t')
  const field = (index: number): string => fields[index] ?? ''
  const word = (index: number): string | null => fields[index] || null
  const startedAt = number(field(13))
  const visit = word(5)
  return {
    version: number(field(0)),
    id: field(1),
    nas,
    site: field(2),
    mac: field(3) as Mac,
    acctSessionId: unescaped(field(4)),
    visit,
    userName: unpackUserName(field(6), visit),
    subject: word(7),
    method: word(8),
    lang: word(9),
    os: unescaped(field(10)) || null,
    ip: unescaped(field(11)) || null,
    ap: word(12) as Mac | null,
    startedAt,
    heardAt: startedAt + number(field(14)),
    endedAt: field(15) === '' ? null : startedAt + number(field(15)),
    cause: word(16),
    seconds: number(field(17)),
    fromVisitorOctets: big(field(18)),
    toVisitorOctets: big(field(19)),
    interimSeconds: number(field(20)),
    day: word(21) ?? cityDay(startedAt),
    dayBaseSeconds: number(field(22)),
    dayBaseOctets: big(field(23)),
    gigawords: field(24) !== '',
    midnights: field(25) === '' ? [] : unpackMidnights(field(25), startedAt),
  }
}

/** Nine figures a midnight: when it was, then moment, seconds and octets of the reading before it and of the one after. */
const packMidnights = (midnights: readonly Midnight[], startedAt: number): string =>
  midnights
    .map(({ at, before, after }) =>
      [base36(at - startedAt), packReading(before, startedAt), packReading(after, startedAt)].join(' '),
    )
    .join(' ')

const packReading = (reading: Reading, startedAt: number): string =>
  [
    base36(reading.at - startedAt),
    base36(reading.seconds),
    base36(reading.fromVisitorOctets),
    base36(reading.toVisitorOctets),
  ].join(' ')

const FIGURES = 9

function unpackMidnights(text: string, startedAt: number): readonly Midnight[] {
  const figures = text.split(' ')
  const midnights: Midnight[] = []
  for (let i = 0; i + FIGURES <= figures.length; i += FIGURES)
    midnights.push({
      at: startedAt + number(figures[i]!),
      before: unpackReading(figures, i + 1, startedAt),
      after: unpackReading(figures, i + 5, startedAt),
    })
  return midnights
}

const unpackReading = (figures: readonly string[], from: number, startedAt: number): Reading => ({
  at: startedAt + number(figures[from]!),
  seconds: number(figures[from + 1]!),
  fromVisitorOctets: big(figures[from + 2]!),
  toVisitorOctets: big(figures[from + 3]!),
})

/** A grant's User-Name begins with its visit, which the line has already. */
function packUserName(userName: string | null, visit: string | null): string {
  if (userName === null) return ''
  const start = `g1.${visit}.`
  return visit !== null && userName.startsWith(start)
    ? `~${escaped(userName.slice(start.length))}`
    : escaped(userName)
}

function unpackUserName(packed: string, visit: string | null): string | null {
  if (packed === '') return null
  return packed.startsWith('~') ? `g1.${visit}.${unescaped(packed.slice(1))}` : unescaped(packed)
}

/** Octets from outside may hold what parts fields, or what marks a shortened User-Name. */
export const escaped = (text: string): string =>
  /[\t~%]/.test(text) ? text.replace(/[\t~%]/g, encodeOne) : text
const encodeOne = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`
export const unescaped = (text: string): string => (text.includes('%') ? decodeURIComponent(text) : text)

export const base36 = (value: number | bigint): string =>
  typeof value === 'bigint' && value <= SAFE && value >= -SAFE
    ? Number(value).toString(36)
    : value.toString(36)

/** The number of a base 36 text, 0 for none, NaN for what is no number. A record has a dozen, and `parseInt` leaves compiled code for each. */
export function number(text: string): number {
  let value = 0
  const negative = text.startsWith('-')
  for (let i = negative ? 1 : 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const digit = code < LETTERS ? code - ZERO : code - LETTER_A + 10
    if (digit < 0 || digit > 35) return NaN
    value = value * 36 + digit
  }
  return negative ? -value : value
}

const ZERO = 48
const LETTERS = 58
const LETTER_A = 97

/** Ten digits of base 36 stay below 2^53. */
export function big(text: string): bigint {
  if (text.length <= 10) return BigInt(number(text))
  if (text.startsWith('-')) return -big(text.slice(1))
  let value = 0n
  for (const digit of text) value = value * 36n + BigInt(parseInt(digit, 36))
  return value
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)
