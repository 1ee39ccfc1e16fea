import { cityDay } from '../domain/day.ts'
import type { Mac } from '../domain/mac.ts'
import type { Midnight, Reading } from '../domain/midnights.ts'
import { NO_IPV6 } from '../domain/session-ipv6.ts'
import type { Session } from '../domain/session.ts'
import { base36, big, Fields, number } from './fields.ts'

/**
 * A session as one line of tab-separated fields, half the size of a JSON list: a city keeps hundreds of thousands.
 * Numbers are in base 36, times count from the start, and what follows from another field is left out. The NAS is not
 * in it: who reads a record knows whose it is. New fields go to the end, so that lines of before still read.
 */
export function packSession(session: Session): string {
  const { startedAt, visit, endedAt, day, dayBaseSeconds, dayBaseOctets } = session
  // One text put together at once; a list that is joined costs twice as much.
  const line =
    `${base36(session.version)}\t${session.id}\t${session.site}\t${session.mac}\t` +
    `${escaped(session.acctSessionId)}\t${visit ?? ''}\t${packUserName(session.userName, visit)}\t` +
    `${session.subject ?? ''}\t${session.method === USUAL_METHOD ? USUAL : (session.method ?? '')}\t${session.lang ?? ''}\t${escaped(session.os ?? '')}\t` +
    `${escaped(session.ip ?? '')}\t${session.ap ?? ''}\t${base36(startedAt)}\t` +
    `${base36(session.heardAt - startedAt)}\t${endedAt === null ? '' : base36(endedAt - startedAt)}\t` +
    `${session.cause ?? ''}\t${base36(session.seconds)}\t${base36(session.fromVisitorOctets)}\t` +
    `${base36(session.toVisitorOctets)}\t${base36(session.interimSeconds)}\t` +
    `${day === cityDay(startedAt) ? '' : day}\t${dayBaseSeconds === 0 ? '' : base36(dayBaseSeconds)}\t` +
    (dayBaseOctets === 0n ? '' : base36(dayBaseOctets))
  const { gigawords, midnights, ipv6, multiSessionId } = session
  if (ipv6.length > 0 || multiSessionId !== null)
    return (
      `${line}\t${gigawords ? '1' : ''}\t${packMidnights(midnights, startedAt)}\t${ipv6.join(' ')}` +
      (multiSessionId === null ? '' : `\t${escaped(multiSessionId)}`)
    )
  if (midnights.length > 0) return `${line}\t${gigawords ? '1' : ''}\t${packMidnights(midnights, startedAt)}`
  return gigawords ? `${line}\t1` : line
}

/** The session of a line that `packSession` wrote. */
export function unpackSession(line: string, nas: string): Session {
  const fields = new Fields(line)
  const version = fields.number()
  const id = fields.text()
  const site = fields.text()
  const mac = fields.text() as Mac
  const acctSessionId = unescaped(fields.text())
  const visit = fields.word()
  const userName = unpackUserName(fields.text(), visit)
  const subject = fields.word()
  const packedMethod = fields.word()
  const lang = fields.word()
  const os = unescaped(fields.text()) || null
  const ip = unescaped(fields.text()) || null
  const ap = fields.word() as Mac | null
  const startedAt = fields.number()
  const heardAt = startedAt + fields.number()
  const ended = fields.limit()
  const endedAt = ended === undefined ? null : startedAt + ended
  const cause = fields.word()
  const seconds = fields.number()
  const fromVisitorOctets = fields.big()
  const toVisitorOctets = fields.big()
  const interimSeconds = fields.number()
  const day = fields.word() ?? cityDay(startedAt)
  const dayBaseSeconds = fields.number()
  const dayBaseOctets = fields.big()
  const gigawords = fields.text() !== ''
  const midnights = fields.word()
  const ipv6 = fields.word()
  const multiSessionId = fields.word()
  return {
    version,
    id,
    nas,
    site,
    mac,
    acctSessionId,
    visit,
    userName,
    subject,
    method: packedMethod === USUAL ? USUAL_METHOD : packedMethod,
    lang,
    os,
    ip,
    ap,
    startedAt,
    heardAt,
    endedAt,
    cause,
    seconds,
    fromVisitorOctets,
    toVisitorOctets,
    interimSeconds,
    day,
    dayBaseSeconds,
    dayBaseOctets,
    gigawords,
    midnights: midnights === null ? NO_MIDNIGHTS : unpackMidnights(midnights, startedAt),
    ipv6: ipv6 === null ? NO_IPV6 : ipv6.split(' '),
    multiSessionId: multiSessionId === null ? null : unescaped(multiSessionId),
  }
}

/** What a line begins with that no other state of its session does: each change has the next version. */
export function stateOf(line: string): string {
  return line.slice(0, line.indexOf('\t', line.indexOf('\t') + 1) + 1)
}

/** How nearly all sessions began, in one letter: with it a record fits the next smaller piece of Redis's memory. */
const USUAL_METHOD = 'click-through'
const USUAL = 'c'

const NO_MIDNIGHTS: readonly Midnight[] = []

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
  if (visit === null || !userName.startsWith(GRANT) || !userName.startsWith(visit, GRANT.length))
    return escaped(userName)
  const rest = GRANT.length + visit.length
  return userName.charAt(rest) === '.' ? `~${escaped(userName.slice(rest + 1))}` : escaped(userName)
}

const GRANT = 'g1.'

function unpackUserName(packed: string, visit: string | null): string | null {
  if (packed === '') return null
  return packed.startsWith('~') ? `${GRANT}${visit}.${unescaped(packed.slice(1))}` : unescaped(packed)
}

/** Octets from outside may hold what parts fields, or what marks a shortened User-Name. */
export const escaped = (text: string): string =>
  /[\t~%]/.test(text) ? text.replace(/[\t~%]/g, encodeOne) : text
const encodeOne = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`
export const unescaped = (text: string): string => (text.includes('%') ? decodeURIComponent(text) : text)
