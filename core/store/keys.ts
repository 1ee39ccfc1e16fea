import type { Mac } from '../domain/mac.ts'
import { shardOf } from '../domain/nas.ts'
import { blake2sText } from '../domain/blake2s.ts'

/**
 * Every key of the live store. `lifetime` is seconds, or the reason why a key has none.
 * Keys that one atomic step touches share a hash tag `{…}`, so that a step stays in one slot of a Cluster.
 */
export interface KeyFamily {
  readonly pattern: RegExp
  readonly type: 'string' | 'hash' | 'set' | 'zset' | 'stream'
  readonly lifetime: number | string
  readonly writer: string
  readonly readers: string
}

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

/** The inventory that a test holds every key of a running platform against. */
export const KEY_FAMILIES: readonly KeyFamily[] = [
  {
    pattern: /^hs:\{tables\}:(nas|sites)$/,
    type: 'hash',
    lifetime: 'the city itself; republished at each start',
    writer: 'cli, console',
    readers: 'portal, radius-server, analytics, console',
  },
  {
    pattern: /^hs:\{tables\}:campaigns$/,
    type: 'string',
    lifetime: 'the catalogue; republished at each start',
    writer: 'cli',
    readers: 'portal, analytics',
  },
  {
    pattern: /^hs:\{tables\}:realms$/,
    type: 'string',
    lifetime: 'realms whose names are ours; republished at each start',
    writer: 'cli, console',
    readers: 'radius-server',
  },
  {
    pattern: /^hs:\{tables\}:notices$/,
    type: 'hash',
    lifetime: 'what visitors are told; written anew with each notice, and at each start',
    writer: 'cli, console',
    readers: 'portal, radius-server',
  },
  {
    pattern: /^hs:\{tables\}:version$/,
    type: 'string',
    lifetime: 'tells workers that the tables changed',
    writer: 'cli, console',
    readers: 'all',
  },
  {
    pattern: /^hs:\{\d+\}:s:/,
    type: 'string',
    lifetime: 'a day after its end; while it is open, until a Stop or the silence job ends it',
    writer: 'radius-server, portal (openNDS)',
    readers: 'portal',
  },
  {
    pattern: /^hs:\{\d+\}:l:/,
    type: 'string',
    lifetime: LIFETIME.lostSession,
    writer: 'radius-server, portal (openNDS), cli',
    readers: 'radius-server, portal (openNDS)',
  },
  {
    pattern: /^hs:\{\d+\}:open:/,
    type: 'zset',
    lifetime: 'one member per open session, removed at its end or by the silence job',
    writer: 'radius-server, portal (openNDS)',
    readers: 'radius-server',
  },
  {
    pattern: /^hs:\{\d+\}:events$/,
    type: 'stream',
    lifetime: 'trimmed by the collector as soon as its records are committed',
    writer: 'portal, radius-server',
    readers: 'analytics',
  },
  {
    pattern: /^hs:\{\d+\}:heard:/,
    type: 'hash',
    lifetime: LIFETIME.heard,
    writer: 'radius-server, portal',
    readers: 'analytics',
  },
  {
    pattern: /^hs:\{\d+\}:test-login:/,
    type: 'hash',
    lifetime: LIFETIME.testLogin,
    writer: 'radius-server',
    readers: 'radius-server, analytics',
  },
  {
    pattern: /^hs:\{\d+\}:opennds-auth:/,
    type: 'hash',
    lifetime: LIFETIME.openndsAuth,
    writer: 'portal',
    readers: 'portal',
  },
  {
    pattern: /^hs:\{\d+\}:deauth:/,
    type: 'hash',
    lifetime: LIFETIME.deauth,
    writer: 'portal, cli',
    readers: 'portal',
  },
  {
    pattern: /^hs:\{\d+\}:nonce:/,
    type: 'string',
    lifetime: LIFETIME.nonce,
    writer: 'portal',
    readers: 'portal',
  },
  {
    pattern: /^hs:\{\d+\}:mac-grant:/,
    type: 'string',
    lifetime: LIFETIME.grantedVisit,
    writer: 'radius-server',
    readers: 'radius-server',
  },
  {
    pattern: /^hs:\{\d+\}:arrived:/,
    type: 'string',
    lifetime: LIFETIME.arrival,
    writer: 'portal',
    readers: 'portal',
  },
  {
    pattern: /^hs:\{\d+\}:resume:/,
    type: 'string',
    lifetime: LIFETIME.grantedVisit,
    writer: 'portal',
    readers: 'portal',
  },
  {
    pattern: /^hs:\{\d+\}:tries:/,
    type: 'string',
    lifetime: LIFETIME.tries,
    writer: 'portal, radius-server',
    readers: 'portal, radius-server',
  },
  {
    pattern: /^hs:\{\d+\}:returns:/,
    type: 'string',
    lifetime: LIFETIME.returns,
    writer: 'portal',
    readers: 'portal',
  },
  {
    pattern: /^hs:message-authenticator-seen$/,
    type: 'set',
    lifetime: 'one member per NAS; forgetting it would reopen BlastRADIUS',
    writer: 'radius-server',
    readers: 'radius-server',
  },
  {
    pattern: /^hs:\{v:.*\}:visit$/,
    type: 'hash',
    lifetime: LIFETIME.grantedVisit,
    writer: 'portal',
    readers: 'portal, radius-server',
  },
  {
    pattern: /^hs:\{[mv]\..*\}:usage:/,
    type: 'zset',
    lifetime: LIFETIME.voucherUsage,
    writer: 'radius-server, portal (openNDS)',
    readers: 'portal, radius-server',
  },
  {
    pattern: /^hs:\{[mv]\..*\}:sessions$/,
    type: 'zset',
    lifetime: LIFETIME.voucherUsage,
    writer: 'radius-server, portal (openNDS)',
    readers: 'radius-server, portal',
  },
  {
    pattern: /^hs:\{w:.*\}:voucher$/,
    type: 'hash',
    lifetime: 'until the code expires, or for good when it never does: it is the code',
    writer: 'cli, console',
    readers: 'portal, radius-server',
  },
  {
    pattern: /^hs:\{w:.*\}:voucher-devices$/,
    type: 'set',
    lifetime: LIFETIME.voucherUsage,
    writer: 'portal, radius-server',
    readers: 'portal, radius-server',
  },
  {
    pattern: /^hs:\{p:.*\}:pass$/,
    type: 'hash',
    lifetime: LIFETIME.pass,
    writer: 'portal, radius-server, cli',
    readers: 'portal, radius-server, cli',
  },
  {
    pattern: /^hs:\{m\..*\}:pass$/,
    type: 'string',
    lifetime: LIFETIME.pass,
    writer: 'portal, radius-server',
    readers: 'portal, radius-server',
  },
  {
    pattern: /^hs:\{v:.*\}:pass$/,
    type: 'string',
    lifetime: LIFETIME.grantedVisit,
    writer: 'portal',
    readers: 'portal',
  },
  {
    pattern: /^hs:\{q:.*\}:pass$/,
    type: 'string',
    lifetime: LIFETIME.passCode,
    writer: 'portal',
    readers: 'portal, cli',
  },
  {
    pattern: /^hs:\{i:.*\}:items$/,
    type: 'string',
    lifetime: LIFETIME.met,
    writer: 'portal',
    readers: 'portal',
  },
  {
    pattern: /^hs:\{commands\}:stream$/,
    type: 'stream',
    lifetime: 'capped at 10,000; each entry is acknowledged once the NAS answered',
    writer: 'portal, cli, console',
    readers: 'radius-server',
  },
  {
    pattern: /^hs:\{endings\}:asked$/,
    type: 'zset',
    lifetime: LIFETIME.endings,
    writer: 'radius-server, portal (openNDS)',
    readers: 'radius-server',
  },
  {
    pattern: /^hs:job:/,
    type: 'string',
    lifetime: LIFETIME.job,
    writer: 'radius-server',
    readers: 'radius-server',
  },
  {
    pattern: /^hs:staff:/,
    type: 'hash',
    lifetime: LIFETIME.staffSession,
    writer: 'console',
    readers: 'console',
  },
  {
    pattern: /^hs:staff-of:/,
    type: 'zset',
    lifetime: LIFETIME.staffSession,
    writer: 'console',
    readers: 'console, cli',
  },
  {
    pattern: /^hs:api-calls:/,
    type: 'string',
    lifetime: LIFETIME.apiCalls,
    writer: 'console',
    readers: 'console',
  },
  {
    pattern: /^hs:staff-tries:/,
    type: 'string',
    lifetime: LIFETIME.staffTries,
    writer: 'console',
    readers: 'console',
  },
]
