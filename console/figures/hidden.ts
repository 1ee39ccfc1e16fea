import type { Counted } from '../../core/records/day-counts.ts'

/** One cell of a breakdown as a page may show it. */
export type Cell =
  | { readonly kind: 'shown'; readonly value: string; readonly count: number; readonly share: number }
  /** Fewer than k. */
  | { readonly kind: 'under'; readonly value: string }
  /** Large enough, but together with the total it would tell a cell that is not. */
  | { readonly kind: 'withheld'; readonly value: string }

/** k-anonymity of pages (experience.md §3): cells of a city day, and of a site's day by language or device. */
export const CITY_K = 10
export const SITE_K = 20

/** The cells of a breakdown, largest first, with every cell under `k` hidden and what would reveal it too. */
export function hideSmall(counts: readonly Counted[], k: number): Cell[] {
  const present = counts
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
  const total = present.reduce((sum, { count }) => sum + count, 0)
  const large = present.filter(({ count }) => count >= k)
  const small = present.filter(({ count }) => count < k)
  const hiddenSum = small.reduce((sum, { count }) => sum + count, 0)
  // Whoever knows the total can subtract: what is hidden must be two cells at least, and k devices at least.
  const reveals = small.length === 1 || (small.length > 1 && hiddenSum < k)
  const withheld = reveals ? large.splice(-1) : []
  return [
    ...large.map((cell) => ({ kind: 'shown', ...cell, share: cell.count / total }) as const),
    ...withheld.map(({ value }) => ({ kind: 'withheld', value }) as const),
    // In the order of their names: their order by size would tell something.
    ...small
      .map(({ value }) => ({ kind: 'under', value }) as const)
      .sort((a, b) => (a.value < b.value ? -1 : 1)),
  ]
}
