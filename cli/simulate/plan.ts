import type { LabSite } from './lab.ts'
import { drawPhone, drawStay, type Phone, type Stay } from './phones/phone.ts'
import type { Random } from './random.ts'

/** What one visitor means to do, drawn before anything happens. */
export interface VisitorPlan {
  readonly phone: Phone
  readonly visits: readonly [PlannedVisit, ...PlannedVisit[]]
}

export interface PlannedVisit {
  /** Index of the site. */
  readonly site: number
  /** Access point of the site, by index; 0 where it names none. */
  readonly ap: number
  /** Simulated second since the beginning. */
  readonly at: number
  readonly stay: Stay
  readonly givesUp: boolean
  /** Types a code where there is one to be had. */
  readonly likesVouchers: boolean
  readonly random: Random
}

export interface Habits {
  readonly labs: readonly LabSite[]
  /** Simulated seconds in all. */
  readonly span: number
  readonly giveUpShare: number
  readonly voucherShare: number
}

/** Visitors come in this first part of the time, so that most stays have an end of their own. */
const ARRIVING_SHARE = 0.7
const RETURN_SHARE = 0.1
/** A second visit is a short look: it must not meet the daily quota. */
const RETURN_APPETITE = 0.2
const SHORTEST_RETURN = 300
const IDLE_SECONDS = 900

/** When visitor number `index` comes, in simulated seconds. */
export const arrivalOf = (random: Random, index: number, span: number): number =>
  random.fork(`arrival ${index}`).between(0, ARRIVING_SHARE) * span

export function planVisitor(random: Random, index: number, habits: Habits): VisitorPlan {
  const { span, giveUpShare } = habits
  const own = random.fork(`visitor ${index}`)
  const phone = drawPhone(own, index)
  const first = planVisit(own.fork('first'), arrivalOf(random, index, span), habits, 1, giveUpShare)
  const back = first.at + first.stay.seconds + IDLE_SECONDS + own.between(60, 600)
  if (first.givesUp || !own.chance(RETURN_SHARE) || span - back < SHORTEST_RETURN)
    return { phone, visits: [first] }
  return { phone, visits: [first, planVisit(own.fork('second'), back, habits, RETURN_APPETITE, 0)] }
}

function planVisit(
  random: Random,
  at: number,
  habits: Habits,
  appetite: number,
  giveUpShare: number,
): PlannedVisit {
  const { labs, span, voucherShare } = habits
  // The first sites of a city file are the busiest; the rest follow as cities' places do (Zipf).
  const { site } = random.weighted(labs.map((_, index) => ({ site: index, share: 1 / (index + 2) })))
  const lab = labs[site]!.site
  return {
    site,
    ap: random.below(Math.max(1, lab.accessPoints.length)),
    at,
    stay: drawStay(random, Math.max(60, span - at), lab.limits.idleSeconds ?? IDLE_SECONDS, appetite),
    givesUp: random.chance(giveUpShare),
    likesVouchers: random.chance(voucherShare),
    random: random.fork('gateway'),
  }
}
