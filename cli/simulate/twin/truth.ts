import type { Category } from '../../../core/domain/site.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import type { TwinPlace } from './city.ts'
import type { Person } from './people.ts'

/** A session as it really was. Times are epoch ms. */
export interface TrueSession {
  readonly day: number
  readonly place: number
  readonly person: Person
  readonly mac: Mac
  readonly startedAt: number
  /** When the platform was last told of it: its Stop, or the last report of one whose gateway failed. */
  readonly endedAt: number
  readonly from: bigint
  readonly to: bigint
  /** Seconds of silence at its end, in which nobody was there any more. */
  readonly idleSeconds: number
}

/** Somebody's page, and how far he went. */
export interface TrueArrival {
  readonly day: number
  readonly place: number
  readonly mac: Mac
  readonly at: number
  readonly tapped: boolean
  /** Items of the catalogue that stood on the page. */
  readonly items: readonly string[]
  /** Items that could have sent him to their places: he got online, and there was time. */
  readonly free: readonly string[]
}

/** All that happened in the twin. */
export class Truth {
  readonly places: readonly TwinPlace[]
  readonly sessions: TrueSession[] = []
  readonly arrivals: TrueArrival[] = []
  /** What should not have happened: visitors who met an error, packets without an answer. */
  readonly failures: string[] = []

  constructor(places: readonly TwinPlace[]) {
    this.places = places
  }
}

/** Part of the city, by the name that `./hotspot figures show` gives it. */
export interface TrueScope {
  readonly name: string
  holds(place: number): boolean
}

/** The city, its categories and its places. */
export function scopesOf(places: readonly TwinPlace[]): TrueScope[] {
  const categories = [...new Set(places.map(({ category }) => category))]
  return [
    { name: 'all', holds: () => true },
    ...categories.map((category: Category) => ({
      name: category,
      holds: (place: number) => places[place]!.category === category,
    })),
    ...places.map(({ id }, index) => ({ name: `site ${id}`, holds: (place: number) => place === index })),
  ]
}

/** What a day of a scope really was. */
export interface TrueDay {
  readonly sessions: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
  /** Different addresses that got online; those seen on an earlier day, thirty before at most. */
  readonly visitors: number
  readonly returning: number
  readonly steps: Readonly<Record<'touch' | 'splash' | 'tap' | 'online', number>>
  readonly peak: number
  /** Lengths of visits in seconds, the shortest first. */
  readonly visits: readonly number[]
}

const RETURNING_DAYS = 30
const SHORTEST_SECONDS = 60
const MINUTE = 60_000

export function trueDay({ sessions, arrivals }: Truth, scope: TrueScope, day: number): TrueDay {
  const here = sessions.filter((each) => each.day === day && scope.holds(each.place))
  const macs = new Set(here.map(({ mac }) => mac))
  const before = new Set(
    sessions.flatMap((each) => (each.day < day && each.day >= day - RETURNING_DAYS ? [each.mac] : [])),
  )
  const pages = arrivals.filter((each) => each.day === day && scope.holds(each.place))
  const touched = new Set(pages.map(({ mac }) => mac)).size
  const tapped = new Set(pages.flatMap(({ mac, tapped }) => (tapped ? [mac] : []))).size
  return {
    sessions: here.length,
    fromVisitorOctets: here.reduce((sum, { from }) => sum + from, 0n),
    toVisitorOctets: here.reduce((sum, { to }) => sum + to, 0n),
    visitors: macs.size,
    returning: [...macs].filter((mac) => before.has(mac)).length,
    steps: { touch: touched, splash: touched, tap: tapped, online: macs.size },
    peak: peakOf(here),
    visits: here
      .map(({ startedAt, endedAt, idleSeconds }) => (endedAt - startedAt) / 1000 - idleSeconds)
      .filter((seconds) => seconds >= SHORTEST_SECONDS)
      .sort((a, b) => a - b),
  }
}

/** Different addresses and different people online in a scope on some days. */
export function trueVisitors(
  { sessions }: Truth,
  scope: TrueScope,
  { from, to }: { from: number; to: number },
): { addresses: number; people: number } {
  const here = sessions.filter(({ day, place }) => day >= from && day <= to && scope.holds(place))
  return {
    addresses: new Set(here.map(({ mac }) => mac)).size,
    people: new Set(here.map(({ person }) => person)).size,
  }
}

/** The most at a minute's beginning; all begin and end at one. */
function peakOf(sessions: readonly TrueSession[]): number {
  const changes = new Map<number, number>()
  const change = (at: number, by: number): void => {
    const minute = Math.ceil(at / MINUTE)
    changes.set(minute, (changes.get(minute) ?? 0) + by)
  }
  for (const { startedAt, endedAt } of sessions) {
    change(startedAt, 1)
    change(endedAt, -1)
  }
  let open = 0
  let peak = 0
  for (const [, by] of [...changes].sort(([a], [b]) => a - b)) {
    open += by
    peak = Math.max(peak, open)
  }
  return peak
}
