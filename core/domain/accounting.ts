import { cityDay } from './day.ts'
import type { Mac } from './mac.ts'
import type { Session } from './session.ts'

/** One accounting report of a gateway in the platform's words, whichever vendor or protocol it came by. */
export interface AccountingRecord {
  readonly status: 'start' | 'interim' | 'stop'
  readonly nas: string
  readonly site: string
  readonly acctSessionId: string
  readonly mac: Mac
  /** When it happened on our clock: receipt less Acct-Delay-Time. */
  readonly at: number
  readonly receivedAt: number
  /** Totals so far; null when the report carried none. */
  readonly fromVisitorOctets: bigint | null
  readonly toVisitorOctets: bigint | null
  /** False when the counters are 32-bit with no Gigawords, and may wrap. */
  readonly gigawords: boolean
  readonly seconds: number | null
  readonly cause: string | null
  readonly userName: string | null
  /** The visit that a Class or the gateway's own words name, or null. */
  readonly visit: string | null
  readonly ip: string | null
  readonly ap: Mac | null
  readonly interimSeconds: number
  /** The session id of a Class that we signed for this device, or null. */
  readonly classSession: string | null
}

/** What the first report of a session takes from the visit it belongs to. */
export interface SessionOrigin {
  readonly id: string
  readonly visit: string | null
  readonly subject: string | null
  readonly method: string | null
  readonly lang: string | null
  readonly os: string | null
}

export type SessionChange = 'started' | 'counted' | 'ended' | 'reopened'

/** One stored change of a session and by how much it moved the totals. */
export interface Step {
  readonly session: Session
  readonly change: SessionChange
  readonly delta: {
    readonly seconds: number
    readonly fromVisitorOctets: bigint
    readonly toVisitorOctets: bigint
  }
}

export type Applied =
  | { readonly kind: 'steps'; readonly steps: readonly [Step, ...Step[]] }
  /** Nothing new: a duplicate or a packet that came too late. */
  | { readonly kind: 'nothing'; readonly reason: 'duplicate' | 'late' }

/** Our causes beside those of RFC 2866 §5.10. */
export const LOST = 'Lost-Silence'
export const NAS_REBOOT = 'NAS-Reboot'

const WRAP = 1n << 32n
const MAX_OCTETS = (1n << 63n) - 1n
/** A Start this close to a known one, on our clock, is the same Start sent again. */
const SAME_START_MS = 5_000

/**
 * The next state of a session after a report, whatever came before, twice, late or not at all.
 * `current` is the record under (NAS, Acct-Session-Id, MAC) or null; `origin` is used when a session begins.
 */
export function applyAccounting(
  current: Session | null,
  record: AccountingRecord,
  origin: SessionOrigin,
): Applied {
  if (current === null) return begun(record, origin, 0)
  if (record.status === 'start') return startAgain(current, record, origin)
  return current.endedAt === null ? goesOn(current, record) : afterEnd(current, record)
}

/** Ends an open session for a reason that no Stop brought: silence, or its NAS started anew. */
export function endSession(current: Session, cause: string, at: number): Step {
  const session = {
    ...current,
    endedAt: Math.max(at, current.startedAt),
    cause,
    version: current.version + 1,
  }
  return { session, change: 'ended', delta: { seconds: 0, fromVisitorOctets: 0n, toVisitorOctets: 0n } }
}

/** What a session has used since its current city day began. */
export const usedToday = (session: Session): { seconds: number; octets: number } => ({
  seconds: session.seconds - session.dayBaseSeconds,
  octets: Number(session.fromVisitorOctets + session.toVisitorOctets - session.dayBaseOctets),
})

function begun(record: AccountingRecord, origin: SessionOrigin, version: number): Applied {
  const seconds = record.seconds ?? 0
  const startedAt = record.at - seconds * 1000
  const from = clampOctets(record.fromVisitorOctets ?? 0n)
  const to = clampOctets(record.toVisitorOctets ?? 0n)
  const stopped = record.status === 'stop'
  const session: Session = {
    id: origin.id,
    nas: record.nas,
    site: record.site,
    mac: record.mac,
    acctSessionId: record.acctSessionId,
    visit: origin.visit,
    userName: record.userName,
    subject: origin.subject,
    method: origin.method,
    lang: origin.lang,
    os: origin.os,
    ip: record.ip,
    ap: record.ap,
    startedAt,
    heardAt: record.receivedAt,
    endedAt: stopped ? record.at : null,
    cause: stopped ? (record.cause ?? 'unknown') : null,
    seconds,
    fromVisitorOctets: from,
    toVisitorOctets: to,
    interimSeconds: record.interimSeconds,
    day: cityDay(record.at),
    dayBaseSeconds: 0,
    dayBaseOctets: 0n,
    version: version + 1,
  }
  const delta = { seconds, fromVisitorOctets: from, toVisitorOctets: to }
  const started: Step = { session: { ...session, endedAt: null, cause: null }, change: 'started', delta }
  if (!stopped) return { kind: 'steps', steps: [started] }
  const none = { seconds: 0, fromVisitorOctets: 0n, toVisitorOctets: 0n }
  const ended: Step = { session: { ...session, version: version + 2 }, change: 'ended', delta: none }
  return { kind: 'steps', steps: [started, ended] }
}

