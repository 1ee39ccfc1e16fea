import { isIPv4 } from 'node:net'
import type { SessionLimits } from '../domain/limits.ts'
import { dashedMac } from '../domain/mac.ts'
import type { Nas } from '../domain/nas.ts'
import type { Session } from '../domain/session.ts'
import { address, limitIfAny, text } from './attributes.ts'
import { dictionary } from './dictionary.ts'
import type { RadiusAttribute } from './gateway.ts'

/** The standard's attributes that a gateway is limited by, and that name a session or its NAS. */
export const standard = dictionary(null, {
  'User-Name': [1, 'text', 'RFC 2865 §5.1'],
  'NAS-IP-Address': [4, 'address', 'RFC 2865 §5.4'],
  'Framed-IP-Address': [8, 'address', 'RFC 2865 §5.8'],
  'Filter-Id': [11, 'text', 'RFC 2865 §5.11'],
  'Session-Timeout': [27, 'integer', 'RFC 2865 §5.27', 's'],
  'Idle-Timeout': [28, 'integer', 'RFC 2865 §5.28', 's'],
  'Calling-Station-Id': [31, 'text', 'RFC 2865 §5.31'],
  'NAS-Identifier': [32, 'text', 'RFC 2865 §5.32'],
  'Acct-Session-Id': [44, 'text', 'RFC 2866 §5.5'],
  'Port-Limit': [62, 'integer', 'RFC 2865 §5.42'],
  'Acct-Interim-Interval': [85, 'integer', 'RFC 2869 §5.16', 's'],
  'NAS-IPv6-Address': [95, 'address', 'RFC 3162 §2.1'],
})

export const sessionTimeout = (limits: SessionLimits): RadiusAttribute[] =>
  limitIfAny(standard['Session-Timeout'], limits.seconds)

/** Session-Timeout and Idle-Timeout, for every vendor that understands both. */
export const timeouts = (limits: SessionLimits): RadiusAttribute[] => [
  ...sessionTimeout(limits),
  ...limitIfAny(standard['Idle-Timeout'], limits.idleSeconds),
]

// What names a session or its NAS: one attribute, or none where it is not known.

export const userName = (session: Session): RadiusAttribute[] =>
  text(standard['User-Name'], session.userName ?? '')

export const acctSessionId = (session: Session): RadiusAttribute[] =>
  text(standard['Acct-Session-Id'], session.acctSessionId)

/** The device as RFC 3580 §3.21 spells it: `AA-BB-CC-DD-EE-FF`. */
export const callingStationId = (session: Session): RadiusAttribute[] =>
  text(standard['Calling-Station-Id'], dashedMac(session.mac))

/** The device's address, IPv4 alone. */
export const framedIpAddress = (session: Session): RadiusAttribute[] =>
  session.ip !== null && isIPv4(session.ip) ? [address(standard['Framed-IP-Address'], session.ip)] : []

/** The NAS as its record's `coa` has it: the address that it is asked at. */
export const nasAddress = ({ coa }: Nas): RadiusAttribute[] => {
  if (coa === null) return []
  const definition = isIPv4(coa.address) ? standard['NAS-IP-Address'] : standard['NAS-IPv6-Address']
  return [address(definition, coa.address)]
}
