import { cityDay } from './day.ts'
import { grantUserName, REDEEM_MS } from './grant.ts'
import { keyedHash } from './keyed-hash.ts'
import {
  leftAcrossMidnight,
  narrowed,
  siteSession,
  whileLifted,
  type Allowance,
  type Left,
  type Lift,
  type SessionLimits,
} from './limits.ts'
import type { Mac } from './mac.ts'
import type { Site } from './site.ts'
import type { VisitGrant } from './visit.ts'
import type { Voucher } from './voucher.ts'

/** What a device's usage of a day counts against: a keyed digest, the same at every site of the city. */
export const deviceSubject = (key: Buffer, mac: Mac): string => `m.${keyedHash(key, `device\n${mac}`, 22)}`

/** A code without a time of its own lasts this long for MAC authentication, epoch ms. */
const DAY_MS = 86_400_000

/** The total that one visitor's day is held against at a site. */
export const dayAllowance = ({ limits }: Site): Allowance => ({
  seconds: limits.dailySeconds,
  octets: limits.dailyOctets,
})

/** The right of somebody who accepted the terms: one session within the site's limits and what the day leaves. */
export function clickThroughGrant(
  site: Site,
  visit: string,
  subject: string,
  left: Left,
  now: number,
): VisitGrant {
  const allowance = dayAllowance(site)
  const limits = narrowed(siteSession(site.limits), leftAcrossMidnight(left, allowance, now))
  return minted({ method: 'click-through', visit, subject, limits, allowance }, now, site.lifts)
}

/** The total that a code is good for. */
export const codeAllowance = ({ seconds, octets }: Voucher): Allowance => ({
  seconds: seconds ?? undefined,
  octets: octets ?? undefined,
})

/** The right that a code gives on the portal: what is left of the code, at the site's speed. */
export function codeGrant(site: Site, visit: string, voucher: Voucher, left: Left, now: number): VisitGrant {
  const limits = narrowed(ofVoucher(voucher, siteSession(site.limits)), left)
  return minted(
    { method: 'voucher', visit, subject: codeSubject(voucher), limits, allowance: codeAllowance(voucher) },
    now,
    site.lifts,
  )
}

/** What the usage of a code counts against, on whichever device. */
export const codeSubject = ({ id }: Pick<Voucher, 'id'>): string => `v.${id}`

/** True for what counts over a code's whole life, whatever the day. */
export const isOfCode = (subject: string): boolean => subject.startsWith('v.')

/** The period of a subject's usage at a moment: a city day, or null for a code's whole life. */
export const periodOf = (subject: string, at: number): string | null =>
  isOfCode(subject) ? null : cityDay(at)

/** The right of a code that a gateway's own form sent: its User-Name is the code. */
export function voucherGrant(given: {
  voucher: Voucher
  userName: string
  session: SessionLimits
  now: number
}): VisitGrant {
  const { voucher, userName, session, now } = given
  const limits = ofVoucher(voucher, session)
  return {
    method: 'voucher',
    userName,
    limits,
    subject: codeSubject(voucher),
    allowance: codeAllowance(voucher),
    grantedAt: now,
    validUntil: until(limits, now),
  }
}

/** A code's own time, data and speed; what it does not say is the site's. */
const ofVoucher = (voucher: Voucher, session: SessionLimits): SessionLimits => ({
  ...session,
  seconds: voucher.seconds ?? session.seconds,
  octets: voucher.octets ?? session.octets,
  downBitsPerSecond: voucher.downBitsPerSecond ?? session.downBitsPerSecond,
  upBitsPerSecond: voucher.upBitsPerSecond ?? session.upBitsPerSecond,
})

/** The right keeps its limits for when those that are `lifted` hold again; its User-Name tells what the gateway is given. */
function minted(
  right: Omit<VisitGrant, 'userName' | 'grantedAt' | 'validUntil'> & { visit: string },
  now: number,
  lifted?: readonly Lift[],
): VisitGrant {
  const { visit, ...grant } = right
  const limits = whileLifted(grant.limits, lifted)
  const userName = grantUserName({ visit, expiresAt: now + REDEEM_MS, limits })
  return { ...grant, userName, grantedAt: now, validUntil: until(grant.limits, now) }
}

const until = (limits: SessionLimits, now: number): number =>
  now + (limits.seconds === undefined ? DAY_MS : limits.seconds * 1000)
