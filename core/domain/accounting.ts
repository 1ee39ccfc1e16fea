import type { CounterNote } from './counters.ts'
import { cityDay } from './day.ts'
import { grown, lastKnown, momentOf, ROUNDING_MS, type Grown } from './growth.ts'
import type { Mac } from './mac.ts'
import type { Growth } from './midnights.ts'
import { allIpv6, NO_IPV6 } from './session-ipv6.ts'
import type { Session } from './session.ts'

/** One accounting report of a gateway in the platform's words, whichever vendor or protocol it came by. */
export interface AccountingRecord {
  readonly status: 'start' | 'interim' | 'stop'
  readonly nas: string
  readonly site: string
  readonly acctSessionId: string
  readonly mac: Mac
  /** When it happened on our clock: see `delayedSince`. */
  readonly at: number
  readonly receivedAt: number
  /** True when it named a delay that no packet has, and `at` is the receipt. */
  readonly absurdDelay?: boolean
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
  /** IPv6 addresses, and prefixes with their length, in their one spelling (RFC 5952). */
  readonly ipv6?: readonly string[]
  /** True when it named one that is none. */
  readonly badIpv6?: boolean
  /** @see RFC 2866 §5.11 */
  readonly multiSessionId?: string | null
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
  readonly delta: Growth
  /** When, where that is not the report's own moment: each city day's share is a step of that day. */
  readonly at?: number
  /** What had to be understood of the report; the last of its steps has them. */
  readonly notes?: readonly Outcome[]
}

/** What became of a report, and what had to be understood to get there: docs/sessions.md has a line for each. */
export type Outcome = SessionChange | Ignored | Note

/** Why a report changed nothing. */
export type Ignored = 'duplicate' | 'late' | 'after-stop' | 'earlier-session'

type Note =
  | CounterNote
  | 'start-missed'
  | 'no-visit'
  | 'id-reused'
  | 'over-midnight'
  | 'no-octets'
  | 'one-direction'
  | 'no-cause'
  | 'no-session-time'
  | 'absurd-session-time'
  | 'absurd-delay'
  | 'future'
  | 'bad-ipv6'
  | 'too-many-ipv6'

type Steps = readonly [Step, ...Step[]]

export type Applied = { readonly outcomes: readonly Outcome[] } & (
  { readonly kind: 'steps'; readonly steps: Steps } | { readonly kind: 'nothing'; readonly reason: Ignored }
)

/** Our causes beside those of RFC 2866 §5.10. */
export const LOST = 'Lost-Silence'
export const NAS_REBOOT = 'NAS-Reboot'
/** Ends that no Stop told: the session's own next report takes them back. */
const GUESSES: ReadonlySet<string | null> = new Set([LOST, NAS_REBOOT, 'NAS-Removed'])

/** True where nobody told that a session ended: its gateway may still have more to tell of it. */
export const isGuessed = ({ endedAt, cause }: Session): boolean => endedAt !== null && GUESSES.has(cause)

/** Beyond this a gateway's delay is its clock's fault, not the network's (as FreeRADIUS has it). */
const MOST_DELAY_SECONDS = 7 * 86_400
const NO_ADDRESSES: ReadonlySet<string> = new Set(['0.0.0.0', '255.255.255.255', '255.255.255.254', '::'])
/** For so long a gateway may send one packet again without telling its age: RFC 5080 §2.2.2 expects no more. */
const ASTRAY_MS = 30_000
/** A Start this close to a known one, on our clock, is the same Start sent again, whatever its Class. */
const SAME_START_MS = 5_000
/** A first report of a longer session tells of a broken counter. */
const MOST_UNHEARD_SECONDS = 31 * 86_400

/** When what a report tells happened, on our clock; null for a delay that no packet has. @see RFC 2866 §5.2 */
export const delayedSince = (receivedAt: number, delaySeconds: number): number | null =>
  delaySeconds < MOST_DELAY_SECONDS ? receivedAt - delaySeconds * 1000 : null

/** A device's address, or null for what stands for none: not known, or left to others. @see RFC 2865 §5.8 */
export const usableAddress = (ip: string | undefined): string | null =>
  ip === undefined || NO_ADDRESSES.has(ip) ? null : ip

/**
 * The next state of a session after a report, whatever came before, twice, late or not at all.
 * `current` is the record under (NAS, Acct-Session-Id, MAC) or null; `origin` is used when `isBeginning`.
 */
