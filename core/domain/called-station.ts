import { pairsOf, parseMac, type Mac } from './mac.ts'

/** Which access point and network a NAS named in Called-Station-Id; each part null when it did not. */
export interface CalledStation {
  readonly ap: Mac | null
  readonly ssid: string | null
}

/** Twelve digits in any grouping, then the SSID behind a colon or nothing. */
const MAC_FIRST = /^([0-9a-f]{2}(?:[:._ -]?[0-9a-f]{2}){5})(?::(.*))?$/is

/** Six pairs of digits with separators. */
const PAIRS = 17

/** Reads `AP-MAC:SSID`, `AP-MAC`, `name:SSID` and `SSID` alike. @see RFC 3580 §3.20 */
export function parseCalledStation(text: string): CalledStation {
  if (text.charAt(PAIRS) === ':') {
    const ap = pairsOf(text.slice(0, PAIRS))
    if (ap) return { ap, ssid: text.slice(PAIRS + 1) || null }
  }
  const withMac = MAC_FIRST.exec(text)
  if (withMac) return { ap: parseMac(withMac[1]!), ssid: withMac[2] || null }
  const colon = text.indexOf(':')
  return { ap: null, ssid: (colon < 0 ? text : text.slice(colon + 1)) || null }
}
