import { randomBytes } from 'node:crypto'
import { classText, grantPassword } from '../../../core/domain/grant.ts'
import { clickThroughGrant, dayAllowance, deviceSubject } from '../../../core/domain/grants.ts'
import { remaining } from '../../../core/domain/limits.ts'
import { parseMac, type Mac } from '../../../core/domain/mac.ts'
import type { Nas } from '../../../core/domain/nas.ts'
import type { Site } from '../../../core/domain/site.ts'
import type { Visit, VisitGrant } from '../../../core/domain/visit.ts'
import { parseCity, type CityFile } from '../../../core/process/city-file.ts'
import type { Keys } from '../../../core/process/keys.ts'

/** Gateways that ask at the same time, each from an address and a secret of its own. */
export const GATEWAYS = 64
/** Visitors in a row that stay with one gateway: gateways speak in bursts, and a burst is one system call of the load. */
export const VISITORS_IN_A_ROW = 8

export interface Gateway {
  readonly id: string
  readonly address: string
  readonly secret: string
  readonly apMac: string
}

export const gateways: readonly Gateway[] = Array.from({ length: GATEWAYS }, (_, i) => ({
  id: `bench-${i}`,
  address: `127.10.${i >> 7}.${(i & 127) + 1}`,
  secret: `a secret of gateway ${String(i).padStart(4, '0')}`,
  apMac: `02-10-00-00-${hex(i >> 8)}-${hex(i & 255)}`,
}))

const json = {
  city: { id: 'bench', name: { vi: 'Đo', en: 'Bench' }, timeZone: 'Asia/Ho_Chi_Minh' },
  operators: [{ id: 'op', name: 'Operator' }],
  sites: gateways.map(({ id }) => ({
    id: `site-${id}`,
    name: { vi: `Điểm ${id}`, en: `Site ${id}` },
    category: 'tourist-site',
    state: 'live',
    operator: 'op',
    lat: 21.03,
    lng: 105.85,
    login: ['click-through'],
    limits: {
      sessionSeconds: 7200,
      idleSeconds: 900,
      dailySeconds: 28_800,
      dailyOctets: 5_000_000_000,
      downBitsPerSecond: 5_000_000,
      upBitsPerSecond: 2_000_000,
    },
  })),
  nas: gateways.map(({ id, address, secret }) => ({
    id,
    site: `site-${id}`,
    gateway: 'coova-chilli',
    addresses: [`${address}/32`],
    secret,
    gatewayUrl: `http://${address}:3990`,
  })),
}

/** The city file of the bench, as HOTSPOT_CONFIG reads it. */
export const cityFile = (): string => JSON.stringify(json)

/** A phone that tapped at the portal, and what its gateway was handed for it. */
export interface Visitor {
  /** Its gateway's place in `gateways`. */
  readonly gateway: number
  readonly visit: Visit
  readonly grant: VisitGrant
  readonly password: string
  /** The Class that an Access-Accept carries for it. */
  readonly classText: string
  readonly ip: string
}

/**
 * Visitors `from` to `from + count` of a seed (12 hex digits), their rights fresh at `now` (epoch ms). The same seed and
 * number is the same device and visit again.
 */
export function visitors(
  keys: Keys,
  given: { seed: string; from: number; count: number; now: number },
): Visitor[] {
  const { seed, from, count, now } = given
  const sites = siteList()
  return Array.from({ length: count }, (_, i) => {
    const number = from + i
    const gateway = Math.floor(number / VISITORS_IN_A_ROW) % GATEWAYS
    const nas = gateways[gateway]!.id
    const site = sites[gateway]!
    const mac = macOf(seed, number)
    const id = Buffer.from(`${seed}${number.toString(16).padStart(12, '0')}`, 'hex').toString('base64url')
    const visit: Visit = {
      id,
      nas,
      site: site.id,
      mac,
      ap: null,
      ssid: 'Hanoi Free WiFi',
      ip: null,
      lang: 'vi',
      spoken: 'vi',
      device: { family: 'phone', os: 'android' },
      context: { uamip: '10.1.0.1', uamport: '3990' },
      proved: true,
      createdAt: now,
    }
    const subject = deviceSubject(keys.subject, mac)
    const left = remaining(dayAllowance(site), { seconds: 0, octets: 0 })
    if (left.kind === 'used-up') throw new Error('a fresh visitor of the bench has used its day up')
    const grant = clickThroughGrant(site, id, subject, left, now)
    return {
      gateway,
      visit,
      grant,
      password: grantPassword(keys.grant, grant.userName, mac, nas),
      classText: classText(keys.class, { session: id, visit: id }, mac),
      ip: `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`,
    }
  })
}

/** A seed whose ids do not begin with what a command line takes for an option. */
export const freshSeed = (): string => `01${randomBytes(5).toString('hex')}`

/** The gateways as the server's table knows them. */
export const nasList = (): readonly Nas[] => parsed().nas

const siteList = (): readonly Site[] => parsed().sites

function parsed(): CityFile {
  const read = parseCity(json, {})
  if ('faults' in read) throw new Error(JSON.stringify(read.faults))
  return read.city
}

/** A randomised address, as most phones show. */
function macOf(seed: string, number: number): Mac {
  const mac = parseMac(`02${seed.slice(2, 4)}${number.toString(16).padStart(8, '0')}`)
  if (mac === null) throw new Error(`visitor ${number} has no address`)
  return mac
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0')
}
