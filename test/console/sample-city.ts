import { addDays, cityDay } from '../../core/domain/day.ts'
import { parseMac, type Mac } from '../../core/domain/mac.ts'
import type { Nas } from '../../core/domain/nas.ts'
import { Secret } from '../../core/domain/secret.ts'
import type { Site } from '../../core/domain/site.ts'
import { inTransaction, type Records } from '../../core/records/database.ts'
import { growCounts, growDays, type CountKind } from '../../core/records/day-totals.ts'
import { growDeviceCounts } from '../../core/records/device-counts.ts'
import { keys } from '../../core/store/keys.ts'
import type { Store } from '../../core/store/redis.ts'

/** Sites, gateways and figures as tests and pictures need them. */

export const mac = (n: number): Mac => parseMac(n.toString(16).padStart(12, '0').replace(/^../, '02'))!

export function site(id: string, more: Partial<Site> = {}): Site {
  return {
    id,
    name: { vi: `Điểm ${id}`, en: `Site ${id}` },
    category: 'tourist-site',
    state: 'live',
    operator: 'operator',
    ward: null,
    vpostcode: null,
    lat: 21.0287,
    lng: 105.8523,
    promo: null,
    login: ['click-through'],
    limits: {},
    accessPoints: [],
    ...more,
  }
}

export function nas(id: string, siteId: string, more: Partial<Nas> = {}): Nas {
  return {
    id,
    site: siteId,
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
    ...more,
  }
}

export interface SiteDay {
  readonly site: string
  /** Days before `now`'s day. */
  readonly daysAgo?: number
  readonly visitors: number
  readonly exact?: boolean
  readonly sessions?: number
  readonly octets?: number
  readonly counts?: Partial<Record<CountKind | 'language' | 'device', Readonly<Record<string, number>>>>
}

/** Records days of sites as analytics does. */
export async function recordDays(records: Records, now: number, days: readonly SiteDay[]): Promise<void> {
  const dayOf = (each: SiteDay): string => addDays(cityDay(now), -(each.daysAgo ?? 0))
  await inTransaction(records, async (transaction) => {
    await growDays(
      transaction,
      days.map((each) => ({
        site: each.site,
        day: dayOf(each),
        sessions: each.sessions ?? each.visitors,
        ended: each.sessions ?? each.visitors,
        seconds: 0,
        fromVisitorOctets: BigInt(Math.round((each.octets ?? 0) * 0.1)),
        toVisitorOctets: BigInt(Math.round((each.octets ?? 0) * 0.9)),
      })),
    )
    const counts = days.flatMap((each) =>
      Object.entries(each.counts ?? {}).flatMap(([kind, values]) =>
        Object.entries(values).map(([value, count]) => ({
          site: each.site,
          day: dayOf(each),
          kind: kind as CountKind | 'language' | 'device',
          value,
          count,
        })),
      ),
    )
    for (const { site, day, kind, value, count } of counts)
      if (kind !== 'language' && kind !== 'device')
        await growCounts(transaction, [{ site, day, kind, value, count }])
      else
        for (const scope of ['all', `site ${site}`])
          await growDeviceCounts(transaction, [{ scope, day, kind, value, count }])
    for (const each of days)
      await transaction.query(
        "INSERT INTO reach_sketches (period, starts_on, site, sketch, visitors, exact) VALUES ('day', $1, $2, '', $3, $4)",
        [dayOf(each), each.site, each.visitors, each.exact ?? true],
      )
  })
}

/** Records how many different devices the whole city had on a day. */
export async function recordReach(
  records: Records,
  now: number,
  { daysAgo = 0, visitors, exact = true }: { daysAgo?: number; visitors: number; exact?: boolean },
): Promise<void> {
  await records.query(
    `INSERT INTO reach_totals (period, starts_on, category, sketch, visitors, exact) VALUES ('day', $1, 'all', '', $2, $3)
     ON CONFLICT (period, starts_on, category) DO UPDATE SET visitors = excluded.visitors, exact = excluded.exact`,
    [addDays(cityDay(now), -daysAgo), visitors, exact],
  )
}

/** Opens sessions at a NAS, as far as the console looks. */
export async function openSessions(store: Store, nasId: string, count: number, now: number): Promise<void> {
  const members = Array.from({ length: count }, (_, i) => [now + 900_000, `${mac(i + 1)}|${nasId}-${i}`])
  if (count > 0) await store.zadd(keys.open(nasId), ...members.flat())
}
