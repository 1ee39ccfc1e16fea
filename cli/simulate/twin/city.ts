import type { Category } from '../../../core/domain/site.ts'

/** A place of the twin. */
export interface TwinPlace {
  readonly id: string
  readonly category: Category
  /** Visits a day in the real city. Hoàn Kiếm's are public; the others are guesses beside it. */
  readonly visitsADay: number
  readonly accessPoints: readonly string[]
}

/** An item of the catalogue, and what share of those that it was shown to it really sends to its place. */
export interface TwinItem {
  readonly id: string
  readonly site: string
  readonly effect: number
}

const PLACES = [
  { id: 'ho-hoan-kiem', visitsADay: 18_000, accessPoints: 31 },
  { id: 'van-mieu', visitsADay: 6000, accessPoints: 6 },
  { id: 'bat-trang', visitsADay: 3000, accessPoints: 5 },
  { id: 'kcn-bac-thang-long', visitsADay: 3500, accessPoints: 6 },
  { id: 'hoang-thanh-thang-long', visitsADay: 4000, accessPoints: 4 },
  { id: 'cho-dong-xuan', visitsADay: 5000, accessPoints: 5 },
] as const

/** One item that moves people and one that moves nobody: a yardstick has to read both. */
export const ITEMS: readonly TwinItem[] = [
  { id: 'bia-tien-si', site: 'van-mieu', effect: 0.3 },
  { id: 'gom-bat-trang', site: 'bat-trang', effect: 0 },
]

/** Both items have their places among so many. */
export const PLACE_COUNT = { least: 4, most: PLACES.length }

/** Seconds between reports and heartbeats of the twin's gateways. */
export const INTERIM_SECONDS = 600
export const IDLE_SECONDS = 900

interface CityJson {
  sites: { id: string; category: Category }[]
  campaigns: { holdOut: number; items: { id: string; site: string }[] }
  nas: object[]
}

/**
 * A city file of the twin's places, made of the real one: its sites, with gateways to play at addresses of their own and two
 * items that half of all devices are kept from.
 * @param count how many places.
 * @param block such as `127.20.5`; each gateway gets an address in it.
 */
export function twinCity(
  real: unknown,
  { count, block }: { count: number; block: string },
): { json: object; places: readonly TwinPlace[] } {
  const city = real as CityJson
  const places: TwinPlace[] = []
  const nas: object[] = []
  const sites = PLACES.slice(0, count).map(({ id, visitsADay, accessPoints: many }, i) => {
    const site = city.sites.find((each) => each.id === id)!
    const accessPoints = Array.from({ length: many }, (_, k) => ({
      mac: `02-20-00-00-0${i + 1}-${(k + 1).toString(16).padStart(2, '0').toUpperCase()}`,
      name: `AP ${k + 1}`,
    }))
    places.push({
      id,
      category: site.category,
      visitsADay,
      accessPoints: accessPoints.map(({ name }) => name),
    })
    const address = `${block}.${i + 1}`
    const common = {
      id: `twin-${id}`,
      site: id,
      addresses: [`${address}/32`],
      interimSeconds: INTERIM_SECONDS,
    }
    const secret = `twin-radius-secret-${i + 1}`
    // A hotspot of MikroTik's names no access points: only its heartbeats do.
    nas.push(
      i % 3 === 1
        ? { ...common, secret, gateway: 'mikrotik', gatewayUrl: `http://${address}:3990/login` }
        : {
            ...common,
            secret,
            gateway: 'coova-chilli',
            gatewayUrl: `http://${address}:3990`,
            uamSecret: `twin-uam-secret-${i + 1}`,
          },
    )
    return { ...site, accessPoints }
  })
  const items = city.campaigns.items.filter(({ id }) => ITEMS.some((each) => each.id === id))
  return { json: { ...city, sites, nas, campaigns: { holdOut: 0.5, items } }, places }
}
