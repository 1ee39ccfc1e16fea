/** What is shown of fewer devices than this tells too much of each; crossed with language or device, of fewer than 20. */
export const LEAST_SHOWN = 10
export const LEAST_SHOWN_CROSSED = 20

/** A list whose small cells are withheld: null. The total is null where it would tell one. */
export interface SafeList {
  readonly cells: readonly (number | null)[]
  readonly total: number | null
}

/** A table whose small cells are withheld: null, and so are the sums that would tell one. */
export interface SafeTable {
  readonly cells: readonly (readonly (number | null)[])[]
  readonly rowTotals: readonly (number | null)[]
  readonly columnTotals: readonly (number | null)[]
  readonly total: number | null
}

/** A figure for the public: to the nearest 10, from 1,000 on to the nearest 100; null below LEAST_SHOWN. */
export function publicFigure(count: number): number | null {
  if (count < LEAST_SHOWN) return count === 0 ? 0 : null
  const step = count < 1000 ? 10 : 100
  return Math.round(count / step) * step
}

/**
 * Withholds every count between 1 and `least` − 1, and then the smallest others until what is missing from the total could be
 * spread over the withheld cells in more than one way and is of `least` devices. Counts are whole and not negative; nobody is
 * no secret, so 0 is shown. Where counts are of several days, and one device may be many of them, `devices` tells how many
 * different ones a count has at least.
 */
export function safeList(counts: readonly number[], least: number, devices = counts): SafeList {
  const places = [...counts.keys()]
  const hidden = new Set(places.filter((i) => counts[i]! > 0 && devices[i]! < least))
  const others = places
    .filter((i) => counts[i]! > 0 && !hidden.has(i))
    .sort((a, b) => counts[a]! - counts[b]! || a - b)
  const missing = (): number => [...hidden].reduce((sum, i) => sum + counts[i]!, 0)
  const tells = (): boolean =>
    hidden.size > 0 && (hidden.size === 1 || missing() < least || missing() === hidden.size)
  while (tells() && others.length > 0) hidden.add(others.shift()!)
  const total = counts.reduce((sum, count) => sum + count, 0)
  return {
    cells: counts.map((count, i) => (hidden.has(i) ? null : count)),
    total: tells() || isSmall(total, least) ? null : total,
  }
}

/**
 * The same for a table with the sums of its rows and columns: whatever is withheld can be one device more than it is without
 * anything that is shown being otherwise, and no row, column or table misses fewer than `least` from its sum.
 */
export function safeTable(counts: readonly (readonly number[])[], least: number): SafeTable {
  const grid = withSums(counts)
  const hidden = grid.map((row) => row.map((count) => isSmall(count, least)))
  const hide = (cells: readonly Place[]): boolean => {
    for (const [row, column] of cells) hidden[row]![column] = true
    return cells.length > 0
  }
  for (let changed = true; changed;) {
    changed = hide(fillLines(grid, hidden, least))
    for (const place of placesOf(grid))
      if (hidden[place[0]]![place[1]]! && hide(unsettling(grid, hidden, place))) changed = true
  }
  const shown = grid.map((row, i) => row.map((count, j) => (hidden[i]![j]! ? null : count)))
  const last = shown.pop() ?? []
  return {
    cells: shown.map((row) => row.slice(0, -1)),
    rowTotals: shown.map((row) => row.at(-1)!),
    columnTotals: last.slice(0, -1),
    total: last.at(-1) ?? null,
  }
}

type Place = readonly [row: number, column: number]
type Grid = readonly (readonly number[])[]

const isSmall = (count: number, least: number): boolean => count > 0 && count < least

/** The table with a last column and a last row of sums. */
function withSums(counts: Grid): number[][] {
  const rows = counts.map((row) => [...row, row.reduce((sum, count) => sum + count, 0)])
  const width = (counts[0]?.length ?? 0) + 1
  return [...rows, Array.from({ length: width }, (_, j) => rows.reduce((sum, row) => sum + row[j]!, 0))]
}

const placesOf = (grid: Grid): Place[] => grid.flatMap((row, i) => row.map((_, j): Place => [i, j]))

/** One more cell of each line whose sum is shown and misses too few; without another cell, the sum. */
function fillLines(grid: Grid, hidden: readonly (readonly boolean[])[], least: number): Place[] {
  const [height, width] = [grid.length, grid[0]!.length]
  const lines: Place[][] = [
    ...grid.map((row, i) => row.map((_, j): Place => [i, j])),
    ...Array.from({ length: width }, (_, j) => Array.from({ length: height }, (_, i): Place => [i, j])),
  ]
  return lines.flatMap((line) => {
    const [cells, sum] = [line.slice(0, -1), line.at(-1)!]
    const isHidden = ([i, j]: Place): boolean => hidden[i]![j]!
    const missing = cells.filter(isHidden).reduce((total, [i, j]) => total + grid[i]![j]!, 0)
    if (isHidden(sum) || missing === 0 || missing >= least) return []
    const others = cells.filter((each) => !isHidden(each) && grid[each[0]]![each[1]]! > 0)
    others.sort(([a, b], [c, d]) => grid[a]![b]! - grid[c]![d]!)
    return [others[0] ?? sum]
  })
}

/**
 * The cheapest cells to withhold so that a withheld one could be one more: then others of its row and column are one less, and
 * so on in a ring through the table. Empty when such a ring is withheld already. In a ring rows and columns take turns; the
 * sums count the other way round, since they are one more with each of their cells.
 */
function unsettling(grid: Grid, hidden: readonly (readonly boolean[])[], [row, column]: Place): Place[] {
  const [height, width] = [grid.length, grid[0]!.length]
  const isSum = (i: number, j: number): boolean => (i === height - 1) !== (j === width - 1)
  /** Withheld cells are known to be at least 1. */
  const canChange = (i: number, j: number, by: 1 | -1): boolean => grid[i]![j]! > (by === 1 ? 0 : 1)
  const flips = isSum(row, column)
  // Nodes are rows, then columns. Going from a row to a column makes a cell more, from a column to a row less.
  const [from, to] = flips ? [row, height + column] : [height + column, row]
  const cost = new Map<number, number>([[from, 0]])
  const via = new Map<number, number>()
  const open = new Set([from])
  while (open.size > 0) {
    const node = [...open].reduce((best, each) => (cost.get(each)! < cost.get(best)! ? each : best))
    open.delete(node)
    const isRow = node < height
    for (let k = 0; k < (isRow ? width : height); k++) {
      const [i, j] = isRow ? [node, k] : [k, node - height]
      if (i === row && j === column) continue
      const by = isRow === isSum(i, j) ? -1 : 1
      if (!canChange(i, j, by)) continue
      const next = isRow ? height + k : k
      const total = cost.get(node)! + (hidden[i]![j]! ? 0 : grid[i]![j]!)
      if (total >= (cost.get(next) ?? Infinity)) continue
      cost.set(next, total)
      via.set(next, node)
      open.add(next)
    }
  }
  const added: Place[] = []
  for (let node = to; node !== from;) {
    const before = via.get(node)
    if (before === undefined) return []
    const place: Place = node < height ? [node, before - height] : [before, node - height]
    if (!hidden[place[0]]![place[1]]!) added.push(place)
    node = before
  }
  return added
}
