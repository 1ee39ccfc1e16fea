import { codeAt } from './code-at.ts'
import { timingSafeEqual } from 'node:crypto'
import { keyedHash, signed, toBeSigned } from './keyed-hash.ts'
import { lesser, type SessionLimits } from './limits.ts'
import type { Mac } from './mac.ts'
import type { Blake2s } from './blake2s.ts'
import { withoutRealm } from './realm.ts'

/**
 * A right to be online that the portal mints and a NAS redeems: the username says which visit, until when and
 * within which limits; the password is a keyed hash of it bound to the device and the NAS. The server can so compute
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
const DEGRADED_SECONDS = 300
/** The method that such a session is known by. */
export const DEGRADED_METHOD = 'degraded'

/** What a session that got in by a method was given of its grant's limits. */
export const givenLimits = (limits: SessionLimits, method: string | null): SessionLimits =>
  method === DEGRADED_METHOD ? { ...limits, seconds: lesser(limits.seconds, DEGRADED_SECONDS) } : limits

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

const START = `${VERSION}.`
const VISIT_END = START.length + 16
const SHORTEST = VISIT_END + 7
const MOST_EXPIRY_DIGITS = 8
const MOST_DIGITS = 11
const DOT = 46

/**
 * Reads a grant's User-Name; null when it is none. What it says is proved only by the password. Read character by
 * character, since each Access-Request has one: an expression and a split would take ten times as long.
 */
export function parseGrantUserName(userName: string): Grant | null {
  if (userName.length < SHORTEST || !userName.startsWith(START)) return null
  for (let at = START.length; at < VISIT_END; at++) if (!isOfId(codeAt(userName, at))) return null
  if (codeAt(userName, VISIT_END) !== DOT) return null
  let expiresAt = 0
  const limits: (number | undefined)[] = [undefined, undefined, undefined, undefined, undefined]
  let value = 0
  let digits = 0
  let figure = -1
  for (let at = VISIT_END + 1; at <= userName.length; at++) {
    // The end is read as one more dot.
    const code = at === userName.length ? DOT : codeAt(userName, at)
    if (code !== DOT) {
      const digit = digit36(code)
      if (digit < 0 || ++digits > MOST_DIGITS) return null
      value = value * 36 + digit
      continue
    }
    if (figure === -1) {
      if (digits === 0 || digits > MOST_EXPIRY_DIGITS) return null
      expiresAt = value * MINUTE
    } else if (figure < limits.length) limits[figure] = digits === 0 ? undefined : value
    else return null
    figure++
    value = 0
    digits = 0
  }
  if (figure !== limits.length) return null
  return {
    visit: userName.slice(START.length, VISIT_END),
    expiresAt,
    limits: {
      seconds: limits[0],
      idleSeconds: limits[1],
      downBitsPerSecond: limits[2],
      upBitsPerSecond: limits[3],
      octets: limits[4],
    },
  }
}

/** The grant in a User-Name as a gateway's report tells it, whichever realm is behind it; null when there is none. */
export const grantInReport = (userName: string): Grant | null => parseGrantUserName(withoutRealm(userName))

/** The value of a digit of base 36 as `toString` writes it, or -1. */
function digit36(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 97 && code <= 122 ? code - 87 : -1
}

const isOfId = (code: number): boolean =>
  digit36(code) >= 0 || (code >= 65 && code <= 90) || code === 45 || code === 95

/** The password that proves a grant's User-Name at one NAS for one device: 22 characters, 128 bits. */
export const grantPassword = (key: Buffer, userName: string, mac: Mac, nas: string): string =>
  signedGrant(key, userName, mac, nas).base64url(PASSWORD_CHARACTERS)

/** The same as octets; they hold until the next is asked for. */
export function grantPasswordOctets(key: Buffer, userName: string, mac: Mac, nas: string): Buffer {
  signedGrant(key, userName, mac, nas).write(PASSWORD_CHARACTERS, password)
  return password
}

const PASSWORD_CHARACTERS = 22
const password = Buffer.alloc(PASSWORD_CHARACTERS)

function signedGrant(key: Buffer, userName: string, mac: Mac, nas: string): Blake2s {
  toBeSigned().text(userName).text('\n').text(mac).text('\n').text(nas)
  return signed(key)
}

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
/** What is signed begins with this. */
const CLASS = 'class\n'
const SIGNATURE_CHARACTERS = 16

const classSignature = (key: Buffer, body: string, mac: Mac): string =>
  keyedHash(key, `${CLASS}${body}\n${mac}`, SIGNATURE_CHARACTERS)

/** The Class of one Access-Accept, opaque to the NAS (RFC 2865 §5.25) and bound to the device. */
export const classText = (key: Buffer, ticket: ClassTicket, mac: Mac): string =>
  classOctets(key, ticket, mac).toString('latin1')

/** The same as octets. */
export function classOctets(key: Buffer, ticket: ClassTicket, mac: Mac): Buffer {
  const { session, visit, degraded } = ticket
  const sheet = toBeSigned()
    .text(CLASS)
    .text(degraded ? DEGRADED_CLASS : CHECKED_CLASS)
    .text('.')
  sheet.text(session).text('.').text(visit)
  const end = sheet.length - CLASS.length
  const octets = Buffer.allocUnsafe(end + 1 + SIGNATURE_CHARACTERS)
  sheet.copyTo(octets, CLASS.length)
  octets[end] = DOT
  sheet.text('\n').text(mac)
  signed(key).write(SIGNATURE_CHARACTERS, octets, end + 1)
  return octets
}

const SIGNED_CLASS = /^(([cd]1)\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{16}))\.([A-Za-z0-9_-]{16})$/

/** The ticket of a Class that we signed for this device, or null. */
export function readClass(key: Buffer, text: string, mac: Mac): ClassTicket | null {
  const match = SIGNED_CLASS.exec(text)
  if (!match) return null
  const [, body = '', version, session = '', visit = '', signature = ''] = match
  const expected = Buffer.from(classSignature(key, body, mac))
  if (!timingSafeEqual(expected, Buffer.from(signature))) return null
  return version === DEGRADED_CLASS ? { session, visit, degraded: true } : { session, visit }
}
