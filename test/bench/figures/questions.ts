import { addDays, dayBegins, monthOf } from '../../../core/domain/day.ts'
import { hourlyVisitors, readAvailability } from '../../../core/records/availability.ts'
import { campaignTotals } from '../../../core/records/campaign-counts.ts'
import { campaignParts, campaignsCounted, itemsOfMonth } from '../../../core/records/campaign-results.ts'
import type { Records } from '../../../core/records/database.ts'
import { dayCounts } from '../../../core/records/day-counts.ts'
import { TABLE_NAMES, TABLES } from '../../../core/records/exports/tables.ts'
import { runningFigures } from '../../../core/records/figures.ts'
import { listIncidents, openIncidents } from '../../../core/records/incidents.ts'
import { visitorsOver } from '../../../core/records/period-visitors.ts'
import { flows, rangeFigures } from '../../../core/records/range-figures.ts'
import { cityToday, lastDays } from '../../../core/records/today.ts'
import type { Year } from './year.ts'

export interface Question {
  readonly name: string
  /** A screen waits for it; an export does not. */
  readonly isOfScreen: boolean
  ask(records: Records): Promise<unknown>
}

const CITY = { kind: 'city' } as const
const CATEGORY = { kind: 'category', category: 'tourist-site' } as const
const OPERATOR = { kind: 'operator', operator: 'operator-0' } as const

/** What the dashboards and programs ask of the records, at noon of the year's last day. */
export function questionsOf({ to, days, sites }: Year): Question[] {
  const now = dayBegins(to) + 12 * 3_600_000
  const month = { from: addDays(to, 1 - Math.min(30, days)), to }
  const quarter = { from: addDays(to, 1 - Math.min(91, days)), to }
  const lastMonth = monthOf(addDays(monthOf(to), -1))
  const ids = Array.from({ length: sites }, (_, i) => `site-${String(i).padStart(4, '0')}`)
  const site = ids.at(-1)!
  const SITE = { kind: 'site', site } as const
  const all = { ...month, sites: null }
  const screen = (name: string, ask: Question['ask']): Question => ({ name, isOfScreen: true, ask })
  return [
    screen('today, every site', (records) => cityToday(records, now)),
    screen('14 days of the city', (records) => lastDays(records, { site: null, days: 14, now })),
    screen('14 days of a site', (records) => lastDays(records, { site, days: 14, now })),
    screen('what a day of the city was made of', (records) => dayCounts(records, { site: null, day: to })),
    screen('what a day of a site was made of', (records) => dayCounts(records, { site, day: to })),
    screen('visitors of 30 days, city', (records) =>
      visitorsOver(records, CITY, { period: 'day', ...month }),
    ),
    screen('visitors of 30 days, site', (records) =>
      visitorsOver(records, SITE, { period: 'day', ...month }),
    ),
    screen('visitors of 13 weeks, site', (records) =>
      visitorsOver(records, SITE, { period: 'week', ...quarter }),
    ),
    screen('visitors of a week, category', (records) =>
      visitorsOver(records, CATEGORY, { period: 'week', from: to, to }),
    ),
    screen('visitors of a week, city', (records) =>
      visitorsOver(records, CITY, { period: 'week', from: to, to }),
    ),
    screen('30 days in figures, city', (records) => rangeFigures(records, CITY, month)),
    screen('30 days in figures, category', (records) => rangeFigures(records, CATEGORY, month)),
    screen('30 days in figures, operator', (records) => rangeFigures(records, OPERATOR, month)),
    screen('30 days in figures, site', (records) => rangeFigures(records, SITE, month)),
    screen('ways between sites, 30 days', (records) => flows(records, month)),
    screen('items since the beginning', (records) => campaignTotals(records)),
    screen('items of 30 days', (records) => campaignsCounted(records, all)),
    screen('an item over 30 days', (records) => campaignParts(records, 'item-7', all)),
    screen('every item of a month, as reports ask', (records) => itemsOfMonth(records, lastMonth)),
    screen('visitors by hour over four weeks', (records) => hourlyVisitors(records)),
    screen('availability of 24 hours, every site', (records) =>
      readAvailability(records, { sites: ids, from: now - 86_400_000, to: now, visitors: new Map() }),
    ),
    screen('open incidents', (records) => openIncidents(records)),
    screen('incidents of 30 days', (records) =>
      listIncidents(records, { from: now - 30 * 86_400_000, to: now }),
    ),
    screen('a scrape', (records) => runningFigures(records, now)),
    ...TABLE_NAMES.map((name): Question => ({
      name: `export of a day: ${name}`,
      isOfScreen: false,
      async ask(records) {
        for await (const row of TABLES[name].rows(records, { from: to, to, sites: null, site: null }))
          void row
      },
    })),
  ]
}
