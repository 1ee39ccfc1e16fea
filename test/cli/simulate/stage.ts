import { parseCity } from '../../../core/process/city-file.ts'
import { parseMac } from '../../../core/domain/mac.ts'
import type { Clock } from '../../../cli/simulate/clock.ts'
import { realClock } from '../../../cli/simulate/clock.ts'
import type { GatewayObserver, GatewaySetup, Guest } from '../../../cli/simulate/gateways/gateway.ts'
import type { LabSite } from '../../../cli/simulate/lab.ts'
import type { Stay } from '../../../cli/simulate/phones/phone.ts'
import { drawPhone } from '../../../cli/simulate/phones/phone.ts'
import { createRandom } from '../../../cli/simulate/random.ts'
import type { HostPort } from '../../../cli/simulate/run-file.ts'

export const SECRET = 'test-radius-secret'
export const UAM_SECRET = 'test-uam-secret'
export const FAS_KEY = 'test-fas-key'

/** Loopback addresses that only this test process uses, whatever else runs on the machine. */
const BLOCK = `127.${140 + ((process.pid >> 8) & 63)}.${process.pid & 255}`
export const address = (number: number): string => `${BLOCK}.${number}`

type Played = 'coova-chilli' | 'mikrotik' | 'opennds'
const PORTS: Readonly<Record<Played, string>> = {
  'coova-chilli': ':3990',
  mikrotik: ':3990/login',
  opennds: ':2050',
}

/** A city file, as JSON, with one live site for each vendor named. */
export const cityJson = (vendors: readonly Played[]): object => ({
  city: { id: 'test', name: { vi: 'Thử', en: 'Test' }, timeZone: 'Asia/Ho_Chi_Minh' },
  operators: [{ id: 'op', name: 'Operator' }],
  sites: vendors.map((_, i) => ({
    id: `site-${i + 1}`,
    name: { vi: `Chỗ ${i + 1}`, en: `Place ${i + 1}` },
    category: 'tourist-site',
    state: 'live',
    operator: 'op',
    lat: 21,
    lng: 105.8,
    login: ['click-through', 'voucher'],
    limits: { idleSeconds: 300 },
    accessPoints: [{ mac: `02-10-00-00-0${i + 1}-01`, name: 'AP 1' }],
  })),
  nas: vendors.map((gateway, i) => ({
    id: `nas-${i + 1}`,
    site: `site-${i + 1}`,
    gateway,
    addresses: [`${address(i + 1)}/32`],
    secret: SECRET,
    gatewayUrl: `http://${address(i + 1)}${PORTS[gateway]}`,
    interimSeconds: 300,
    ...(gateway === 'coova-chilli' ? { uamSecret: UAM_SECRET } : {}),
    ...(gateway === 'opennds' ? { fasKey: FAS_KEY } : { coa: { address: address(i + 1), port: 3799 } }),
  })),
})

export function labOf(vendor: Played): LabSite {
  const parsed = parseCity(cityJson([vendor]), {})
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  const { sites, nas } = parsed.city
  return { site: sites[0]!, nas: nas[0]!, address: address(1) }
}

export interface Heard extends GatewayObserver {
  readonly calls: string[]
}

/** Writes down what a gateway tells. */
export function listener(): Heard {
  const calls: string[] = []
  return {
    calls,
    accepted: () => void calls.push('accepted'),
    rejected: (reason) => void calls.push(`rejected: ${reason}`),
    sessionStarted: () => void calls.push('started'),
    sessionEnded: (_lab, { cause, reading, confirmed }) =>
      void calls.push(
        `ended: ${cause} ${reading.seconds} ${reading.from} ${reading.to}${confirmed ? '' : ' lost'}`,
      ),
    interim: () => void calls.push('interim'),
    reordered: () => void calls.push('reordered'),
    disconnect: (answer) => void calls.push(`disconnect: ${answer}`),
    radiusAnswered: () => {},
    retransmitted: () => void calls.push('retransmitted'),
    duplicated: () => void calls.push('duplicated'),
    fault: (_lab, reason) => void calls.push(`fault: ${reason}`),
  }
}

export interface GatewayStage {
  readonly vendor: Played
  readonly portal?: HostPort
  readonly auth?: HostPort
  readonly acct?: HostPort
  readonly observer: GatewayObserver
  readonly speed?: number
  readonly clock?: Clock
}

const NOWHERE = { host: '127.0.0.1', port: 9 }

export function gatewaySetup({
  vendor,
  portal,
  auth,
  acct,
  observer,
  speed,
  clock,
}: GatewayStage): GatewaySetup {
  return {
    lab: labOf(vendor),
    platform: {
      portal: portal ?? NOWHERE,
      portalUrl: 'http://portal.test:8080',
      radiusAuth: auth ?? NOWHERE,
      radiusAcct: acct ?? NOWHERE,
    },
    clock: clock ?? realClock(speed ?? 600),
    random: createRandom(1),
    mischief: { loss: 0, duplicates: 0, reorder: 0 },
    observer,
  }
}

/** A guest who moves 1,000 octets up and 9,000 down each second. */
export function guestOf(index: number, stay: Partial<Stay> = {}): Guest {
  const traffic = {
    at: (second: number) => ({ from: BigInt(second) * 1000n, to: BigInt(second) * 9000n }),
    reaches: () => null,
  }
  return {
    phone: { ...drawPhone(createRandom(index + 1), index), ip: address(200 + index) },
    ap: parseMac('02-10-00-00-01-01'),
    stay: { seconds: 600, leaves: 'wifi-off', traffic, ...stay },
    random: createRandom(index + 1000),
  }
}
