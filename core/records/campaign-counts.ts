import { addDays, cityDay } from '../domain/day.ts'
import { growingParts } from './campaign-parts.ts'
import type { Records, Transaction } from './database.ts'

/** A device of one city day, by that day's pseudonym. */
export interface DayDevice {
  readonly day: string
  readonly device: bigint
}

/** An item came into a device's slots: served, or held back. */
export interface MetDevice extends DayDevice {
  readonly campaign: string
  readonly held: boolean
  readonly at: number
  readonly site: string
  readonly lang: string
}

/** A device opened an item's page. */
export type OpenedDevice = Omit<MetDevice, 'held' | 'at'>

/** A device began a session at a site. */
export interface ArrivedDevice extends DayDevice {
  readonly site: string
  readonly at: number
}

/** What the device-days of an item did: those that it was served to, those it was held back from, and others. */
export interface CampaignTotals {
  readonly campaign: string
  readonly arm: 'served' | 'held' | 'other'
  readonly devices: number
  readonly opened: number
  readonly visited: number
}

/**
 * Counts what devices did with items, each thing once a device, day and item, whoever tells it again. A device counts
 * where and in the language in which it met the item first, as far as the events told so by now.
 */
export async function countCampaigns(
  transaction: Transaction,
  counted: {
    readonly met: readonly MetDevice[]
    readonly opened: readonly OpenedDevice[]
    readonly arrived: readonly ArrivedDevice[]
  },
): Promise<void> {
  const met = once(counted.met, ({ campaign }) => campaign)
  const opened = once(counted.opened, ({ campaign }) => campaign)
  const arrived = once(
    [...counted.arrived].sort((a, b) => b.at - a.at),
    ({ site }) => site,
  )
  if (met.length > 0) await countMet(transaction, met)
  if (opened.length > 0) await countOpened(transaction, opened)
  if (arrived.length > 0) await keepArrivals(transaction, arrived)
  const touched = once([...met, ...arrived], () => '')
  if (touched.length > 0) await countVisited(transaction, touched)
}

/** The first of each device, day and what else `of` tells them apart by: a statement may touch a row only once. */
const once = <T extends DayDevice>(all: readonly T[], of: (each: T) => string): T[] => {
  const first = new Map<string, T>()
  for (const each of all) {
    const key = `${each.day} ${each.device} ${of(each)}`
    if (!first.has(key)) first.set(key, each)
  }
  return [...first.values()]
}

const countMet = (transaction: Transaction, met: readonly MetDevice[]) =>
  transaction.query(
    growing(
      'devices',
      `INSERT INTO campaign_devices AS c (day, device, campaign, site, lang, held, met_at)
       SELECT * FROM unnest($1::date[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[])
       ON CONFLICT (day, device, campaign) DO UPDATE SET held = excluded.held, met_at = excluded.met_at,
         site = excluded.site, lang = excluded.lang WHERE c.held IS NULL`,
    ),
    [...columnsOf(met), met.map(({ held }) => held), met.map(({ at }) => new Date(at))],
  )

const countOpened = (transaction: Transaction, opened: readonly OpenedDevice[]) =>
  transaction.query(
    growing(
      'opened',
      `INSERT INTO campaign_devices AS c (day, device, campaign, site, lang, opened)
       SELECT *, true FROM unnest($1::date[], $2::bigint[], $3::text[], $4::text[], $5::text[])
       ON CONFLICT (day, device, campaign) DO UPDATE SET opened = true WHERE NOT c.opened`,
    ),
    columnsOf(opened),
  )

/** Only of places that an item points to. */
const keepArrivals = (transaction: Transaction, arrived: readonly ArrivedDevice[]) =>
  transaction.query(
    `INSERT INTO campaign_arrivals AS a (day, device, site, at)
     SELECT * FROM unnest($1::date[], $2::bigint[], $3::text[], $4::timestamptz[]) AS t (day, device, site, at)
     WHERE t.site IN (SELECT record->>'site' FROM campaigns)
     ON CONFLICT (day, device, site) DO UPDATE SET at = greatest(a.at, excluded.at)`,
    [
      arrived.map(({ day }) => day),
      arrived.map(signed),
      arrived.map(({ site }) => site),
      arrived.map(({ at }) => new Date(at)),
    ],
  )

const countVisited = (transaction: Transaction, touched: readonly DayDevice[]) =>
  transaction.query(
    growing(
      'visited',
      `UPDATE campaign_devices AS c SET visited = true
       FROM unnest($1::date[], $2::bigint[]) AS t (day, device), campaigns, campaign_arrivals AS a
       WHERE c.day = t.day AND c.device = t.device AND NOT c.visited AND campaigns.id = c.campaign
         AND a.day = c.day AND a.device = c.device AND a.site = campaigns.record->>'site' AND a.at > c.met_at`,
    ),
    [touched.map(({ day }) => day), touched.map(signed)],
  )

/** A statement on `campaign_devices c` that also adds the rows it changed to the counts. */
const growing = (column: 'devices' | 'opened' | 'visited', change: string): string => {
  const figures = ['devices', 'opened', 'visited']
    .map((each) => `${each === column ? 'count(*)' : '0'} AS ${each}`)
    .join()
  const arm = "CASE held WHEN false THEN 'served' WHEN true THEN 'held' ELSE 'other' END"
  return `WITH changed AS (${change} RETURNING c.campaign, c.day, c.site, c.lang, c.held),
    grown AS (
      SELECT campaign, day, site, lang, ${arm} AS arm, ${figures} FROM changed GROUP BY 1, 2, 3, 4, 5),
    days AS (
      INSERT INTO campaign_days AS d (campaign, day, site, lang, arm, devices, opened, visited) SELECT * FROM grown
      ON CONFLICT (campaign, day, site, lang, arm) DO UPDATE SET ${column} = d.${column} + excluded.${column}),
    ${growingParts('grown')}
    INSERT INTO campaign_totals AS t (campaign, arm, devices, opened, visited)
    SELECT campaign, arm, sum(devices), sum(opened), sum(visited) FROM grown GROUP BY 1, 2
    ON CONFLICT (campaign, arm) DO UPDATE SET ${column} = t.${column} + excluded.${column}`
}

const columnsOf = (all: readonly OpenedDevice[]) => [
  all.map(({ day }) => day),
  all.map(signed),
  all.map(({ campaign }) => campaign),
  all.map(({ site }) => site),
  all.map(({ lang }) => lang),
]

/** PostgreSQL's 64 bits have a sign. */
const signed = ({ device }: DayDevice): string => String(BigInt.asIntN(64, device))

/** Each item's arms since the beginning. Exact: pages apply k-anonymity. */
export async function campaignTotals(records: Records): Promise<CampaignTotals[]> {
  const { rows } = await records.query<Record<'devices' | 'opened' | 'visited', string> & CampaignTotals>(
    'SELECT campaign, arm, devices, opened, visited FROM campaign_totals ORDER BY campaign, arm',
  )
  return rows.map((row) => ({
    ...row,
    devices: Number(row.devices),
    opened: Number(row.opened),
    visited: Number(row.visited),
  }))
}

/** Removes the pseudonyms of days whose key is destroyed: its end and a day. What they counted stays. */
export async function forgetCampaignDevices(records: Records, now: number): Promise<void> {
  const kept = addDays(cityDay(now), -1)
  for (const table of ['campaign_devices', 'campaign_arrivals'])
    await records.query(`DELETE FROM ${table} WHERE day < $1`, [kept])
}
