import type { IncomingHttpHeaders } from 'node:http'
import { isbot } from 'isbot'
import { UAParser } from 'ua-parser-js'
import type { Device } from '../core/domain/visit.ts'
import { remembering } from '../core/domain/lately.ts'

/** Parsers of user agents have taken seconds on hostile ones; real ones stay far below this. */
const LONGEST = 512
const LONGEST_HINT = 32

const UNKNOWN: Device = { family: 'unknown', os: 'unknown' }

/**
 * What a request says of the device: its kind and operating system, from the short list that reports use. Where the browser
 * sends client hints they count, since it no longer tells the truth in its User-Agent.
 */
export function deviceOf(headers: IncomingHttpHeaders): Device {
  const userAgent = headers['user-agent']
  const said = userAgent ? agentOf(userAgent.slice(0, LONGEST)).device : UNKNOWN
  const system = hint(headers, 'sec-ch-ua-platform')
  const mobile = hint(headers, 'sec-ch-ua-mobile')
  return {
    // "Not mobile" is also what a tablet says.
    family: mobile === '?1' && said.family !== 'tablet' ? 'mobile' : said.family,
    os: SYSTEMS.get(system) ?? said.os,
  }
}

/** A hint's text (RFC 8941 §3.3.3, a string without what would have to be escaped); empty without one. */
function hint(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'string' && value.length <= LONGEST_HINT ? value.replace(/^"(.*)"$/, '$1') : ''
}

/** True for what asks for pages without a person behind it: crawlers, and the probes of phones themselves. */
export const isProbe = (userAgent: string | undefined): boolean =>
  userAgent === undefined || agentOf(userAgent.slice(0, LONGEST)).isProbe

/** A crowd has few browsers, and each takes longer to make out than to serve. */
const agentOf = remembering(LONGEST, (userAgent) => {
  const { os, device } = new UAParser(userAgent).getResult()
  return {
    device: {
      family: FAMILIES.has(device.type ?? '') ? device.type! : os.name ? 'computer' : 'unknown',
      os: SYSTEMS.get(os.name ?? '') ?? (os.name === undefined ? 'unknown' : 'other'),
    },
    isProbe: /CaptiveNetworkSupport|Microsoft NCSI|wispr/i.test(userAgent) || isbot(userAgent),
  }
})

const FAMILIES = new Set(['mobile', 'tablet', 'smarttv', 'console', 'wearable'])

/** Everything else is `other`, so that a report has few rows however strange the agents. */
const SYSTEMS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    iOS: 'iOS',
    'Mac OS': 'macOS',
    macOS: 'macOS',
    Android: 'Android',
    'Android-x86': 'Android',
    HarmonyOS: 'HarmonyOS',
    Windows: 'Windows',
    'Chromium OS': 'ChromeOS',
    'Chrome OS': 'ChromeOS',
    Linux: 'Linux',
    Ubuntu: 'Linux',
    Fedora: 'Linux',
    Debian: 'Linux',
  }),
)
