import type { Sketch } from '../../core/domain/sketch.ts'
import { isRandomisedMac } from '../../core/domain/mac.ts'
import type { Transaction } from '../../core/records/database.ts'
import { PERIODS, periodOf, type PeriodStart } from '../../core/records/periods.ts'
import { readReach, saveReach } from '../../core/records/reach.ts'
import { readParts, saveParts, type ReachPart } from '../../core/records/reach-parts.ts'
import type { MacDay } from '../devices/seen-days.ts'
import type { Pseudonyms } from './pseudonyms.ts'

/** How many sketches stay in memory, of at most 16 KB each. */
const MOST_HELD = 4000

/** A device that got online at a site. */
export interface Reached extends MacDay {
  readonly site: string
  /** It had come on an earlier day. */
  readonly returning: boolean
}

/** All devices of a period, or a part of them. */
export interface SketchKind extends PeriodStart {
  readonly part: ReachPart | 'visitors'
}

/** One site's sketch. */
interface Ref extends SketchKind {
  readonly site: string
}

interface HeldSketch extends Ref {
  readonly sketch: Sketch
}

/**
 * Counts different devices per site and period. Sketches stay in memory between transactions; `clear` must be called
 * when one failed or somebody else wrote.
 */
export class ReachCounter {
  readonly #held = new Map<string, HeldSketch>()

  /** Counts devices that got online, in the sketches that are `wanted`. */
  async count(
    transaction: Transaction,
    reached: readonly Reached[],
    pseudonyms: Pseudonyms,
    wanted: (of: SketchKind) => boolean = () => true,
  ): Promise<void> {
    const refs = reached.map((each) => refsOf(each).filter(wanted))
    await this.#load(transaction, refs.flat())
    const changed = new Set<HeldSketch>()
    for (const [i, { mac }] of reached.entries())
      for (const ref of refs[i]!) {
        const device = await pseudonyms.of(transaction, ref, mac)
        if (device === null) continue
        const held = this.#held.get(nameOf(ref))!
        if (held.sketch.add(device)) changed.add(held)
      }
    await saveReach(transaction, [...changed].filter(isWhole))
    await saveParts(transaction, [...changed].filter(isPart))
    this.#trim()
  }

  clear(): void {
    this.#held.clear()
  }

  async #load(transaction: Transaction, refs: readonly Ref[]): Promise<void> {
    const missing = [...new Map(refs.map((ref) => [nameOf(ref), ref])).values()].filter(
      (ref) => !this.#held.has(nameOf(ref)),
    )
    const whole = await readReach(transaction, missing.filter(isWhole))
    const parts = await readParts(transaction, missing.filter(isPart))
    for (const held of [...whole.map((each) => ({ ...each, part: 'visitors' as const })), ...parts])
      this.#held.set(nameOf(held), held)
  }

  /** The oldest go first: days that are over. */
  #trim(): void {
    for (const name of this.#held.keys()) {
      if (this.#held.size <= MOST_HELD) return
      this.#held.delete(name)
    }
  }
}

/** The sketches that a device belongs to. Of a day, its parts are counted exactly elsewhere. */
function refsOf({ site, mac, day, returning }: Reached): Ref[] {
  const refs: Ref[] = PERIODS.map((period) => ({ ...periodOf(period, day), site, part: 'visitors' }))
  const longer = refs.filter(({ period }) => period !== 'day')
  if (!isRandomisedMac(mac)) refs.push(...longer.map((ref) => ({ ...ref, part: 'fixed' as const })))
  if (returning) refs.push(...longer.map((ref) => ({ ...ref, part: 'returning' as const })))
  return refs
}

type Part<T extends Ref> = T & { readonly part: ReachPart }
const isPart = <T extends Ref>(ref: T): ref is Part<T> => ref.part !== 'visitors'
const isWhole = (ref: Ref): boolean => ref.part === 'visitors'

const nameOf = ({ period, startsOn, site, part }: Ref): string => `${period} ${startsOn} ${site} ${part}`
