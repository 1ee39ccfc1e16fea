import type { Campaign } from '../domain/campaign.ts'
import type { Nas } from '../domain/nas.ts'
import { withOwnPage, type OwnPage } from '../domain/own-page.ts'
import type { Operator, Site } from '../domain/site.ts'
import type { CityFile } from '../process/city-file.ts'
import type { Keys } from '../process/keys.ts'
import { sealedNas, unsealedNas } from '../process/sealed-nas.ts'
import { followFile, listCampaigns, liveCampaigns } from './campaigns.ts'
import { inTransaction, type Records, type Transaction } from './database.ts'

/** What a city file would change in the records. */
export interface Reconciliation {
  readonly sites: Difference
  readonly nas: Difference
  readonly campaigns: Difference
  readonly realms: Difference
}

interface Difference {
  readonly added: string[]
  readonly changed: string[]
  readonly removed: string[]
}

export interface City {
  readonly operators: readonly Operator[]
  readonly sites: readonly Site[]
  readonly nas: readonly Nas[]
  /** Those that visitors may see. */
  readonly campaigns: readonly Campaign[]
  /** Names in these are ours. */
  readonly realms: readonly string[]
}

/** Any number that nobody else uses: it lets one process at a time bring the city up to date. */
const CITY_LOCK = 7_202_612

interface SiteRow {
  id: string
  record: Site
  origin: 'file' | 'staff'
}
interface NasRow {
  id: string
  record: object
  origin: 'file' | 'staff'
}

/** Sites with their live pages and NASes, those that staff added among them. */
export async function readCity(records: Records, sealing: Keys): Promise<City> {
  const [operators, sites, nas, campaigns, realms] = await Promise.all([
    records.query<Operator>('SELECT id, name FROM operators ORDER BY id'),
    records.query<{ record: Site; page: OwnPage | null }>(
      `SELECT record, page FROM sites LEFT JOIN own_pages ON own_pages.site = sites.id AND state = 'live'
       ORDER BY sites.id`,
    ),
    records.query<NasRow>('SELECT id, record, origin FROM nas ORDER BY id'),
    liveCampaigns(records),
    listRealms(records),
  ])
  return {
    operators: operators.rows,
    sites: sites.rows.map(({ record, page }) => withOwnPage(record, page)),
    nas: nas.rows.map((row) => unsealedNas(JSON.stringify(row.record), sealing)),
    campaigns,
    realms,
  }
}

/** How the records differ from a city file; what staff added is left alone. */
export async function compareCity(
  records: Records | Transaction,
  file: CityFile,
  sealing: Keys,
): Promise<Reconciliation> {
  // In turn: a transaction is one connection, which takes one question at a time.
  const sites = await records.query<SiteRow>('SELECT id, record, origin FROM sites')
  const nas = await records.query<NasRow>('SELECT id, record, origin FROM nas')
  const campaigns = await listCampaigns(records)
  const realms = await listRealms(records)
  const plain = (each: Nas): string =>
    canonical({
      ...each,
      secret: each.secret.reveal(),
      uamSecret: each.uamSecret?.reveal() ?? null,
      fasKey: each.fasKey?.reveal() ?? null,
    })
  return {
    sites: difference(
      file.sites.map((site) => [site.id, canonical(site)]),
      sites.rows.map((row) => [row.id, canonical(row.record), row.origin]),
    ),
    nas: difference(
      file.nas.map((each) => [each.id, plain(each)]),
      nas.rows.map((row) => [row.id, plain(unsealedNas(JSON.stringify(row.record), sealing)), row.origin]),
    ),
    campaigns: difference(
      file.campaigns.map((item) => [item.id, canonical(item)]),
      campaigns.map((row) => [row.id, canonical(row.record), row.origin]),
    ),
    realms: difference(
      file.realms.map((realm) => [realm, '']),
      realms.map((realm) => [realm, '', 'file']),
    ),
  }
}

/**
 * Runs `work` while no other process changes or publishes the city: each part of the platform does so at its start, and
 * all parts may start at the same moment.
 */
export function oneCityAtATime<T>(
  records: Records,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return inTransaction(records, async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [CITY_LOCK])
    return work(transaction)
  })
}

