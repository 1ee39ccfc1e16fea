import { LEAST_SHOWN, publicFigure } from './k-anonymity.ts'
import { STANDARD_ERROR } from './sketch.ts'

/** 95 of 100 estimates lie within so many standard errors. */
const OF_95 = 1.96

/**
 * A count of devices as everybody may know it. It holds a rounded figure of ten or more and what follows from that figure:
 * the count that it was made of is not in it.
 */
export class PublicFigure {
  readonly visitors: number
  /** The truth is between these two, both included; of an estimate in 95 of 100 cases. */
  readonly low: number
  readonly high: number
  readonly estimated: boolean

  private constructor(visitors: number, estimated: boolean) {
    const error = estimated ? OF_95 * STANDARD_ERROR : 0
    const [below, above] = visitors < 1000 ? [5, 4] : visitors === 1000 ? [5, 49] : [50, 49]
    this.visitors = visitors
    this.low = Math.max(LEAST_SHOWN, Math.floor((visitors - below) * (1 - error)))
    this.high = Math.ceil((visitors + above) * (1 + error))
    this.estimated = estimated
  }

  /** The figure of a count; null for fewer than ten, nobody among them. */
  static of(count: number, { estimated }: { readonly estimated: boolean }): PublicFigure | null {
    const visitors = publicFigure(Math.round(count))
    return visitors === null || visitors === 0 ? null : new PublicFigure(visitors, estimated)
  }
}
