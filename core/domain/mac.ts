import { codeAt } from './code-at.ts'

declare const brand: unique symbol

/** A device address in the one spelling this platform stores: twelve upper-case hex digits. */
export type Mac = string & { readonly [brand]: 'Mac' }

/** Pairs, or groups of four or six digits, with one separator throughout, or none. */
const SPELLINGS =
  /^(?:[0-9a-f]{12}|[0-9a-f]{2}(?<pairs>[:._ -])[0-9a-f]{2}(?:\k<pairs>[0-9a-f]{2}){4}|[0-9a-f]{4}(?<fours>[:._ -])[0-9a-f]{4}\k<fours>[0-9a-f]{4}|[0-9a-f]{6}[:._ -][0-9a-f]{6})$/i
/** As C libraries print it: without leading zeros. */
const SHORT = /^[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}$/i
const LONGEST = 17
/** What stands for no device, and for all of them. */
const NOBODY: ReadonlySet<string> = new Set(['000000000000', 'FFFFFFFFFFFF'])

/** The address written in any vendor's spelling (`AA-BB-…`, `aa:bb:…`, `aabb.ccdd.eeff`, bare), or null. */
export function parseMac(text: string): Mac | null {
  const dashed = pairsOf(text)
  if (dashed !== null) return dashed
  const trimmed = text.trim()
  if (trimmed.length > LONGEST) return null
  const digits = digitsOf(trimmed)
  return digits === null || NOBODY.has(digits) ? null : (digits as Mac)
}

const DASH = 45
const COLON = 58

/** The address in the spelling that nearly all gateways use, pairs apart by dashes or colons; null for any other. */
export function pairsOf(text: string): Mac | null {
  if (text.length !== LONGEST) return null
  const separator = codeAt(text, 2)
  if (separator !== DASH && separator !== COLON) return null
  let mac = ''
  for (let at = 0; at < LONGEST; at += 3) {
    const high = hexDigit(codeAt(text, at))
    const low = hexDigit(codeAt(text, at + 1))
    if ((high | low) < 0 || (at > 0 && codeAt(text, at - 1) !== separator)) return null
    mac += PAIRS[(high << 4) | low]!
  }
  return NOBODY.has(mac) ? null : (mac as Mac)
}

const PAIRS = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0').toUpperCase())

/** The value of a hexadecimal digit, or -1. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

function digitsOf(text: string): string | null {
  if (SPELLINGS.test(text)) return text.replace(/[^0-9a-f]/gi, '').toUpperCase()
  if (!SHORT.test(text)) return null
  return text
    .split(':')
    .map((octet) => octet.padStart(2, '0'))
    .join('')
    .toUpperCase()
}

/** `AA-BB-CC-DD-EE-FF`, as RFC 3580 §3.21 spells Calling-Station-Id. */
export const dashedMac = (mac: Mac): string => mac.match(/../g)!.join('-')

/** `aa:bb:cc:dd:ee:ff`, as Linux and openNDS spell it. */
export const colonMac = (mac: Mac): string => mac.toLowerCase().match(/../g)!.join(':')

/** True when the address is made up by the phone (the locally administered bit, IEEE 802-2014 §8.4). */
export const isRandomisedMac = (mac: Mac): boolean => (parseInt(mac.slice(0, 2), 16) & 2) !== 0