/** Makes the records follow a city file: its entries added, changed and removed; what staff added stays. */
export async function reconcileCity(
  records: Records,
  file: CityFile,
  sealing: Keys,
): Promise<Reconciliation> {
  return oneCityAtATime(records, async (transaction) => {
    // Under the lock: whoever held it may have done it all.
    const difference = await compareCity(transaction, file, sealing)
    const { sites, nas, campaigns, realms } = difference
    const nothing = [sites, nas, campaigns, realms].every(
      (d) => d.added.length + d.changed.length + d.removed.length === 0,
    )
    for (const operator of file.operators)
      await transaction.query(
        'INSERT INTO operators (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE operators.name <> excluded.name',
        [operator.id, operator.name],
      )
    if (nothing) return difference
    const siteIds = new Set([...sites.added, ...sites.changed])
    for (const site of file.sites.filter((each) => siteIds.has(each.id)))
      await transaction.query(
        `INSERT INTO sites (id, record, origin) VALUES ($1, $2, 'file')
         ON CONFLICT (id) DO UPDATE SET record = excluded.record, origin = 'file', changed_at = now()`,
        [site.id, JSON.stringify(site)],
      )
    await transaction.query('DELETE FROM nas WHERE id = ANY($1)', [nas.removed])
    const nasIds = new Set([...nas.added, ...nas.changed])
    for (const each of file.nas.filter((n) => nasIds.has(n.id)))
      await transaction.query(
        `INSERT INTO nas (id, site, record, origin) VALUES ($1, $2, $3, 'file')
         ON CONFLICT (id) DO UPDATE SET site = excluded.site, record = excluded.record, origin = 'file', changed_at = now()`,
        [each.id, each.site, sealedNas(each, sealing)],
      )
    // A site that left the file but still has gateways or codes of staff stays, with its history.
    await transaction.query(
      `DELETE FROM sites WHERE id = ANY($1)
       AND NOT EXISTS (SELECT 1 FROM nas WHERE nas.site = sites.id)
       AND NOT EXISTS (SELECT 1 FROM vouchers WHERE vouchers.site = sites.id)`,
      [sites.removed],
    )
    await transaction.query('DELETE FROM realms WHERE realm = ANY($1)', [realms.removed])
    await transaction.query('INSERT INTO realms SELECT unnest($1::text[])', [realms.added])
    const itemIds = new Set([...campaigns.added, ...campaigns.changed])
    await followFile(transaction, {
      saved: file.campaigns.filter(({ id }) => itemIds.has(id)),
      removed: campaigns.removed,
    })
    return difference
  })
}

async function listRealms(records: Records | Transaction): Promise<string[]> {
  const { rows } = await records.query<{ realm: string }>('SELECT realm FROM realms ORDER BY realm')
  return rows.map(({ realm }) => realm)
}

/** Adds or replaces a site by hand. */
export async function saveSite(records: Records, site: Site): Promise<void> {
  await records.query(
    `INSERT INTO sites (id, record, origin) VALUES ($1, $2, 'staff')
     ON CONFLICT (id) DO UPDATE SET record = excluded.record, changed_at = now()`,
    [site.id, JSON.stringify(site)],
  )
}

/** Adds or replaces a NAS by hand. */
export async function saveNas(records: Records, nas: Nas, sealing: Keys): Promise<void> {
  await records.query(
    `INSERT INTO nas (id, site, record, origin) VALUES ($1, $2, $3, 'staff')
     ON CONFLICT (id) DO UPDATE SET site = excluded.site, record = excluded.record, changed_at = now()`,
    [nas.id, nas.site, sealedNas(nas, sealing)],
  )
}

/** True when there was such a NAS and it is gone now. */
export async function removeNas(records: Records, id: string): Promise<boolean> {
  const { rowCount } = await records.query('DELETE FROM nas WHERE id = $1', [id])
  return rowCount === 1
}

function difference(
  wanted: readonly [string, string][],
  known: readonly [string, string, 'file' | 'staff'][],
): Difference {
  const recorded = new Map(known.map(([id, text, origin]) => [id, { text, origin }]))
  const ids = new Set(wanted.map(([id]) => id))
  return {
    added: wanted.filter(([id]) => !recorded.has(id)).map(([id]) => id),
    changed: wanted
      .filter(([id, text]) => recorded.has(id) && recorded.get(id)!.text !== text)
      .map(([id]) => id),
    removed: known.filter(([id, , origin]) => origin === 'file' && !ids.has(id)).map(([id]) => id),
  }
}

/** JSON with sorted keys and without undefined, so that equal records read equal. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}
