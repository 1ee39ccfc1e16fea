import { readCityTime } from '../../../core/domain/city-time.ts'
import { INTERIM_SECONDS, type TwinPlace } from './city.ts'
import { MINUTE, type Outage, type TwinPlan } from './plan.ts'
import { Comparison, type Row } from './rows.ts'

/** A row of `./hotspot figures incidents --json`; times as the city's clock has them. */
export interface ShownIncident {
  readonly cause: string
  readonly subject: string
  readonly began: string
  readonly closed: string | null
  readonly planned: boolean
  readonly detail: Readonly<Record<string, unknown>>
}

const SLOT_MS = 5 * MINUTE
/** Three missed reports, and the slot that was under way. */
const FOUND_MS = 3 * INTERIM_SECONDS * 1000 + 2 * SLOT_MS
/** The next heartbeat, two good slots, and the one under way. */
const OVER_MS = INTERIM_SECONDS * 1000 + 3 * SLOT_MS

/** Every outage is one incident, of its cause, found and closed in time; and there is no other. */
export function judgeIncidents(
  { outages }: TwinPlan,
  places: readonly TwinPlace[],
  incidents: readonly ShownIncident[],
): Row[] {
  const found = new Comparison()
  const matched = new Set<ShownIncident>()
  const late: number[] = []
  for (const outage of outages) {
    const place = places[outage.place]!
    const incident = incidents.find((each) => !matched.has(each) && isOf(each, outage, place))
    if (incident) {
      matched.add(incident)
      late.push((momentOf(incident.began) - outage.from) / MINUTE)
    }
    found.add(describe(outage, place), 'an incident', incident ? 'an incident' : 'none')
  }
  const others = new Comparison()
  for (const incident of incidents) {
    const { cause, subject, began } = incident
    others.add(
      `${cause} of ${subject} at ${began}`,
      'an outage',
      matched.has(incident) ? 'an outage' : 'an incident',
    )
  }
  const note = late.length > 0 ? `noticed after ${Math.min(...late)} to ${Math.max(...late)} minutes` : ''
  return [
    found.row('outages', 'each outage is an incident, with its cause and times', note),
    others.row('outages', 'each incident is an outage'),
  ]
}

function isOf(incident: ShownIncident, { kind, ap, from, until }: Outage, place: TwinPlace): boolean {
  const began = momentOf(incident.began)
  const closed = incident.closed === null ? Infinity : momentOf(incident.closed)
  const inTime = began >= from && began <= from + FOUND_MS && closed >= until && closed <= until + OVER_MS
  if (incident.subject !== place.id || !inTime || incident.planned !== (kind === 'planned')) return false
  if (kind !== 'access-point') return incident.cause === 'site-down'
  const name = place.accessPoints[ap!]!
  return incident.cause === 'access-points-silent' && JSON.stringify(incident.detail).includes(`"${name}"`)
}

const momentOf = (text: string): number => readCityTime(text, '') ?? NaN

const describe = ({ kind, from }: Outage, { id }: TwinPlace): string =>
  `${kind} of ${id} at ${new Date(from).toISOString()}`
