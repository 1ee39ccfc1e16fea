import type { Nas } from '../../../core/domain/nas.ts'
import { parseMac } from '../../../core/domain/mac.ts'
import type { Session } from '../../../core/domain/session.ts'
import { Secret } from '../../../core/domain/secret.ts'
import { VENDORS } from '../../../core/domain/nas.ts'
import type { SessionLimits } from '../../../core/domain/limits.ts'
import type { Definition } from '../../../core/gateways/dictionary.ts'
import type { HandoffRequest, RadiusAttribute } from '../../../core/gateways/gateway.ts'
import { gatewayOf } from '../../../core/gateways/index.ts'

export const PHONE = parseMac('02-00-5E-00-53-01')!
export const VISIT = 'aVisitOf16chars_'

/** The record of a gateway; what is given replaces what stands here. */
export const nasOf = (given: Partial<Nas> = {}): Nas => ({
  id: 'gw-1',
  site: 'lake',
  gateway: 'coova-chilli',
  addresses: ['10.1.0.1/32'],
  identifier: 'gw-1',
  secret: new Secret('a radius secret'),
  gatewayUrl: 'http://10.1.0.1:3990',
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
})

/** A phone that has its right and goes back to its gateway. */
export const handoffOf = (given: Partial<HandoffRequest> = {}): HandoffRequest => ({
  nas: nasOf(),
  mac: PHONE,
  context: {},
  userName: 'g1.visit.user',
  password: 'a password of 22 chars',
  limits: {},
  visit: VISIT,
  landingUrl: 'http://portal.example/online?v=aVisitOf16chars_&lang=vi',
  ...given,
})

export const sessionOf = (given: Partial<Session> = {}): Session => ({
  id: 'session-id-of-16c',
  nas: 'gw-1',
  site: 'lake',
  mac: PHONE,
  acctSessionId: '5f00000001',
  visit: VISIT,
  userName: 'g1.visit.user',
  subject: null,
  method: null,
  lang: null,
  os: null,
  ip: '10.9.0.7',
  ap: null,
  startedAt: 0,
  heardAt: 0,
  endedAt: null,
  cause: null,
  seconds: 0,
  fromVisitorOctets: 0n,
  toVisitorOctets: 0n,
  interimSeconds: 300,
  day: '2026-03-12',
  dayBaseSeconds: 0,
  dayBaseOctets: 0n,
  gigawords: false,
  midnights: [],
  ipv6: [],
  multiSessionId: null,
  version: 1,
  ...given,
})

/** Five limits at once; the quota is past 32 bits. */
export const everyLimit: SessionLimits = {
  seconds: 3600,
  idleSeconds: 900,
  octets: 5_000_000_000,
  upBitsPerSecond: 2_000_000,
  downBitsPerSecond: 5_000_000,
}

/** The record of a NAS that is asked at 10.1.0.1. */
export const askedNas = (): Nas => nasOf({ coa: { address: '10.1.0.1', port: 3799 } })

/** Attributes as the dictionaries name them: `Session-Timeout 3600`. */
export const said = (attributes: readonly RadiusAttribute[]): string[] =>
  attributes.map((attribute) => {
    const dictionaries = VENDORS.flatMap((vendor) => gatewayOf(vendor)?.radius.dictionaries ?? [])
    const named = dictionaries
      .flatMap((each) => Object.entries<Definition>(each))
      .find(([, { vendor, type }]) => vendor === attribute.vendor && type === attribute.type)
    return `${named?.[0]} ${attribute.value}`
  })
