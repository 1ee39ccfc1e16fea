import { cityDay } from '../../core/domain/day.ts'
import type { Category } from '../../core/domain/site.ts'
import type { Records } from '../../core/records/database.ts'
import { dayCounts, type DayCounts } from '../../core/records/day-counts.ts'
import { cityToday, lastDays, sitesToday, type DayFigures, type Visitors } from '../../core/records/today.ts'
import type { Store } from '../../core/store/redis.ts'
import { oldestWaiting } from '../../core/store/staff.ts'

/** What a day so far adds up to. */
export interface Tally {
  readonly visitors: Visitors
  readonly sessions: number
  readonly octets: number
}

export const NOTHING: Tally = {
  visitors: { count: 0, exact: true, relativeError: 0 },
  sessions: 0,
  octets: 0,
}

export interface DayTally extends Tally {
  /** `YYYY-MM-DD` */
  readonly day: string
}

/** Today in figures, for one site or for the whole city. */
export interface Today {
  readonly counts: DayCounts
  /** Fourteen days, the oldest first, today last. */
  readonly days: readonly DayTally[]
  readonly today: Tally
}

export interface Everywhere {
  readonly sites: ReadonlyMap<string, Tally>
  readonly categories: ReadonlyMap<Category, Visitors>
}

export const FUNNEL_STEPS = ['arrival', 'splash', 'tap', 'granted', 'online'] as const

/** How many days the bars show. */
const DAYS_SHOWN = 14

/** Figures that lag behind by more are no longer "now": pages say so (experience.md §2.3). */
export const STALE_MS = 15 * 60_000

/** Reads the figures of pages; each question asks for no more than whoever wants to know may see. */
export interface Figures {
  /** Of a site, or (null) of the whole city. */
  today(site: string | null, now: number): Promise<Today>
  /** Of every site, and of each category, whose visitors are not the sum of its sites'. What has no record is absent. */
  everywhere(now: number): Promise<Everywhere>
  /** Of the sites listed, and of no other. What has no record is absent. */
  bySite(sites: readonly string[], now: number): Promise<ReadonlyMap<string, Tally>>
  /** When the oldest event that is not yet counted happened; null when all are. */
  waitingSince(): Promise<number | null>
}

export function createFigures(records: Records, store: Store): Figures {
  return {
    async today(site, now) {
      const [counts, days] = await Promise.all([
        dayCounts(records, { site, day: cityDay(now) }),
        lastDays(records, { site, days: DAYS_SHOWN, now }),
      ])
      const tallies = days.map((figures) => ({ day: figures.day, ...tallyOf(figures) }))
      return { counts, days: tallies, today: tallies.at(-1) ?? NOTHING }
    },
    async everywhere(now) {
      const { sites, categories } = await cityToday(records, now)
      return { sites: new Map([...sites].map(([site, each]) => [site, tallyOf(each)])), categories }
    },
    async bySite(sites, now) {
      const figures = await sitesToday(records, sites, now)
      return new Map([...figures].map(([site, each]) => [site, tallyOf(each)]))
    },
    waitingSince: () => oldestWaiting(store),
  }
}

const tallyOf = (figures: Omit<DayFigures, 'day'>): Tally => ({
  visitors: figures.visitors,
  sessions: figures.sessions,
  octets: Number(figures.fromVisitorOctets + figures.toVisitorOctets),
})
