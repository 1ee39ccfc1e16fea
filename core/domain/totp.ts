import { createHmac, timingSafeEqual } from 'node:crypto'

/** How long one code holds; what every authenticator app takes for granted (RFC 6238 §5.2). */
const STEP_MS = 30_000
const DIGITS = 6
/** Steps before and after the present one that are taken, for clocks and fingers that are slow (§5.2). */
const WINDOW = 1

/** The code of a step under a secret. @see RFC 4226 §5.3, RFC 6238 §4 */
export function codeAt(secret: Buffer, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', secret).update(counter).digest()
  const offset = digest[digest.length - 1]! & 0x0f
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/** The step whose code was typed, or null; a step that was used is used up (§5.2), which the caller remembers. */
export function stepOfCode(secret: Buffer, typed: string, now: number): number | null {
  const code = typed.replace(/\s/g, '')
  if (!/^\d{6}$/.test(code)) return null
  const present = Math.floor(now / STEP_MS)
  const steps = Array.from({ length: 2 * WINDOW + 1 }, (_, i) => present - WINDOW + i)
  return steps.find((step) => timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(code))) ?? null
}

/** A secret as people type it into an app (RFC 4648 §6, without padding). */
export function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? [])
    .map((each) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(each.padEnd(5, '0'), 2)]!)
    .join('')
}

/** What a QR code tells an authenticator app. */
export function enrolmentUrl(
  secret: Buffer,
  { issuer, account }: { issuer: string; account: string },
): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`
}