export function applyAccounting(
  current: Session | null,
  record: AccountingRecord,
  origin: SessionOrigin,
): Applied {
  if (current === null) return begin(null, record, origin)
  const life = lifeOf(current, record)
  if (life === 'later') return begin(current, record, origin)
  if (life === 'earlier') return ignored('earlier-session')
  if (record.status === 'start') return nothing('duplicate', current, record)
  return record.status === 'stop' ? stop(current, record) : goOn(current, record)
}

/** True when a report begins a session, whatever is known under its id. */
export const isBeginning = (current: Session | null, record: AccountingRecord): boolean =>
  current === null || lifeOf(current, record) === 'later'

/** Ends an open session for a reason that no Stop brought: silence, or its NAS started anew. */
export function endSession(current: Session, cause: string, at: number): Step {
  const endedAt = Math.max(at, current.startedAt)
  return {
    session: { ...current, endedAt, cause, version: current.version + 1 },
    change: 'ended',
    delta: NONE,
  }
}

/** False when a session cannot have ended then: it began, or was heard of, after that moment. */
export const mayHaveEndedAt = (session: Session, at: number): boolean =>
  session.startedAt <= at && lastKnown(session) <= at + ASTRAY_MS

/** What a session has used since its current city day began. */
export const usedToday = (session: Session): { seconds: number; octets: number } => ({
  seconds: session.seconds - session.dayBaseSeconds,
  octets: Number(session.fromVisitorOctets + session.toVisitorOctets - session.dayBaseOctets),
})

const NONE: Growth = { seconds: 0, fromVisitorOctets: 0n, toVisitorOctets: 0n }

/** Whose report it is: this session's, or that of another one under the same id, before it or after it. */
function lifeOf(current: Session, record: AccountingRecord): 'this' | 'earlier' | 'later' {
  const { startedAt, endedAt, cause } = current
  const at = momentOf(record)
  const isStart = record.status === 'start'
  if (!isStart && !record.seconds) return at < startedAt - ASTRAY_MS ? 'earlier' : 'this'
  const seconds = record.seconds ?? 0
  const beganAt = at - seconds * 1000
  // An end that was inferred may be later than the real one.
  const isAfter = beganAt > (endedAt === null || GUESSES.has(cause) ? lastKnown(current) : endedAt)
  if (isStart) {
    if (beganAt < startedAt - ASTRAY_MS) return 'earlier'
    if (!isAfter) return 'this'
    if (beganAt > startedAt + SAME_START_MS && namesAnother(current, record)) return 'later'
    return endedAt !== null && beganAt > startedAt + ASTRAY_MS ? 'later' : 'this'
  }
  if (isAfter && beganAt > startedAt + ASTRAY_MS && record.classSession !== current.id)
    // While it is open, its clock alone may have stood still or have told no delay.
    if (endedAt !== null || seconds < current.seconds || namesAnother(current, record)) return 'later'
  return at < startedAt && beganAt < startedAt - ASTRAY_MS ? 'earlier' : 'this'
}

/** True when the Class is of another Access-Accept; one in mid-session has its Class changed, too. */
const namesAnother = (current: Session, { classSession }: AccountingRecord): boolean =>
  classSession !== null && classSession !== current.id

function begin(current: Session | null, record: AccountingRecord, origin: SessionOrigin): Applied {
  const closing = current?.endedAt === null ? endSession(current, NAS_REBOOT, lastKnown(current)) : null
  const before = blank(record, origin, closing?.session.version ?? current?.version ?? 0)
  const growth = grown(before, record)
  const begun = stepsOf('started', before, growth, record)
  const steps: Steps = closing ? [closing, ...begun] : begun
  const notes = [...growth.notes]
  if (record.status !== 'start') notes.push('start-missed')
  if (record.classSession === null && record.visit === null) notes.push('no-visit')
  if (current !== null) notes.push('id-reused')
  if (record.status !== 'stop')
    return { kind: 'steps', steps: noted(steps, notes), outcomes: ['started', ...notes] }
  const end = endSession(steps.at(-1)!.session, causeOf(record, notes), momentOf(record))
  return { kind: 'steps', steps: noted([...steps, end], notes), outcomes: ['started', 'ended', ...notes] }
}

/** A session at its start, of which nothing has been counted. */
function blank(record: AccountingRecord, origin: SessionOrigin, version: number): Session {
  const told = record.seconds ?? 0
  const startedAt = momentOf(record) - (told > MOST_UNHEARD_SECONDS ? 0 : told * 1000)
  return {
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
    endedAt: null,
    cause: null,
    seconds: 0,
    fromVisitorOctets: 0n,
    toVisitorOctets: 0n,
    interimSeconds: record.interimSeconds,
    day: cityDay(startedAt),
    dayBaseSeconds: 0,
    dayBaseOctets: 0n,
    gigawords: false,
    midnights: [],
    ipv6: NO_IPV6,
    multiSessionId: null,
    version,
  }
}

