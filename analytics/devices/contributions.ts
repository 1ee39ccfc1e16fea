import { bucketOf } from '../../core/domain/histogram.ts'
import { scopeName, type Scope } from '../../core/domain/scope.ts'
import type { DeviceCountGrowth, DeviceCountKind } from '../../core/records/device-counts.ts'
import { isMarked, type DeviceDay, type Failure, type SiteVisit, type Stay } from './device-day.ts'

/** Sessions of a device at a site with less than this between them are one visit (experience.md §3). */
const GAP_SECONDS = 30 * 60
const SHORTEST_SECONDS = 60
const LONGEST_SECONDS = 12 * 3600
/** A session that begins this long after the tap is what the tap led to; the clocks of two machines may differ a little. */
const ONLINE_WITHIN_SECONDS = 60
const CLOCKS_SECONDS = 3
/** A day's sessions are followed into the next day for as long as a visit may last. */
const LAST_HOUR = 36

/** The sum of what device-days add to the counts of a day, kind and scope by scope. */
export class DeviceTally {
  /** By scope and day, then by kind and value. */
  readonly #counts = new Map<string, Map<string, number>>()

  /** Adds (1) or takes back (−1) all that one device did on a day. */
  add(day: string, device: DeviceDay, sign: 1 | -1): void {
    for (const { visits, scopes } of places(device)) {
      const counts = scopes.map((scope) => this.#of(`${scope}\0${day}`))
      const grow: Grow = (kind, value) => {
        const name = `${kind}\0${value}`
        for (const each of counts) each.set(name, (each.get(name) ?? 0) + sign)
      }
      addFunnel(visits, grow)
      addOnline(device, visits, grow)
    }
    // A visit is of one site, and each counts in every scope that holds it.
    for (const [site, visit] of device.sites) {
      const counts = scopesOf(site, visit).map((scope) => this.#of(`${scope}\0${day}`))
      addVisits(visit, (kind, value) => {
        const name = `${kind}\0${value}`
        for (const each of counts) each.set(name, (each.get(name) ?? 0) + sign)
      })
    }
    const city = this.#of(`${scopeName({ kind: 'city' })}\0${day}`)
    for (const way of ways(device)) city.set(`flow\0${way}`, (city.get(`flow\0${way}`) ?? 0) + sign)
  }

  growth(): DeviceCountGrowth[] {
    return [...this.#counts].flatMap(([place, counts]) => {
      const [scope = '', day = ''] = place.split('\0')
      return [...counts].map(([name, count]) => {
        const [kind, value = ''] = name.split('\0')
        return { scope, day, kind: kind as DeviceCountKind, value, count }
      })
    })
  }

  #of(place: string): Map<string, number> {
    const known = this.#counts.get(place)
    if (known) return known
    const made = new Map<string, number>()
    this.#counts.set(place, made)
    return made
  }
}

type Grow = (kind: DeviceCountKind, value: string) => void

function scopesOf(site: string, { category, operator }: SiteVisit): string[] {
  const scopes: Scope[] = [{ kind: 'city' }, { kind: 'site', site }]
  if (category !== null) scopes.push({ kind: 'category', category })
  if (operator !== null) scopes.push({ kind: 'operator', operator })
  return scopes.map(scopeName)
}

/** What a device did at some sites, and the scopes that hold those of its sites and no other: it counts once in each. */
function places({ sites }: DeviceDay): Iterable<{ visits: SiteVisit[]; scopes: string[] }> {
  const sitesOf = new Map<string, string[]>()
  for (const [site, visit] of sites)
    for (const scope of scopesOf(site, visit)) {
      const known = sitesOf.get(scope)
      if (known) known.push(site)
      else sitesOf.set(scope, [site])
    }
  const found = new Map<string, { visits: SiteVisit[]; scopes: string[] }>()
  for (const [scope, names] of sitesOf) {
    const key = names.join(' ')
    const place = found.get(key) ?? { visits: names.map((name) => sites.get(name)!), scopes: [] }
    found.set(key, place)
    place.scopes.push(scope)
  }
  return found.values()
}

