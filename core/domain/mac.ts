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
  const trimmed = text.trim()
  if (trimmed.length > LONGEST) return null
  const digits = digitsOf(trimmed)
  return digits === null || NOBODY.has(digits) ? null : (digits as Mac)
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
