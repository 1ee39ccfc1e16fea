import type { FunnelStep } from '../../core/domain/event.ts'
import type { Category } from '../../core/domain/site.ts'

/**
 * What one device did on one city day. It follows from the set of its events, whatever their order and however often each
 * comes; times are whole seconds from the day's midnight.
 */
export interface DeviceDay {
  readonly randomised: boolean
  /** It got online on an earlier day of the last thirty, anywhere in the city. */
  returning: boolean
  readonly sites: Map<string, SiteVisit>
}

/** What a device did at one site on a day. */
export interface SiteVisit {
  readonly category: Category | null
  readonly operator: string | null
  /** Steps on the portal and refusals, a bit each. */
  marks: number
  /** When it asked to be let in, in order. */
  taps: number[]
  /** The kind of device that the first page was for. */
  family: { readonly at: number; readonly value: string } | null
  /** Its sessions by their beginning. */
  stays: Stay[]
}

/** A session of a device: what its newest state says. */
export interface Stay {
  readonly id: string
  readonly start: number
  /** Its end; while it is open, the hour in which it was last known to be on. */
  readonly until: number
  readonly over: boolean
  /** How long before its end the device had left, as far as the gateway's idle timeout tells. */
  readonly idle: number
  readonly octets: number
  readonly language: string
  readonly system: string
}

/** A bit each; what is stored keeps its place. */
const MARKS = ['arrival', 'splash', 'tap', 'granted', 'code', 'quota', 'radius', 'closed'] as const
export type Mark = FunnelStep | Failure
export type Failure = 'code' | 'quota' | 'radius' | 'closed'

/** Of one device, site and day no more is kept: what flaps all day costs no more than it tells. */
const MOST_TAPS = 32
const MOST_STAYS = 100

export const newDeviceDay = (randomised: boolean): DeviceDay => ({
  randomised,
  returning: false,
  sites: new Map(),
})

/** The device's day at a site, begun where there is none yet. */
export function visitAt(
  of: DeviceDay,
  site: string,
  place: { readonly category: Category | null; readonly operator: string | null } | undefined,
): SiteVisit {
  const known = of.sites.get(site)
  if (known) return known
  const { category = null, operator = null } = place ?? {}
  const made: SiteVisit = { category, operator, marks: 0, taps: [], family: null, stays: [] }
  of.sites.set(site, made)
  return made
}

/** Notes a step or a refusal. */
export function mark(visit: SiteVisit, what: Mark, at: number): void {
  visit.marks |= 1 << MARKS.indexOf(what)
  if (what === 'tap' && !visit.taps.includes(at))
    visit.taps = [...visit.taps, at].sort((a, b) => a - b).slice(0, MOST_TAPS)
}

/** Notes which kind of device a page was for: the earliest one counts. */
export function noteFamily(visit: SiteVisit, value: string, at: number): void {
  const { family } = visit
  if (family === null || at < family.at || (at === family.at && value < family.value))
    visit.family = { at, value }
}

/** Puts in a session as it is now. */
export function putStay(visit: SiteVisit, stay: Stay): void {
  const others = visit.stays.filter(({ id, start }) => id !== stay.id || start !== stay.start)
  visit.stays = [...others, stay]
    .sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_STAYS)
}

export const isMarked = ({ marks }: SiteVisit, what: Mark): boolean =>
  (marks & (1 << MARKS.indexOf(what))) !== 0

/** True once the device got online somewhere. */
export const gotOnline = ({ sites }: DeviceDay): boolean =>
  [...sites.values()].some(({ stays }) => stays.length > 0)

/* As text: what was put in in another order reads the same. */

type PackedStay = [string, number, number, 0 | 1, number, number, string, string]
type PackedVisit = [
  string,
  Category | null,
  string | null,
  number,
  number[],
  [number, string] | null,
  PackedStay[],
]

/** A device's day as text. */
export function packDeviceDay({ randomised, returning, sites }: DeviceDay): string {
  const visits = [...sites]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([site, { category, operator, marks, taps, family, stays }]): PackedVisit => [
      site,
      category,
      operator,
      marks,
      taps,
      family && [family.at, family.value],
      stays.map((s) => [s.id, s.start, s.until, s.over ? 1 : 0, s.idle, s.octets, s.language, s.system]),
    ])
  return JSON.stringify([randomised ? 1 : 0, returning ? 1 : 0, visits])
}

/** The device's day of such a text. */
export function unpackDeviceDay(text: string): DeviceDay {
  const [randomised, returning, visits] = JSON.parse(text) as [0 | 1, 0 | 1, PackedVisit[]]
  return {
    randomised: randomised === 1,
    returning: returning === 1,
    sites: new Map(
      visits.map(([site, category, operator, marks, taps, family, stays]) => [
        site,
        {
          category,
          operator,
          marks,
          taps,
          family: family && { at: family[0], value: family[1] },
          stays: stays.map(([id, start, until, over, idle, octets, language, system]) => ({
            id,
            start,
            until,
            over: over === 1,
            idle,
            octets,
            language,
            system,
          })),
        },
      ]),
    ),
  }
}
