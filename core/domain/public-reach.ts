import { addDays, monthOf, weekOf } from './day.ts'
import { LEAST_SHOWN } from './k-anonymity.ts'
import { PublicFigure } from './public-figure.ts'
import { CATEGORIES, type Category } from './site.ts'

/** What reach is told of: `city`, a category, or a site by its id. */
export type PublicScope =
  | { readonly kind: 'city' }
  | { readonly kind: 'category'; readonly id: Category }
  | { readonly kind: 'site'; readonly id: string }

/** The devices that got online somewhere in one day, week or month, as everybody may know it. */
export interface PublicReach {
  readonly period: 'day' | 'week' | 'month'
  readonly startsOn: string
  readonly scope: PublicScope
  readonly figure: PublicFigure
}

/** The same as it was counted. */
export interface CountedReach extends Omit<PublicReach, 'figure'> {
  readonly visitors: number
  readonly exact: boolean
  /** False while it is not to be told yet; it bounds others all the same. */
  readonly settled: boolean
}

/**
 * So many values at least has whatever all figures together leave open of a count: a count in tens has ten of its own, the
 * figure 10 five.
 */
const LEFT_OPEN = 9

/**
 * The figures that may be told of these counts. A count is at most the sum of counts that cover it (a category's sites, a
 * week's days), so a sum that is told says something of its parts. It is left out where its parts, each as large as it can
 * be, leave fewer than nine values open: of the sum, and so of each part. `categoryOf` knows every site
 * that is told; the others only count as parts of the city.
 */
export function publicReach(
  counted: readonly CountedReach[],
  categoryOf: ReadonlyMap<string, Category>,
): PublicReach[] {
  const release = new Release(counted)
  const ids = new Set(counted.flatMap(({ scope }) => (scope.kind === 'site' ? [scope.id] : [])))
  const sites = [...new Set([...ids, ...categoryOf.keys()])].sort()
  const nameOf = (id: string): string => nameOfScope({ kind: 'site', id })
  for (const id of sites) release.tell(nameOf(id), null)
  for (const category of CATEGORIES)
    release.tell(category, sites.filter((id) => categoryOf.get(id) === category).map(nameOf))
  const others = sites.filter((id) => !categoryOf.has(id)).map(nameOf)
  release.tell('all', [...CATEGORIES, ...others])
  return release.told.filter(({ scope }) => scope.kind !== 'site' || categoryOf.has(scope.id))
}

const nameOfScope = (scope: PublicScope): string =>
  scope.kind === 'city' ? 'all' : scope.kind === 'site' ? `site ${scope.id}` : scope.id

const ORDER = ['day', 'week', 'month'] as const

/** What was told so far, and the most that each count can be. */
class Release {
  readonly told: PublicReach[] = []
  readonly #counted = new Map<string, CountedReach[]>()
  /** By scope, period and first day, whether it is told or not; where there is none, it can be nine. */
  readonly #most = new Map<string, number>()

  /** Days come before weeks, and these before months. */
  constructor(counted: readonly CountedReach[]) {
    const inTurn = [...counted].sort(
      (a, b) => ORDER.indexOf(a.period) - ORDER.indexOf(b.period) || (a.startsOn < b.startsOn ? -1 : 1),
    )
    for (const each of inTurn) {
      const name = nameOfScope(each.scope)
      const known = this.#counted.get(name)
      if (known) known.push(each)
      else this.#counted.set(name, [each])
    }
  }

  /** Tells what may be told of a scope, whose parts were told before it; a site has none. */
  tell(name: string, parts: readonly string[] | null): void {
    const cells = (this.#counted.get(name) ?? []).flatMap((each): Cell[] => {
      const figure = PublicFigure.of(each.visitors, { estimated: !each.exact })
      return figure === null ? [] : [{ ...each, name, parts, figure }]
    })
    for (const cell of cells) this.#bound(cell, this.#covers(cell))
    const weeks = cells.filter(({ period, startsOn }) => period === 'week' && isOfTwoMonths(startsOn))
    for (const cell of weeks) this.#bound(cell, [...this.#covers(cell), this.#monthsOf(cell)])
    for (const cell of cells) {
      const { period, startsOn, scope, figure, settled } = cell
      const covers = weeks.includes(cell) ? [...this.#covers(cell), this.#monthsOf(cell)] : this.#covers(cell)
      if (settled && covers.every((cover) => leavesOpen(figure, cover)))
        this.told.push({ period, startsOn, scope, figure })
    }
  }

  #bound({ name, period, startsOn, figure }: Cell, covers: readonly number[]): void {
    this.#most.set(keyOf(name, period, startsOn), Math.min(figure.high, ...covers))
  }

  /** What counts that together hold all of this one add up to at most. */
  #covers({ name, parts, period, startsOn }: Cell): number[] {
    return [
      ...(parts === null ? [] : [this.#sum(parts.map((part) => keyOf(part, period, startsOn)))]),
      ...(period === 'week' ? [this.#sum(days(startsOn, 7).map((day) => keyOf(name, 'day', day)))] : []),
      ...(period === 'month' ? [this.#daysAndWeeks(name, startsOn)] : []),
    ]
  }

  /** The least that days and weeks which cover a month add up to. */
  #daysAndWeeks(name: string, month: string): number {
    const all = days(month, 31).filter((day) => monthOf(day) === month)
    const upTo = [0]
    for (const [i, day] of all.entries()) {
      upTo.push(upTo[i]! + this.#mostOf(keyOf(name, 'day', day)))
      const week = weekOf(day)
      if (i < all.length - 1 && weekOf(all[i + 1]!) === week) continue
      const before = all.findIndex((each) => weekOf(each) === week)
      upTo[i + 1] = Math.min(upTo[i + 1]!, upTo[before]! + this.#mostOf(keyOf(name, 'week', week)))
    }
    return upTo.at(-1)!
  }

  #monthsOf({ name, startsOn }: Cell): number {
    return this.#sum(
      [monthOf(startsOn), monthOf(addDays(startsOn, 6))].map((day) => keyOf(name, 'month', day)),
    )
  }

  /** Fewer than ten where there is no figure. */
  #mostOf(key: string): number {
    return this.#most.get(key) ?? LEAST_SHOWN - 1
  }

  #sum(keys: readonly string[]): number {
    return keys.reduce((sum, key) => sum + this.#mostOf(key), 0)
  }
}

interface Cell extends CountedReach {
  readonly name: string
  /** Names of the scopes that its scope is made of; null for a site. */
  readonly parts: readonly string[] | null
  readonly figure: PublicFigure
}

/** Weeks of which two months hold a part can be told only when both of these are counted. */
export const isOfTwoMonths = (week: string): boolean => monthOf(week) !== monthOf(addDays(week, 6))

const leavesOpen = ({ low, high }: PublicFigure, cover: number): boolean =>
  cover - low >= Math.min(LEFT_OPEN - 1, high - low)

const keyOf = (name: string, period: string, startsOn: string): string => `${period} ${startsOn} ${name}`

const days = (from: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => addDays(from, i))
