import { randomSymbols, readSymbols } from './crockford.ts'
import { keyedHash } from './keyed-hash.ts'

const CODE_LENGTH = 8

/** Characters of what a batch of codes is for. */
export const LABEL_MOST = 80

/** An access code as the live store knows it; the code itself is kept sealed in the records. */
export interface Voucher {
  readonly id: string
  readonly site: string
  readonly seconds: number | null
  readonly octets: number | null
  readonly devices: number
  /** Bits per second of its own; left out, the site's. */
  readonly downBitsPerSecond?: number | undefined
  readonly upBitsPerSecond?: number | undefined
  /** Epoch ms after which it opens nothing, or null. */
  readonly expiresAt: number | null
}

/** A new code of eight characters, 40 random bits. */
export const newCode = (): string => randomSymbols(CODE_LENGTH)

/** `HK20 81XQ`: the code as it is printed on a slip. */
export const spacedCode = (code: string): string => `${code.slice(0, 4)} ${code.slice(4)}`

/** A typed code in its stored spelling, however it is written; null when it is no code. */
export function parseCode(typed: string): string | null {
  const code = readSymbols(typed)
  return code?.length === CODE_LENGTH ? code : null
}

/** The keyed digest under which a code is looked up, so that the live store holds no codes. */
export const codeDigest = (key: Buffer, code: string): string => keyedHash(key, `voucher\n${code}`, 22)

export type VoucherRefusal = 'code-wrong' | 'code-used' | 'code-expired' | 'code-other-site' | 'code-devices'
