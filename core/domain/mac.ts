declare const brand: unique symbol

/** A device address in the one spelling this platform stores: twelve upper-case hex digits. */
export type Mac = string & { readonly [brand]: 'Mac' }

const SPELLINGS =
  /^(?:[0-9a-f]{12}|[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}(?:[.:-][0-9a-f]{4}){2}|[0-9a-f]{6}[:-][0-9a-f]{6})$/i

/** The address written in any vendor's spelling (`AA-BB-…`, `aa:bb:…`, `aabb.ccdd.eeff`, bare), or null. */
export function parseMac(text: string): Mac | null {
  const trimmed = text.trim()
  if (trimmed.length > 17 || !SPELLINGS.test(trimmed)) return null
  const digits = trimmed.replace(/[^0-9a-f]/gi, '').toUpperCase()
  return digits === '000000000000' ? null : (digits as Mac)
}

/** `AA-BB-CC-DD-EE-FF`, as RFC 3580 §3.21 spells Calling-Station-Id. */
export const dashedMac = (mac: Mac): string => mac.match(/../g)!.join('-')

/** `aa:bb:cc:dd:ee:ff`, as Linux and openNDS spell it. */
export const colonMac = (mac: Mac): string => mac.toLowerCase().match(/../g)!.join(':')

/** True when the address is made up by the phone (the locally administered bit, IEEE 802-2014 §8.4). */
export const isRandomisedMac = (mac: Mac): boolean => (parseInt(mac.slice(0, 2), 16) & 2) !== 0
