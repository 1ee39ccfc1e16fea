import { dayBegins } from '../../../core/domain/day.ts'
import { drawTraffic } from '../phones/traffic.ts'
import type { Stay } from '../phones/phone.ts'
import type { Random } from '../random.ts'
import { crowdFactor, FESTIVAL_FACTOR, isFestival, type TwinDay } from './calendar.ts'
import { IDLE_SECONDS, type TwinPlace } from './city.ts'
import { People, type Person } from './people.ts'

/** Somebody's way to a place. Times are epoch ms, whole minutes. */
export interface TwinVisit {
  readonly at: number
  /** Number of the day, from 0. */
  readonly day: number
  /** Index of the place. */
  readonly place: number
  readonly person: Person
  readonly stay: Stay
  readonly givesUp: boolean
  readonly random: Random
}

/** Something that is off from one moment until another. */
export interface Outage {
  readonly kind: 'site' | 'planned' | 'access-point'
  readonly place: number
  /** Index of the access point, where it is one. */
  readonly ap: number | null
  readonly from: number
  readonly until: number
}

/** What is going to happen, as far as nobody's mind is changed by what the portal shows. */
export interface TwinPlan {
  readonly days: readonly TwinDay[]
  readonly visits: readonly TwinVisit[]
  readonly outages: readonly Outage[]
}

export const MINUTE = 60_000
const HOUR = 60 * MINUTE
const GIVE_UP_SHARE = 0.08
/** Nobody stays over midnight, and nobody meets the quota of his day. */
const HOURS = { first: 7, last: 21 } as const
const MOST_MINUTES = 40
const APPETITE = 0.25
const OUTAGES = ['access-point', 'site', 'access-point', 'planned', 'site'] as const
/** An outage that is over before three reports were missed is none that anybody could tell. */
const OUTAGE_MINUTES = { least: 120, most: 210 } as const

/** Draws all visits and outages. `scale` is a share of the visits of the real city. */
export function planTwin(
  days: readonly TwinDay[],
  { places, scale, random }: { places: readonly TwinPlace[]; scale: number; random: Random },
): TwinPlan {
  const usual = places.reduce((sum, { visitsADay }) => sum + visitsADay * scale, 0)
  const people = new People(random.fork('people'), usual)
  const outages = days.flatMap((_, day) => planOutage(random.fork(`outage ${day}`), { day, days, places }))
  const visits: TwinVisit[] = []
  for (const [day, today] of days.entries()) {
    const own = random.fork(`day ${day}`)
    people.begin(day)
    const busy = new Set<Person>()
    for (const [place, { id, category, visitsADay }] of places.entries()) {
      const festival = isFestival(id, today) ? FESTIVAL_FACTOR : 1
      const wanted = visitsADay * scale * crowdFactor(category, today) * festival
      const count = Math.floor(wanted * own.between(0.9, 1.1) + own.unit())
      for (let i = 0; i < count; i++) {
        const person = people.draw(busy)
        busy.add(person)
        const at =
          dayBegins(today.day) + own.below((HOURS.last - HOURS.first) * 60) * MINUTE + HOURS.first * HOUR
        const givesUp = own.chance(GIVE_UP_SHARE)
        if (!isOff(outages, place, at)) visits.push({ ...visitOf(own, { at, day, place, person }), givesUp })
      }
    }
    // Nobody can tell whether a place without visitors is on the air: there is one when it goes off.
    for (const { kind, place, from } of outages)
      if (
        kind !== 'access-point' &&
        from >= dayBegins(today.day) &&
        from < dayBegins(today.day) + 24 * HOUR
      ) {
        const visit = { at: from - MINUTE, day, place, person: people.newcomer() }
        visits.push({ ...visitOf(own, visit), givesUp: false })
      }
  }
  return { days, visits: visits.sort((a, b) => a.at - b.at), outages }
}

/** A visit as somebody makes it who does not give up. */
export function visitOf(
  random: Random,
  visit: Pick<TwinVisit, 'at' | 'day' | 'place' | 'person'>,
): TwinVisit {
  const own = random.fork(`visit ${visit.at} ${visit.person.id}`)
  const seconds = (5 + own.below(MOST_MINUTES - 4)) * 60
  const leaves = own.chance(0.3) ? 'walks-away' : 'wifi-off'
  return {
    ...visit,
    stay: { seconds, leaves, traffic: drawTraffic(own.fork('traffic'), APPETITE) },
    givesUp: false,
    random: own,
  }
}

/** Whether a place is off, about to be, or said to be, so that nobody can begin a visit there. */
export const isOff = (outages: readonly Outage[], place: number, at: number): boolean =>
  outages.some(
    (each) =>
      each.kind !== 'access-point' &&
      each.place === place &&
      at >= each.from - MINUTE &&
      at < announcedUntil(each),
  )

/** Planned work is announced for a little longer than it takes, until a gateway that is back has said so. */
export const announcedUntil = ({ kind, until }: Outage): number =>
  kind === 'planned' ? until + 15 * MINUTE : until

/** When somebody who begins a visit at a moment is gone for certain, however he leaves. */
export const goneBy = (at: number): number => at + (MOST_MINUTES * 60 + IDLE_SECONDS) * 1000

function planOutage(
  random: Random,
  { day, days, places }: { day: number; days: readonly TwinDay[]; places: readonly TwinPlace[] },
): Outage {
  const kind = OUTAGES[day % OUTAGES.length]!
  const place = random.below(places.length)
  const from = dayBegins(days[day]!.day) + (9 + random.below(9)) * HOUR + random.below(60) * MINUTE
  const { least, most } = OUTAGE_MINUTES
  const until = from + (least + random.below(most - least)) * MINUTE
  const ap = kind === 'access-point' ? random.below(places[place]!.accessPoints.length) : null
  return { kind, place, ap, from, until }
}
