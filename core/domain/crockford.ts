import { randomInt } from 'node:crypto'

/** Digits and letters that nobody confuses: no I, L, O, U. @see Douglas Crockford, "Base 32" */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** As many random symbols, five bits each. */
export const randomSymbols = (count: number): string =>
  Array.from({ length: count }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')

/** The symbols of octets, of each its last five bits. */
export const symbolsOf = (octets: Uint8Array): string =>
  Array.from(octets, (octet) => ALPHABET[octet % ALPHABET.length]).join('')

/** What each symbol stands for, 0 to 31. */
export const valuesOf = (symbols: string): number[] => [...symbols].map((symbol) => ALPHABET.indexOf(symbol))

/** Typed symbols in their one spelling: spaces, dashes and case ignored, O read as 0, I and L as 1; null where others stand. */
export function readSymbols(typed: string): string | null {
  if (typed.length > 64) return null
  const symbols = typed
    .normalize('NFKC')
    .replace(/[\s.\-–—_]/g, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  return [...symbols].every((symbol) => ALPHABET.includes(symbol)) ? symbols : null
}
