import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Route } from '../../cli/simulate/browser/browser.ts'
import { realClock } from '../../cli/simulate/clock.ts'
import type { VirtualGateway } from '../../cli/simulate/gateways/gateway.ts'
import { createGateway } from '../../cli/simulate/gateways/index.ts'
import { chooseLab } from '../../cli/simulate/lab.ts'
import { createRandom } from '../../cli/simulate/random.ts'
import { findPlatform } from '../../cli/simulate/run-file.ts'
import { readCityFile } from '../../core/process/city-file.ts'
import { startPlatform, type RunningPlatform } from '../support/platform.ts'
import type { Test } from '../support/stores.ts'

/** Loopback addresses that only this process uses, whatever else runs on the machine. */
const BLOCK = `127.${100 + (process.pid % 20)}.${(process.pid >> 5) & 255}`

const site = (id: string, lat: number) => ({
  id,
  name: { vi: 'Hồ Hoàn Kiếm', en: 'Hoàn Kiếm Lake' },
  category: 'tourist-site',
  state: 'live',
  operator: 'op',
  lat,
  lng: 105.85,
  promo: { vi: 'Hồ giữa lòng thành phố.', en: 'The lake at the heart of the city.' },
  login: ['click-through', 'voucher'],
  limits: { sessionSeconds: 3600, dailySeconds: 7200, dailyOctets: 1_000_000_000 },
})
const nas = (id: string, at: string, address: string, more: object) => ({
  id,
  site: at,
  addresses: [`${address}/32`],
  secret: 'a radius secret of the laboratory',
  coa: { address, port: 3799 },
  interimSeconds: 60,
  ...more,
})
/** A gateway that proves whose phone it sends, and one that does not. */
const CITY = {
  city: { id: 'lab', name: { vi: 'Thử', en: 'Lab' }, timeZone: 'Asia/Ho_Chi_Minh' },
  operators: [{ id: 'op', name: 'Operator' }],
  sites: [site('lake', 21.0287), site('temple', 21.0293)],
  nas: [
    nas('gw-lake', 'lake', `${BLOCK}.1`, {
      gateway: 'coova-chilli',
      gatewayUrl: `http://${BLOCK}.1:3990`,
      uamSecret: 'a uam secret of the laboratory',
    }),
    nas('gw-temple', 'temple', `${BLOCK}.2`, {
      gateway: 'mikrotik',
      gatewayUrl: `http://${BLOCK}.2:8085/login`,
    }),
  ],
}

/** The platform as `npm start` runs it, and the gateways of its two sites. */
export interface LabCity {
  readonly platform: RunningPlatform
  readonly proving: VirtualGateway
  readonly hearsay: VirtualGateway
  /** What went wrong between gateways and platform. */
  readonly faults: readonly string[]
  /** Codes for the second site, each for one device. */
  codes(count: number): Promise<string[]>
  /** How the phone at an address gets through a gateway. */
  routeOf(gateway: VirtualGateway, phone: string): Route
}

export async function openCity(t: Test): Promise<LabCity> {
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-lab-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'city.json')
  writeFileSync(file, JSON.stringify(CITY))
  const running = await startPlatform(t, { HOTSPOT_CONFIG: file })
  const platform = findPlatform(running.folder, null)
  const faults: string[] = []
  const random = createRandom(1)
  const [proving, hearsay] = chooseLab(readCityFile(file, {}), 2).map((lab) =>
    createGateway({
      lab,
      platform,
      clock: realClock(1),
      random: random.fork(lab.nas.id),
      mischief: { loss: 0, duplicates: 0, reorder: 0 },
      observer: { ...quiet, fault: (at, reason) => faults.push(`${at.nas.id}: ${reason}`) },
    }),
  ) as [VirtualGateway, VirtualGateway]
  await Promise.all([proving.open(), hearsay.open()])
  t.teardown(() => Promise.all([proving.close(), hearsay.close()]))
  return {
    platform: running,
    proving,
    hearsay,
    faults,
    async codes(count) {
      const words = [
        'voucher',
        'create',
        '--site',
        'temple',
        '--count',
        String(count),
        '--devices',
        '1',
        '--json',
      ]
      const made = await running.hotspot(...words)
      if (made.code !== 0) throw new Error(`no codes: ${made.stderr}`)
      return (JSON.parse(made.stdout) as { code: string }[]).map(({ code }) => code)
    },
    routeOf: (gateway, phone) => ({
      phone,
      outside: gateway.lab.address,
      gateway: gateway.web,
      portal: platform.portal,
      portalOrigins: [new URL(platform.portalUrl).origin],
    }),
  }
}

const ignore = (): void => undefined
const quiet = {
  accepted: ignore,
  rejected: ignore,
  sessionStarted: ignore,
  sessionEnded: ignore,
  interim: ignore,
  reordered: ignore,
  disconnect: ignore,
  radiusAnswered: ignore,
  retransmitted: ignore,
  duplicated: ignore,
}
