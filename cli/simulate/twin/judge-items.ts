import { ITEMS } from './city.ts'
import { Comparison, type Row } from './rows.ts'
import type { Truth } from './truth.ts'

/** A row of `./hotspot campaign list --json`. */
export interface ShownItem {
  readonly id: string
  readonly served: number
  readonly visited: number
  readonly held: number
  readonly heldVisited: number
}

/** What items did, from what the platform counted, against what they really do. */
export function judgeItems(truth: Truth, items: readonly ShownItem[]): Row[] {
  const counts = new Comparison()
  const lifts = new Comparison()
  const notes: string[] = []
  for (const { id, site, effect } of ITEMS) {
    const place = truth.places.findIndex((each) => each.id === site)
    const told = items.find((each) => each.id === id)!
    const was = whatWas(truth, id, place)
    counts.add(`${id} served`, was.served, told.served)
    counts.add(`${id} visited`, was.visited, told.visited)
    counts.add(`${id} held back`, was.met - was.served, told.held)
    const { lift, low, high } = liftOf(told)
    const real = effect * was.freeShare
    const sure = liftOf(told, Z_SURE)
    lifts.add(id, real, lift, real >= sure.low && real <= sure.high)
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
    notes.push(`${id} ${percent(lift)} (${percent(low)} to ${percent(high)}), in truth ${percent(real)}`)
  }
  return [
    counts.row('items', 'device-days served, held back, and gone to the place'),
    lifts.row('items', "an item's effect within its interval, at 99.9 %", notes.join('; ')),
  ]
}

/** Device-days that met an item, those of them that saw it, and those that then went to its place. */
function whatWas(
  { arrivals, sessions }: Truth,
  item: string,
  place: number,
): { met: number; served: number; visited: number; freeShare: number } {
  const met = new Map<string, { at: number; served: boolean; free: boolean }>()
  for (const { day, mac, at, place: here, items, free } of [...arrivals].sort((a, b) => a.at - b.at)) {
    const key = `${day} ${mac}`
    if (here === place || met.has(key)) continue
    met.set(key, { at, served: items.includes(item), free: free.includes(item) })
  }
  const gone = (key: string, at: number): boolean =>
    sessions.some((each) => each.place === place && `${each.day} ${each.mac}` === key && each.startedAt > at)
  const all = [...met]
  const served = all.filter(([, each]) => each.served)
  return {
    met: all.length,
    served: served.length,
    visited: served.filter(([key, { at }]) => gone(key, at)).length,
    freeShare: all.filter(([, { free }]) => free).length / Math.max(1, all.length),
  }
}

const Z = 1.96
/** Which half is kept from an item is chance: an interval of 95 % would be missed by one play in ten. */
const Z_SURE = 3.29

/** How much more often those who were shown an item went: Newcombe's interval, docs/campaigns.md. */
export function liftOf(
  { served, visited, held, heldVisited }: ShownItem,
  z = Z,
): {
  lift: number
  low: number
  high: number
} {
  const [s, h] = [wilson(visited, served, z), wilson(heldVisited, held, z)]
  const lift = s.share - h.share
  return {
    lift,
    low: lift - Math.hypot(s.share - s.low, h.high - h.share),
    high: lift + Math.hypot(s.high - s.share, h.share - h.low),
  }
}

function wilson(k: number, n: number, z: number): { share: number; low: number; high: number } {
  if (n === 0) return { share: 0, low: 0, high: 1 }
  const share = k / n
  const middle = share + z ** 2 / (2 * n)
  const reach = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2))
  const scale = 1 + z ** 2 / n
  return { share, low: (middle - reach) / scale, high: (middle + reach) / scale }
}
