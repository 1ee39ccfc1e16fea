import { createHmac } from 'node:crypto'
import { grantUserName, REDEEM_MS } from './grant.ts'
import { siteSession, type Allowance, type SessionLimits } from './limits.ts'
import type { Mac } from './mac.ts'
import type { Site } from './site.ts'
import type { VisitGrant } from './visit.ts'
import type { Voucher } from './voucher.ts'

/** What a device's usage of a day counts against: a keyed digest, the same at every site of the city. */
export const deviceSubject = (key: Buffer, mac: Mac): string =>
  `m.${createHmac('sha256', key).update(`device\n${mac}`).digest('base64url').slice(0, 22)}`

/** A code without a time of its own lasts this long for MAC authentication, epoch ms. */
const DAY_MS = 86_400_000

/** The right of somebody who accepted the terms: one session within the site's limits. */
export function clickThroughGrant(site: Site, visit: string, subject: string, now: number): VisitGrant {
  const { dailySeconds: seconds, dailyOctets: octets } = site.limits
  return minted(
    {
      method: 'click-through',
      visit,
      subject,
      limits: siteSession(site.limits),
      allowance: { seconds, octets },
    },
    now,
  )
}

/** The right that a code gives on the portal: what the code allows, at the site's speed. */
export function codeGrant(site: Site, visit: string, voucher: Voucher, now: number): VisitGrant {
  const limits = ofVoucher(voucher, siteSession(site.limits))
  return minted(
    { method: 'voucher', visit, subject: `v.${voucher.id}`, limits, allowance: lifeOf(voucher) },
    now,
  )
}

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
    subject: `v.${voucher.id}`,
    allowance: lifeOf(voucher),
    grantedAt: now,
    validUntil: until(limits, now),
  }
}

/** A code's own time and data; without a time of its own the site's session. */
const ofVoucher = (voucher: Voucher, session: SessionLimits): SessionLimits => ({
  ...session,
  seconds: voucher.seconds ?? session.seconds,
  octets: voucher.octets ?? session.octets,
})

const lifeOf = ({ seconds, octets }: Voucher): Allowance => ({
  seconds: seconds ?? undefined,
  octets: octets ?? undefined,
})

function minted(
  right: Omit<VisitGrant, 'userName' | 'grantedAt' | 'validUntil'> & { visit: string },
  now: number,
): VisitGrant {
  const { visit, ...grant } = right
  const userName = grantUserName({ visit, expiresAt: now + REDEEM_MS, limits: grant.limits })
  return { ...grant, userName, grantedAt: now, validUntil: until(grant.limits, now) }
}

const until = (limits: SessionLimits, now: number): number =>
  now + (limits.seconds === undefined ? DAY_MS : limits.seconds * 1000)
