import type { Mac } from '../domain/mac.ts'
import { shardOf } from '../domain/nas.ts'
import { blake2sText } from '../domain/blake2s.ts'

const DAY = 86_400

export const LIFETIME = {
  closedSession: DAY,
  lostSession: 8 * DAY,
  arrival: 15 * 60,
  grantedVisit: 2 * DAY,
  dayUsage: 2 * DAY,
  voucherUsage: 90 * DAY,
  /** A week more than a pass waits for its next use, in which its holder hears that it has ended. */
  pass: 37 * DAY,
  passCode: 180 * DAY,
  met: DAY,
  tries: 60,
  returns: 60,
  nonce: 600,
  openndsAuth: 600,
  deauth: 3600,
  staffSession: 12 * 3600,
  staffTries: 900,
  apiCalls: 60,
  job: 60,
  endings: DAY,
  heard: 7 * DAY,
  testLogin: 7 * DAY,
} as const

const short = (text: string): string => blake2sText(text, 16)

/** The hash tag of everything that belongs to a NAS. */
const shard = (nas: string): string => `hs:{${shardOf(nas)}}`

/** Every key of the live store. Keys that one atomic step touches share a hash tag `{…}`, so that a step stays in one slot of a Cluster. */
export const keys = {
  nasTable: 'hs:{tables}:nas',
  siteTable: 'hs:{tables}:sites',
  campaignTable: 'hs:{tables}:campaigns',
  noticeTable: 'hs:{tables}:notices',
  realmTable: 'hs:{tables}:realms',
  tablesVersion: 'hs:{tables}:version',
  /** Acct-Session-Id is up to 253 octets from outside, so the key holds a digest; there are many, so it is short. */
  session: (nas: string, acctSessionId: string, mac: Mac): string =>
    `${shard(nas)}:s:${short(`${nas}\n${acctSessionId}\n${mac}`)}`,
  lostSession: (nas: string, acctSessionId: string, mac: Mac): string =>
    `${shard(nas)}:l:${short(`${nas}\n${acctSessionId}\n${mac}`)}`,
  open: (nas: string): string => `${shard(nas)}:open:${nas}`,
  events: (shardNumber: number): string => `hs:{${shardNumber}}:events`,
  heard: (nas: string): string => `${shard(nas)}:heard:${nas}`,
  testLogin: (nas: string): string => `${shard(nas)}:test-login:${nas}`,
  openndsAuth: (nas: string): string => `${shard(nas)}:opennds-auth:${nas}`,
  deauth: (nas: string): string => `${shard(nas)}:deauth:${nas}`,
  nonce: (nas: string, nonce: string): string => `${shard(nas)}:nonce:${nas}:${short(nonce)}`,
  macGrant: (nas: string, mac: Mac): string => `${shard(nas)}:mac-grant:${nas}:${mac}`,
  arrived: (nas: string, mac: Mac): string => `${shard(nas)}:arrived:${nas}:${mac}`,
  resume: (nas: string, mac: Mac): string => `${shard(nas)}:resume:${nas}:${mac}`,
  tries: (nas: string, mac: Mac): string => `${shard(nas)}:tries:${nas}:${mac}`,
  returns: (nas: string, mac: Mac, since: 'asked' | 'granted'): string =>
    `${shard(nas)}:returns:${since}:${nas}:${mac}`,
  messageAuthenticatorSeen: 'hs:message-authenticator-seen',
  visit: (id: string): string => `hs:{v:${id}}:visit`,
  usage: (subject: string, period: string): string => `hs:{${subject}}:usage:${period}`,
  sessionsOf: (subject: string): string => `hs:{${subject}}:sessions`,
  voucher: (digest: string): string => `hs:{w:${digest}}:voucher`,
  voucherDevices: (digest: string): string => `hs:{w:${digest}}:voucher-devices`,
  pass: (id: string): string => `hs:{p:${id}}:pass`,
  passOfDevice: (subject: string): string => `hs:{${subject}}:pass`,
  passOfVisit: (visit: string): string => `hs:{v:${visit}}:pass`,
  passOfCode: (digest: string): string => `hs:{q:${digest}}:pass`,
  met: (deviceDay: string): string => `hs:{i:${deviceDay}}:items`,
  commands: 'hs:{commands}:stream',
  endings: 'hs:{endings}:asked',
  job: (name: string): string => `hs:job:${name}`,
  staffSession: (id: string): string => keys.staffSessionOf(short(id)),
  /** The same by its digest, which is what a list of sessions knows. */
  staffSessionOf: (digest: string): string => `hs:staff:${digest}`,
  staffSessions: (person: string): string => `hs:staff-of:${person}`,
  apiCalls: (token: string, minute: number): string => `hs:api-calls:${token}:${minute}`,
  staffTries: (who: string): string => `hs:staff-tries:${short(who)}`,
} as const
