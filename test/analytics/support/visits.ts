import type { AccountingRecord } from '../../../core/domain/accounting.ts'
import type { SessionEvent } from '../../../core/domain/event.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import { Secret } from '../../../core/domain/secret.ts'
import type { Nas } from '../../../core/domain/nas.ts'
import type { Session } from '../../../core/domain/session.ts'
import type { Category, Site } from '../../../core/domain/site.ts'

/** Noon of Wednesday 14 October 2026 in Hà Nội. */
export const NOON = Date.parse('2026-10-14T12:00:00+07:00')
export const DAY = '2026-10-14'

export const macOf = (n: number): Mac => n.toString(16).toUpperCase().padStart(12, '0') as Mac

/** One accounting report; octets and seconds are totals so far. */
export function report(
  given: Partial<AccountingRecord> & Pick<AccountingRecord, 'status' | 'mac'>,
): AccountingRecord {
  const at = given.at ?? NOON
  return {
    nas: 'nas-lake',
    site: 'lake',
    acctSessionId: `acct-${given.mac}`,
    at,
    receivedAt: at,
    fromVisitorOctets: given.status === 'start' ? null : 0n,
    toVisitorOctets: given.status === 'start' ? null : 0n,
    gigawords: true,
    seconds: given.status === 'start' ? null : 0,
    cause: given.status === 'stop' ? 'User-Request' : null,
    userName: null,
    visit: null,
    ip: '10.1.0.9',
    ap: null,
    interimSeconds: 300,
    classSession: null,
    ...given,
  }
}

export function sessionOf(given: Partial<Session> & Pick<Session, 'id'>): Session {
  return {
    nas: 'nas-lake',
    site: 'lake',
    mac: macOf(1),
    acctSessionId: `acct-${given.id}`,
    visit: null,
    userName: 'g1.secret-name',
    subject: null,
    method: 'click-through',
    lang: 'vi',
    os: 'Android',
    ip: '10.1.0.9',
    ap: null,
    startedAt: NOON,
    heardAt: NOON,
    endedAt: null,
    cause: null,
    seconds: 0,
    fromVisitorOctets: 0n,
    toVisitorOctets: 0n,
    interimSeconds: 300,
    day: DAY,
    dayBaseSeconds: 0,
    dayBaseOctets: 0n,
    gigawords: true,
    midnights: [],
    ipv6: [],
    multiSessionId: null,
    version: 1,
    ...given,
  }
}

/** A session event; the delta is nothing unless given. */
export function sessionEvent(
  change: SessionEvent['change'],
  session: Session,
  given: { at?: number; seconds?: number; from?: bigint; to?: bigint } = {},
): SessionEvent {
  const { at = NOON, seconds = 0, from = 0n, to = 0n } = given
  return {
    kind: 'session',
    at,
    change,
    session,
    delta: { seconds, fromVisitorOctets: from, toVisitorOctets: to },
  }
}

export function siteOf(id: string, category: Category = 'tourist-site', given: Partial<Site> = {}): Site {
  return {
    id,
    name: { vi: id, en: id },
    category,
    state: 'live',
    operator: 'op',
    ward: null,
    vpostcode: null,
    lat: 21,
    lng: 105,
    promo: null,
    login: ['click-through'],
    limits: {},
    accessPoints: [],
    ...given,
  }
}

export function nasOf(id: string, site: string, given: Partial<Nas> = {}): Nas {
  return {
    id,
    site,
    gateway: 'coova-chilli',
    addresses: ['127.0.0.1/32'],
    identifier: id,
    secret: new Secret('demo-secret'),
    gatewayUrl: null,
    uamSecret: null,
    fasKey: null,
    coa: null,
    messageAuthenticator: 'auto',
    limitProxyState: true,
    statusServer: true,
    acctSwapOctets: false,
    macAuth: false,
    interimSeconds: 300,
    ...given,
  }
}
