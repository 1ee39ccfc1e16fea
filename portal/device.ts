import { isbot } from 'isbot'
import { UAParser } from 'ua-parser-js'
import type { Device } from '../core/domain/visit.ts'
import { remembering } from './lately.ts'

/** Parsers of user agents have taken seconds on hostile ones; real ones stay far below this. */
const LONGEST = 512

const UNKNOWN: Device = { family: 'unknown', os: 'unknown' }

/** What a User-Agent says of the device: its kind and operating system, from the short list that reports use. */
export const deviceOf = (userAgent: string | undefined): Device =>
  userAgent ? agentOf(userAgent.slice(0, LONGEST)).device : UNKNOWN

/** True for what asks for pages without a person behind it: crawlers, and the probes of phones themselves. */
export const isProbe = (userAgent: string | undefined): boolean =>
  userAgent === undefined || agentOf(userAgent.slice(0, LONGEST)).isProbe

/** A crowd has few browsers, and each takes longer to make out than to serve. */
const agentOf = remembering(LONGEST, (userAgent) => {
  const { os, device } = new UAParser(userAgent).getResult()
  return {
    device: {
      family: FAMILIES.has(device.type ?? '') ? device.type! : os.name ? 'computer' : 'unknown',
      os: osName(os.name),
    },
    isProbe: /CaptiveNetworkSupport|Microsoft NCSI|wispr/i.test(userAgent) || isbot(userAgent),
  }
})

const FAMILIES = new Set(['mobile', 'tablet', 'smarttv', 'console', 'wearable'])

/** Everything else is `other`, so that a report has few rows however strange the agents. */
const SYSTEMS: Readonly<Record<string, string>> = {
  iOS: 'iOS',
  'Mac OS': 'macOS',
  Android: 'Android',
  'Android-x86': 'Android',
  HarmonyOS: 'HarmonyOS',
  Windows: 'Windows',
  'Chromium OS': 'ChromeOS',
  Linux: 'Linux',
  Ubuntu: 'Linux',
  Fedora: 'Linux',
  Debian: 'Linux',
}

const osName = (name: string | undefined): string =>
  name === undefined ? 'unknown' : (SYSTEMS[name] ?? 'other')