/** How far the device got: each step is counted with those before it, so that no step has more devices than the last. */
function addFunnel(visits: readonly SiteVisit[], grow: Grow): void {
  const any = (...marks: Parameters<typeof isMarked>[1][]): boolean =>
    visits.some((visit) => marks.some((each) => isMarked(visit, each)))
  const online = visits.some(isOnlineByTap)
  const tapped = online || any('tap', 'granted')
  const seen = tapped || any('splash')
  if (!seen && !any('arrival')) return
  grow('step', 'touch')
  if (!seen) return
  grow('step', 'splash')
  if (tapped) grow('step', 'tap')
  if (online) grow('step', 'online')
  grow('outcome', online ? 'online' : failure(any))
}

/** A session began within a minute after the tap. */
function isOnlineByTap({ taps, stays }: SiteVisit): boolean {
  return taps.some((tap) =>
    stays.some(({ start }) => start >= tap - CLOCKS_SECONDS && start <= tap + ONLINE_WITHIN_SECONDS),
  )
}

/** Why a device that saw the splash is not online: what came last on the way counts. */
function failure(any: (mark: Failure | 'granted') => boolean): Failure | 'nas' | 'gave-up' {
  if (any('granted')) return any('radius') ? 'radius' : 'nas'
  return (['closed', 'quota', 'code'] as const).find((each) => any(each)) ?? 'gave-up'
}

function addOnline(device: DeviceDay, visits: readonly SiteVisit[], grow: Grow): void {
  const stays = visits.flatMap((visit) => visit.stays).sort(byStart)
  const [first] = stays
  if (!first) return
  grow('language', first.language)
  grow('device', first.system)
  grow('family', firstFamily(visits))
  grow('address', device.randomised ? 'randomised' : 'fixed')
  grow('came', device.returning ? 'returning' : 'new')
  const hours = new Set<number>()
  for (const { start, until } of stays) {
    const last = Math.min(LAST_HOUR - 1, Math.floor(Math.max(start, until - 1) / 3600))
    for (let hour = Math.floor(start / 3600); hour <= last; hour++) hours.add(hour)
  }
  for (const hour of hours) grow('hour', String(hour))
}

function firstFamily(visits: readonly SiteVisit[]): string {
  const families = visits.flatMap(({ family }) => family ?? [])
  families.sort((a, b) => a.at - b.at || (a.value < b.value ? -1 : 1))
  return families[0]?.value ?? 'unknown'
}

/** The visits that are over, by length and octets. One that is as long as a visit may be is over, too. */
function addVisits({ stays }: SiteVisit, grow: Grow): void {
  for (const visit of visitsOf(stays)) {
    const last = visit.reduce((latest, each) => (each.until >= latest.until ? each : latest))
    const seconds = last.until - last.idle - visit[0]!.start
    if (visit.some(({ over }) => !over) && seconds < LONGEST_SECONDS) continue
    if (seconds < SHORTEST_SECONDS) continue
    grow('dwell', String(bucketOf(Math.min(LONGEST_SECONDS, seconds))))
    grow('octets', String(bucketOf(visit.reduce((sum, { octets }) => sum + octets, 0))))
  }
}

/** Sessions in order, with less than half an hour between one's end and the next one's beginning. */
function visitsOf(stays: readonly Stay[]): Stay[][] {
  const visits: Stay[][] = []
  let end = -Infinity
  for (const stay of stays) {
    if (stay.start - end < GAP_SECONDS) visits.at(-1)!.push(stay)
    else visits.push([stay])
    end = Math.max(end, stay.over ? stay.until : Infinity)
  }
  return visits
}

/** From which site a device went on to which other one, each way once. */
function ways({ sites }: DeviceDay): Set<string> {
  const stays = [...sites].flatMap(([site, visit]) => visit.stays.map((stay) => ({ site, ...stay })))
  stays.sort(byStart)
  const found = new Set<string>()
  stays.forEach(({ site }, i) => {
    const before = stays[i - 1]?.site
    if (before !== undefined && before !== site) found.add(`${before} ${site}`)
  })
  return found
}

const byStart = (a: Stay, b: Stay): number => a.start - b.start || (a.id < b.id ? -1 : 1)
