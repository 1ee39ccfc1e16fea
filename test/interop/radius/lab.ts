import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPlatform, until, type RunningPlatform } from '../../support/platform.ts'
import type { Test } from '../../support/stores.ts'

export const SECRET = 'a radius secret of this lab'
export const UAM_SECRET = 'a uam secret of this lab'
export const SITE = 'lake'

/** Loopback addresses that only this process uses, whatever else runs on the machine. */
const BLOCK = `127.${150 + (process.pid % 100)}.${(process.pid >> 7) & 255}`
export const address = (number: number): string => `${BLOCK}.${number}`

type Json = Readonly<Record<string, unknown>>

/** The whole platform with one site, and the NASes given, on addresses 1, 2 … of this lab. */
export async function lab(t: Test, nas: readonly Json[]): Promise<RunningPlatform> {
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-lab-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'city.json')
  const city = {
    city: { id: 'lab', name: { vi: 'Thử', en: 'Lab' }, timeZone: 'Asia/Ho_Chi_Minh' },
    operators: [{ id: 'op', name: 'Operator' }],
    sites: [
      {
        id: SITE,
        name: { vi: 'Hồ', en: 'Lake' },
        category: 'tourist-site',
        state: 'live',
        operator: 'op',
        lat: 21,
        lng: 105.8,
        login: ['click-through', 'voucher'],
        limits: {
          sessionSeconds: 3600,
          idleSeconds: 900,
          dailySeconds: 7200,
          dailyOctets: 1_000_000_000,
          downBitsPerSecond: 5_000_000,
          upBitsPerSecond: 2_000_000,
        },
        accessPoints: [{ mac: '02-10-00-00-01-01', name: 'AP 1' }],
      },
    ],
    nas: nas.map((each, i) => ({
      id: `gw-${i + 1}`,
      site: SITE,
      addresses: [`${address(i + 1)}/32`],
      secret: SECRET,
      ...each,
    })),
  }
  writeFileSync(file, JSON.stringify(city))
  return startPlatform(t, { HOTSPOT_CONFIG: file })
}

/** Says that a metric comes to a value, after a while at most. */
export async function settles(
  t: { equal(found: number, wanted: number, message: string): unknown },
  platform: RunningPlatform,
  value: number,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  let last = NaN
  const look = async (): Promise<boolean> => (last = await platform.metric(name, labels)) === value
  await until(`${name} is ${value}`, look).catch(() => undefined)
  t.equal(last, value, `${name} ${JSON.stringify(labels)}`)
}
