import { timingSafeEqual } from 'node:crypto'
import { hmacText } from './hmac.ts'
import type { SessionLimits } from './limits.ts'
import type { Mac } from './mac.ts'

/**
 * A right to be online that the portal mints and a NAS redeems: the username says which visit, until when and
 * within which limits; the password is an HMAC of it bound to the device and the NAS. The server can so compute
 * the password for PAP and CHAP alike, and check it with every store away.
 */
export interface Grant {
  readonly visit: string
  /** Until when the NAS may redeem it, epoch ms (whole minutes on the wire). */
  readonly expiresAt: number
  readonly limits: SessionLimits
}

const MINUTE = 60_000
const VERSION = 'g1'

/** How long a minted grant may wait for its Access-Request. */
export const REDEEM_MS = 10 * MINUTE

/** What a grant is good for while the store is away and no limit can be checked. */
export const DEGRADED_SECONDS = 300
/** The method that such a session is known by. */
export const DEGRADED_METHOD = 'degraded'

const number36 = (n: number | undefined): string =>
  n === undefined ? '' : Math.max(1, Math.round(n)).toString(36)

/** The User-Name of a grant, at most 90 octets of `[A-Za-z0-9._-]`. */
export function grantUserName({ visit, expiresAt, limits }: Grant): string {
  return [
    VERSION,
    visit,
    Math.ceil(expiresAt / MINUTE).toString(36),
    number36(limits.seconds),
    number36(limits.idleSeconds),
    number36(limits.downBitsPerSecond),
    number36(limits.upBitsPerSecond),
    number36(limits.octets),
  ].join('.')
}

const SHAPE = /^g1\.[A-Za-z0-9_-]{16}\.[0-9a-z]{1,8}(?:\.[0-9a-z]{0,11}){5}$/

/** Reads a grant's User-Name; null when it is none. What it says is proved only by the password. */
export function parseGrantUserName(userName: string): Grant | null {
  if (!SHAPE.test(userName)) return null
  const parts = userName.split('.')
  const figure = (index: number): number | undefined =>
    parts[index] ? parseInt(parts[index], 36) : undefined
  return {
    visit: parts[1]!,
    expiresAt: figure(2)! * MINUTE,
    limits: {
      seconds: figure(3),
      idleSeconds: figure(4),
      downBitsPerSecond: figure(5),
      upBitsPerSecond: figure(6),
      octets: figure(7),
    },
  }
}

/** The password that proves a grant's User-Name at one NAS for one device: 22 characters, 128 bits. */
export const grantPassword = (key: Buffer, userName: string, mac: Mac, nas: string): string =>
  hmacText(key, `${userName}\n${mac}\n${nas}`).slice(0, 22)

/** What a signed Class carries through a NAS: the session it names and the visit it came from. */
export interface ClassTicket {
  readonly session: string
  readonly visit: string
  /** True for a session that was let in while its limits could not be checked. */
  readonly degraded?: true
}

/** What a Class begins with, the second where limits were not checked. */
const CHECKED_CLASS = 'c1'
const DEGRADED_CLASS = 'd1'

const classSignature = (key: Buffer, body: string, mac: Mac): string =>
  hmacText(key, `class\n${body}\n${mac}`).slice(0, 16)

/** The Class of one Access-Accept, opaque to the NAS (RFC 2865 §5.25) and bound to the device. */
export function classText(key: Buffer, ticket: ClassTicket, mac: Mac): string {
  const body = `${ticket.degraded ? DEGRADED_CLASS : CHECKED_CLASS}.${ticket.session}.${ticket.visit}`
  return `${body}.${classSignature(key, body, mac)}`
}

const CLASS = /^(([cd]1)\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{16}))\.([A-Za-z0-9_-]{16})$/

/** The ticket of a Class that we signed for this device, or null. */
export function readClass(key: Buffer, text: string, mac: Mac): ClassTicket | null {
  const match = CLASS.exec(text)
  if (!match) return null
  const [, body = '', version, session = '', visit = '', signature = ''] = match
  const expected = Buffer.from(classSignature(key, body, mac))
  if (!timingSafeEqual(expected, Buffer.from(signature))) return null
  return version === DEGRADED_CLASS ? { session, visit, degraded: true } : { session, visit }
}