function goOn(current: Session, record: AccountingRecord): Applied {
  const growth = grown(current, record)
  const { next, moved, elapsed, notes } = growth
  const at = momentOf(record)
  if (current.endedAt !== null && at > current.endedAt && elapsed > current.seconds) {
    if (!GUESSES.has(current.cause)) return ignored('after-stop')
    next.endedAt = null
    next.cause = null
    return changed('reopened', current, growth, record)
  }
  const isLate = current.endedAt !== null || elapsed < current.seconds
  if (!moved && isLate) return nothing('late', current, record)
  if (!moved && at - lastKnown(current) < ROUNDING_MS) return nothing('duplicate', current, record)
  if (isLate) notes.unshift('late')
  return changed('counted', current, growth, record)
}

/** What a Stop tells is the end, unless another Stop told one before: that end stays, with larger totals if need be. */
function stop(current: Session, record: AccountingRecord): Applied {
  const growth = grown(current, record)
  const { next, moved, notes } = growth
  if (current.endedAt !== null && !GUESSES.has(current.cause)) {
    if (!moved) return nothing('duplicate', current, record)
    notes.unshift('late')
    return changed('ended', current, growth, record)
  }
  next.endedAt = Math.max(momentOf(record), current.startedAt)
  next.cause = causeOf(record, notes)
  // A Stop may tell of a restart, too (RFC 2866 §5.10), and come twice.
  const isKnown =
    next.cause === current.cause && Math.abs(next.endedAt - (current.endedAt ?? 0)) < ROUNDING_MS
  return isKnown && !moved ? nothing('duplicate', current, record) : changed('ended', current, growth, record)
}

function causeOf(record: AccountingRecord, notes: Outcome[]): string {
  if (record.cause === null) notes.push('no-cause')
  return record.cause ?? 'unknown'
}

const ignored = (reason: Ignored): Applied => ({ kind: 'nothing', reason, outcomes: [reason] })

/** A report that counts nothing, and changes nothing unless it is the first to name an address. */
function nothing(reason: Ignored, current: Session, record: AccountingRecord): Applied {
  const ipv6 = allIpv6(current.ipv6, record.ipv6)
  if (ipv6 === current.ipv6) return ignored(reason)
  const at = momentOf(record)
  const heardAt = Math.max(current.heardAt, record.receivedAt)
  const session = { ...current, ipv6, heardAt, version: current.version + 1 }
  return {
    kind: 'steps',
    steps: [{ session, change: 'counted', delta: NONE, at }],
    outcomes: [reason, 'counted'],
  }
}

const changed = (
  change: SessionChange,
  before: Session,
  growth: Grown,
  record: AccountingRecord,
): Applied => ({
  kind: 'steps',
  steps: noted(stepsOf(change, before, growth, record), growth.notes),
  outcomes: growth.notes.length === 0 ? [change] : [change, ...growth.notes],
})

function noted(steps: Steps, notes: readonly Outcome[]): Steps {
  if (notes.length === 0) return steps
  const last = { ...steps.at(-1)!, notes }
  return [...steps.slice(0, -1), last] as unknown as Steps
}

/** Each city day's part as a step of that day. A session begins with the first of them; any other change is the last. */
function stepsOf(
  change: SessionChange,
  before: Session,
  { next, days }: Grown,
  record: AccountingRecord,
): Steps {
  const at = momentOf(record)
  const steps: Step[] = []
  let soFar: Growth = before
  for (const { from, until, growth } of days) {
    const isLast = steps.length === days.length - 1
    const isMain = change === 'started' ? steps.length === 0 : isLast
    const version = before.version + steps.length + 1
    if (isLast) next.version = version
    else soFar = sum(soFar, growth)
    const session = isLast ? next : { ...before, ...soFar, version }
    const step: Step = { session, change: isMain ? change : 'counted', delta: growth }
    const ownAt = Math.max(from, Math.min(at, until - 1))
    steps.push(ownAt === record.at ? step : { ...step, at: ownAt })
  }
  return steps as [Step, ...Step[]]
}

const sum = (one: Growth, other: Growth): Growth => ({
  seconds: one.seconds + other.seconds,
  fromVisitorOctets: one.fromVisitorOctets + other.fromVisitorOctets,
  toVisitorOctets: one.toVisitorOctets + other.toVisitorOctets,
})
