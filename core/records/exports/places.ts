import { availabilityOf } from '../../domain/availability.ts'
import { addDays, dayBegins } from '../../domain/day.ts'
import { LEAST_SHOWN_CROSSED } from '../../domain/k-anonymity.ts'
import type { Site } from '../../domain/site.ts'
import { rowsOf } from '../cursor.ts'
import { daysOf, tableOf, wantedSites } from './table.ts'

export const sites = tableOf({
  what: 'Sites as they are now',
  columns: {
    site: 'text',
    name_vi: 'text',
    name_en: 'text',
    category: 'text',
    operator: 'text',
    ward: 'text',
    state: 'text',
    lat: 'number',
    lng: 'number',
  },
  async *rows(records, asked) {
    const text = 'SELECT record FROM sites WHERE ($1::text[] IS NULL OR id = ANY($1)) ORDER BY id'
    for await (const { record } of rowsOf<{ record: Site }>(records, [
      { text, values: [wantedSites(asked)] },
    ])) {
      const { id: site, name, category, operator, ward, state, lat, lng } = record
      yield { site, name_vi: name.vi, name_en: name.en, category, operator, ward, state, lat, lng }
    }
  },
})

export const coverage = tableOf({
  what: 'Availability of sites by day',
  columns: {
    day: 'day',
    site: 'text',
    availability: 'number',
    slots: 'integer',
    down: 'integer',
    planned_down: 'integer',
    quiet: 'integer',
    unseen: 'integer',
  },
  async *rows(records, asked) {
    const text = `SELECT day, site, slots FROM site_availability
      WHERE day = $1 AND ($2::text[] IS NULL OR site = ANY($2)) ORDER BY site`
    const wanted = wantedSites(asked)
    const queries = [...daysOf(asked)].map((day) => ({ text, values: [day, wanted] }))
    for await (const row of rowsOf<{ day: string; site: string; slots: string }>(records, queries)) {
      const { day, site } = row
      const { share, all, down, plannedDown, quiet, unseen } = availabilityOf(
        [row],
        dayBegins(day),
        new Map(),
      )
      yield { day, site, availability: share, slots: all, down, planned_down: plannedDown, quiet, unseen }
    }
  },
})

interface IncidentRow {
  readonly id: string
  readonly cause: string
  readonly subject: string
  readonly site: string | null
  readonly began_at: Date
  readonly opened_at: Date
  readonly closed_at: Date | null
  readonly planned: boolean
}

export const incidents = tableOf({
  what: 'Incidents that lasted into these days',
  columns: {
    id: 'text',
    cause: 'text',
    subject: 'text',
    site: 'text',
    began_at: 'time',
    opened_at: 'time',
    closed_at: 'time',
    planned: 'boolean',
  },
  async *rows(records, asked) {
    const text = `SELECT id, cause, subject, site, began_at, opened_at, closed_at, planned FROM incidents
      WHERE began_at < $2 AND (closed_at IS NULL OR closed_at > $1)
        AND ($3::text[] IS NULL OR site = ANY($3) OR (site IS NULL AND cause <> 'alert')) ORDER BY began_at, id`
    const [from, to] = [dayBegins(asked.from), dayBegins(addDays(asked.to, 1))].map((at) => new Date(at))
    const queries = [{ text, values: [from, to, wantedSites(asked)] }]
    for await (const { began_at, opened_at, closed_at, ...row } of rowsOf<IncidentRow>(records, queries))
      yield {
        ...row,
        began_at: began_at.toISOString(),
        opened_at: opened_at.toISOString(),
        closed_at: closed_at?.toISOString() ?? null,
      }
  },
})

/** A way that fewer devices took on a day has no row. */
export const flows = tableOf({
  what: 'Ways of devices from site to site by day',
  columns: { day: 'day', from_site: 'text', to_site: 'text', devices: 'integer' },
  async *rows(records, asked) {
    const text = `SELECT day, from_site, to_site, devices FROM (
        SELECT day, split_part(value, ' ', 1) AS from_site, split_part(value, ' ', 2) AS to_site, count::float8 AS devices
        FROM device_counts WHERE scope = 'all' AND day = $1 AND kind = 'flow' AND count >= ${LEAST_SHOWN_CROSSED}) AS ways
      WHERE ($2::text[] IS NULL OR (from_site = ANY($2) AND to_site = ANY($2)))
        AND ($3::text IS NULL OR $3 IN (from_site, to_site)) ORDER BY from_site, to_site`
    const queries = [...daysOf(asked)].map((day) => ({ text, values: [day, asked.sites, asked.site] }))
    yield* rowsOf<{ day: string; from_site: string; to_site: string; devices: number }>(records, queries)
  },
})