/** A Start for a known session id: the same one again, or the id of a rebooted NAS in use anew. */
function startAgain(current: Session, record: AccountingRecord, origin: SessionOrigin): Applied {
  const sameClass = record.classSession !== null && record.classSession === current.id
  const otherClass = record.classSession !== null && record.classSession !== current.id
  const sameMoment = Math.abs(record.at - current.startedAt) < SAME_START_MS
  const afterAll = record.at > (current.endedAt ?? current.heardAt)
  if (sameClass || sameMoment || !(afterAll && (current.endedAt !== null || otherClass)))
    return { kind: 'nothing', reason: 'duplicate' }
  const closing = current.endedAt === null ? endSession(current, NAS_REBOOT, current.heardAt) : null
  const opening = begun(record, origin, current.version + (closing ? 1 : 0))
  if (opening.kind !== 'steps' || !closing) return opening
  return { kind: 'steps', steps: [closing, ...opening.steps] }
}

function goesOn(current: Session, record: AccountingRecord): Applied {
  const counted = countedOn(current, record)
  if (record.status === 'stop') {
    const session = {
      ...counted.session,
      endedAt: Math.max(record.at, current.startedAt),
      cause: record.cause ?? 'unknown',
    }
    return { kind: 'steps', steps: [{ session, change: 'ended', delta: counted.delta }] }
  }
  const older = record.seconds !== null && record.seconds < current.seconds
  if (older && counted.unmoved) return { kind: 'nothing', reason: 'late' }
  if (counted.unmoved && record.receivedAt - current.heardAt < 1000)
    return { kind: 'nothing', reason: 'duplicate' }
  return { kind: 'steps', steps: [{ session: counted.session, change: 'counted', delta: counted.delta }] }
}

/** After the end: a Stop may still bring larger totals; an Interim-Update proves that a lost session lives. */
function afterEnd(current: Session, record: AccountingRecord): Applied {
  const counted = countedOn(current, record)
  if (record.status === 'stop') {
    const lost = current.cause === LOST
    if (counted.unmoved && !lost) return { kind: 'nothing', reason: 'duplicate' }
    const endedAt = lost ? Math.max(record.at, current.startedAt) : current.endedAt
    const cause = lost ? (record.cause ?? 'unknown') : current.cause
    return {
      kind: 'steps',
      steps: [{ session: { ...counted.session, endedAt, cause }, change: 'ended', delta: counted.delta }],
    }
  }
  // Only silence is ever taken back: a session that its NAS ended stays ended, and a later packet is a late one.
  if (current.cause !== LOST || record.at <= current.endedAt!) return { kind: 'nothing', reason: 'late' }
  const session = { ...counted.session, endedAt: null, cause: null }
  return { kind: 'steps', steps: [{ session, change: 'reopened', delta: counted.delta }] }
}

function countedOn(current: Session, record: AccountingRecord) {
  const later = record.seconds === null || record.seconds >= current.seconds
  const from = nextCount(current.fromVisitorOctets, record.fromVisitorOctets, record.gigawords, later)
  const to = nextCount(current.toVisitorOctets, record.toVisitorOctets, record.gigawords, later)
  const seconds = Math.max(current.seconds, record.seconds ?? 0)
  const day = cityDay(record.at)
  const newDay = day > current.day
  const session: Session = {
    ...current,
    heardAt: Math.max(current.heardAt, record.receivedAt),
    seconds,
    fromVisitorOctets: from,
    toVisitorOctets: to,
    ip: record.ip ?? current.ip,
    ap: record.ap ?? current.ap,
    interimSeconds: record.interimSeconds,
    day: newDay ? day : current.day,
    dayBaseSeconds: newDay ? current.seconds : current.dayBaseSeconds,
    dayBaseOctets: newDay ? current.fromVisitorOctets + current.toVisitorOctets : current.dayBaseOctets,
    version: current.version + 1,
  }
  const delta = {
    seconds: seconds - current.seconds,
    fromVisitorOctets: from - current.fromVisitorOctets,
    toVisitorOctets: to - current.toVisitorOctets,
  }
  const unmoved = delta.seconds === 0 && delta.fromVisitorOctets === 0n && delta.toVisitorOctets === 0n
  return { session, delta, unmoved }
}

/** Totals never go back. Without Gigawords a smaller counter in a later report is a wrap at 2³² (RFC 2869 §5.1). */
function nextCount(known: bigint, reported: bigint | null, gigawords: boolean, later: boolean): bigint {
  if (reported === null) return known
  const octets = clampOctets(reported)
  if (gigawords || !later || octets >= WRAP) return octets > known ? octets : known
  const low = known % WRAP
  if (octets >= low) return known - low + octets
  // A wrap passes the top; a counter that merely fell back (a NAS that lost count) is not one.
  const wrapped = low - octets > WRAP / 2n
  return wrapped ? known - low + WRAP + octets : known
}

const clampOctets = (octets: bigint): bigint => (octets < 0n ? 0n : octets > MAX_OCTETS ? MAX_OCTETS : octets)
