import { cityDay } from './day.ts'
import { givenLimits, grantInReport } from './grant.ts'
import { isOfCode } from './grants.ts'
import { openingAt, type OpeningHours } from './hours.ts'
import { lesser, whileLifted, type Allowance, type Lift, type Usage } from './limits.ts'
import type { Session } from './session.ts'
import type { VisitGrant } from './visit.ts'

/** Why we end a session that its gateway does not: what the visitor, the audit and the metrics are told. */
export type MustEnd = 'hours' | 'revoked' | 'quota-time' | 'quota-data' | 'session-time' | 'session-data'

/** Everything that decides whether an open session may go on. */
export interface Standing {
  readonly session: Session
  readonly right: {
    readonly grant: VisitGrant | null
    readonly revoked: boolean
    /** When a NAS first redeemed the grant, epoch ms. */
    readonly acceptedAt: number | null
  }
  /** What its subject has used, over the day at hand or the life of a code. */
  readonly used: Usage
  /** Of its site. */
  readonly hours: readonly OpeningHours[] | undefined
  /** Limits that a notice lifts at its site now. */
  readonly lifts?: readonly Lift[] | undefined
}

/** A gateway ends a session at its limit by itself, and its Stop takes a moment. */
const GRACE_SECONDS = 60

/** Why a session must end, or null. Limits are to be passed: at them, a gateway that holds them has ended it already. */
export function reasonToEnd(standing: Standing, now: number): MustEnd | null {
  const { session, right, used, hours } = standing
  if (!openingAt(hours, now).open) return 'hours'
  if (right.revoked) return 'revoked'
  const allowance = allowanceOf(standing)
  if (allowance.seconds !== undefined && used.seconds > allowance.seconds) return 'quota-time'
  if (allowance.octets !== undefined && used.octets > allowance.octets) return 'quota-data'
  const own = ownLimits(standing, now)
  if (own.seconds !== undefined && spentSeconds(standing, now) > own.seconds + GRACE_SECONDS)
    return 'session-time'
  return own.octets !== undefined && octetsOf(session) > own.octets ? 'session-data' : null
}

/** Until when, and until how many octets of a session, there can be no reason to end it. */
export interface NextLook {
  /** Epoch ms. */
  readonly at: number
  readonly octets: number
}

/** What no limit foretells, such as a right that is taken back, is seen after this long at the latest. */
const LOOK_AGAIN_SECONDS = 15 * 60
/** Others may be using the same allowance: a session is looked at when it has moved this part of what was left. */
const PART = 4

/** When a session that may go on is to be looked at again: time cannot run out faster than it passes. */
export function nextLook(standing: Standing, now: number): NextLook {
  const { session, used } = standing
  const allowance = allowanceOf(standing)
  const own = ownLimits(standing, now)
  const octets = octetsOf(session)
  const seconds = [
    allowance.seconds === undefined ? undefined : allowance.seconds - used.seconds,
    own.seconds === undefined ? undefined : own.seconds + GRACE_SECONDS - spentSeconds(standing, now),
  ].reduce(lesser, LOOK_AGAIN_SECONDS)
  const more = [
    allowance.octets === undefined ? undefined : (allowance.octets - used.octets) / PART,
    own.octets === undefined ? undefined : own.octets - octets,
  ].reduce(lesser, Infinity)
  return { at: now + Math.max(1, seconds!) * 1000, octets: octets + Math.max(0, more!) }
}

/** The first look at a session that has just begun, from what its User-Name says of its grant; null where that says nothing. */
export function firstLook({ userName }: Session, now: number): NextLook | null {
  const limits = userName === null ? undefined : grantInReport(userName)?.limits
  if (!limits) return null
  const { seconds = Infinity, octets = Infinity } = limits
  return { at: now + Math.min(LOOK_AGAIN_SECONDS, seconds) * 1000, octets: octets / PART }
}

/** Octets of a session in both directions. */
export const octetsOf = ({
  fromVisitorOctets,
  toVisitorOctets,
}: Pick<Session, 'fromVisitorOctets' | 'toVisitorOctets'>): number =>
  Number(fromVisitorOctets) + Number(toVisitorOctets)

/** The right that the session runs on: its visit may have got another one since. */
const grantOf = ({ session, right: { grant } }: Standing): VisitGrant | null =>
  grant?.subject === session.subject ? grant : null

/** The quota that its use is held against now. */
const allowanceOf = (standing: Standing): Allowance =>
  whileLifted(grantOf(standing)?.allowance ?? {}, standing.lifts)

/** The session's own limits that hold now. */
function ownLimits(standing: Standing, now: number): Allowance {
  const { session, lifts } = standing
  const grant = grantOf(standing)
  // One that began before this right was given had limits of its own, which nobody knows any more.
  if (!grant || session.startedAt < grant.grantedAt - GRACE_SECONDS * 1000) return {}
  const { seconds, octets } = givenLimits(grant.limits, session.method)
  // What a day left of its data is no limit in the next.
  const holds = isOfCode(grant.subject) || cityDay(grant.grantedAt) === cityDay(now)
  return whileLifted({ seconds, octets: holds ? octets : undefined }, lifts)
}

/** How much of its own time is spent: a visit's clock runs from its first Access-Accept, a code's while it is used. */
const spentSeconds = ({ session, right: { grant, acceptedAt } }: Standing, now: number): number =>
  acceptedAt === null || !grant || isOfCode(grant.subject) ? session.seconds : (now - acceptedAt) / 1000
