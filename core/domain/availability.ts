import { cityHour, dayStart } from './day.ts'

/** Availability is counted in slots of five minutes. */
export const SLOT_MS = 5 * 60_000
export const SLOTS_A_DAY = 288

/** How a site was in a slot: `w` is down in planned work, `q` quiet, so that nobody knows; `-` nobody looked. */
export const SLOT = { unseen: '-', quiet: 'q', up: 'u', plannedDown: 'w', down: 'd' } as const
export type SlotLetter = (typeof SLOT)[keyof typeof SLOT]
/** From the best to the worst: the worst look of a slot is what counts. */
export const SLOT_ORDER = '-quwd'

/** When the slot that holds `at` began, epoch ms. */
export const slotStart = (at: number): number => Math.floor(at / SLOT_MS) * SLOT_MS

/** The number of the slot that holds `at` in its city day, from 0. */
export const slotOfDay = (at: number): number => Math.floor((at - dayStart(at)) / SLOT_MS)

/** Visitors that a site has online on average, by the hour of the city's day, from 0. */
export type HourlyVisitors = ReadonlyMap<string, readonly number[]>

/** How a site was in the slots of a time, one letter each. */
export interface SiteSlots {
  readonly site: string
  readonly slots: string
}

/** Slots by what they were; `down` holds `plannedDown`. */
export interface SlotCounts {
  readonly all: number
  readonly down: number
  readonly plannedDown: number
  readonly quiet: number
  readonly unseen: number
}

export interface Availability extends SlotCounts {
  /** 1 − down / all, from 0 to 1; null where no slot was up or down, so that nothing can be said. */
  readonly share: number | null
  /** The same weighted by the visitors that are there at such an hour; null where there are none. */
  readonly weighted: number | null
  readonly sites: readonly (SlotCounts & { readonly site: string; readonly share: number | null })[]
}

/**
 * Availability of sites over a time that begins at `from` (epoch ms), a slot's beginning:
 * A = 1 − Σ down / (slots × sites), and A_v = Σ w·up / Σ w over the hours of each site, where `w` is its visitors at that
 * hour and `up` the share of the hour's slots in which it was not down. Planned work counts as down in both.
 */
export function availabilityOf(
  sites: readonly SiteSlots[],
  from: number,
  visitors: HourlyVisitors,
): Availability {
  const each = sites.map(({ site, slots }) => {
    const counts = countsOf(slots)
    return { site, ...counts, share: shareOf(counts) }
  })
  const sum = (what: keyof SlotCounts): number => each.reduce((total, site) => total + site[what], 0)
  const total = {
    all: sum('all'),
    down: sum('down'),
    plannedDown: sum('plannedDown'),
    quiet: sum('quiet'),
    unseen: sum('unseen'),
  }
  const share = shareOf(total)
  return { ...total, share, weighted: share === null ? null : weightedOf(sites, from, visitors), sites: each }
}

function countsOf(slots: string): SlotCounts {
  const counts = new Uint32Array(128)
  for (let i = 0; i < slots.length; i++) counts[slots.charCodeAt(i)]!++
  const count = (letter: SlotLetter): number => counts[letter.charCodeAt(0)]!
  return {
    all: slots.length,
    down: count(SLOT.down) + count(SLOT.plannedDown),
    plannedDown: count(SLOT.plannedDown),
    quiet: count(SLOT.quiet),
    unseen: count(SLOT.unseen),
  }
}

const isDown = (letter: string): boolean => letter === SLOT.down || letter === SLOT.plannedDown

/** 1 − down / all; null where no slot was up or down. */
export const shareOf = ({ all, down, quiet, unseen }: SlotCounts): number | null =>
  all - quiet - unseen === 0 ? null : 1 - down / all

function weightedOf(sites: readonly SiteSlots[], from: number, visitors: HourlyVisitors): number | null {
  const longest = sites.reduce((most, { slots }) => Math.max(most, slots.length), 0)
  const hourOf = Array.from({ length: longest }, (_, i) => cityHour(from + i * SLOT_MS))
  let weights = 0
  let up = 0
  for (const { site, slots } of sites) {
    const hours = visitors.get(site)
    if (!hours) continue
    // A slot bears its part of the hour's weight: the same sum, and right where a time begins within an hour.
    for (let i = 0; i < slots.length; i++) {
      const weight = hours[hourOf[i]!] ?? 0
      weights += weight
      if (!isDown(slots[i]!)) up += weight
    }
  }
  return weights === 0 ? null : up / weights
}
