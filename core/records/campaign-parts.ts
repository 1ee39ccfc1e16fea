import { ITEM_COUNTS, type CampaignPart, type ItemCounts } from '../domain/campaign-result.ts'
import type { Transaction } from './database.ts'

/** How each count is called in SQL, and what it is of rows like those of `campaign_days`. */
const IN_SQL: Readonly<Record<keyof ItemCounts, readonly [column: string, ofRows: string]>> = {
  served: ['served', "sum(devices) FILTER (WHERE arm = 'served')"],
  held: ['held', "sum(devices) FILTER (WHERE arm = 'held')"],
  opened: ['opened', "sum(opened) FILTER (WHERE arm = 'served')"],
  openedOtherwise: ['opened_otherwise', "sum(opened) FILTER (WHERE arm <> 'served')"],
  visited: ['visited', "sum(visited) FILTER (WHERE arm = 'served')"],
  visitedHeld: ['visited_held', "sum(visited) FILTER (WHERE arm = 'held')"],
}
const COLUMNS = ITEM_COUNTS.map((name) => IN_SQL[name][0])
const MOST = COLUMNS.map((column) => `most_${column}`)
const ofAll = (columns: readonly string[], of: (column: string) => string): string => columns.map(of).join()

const KEYS = 'campaign, by, value'
const DAY_COLUMNS = `day, ${KEYS}, ${COLUMNS.join()}`
const MONTH_COLUMNS = `month, ${KEYS}, ${[...COLUMNS, ...MOST].join()}`
const MONTH = "date_trunc('month', day::timestamp)::date"

/** SQL for the parts of days, as `campaign_day_parts` has them, of rows like those of `campaign_days`. */
export const partsOfDays = (rows: string): string =>
  `SELECT day, campaign,
     CASE WHEN GROUPING(lang) = 0 THEN 'language' WHEN GROUPING(site) = 0 THEN 'site' ELSE 'all' END AS by,
     coalesce(lang, site, '') AS value,
     ${ITEM_COUNTS.map((name) => `coalesce(${IN_SQL[name][1]}, 0)::bigint AS ${IN_SQL[name][0]}`).join()}
   FROM ${rows} GROUP BY GROUPING SETS ((day, campaign), (day, campaign, lang), (day, campaign, site))`

/** Common table expressions that add what `rows`, like those of `campaign_days`, are more to the parts of days and months. */
export const growingParts = (rows: string): string =>
  `parts AS (${partsOfDays(rows)}),
   day_parts AS (
     INSERT INTO campaign_day_parts AS d (${DAY_COLUMNS}) SELECT ${DAY_COLUMNS} FROM parts
     ON CONFLICT (day, ${KEYS}) DO UPDATE SET ${ofAll(COLUMNS, (each) => `${each} = d.${each} + excluded.${each}`)}
     RETURNING d.*),
   month_parts AS (
     INSERT INTO campaign_month_parts AS m (${MONTH_COLUMNS})
     SELECT ${MONTH}, ${KEYS}, ${ofAll(COLUMNS, (each) => `sum(p.${each})`)}, ${ofAll(COLUMNS, (each) => `max(d.${each})`)}
     FROM parts p JOIN day_parts d USING (day, ${KEYS}) GROUP BY 1, ${KEYS}
     ON CONFLICT (month, ${KEYS}) DO UPDATE SET ${ofAll(COLUMNS, (each) => `${each} = m.${each} + excluded.${each}`)},
       ${ofAll(MOST, (each) => `${each} = greatest(m.${each}, excluded.${each})`)})`

/**
 * Makes the parts of days from `campaign_days`, or those of the months that the days are in from those of their days; there
 * must be none of these yet.
 */
export async function sumParts(
  transaction: Transaction,
  table: 'campaign_day_parts' | 'campaign_month_parts',
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  await transaction.query(
    table === 'campaign_day_parts'
      ? `INSERT INTO ${table} (${DAY_COLUMNS}) ${partsOfDays('campaign_days WHERE day BETWEEN $1 AND $2')}`
      : `INSERT INTO ${table} (${MONTH_COLUMNS})
         SELECT ${MONTH}, ${KEYS}, ${ofAll(COLUMNS, (each) => `sum(${each})`)}, ${ofAll(COLUMNS, (each) => `max(${each})`)}
         FROM campaign_day_parts
         WHERE day >= date_trunc('month', $1::timestamp) AND day < date_trunc('month', $2::timestamp) + interval '1 month'
         GROUP BY 1, ${KEYS}`,
    [from, to],
  )
}

/** A part as JSON, which is read several times as fast as columns are: its counts in the order of ITEM_COUNTS, then its largest days'. */
export type PartRow = readonly [by: CampaignPart['by'], value: string, ...figures: number[]]
const rowOf = (figures: readonly string[]): string => `json_build_array(by, value, ${figures.join()})`
/** SQL for a PartRow: of a row of a month, or of rows of days, grouped. */
export const PART_OF_MONTH = rowOf([...COLUMNS, ...MOST])
export const PART_OF_DAYS = rowOf(['sum', 'max'].flatMap((fold) => COLUMNS.map((each) => `${fold}(${each})`)))

export const partOf = ([by, value, ...figures]: PartRow): CampaignPart => ({
  by,
  value,
  counts: countsOf(figures),
  atLeast: countsOf(figures.slice(ITEM_COUNTS.length)),
})

function countsOf(list: readonly number[]): ItemCounts {
  const [served, held, opened, openedOtherwise, visited, visitedHeld] = list
  return {
    served: served ?? 0,
    held: held ?? 0,
    opened: opened ?? 0,
    openedOtherwise: openedOtherwise ?? 0,
    visited: visited ?? 0,
    visitedHeld: visitedHeld ?? 0,
  }
}
