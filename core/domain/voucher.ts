import { createHmac, randomInt } from 'node:crypto'

/** Digits and letters that nobody confuses: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODE_LENGTH = 8

/** An access code as the live store knows it; the code itself is kept sealed in the records. */
export interface Voucher {
  readonly id: string
  readonly site: string
  readonly seconds: number | null
  readonly octets: number | null
  readonly devices: number
  /** Epoch ms after which it opens nothing, or null. */
  readonly expiresAt: number | null
}

/** A new code of eight characters, 40 random bits. */
export const newCode = (): string =>
  Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')

/** `HK20 81XQ`: the code as it is printed on a slip. */
export const spacedCode = (code: string): string => `${code.slice(0, 4)} ${code.slice(4)}`

/** A typed code in its stored spelling: spaces, dashes and case ignored, O read as 0, I and L as 1; null when it is no code. */
export function parseCode(typed: string): string | null {
  if (typed.length > 64) return null
  const code = typed
    .normalize('NFKC')
    .replace(/[\s.\-–—_]/g, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  return code.length === CODE_LENGTH && [...code].every((c) => ALPHABET.includes(c)) ? code : null
}

/** The keyed digest under which a code is looked up, so that the live store holds no codes. */
export const codeDigest = (key: Buffer, code: string): string =>
  createHmac('sha256', key).update(`voucher\n${code}`).digest('base64url').slice(0, 22)

export type VoucherRefusal = 'code-wrong' | 'code-used' | 'code-expired' | 'code-other-site' | 'code-devices'
