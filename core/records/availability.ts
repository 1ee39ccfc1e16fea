import {
  availabilityOf,
  shareOf,
  SLOT,
  SLOT_MS,
  SLOT_ORDER,
  SLOTS_A_DAY,
  slotOfDay,
  slotStart,
  type Availability,
  type HourlyVisitors,
  type SlotCounts,
  type SlotLetter,
} from '../domain/availability.ts'
import { addDays, CITY_TIME_ZONE, cityDay, dayStart } from '../domain/day.ts'
import { inTransaction, type Records, type Transaction } from './database.ts'

const HOUR_MS = 3_600_000
const WEIGHED_MS = 28 * 86_400_000
const KEPT_MS = 35 * 86_400_000

/** How a site was at one look, and how many visitors were online there. */
export interface SiteLook {
  readonly site: string
  readonly letter: SlotLetter
  readonly visitors: number
}

/** Writes one look at all sites into its slot, where the worst look stays, and into its hour. */
export async function keepSiteLooks(
  transaction: Transaction,
  looks: readonly SiteLook[],
  at: number,
): Promise<void> {
  const sites = looks.map(({ site }) => site)
  await transaction.query(
    `INSERT INTO site_availability AS kept (site, day, slots)
     SELECT site, $3, overlay(repeat('${SLOT.unseen}', ${SLOTS_A_DAY}) PLACING letter FROM $4::int)
     FROM unnest($1::text[], $2::text[]) AS look (site, letter)
     ON CONFLICT (site, day) DO UPDATE
     SET slots = overlay(kept.slots PLACING substr(excluded.slots, $4::int, 1) FROM $4::int)
     WHERE strpos('${SLOT_ORDER}', substr(excluded.slots, $4::int, 1)) > strpos('${SLOT_ORDER}', substr(kept.slots, $4::int, 1))`,
    [sites, looks.map(({ letter }) => letter), cityDay(at), slotOfDay(at) + 1],
  )
  await transaction.query(
    `INSERT INTO site_hours AS kept (site, hour, looks, visitors)
     SELECT site, $3, 1, visitors FROM unnest($1::text[], $2::bigint[]) AS look (site, visitors)
     ON CONFLICT (hour, site) DO UPDATE SET looks = kept.looks + 1, visitors = kept.visitors + excluded.visitors`,
    [sites, looks.map(({ visitors }) => visitors), new Date(Math.floor(at / HOUR_MS) * HOUR_MS)],
  )
}

/**
 * Works out how many visitors were online on average by site and hour of the day, over the four weeks before `at`, where that
 * was not done in this hour yet.
 */
export async function weighHours(records: Records, at: number): Promise<void> {
  const hour = new Date(Math.floor(at / HOUR_MS) * HOUR_MS)
  const { rowCount } = await records.query('SELECT FROM site_weights WHERE weighed_in = $1 LIMIT 1', [hour])
  if (rowCount === 1) return
  await inTransaction(records, async (transaction) => {
    await transaction.query('DELETE FROM site_weights')
    await transaction.query(
      `INSERT INTO site_weights (site, weighed_in, visitors)
       SELECT site, $3, array_agg(visitors ORDER BY hour) FROM (
         SELECT site, hour, coalesce(visitors, 0) AS visitors
         FROM (SELECT DISTINCT site FROM site_hours WHERE hour >= $1 AND hour < $2) AS s
         CROSS JOIN generate_series(0, 23) AS h (hour)
         LEFT JOIN (SELECT site, extract(hour FROM hour AT TIME ZONE '${CITY_TIME_ZONE}')::int AS hour,
             avg(visitors::float8 / looks) AS visitors
           FROM site_hours WHERE hour >= $1 AND hour < $2 GROUP BY 1, 2) AS known USING (site, hour)) AS hours
       GROUP BY site ON CONFLICT (site) DO NOTHING`,
      [new Date(at - WEIGHED_MS), new Date(at), hour],
    )
  })
}

/** Visitors online on average by site and hour of the day: what availability is weighted by. Made by `weighHours`. */
export async function hourlyVisitors(records: Records): Promise<HourlyVisitors> {
  const { rows } = await records.query<{ site: string; visitors: number[] }>(
    // JSON is read many times as fast as an array of PostgreSQL's.
    'SELECT site, to_json(visitors) AS visitors FROM site_weights',
  )
  return new Map(rows.map(({ site, visitors }) => [site, visitors]))
}

/**
 * Availability of these sites between two moments, which are taken back to the beginnings of their slots; a site that
 * nobody looked at counts with slots unseen. `visitors` comes from `hourlyVisitors`.
 */
export async function readAvailability(
  records: Records,
  asked: {
    readonly sites: readonly string[]
    readonly from: number
    readonly to: number
    readonly visitors: HourlyVisitors
  },
): Promise<Availability> {
  const from = slotStart(asked.from)
  const slots = Math.max(0, (slotStart(asked.to) - from) / SLOT_MS)
  const firstDay = cityDay(from)
  const lastDay = cityDay(Math.max(from, asked.to - 1))
  const { rows } = await records.query<{ site: string; day: string; slots: string }>(
    'SELECT site, day, slots FROM site_availability WHERE site = ANY ($1) AND day BETWEEN $2 AND $3',
    [asked.sites, firstDay, lastDay],
  )
  const known = new Map(rows.map((row) => [`${row.site} ${row.day}`, row.slots]))
  const unseen = SLOT.unseen.repeat(SLOTS_A_DAY)
  const firstSlot = (from - dayStart(from)) / SLOT_MS
  const sites = asked.sites.map((site) => {
    let all = ''
    for (let day = firstDay; day <= lastDay; day = addDays(day, 1))
      all += known.get(`${site} ${day}`) ?? unseen
    return { site, slots: all.slice(firstSlot, firstSlot + slots) }
  })
  return availabilityOf(sites, from, asked.visitors)
}

/**
 * Slots of these sites between two moments, by what they were, and their availability: whole city days by what is kept with
 * them, so that a month of a thousand sites is a sum; a day that is not over by its slots. `from` is a day's beginning.
 */
export async function readSlots(
  records: Records,
  { sites, from, to }: { readonly sites: readonly string[]; readonly from: number; readonly to: number },
): Promise<SlotCounts & Pick<Availability, 'share'>> {
  const until = dayStart(to)
  const { rows } = await records.query<
    Omit<SlotCounts, 'all' | 'plannedDown'> & { planned: number; days: number }
  >(
    `SELECT count(*)::int AS days, coalesce(sum(down), 0)::int AS down, coalesce(sum(planned), 0)::int AS planned,
       coalesce(sum(quiet), 0)::int AS quiet, coalesce(sum(unseen), 0)::int AS unseen
     FROM site_availability WHERE site = ANY ($1) AND day >= $2 AND day < $3`,
    [sites, cityDay(from), cityDay(until)],
  )
  const { days, down, planned, quiet, unseen } = rows[0]!
  const all = (sites.length * (until - from)) / SLOT_MS
  const begun = to > until ? sites : []
  const rest = await readAvailability(records, { sites: begun, from: until, to, visitors: new Map() })
  const counts = {
    all: all + rest.all,
    down: down + rest.down,
    plannedDown: planned + rest.plannedDown,
    quiet: quiet + rest.quiet,
    unseen: all - days * SLOTS_A_DAY + unseen + rest.unseen,
  }
  return { ...counts, share: shareOf(counts) }
}

/** Removes the hours that no weight needs any more. */
export async function forgetSiteHours(records: Records, now: number): Promise<void> {
  await records.query('DELETE FROM site_hours WHERE hour < $1', [new Date(now - KEPT_MS)])
}
