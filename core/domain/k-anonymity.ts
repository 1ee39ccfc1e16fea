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

/** A value with its devices, as it may be shown. */
export type SafeCell =
  | { readonly kind: 'shown'; readonly value: string; readonly count: number; readonly share: number }
  /** Of fewer devices than may be shown. */
  | { readonly kind: 'under'; readonly value: string }
  /** Large enough, but it would tell one that is not. */
  | { readonly kind: 'withheld'; readonly value: string }

/**
 * Counts by value as a list may show them: the largest first with its share of all, then those withheld (`safeList`), in the
 * order of their names, since their order by size would tell something. Nobody is no cell.
 */
export function safeCells(
  counts: readonly { readonly value: string; readonly count: number; readonly atLeast?: number }[],
  least: number,
): SafeCell[] {
  const present = counts
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
  const devices = present.map(({ count, atLeast = count }) => atLeast)
  const { cells } = safeList(
    present.map(({ count }) => count),
    least,
    devices,
  )
  const total = present.reduce((sum, { count }) => sum + count, 0)
  const hidden = (kind: 'under' | 'withheld'): SafeCell[] =>
    present
      .filter((_, i) => cells[i] === null && devices[i]! < least === (kind === 'under'))
      .map(({ value }) => ({ kind, value }))
      .sort((a, b) => (a.value < b.value ? -1 : 1))
  return [
    ...present.flatMap(({ value, count }, i): SafeCell[] =>
      cells[i] === null ? [] : [{ kind: 'shown', value, count, share: count / total }],
    ),
    ...hidden('withheld'),
    ...hidden('under'),
  ]
}

/**
 * The same for a table with the sums of its rows and columns: whatever is withheld can be one device more than it is without
 * anything that is shown being otherwise, and no row, column or table misses fewer than `least` from its sum.
 */
export function safeTable(counts: readonly (readonly number[])[], least: number): SafeTable {
  const table = withSums(counts, least)
  const { height, width, count, hidden } = table
  const search = newSearch(table)
  const hide = (places: readonly number[]): boolean => {
    for (const place of places) hidden[place] = 1
    return places.length > 0
  }
  for (let changed = true; changed;) {
    changed = hide(fillLines(table, least))
    for (let place = 0; place < count.length; place++)
      if (hidden[place] && hide(unsettling(table, search, place))) changed = true
  }
  const shown = Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) => (hidden[i * width + j] ? null : count[i * width + j]!)),
  )
  const last = shown.pop() ?? []
  return {
    cells: shown.map((row) => row.slice(0, -1)),
    rowTotals: shown.map((row) => row.at(-1)!),
    columnTotals: last.slice(0, -1),
    total: last.at(-1) ?? null,
  }
}

const isSmall = (count: number, least: number): boolean => count > 0 && count < least

/** A table with a last column and a last row of sums, row after row, and which of its places are withheld. */
interface Table {
  readonly height: number
  readonly width: number
  readonly count: Float64Array
  readonly hidden: Uint8Array
}

function withSums(counts: readonly (readonly number[])[], least: number): Table {
  const height = counts.length + 1
  const width = (counts[0]?.length ?? 0) + 1
  const count = new Float64Array(height * width)
  for (const [i, row] of counts.entries())
    for (const [j, each] of row.entries())
      for (const place of [i * width + j, (i + 1) * width - 1, (height - 1) * width + j, height * width - 1])
        count[place]! += each
  return { height, width, count, hidden: Uint8Array.from(count, (each) => Number(isSmall(each, least))) }
}

/** One more cell of each line whose sum is shown and misses too few; without another cell, the sum. */
function fillLines({ height, width, count, hidden }: Table, least: number): number[] {
  const found: number[] = []
  const fill = (first: number, step: number, length: number): void => {
    const sum = first + step * (length - 1)
    if (hidden[sum]) return
    let missing = 0
    let other = sum
    for (let place = first; place < sum; place += step)
      if (hidden[place]) missing += count[place]!
      else if (count[place]! > 0 && (other === sum || count[place]! < count[other]!)) other = place
    if (missing > 0 && missing < least) found.push(other)
  }
  for (let i = 0; i < height; i++) fill(i * width, 1, width)
  for (let j = 0; j < width; j++) fill(j, width, height)
  return found
}

/** What a search through a table writes down, by node: rows, then columns. Made once: there is a search for each place. */
interface Search {
  readonly cost: Float64Array
  readonly via: Int32Array
}

const newSearch = ({ height, width }: Table): Search => ({
  cost: new Float64Array(height + width),
  via: new Int32Array(height + width),
})

/**
 * The cheapest cells to withhold so that a withheld one could be one more: then others of its row and column are one less, and
 * so on in a ring through the table. Empty when such a ring is withheld already. In a ring rows and columns take turns; the
 * sums count the other way round, since they are one more with each of their cells.
 */
function unsettling({ height, width, count, hidden }: Table, { cost, via }: Search, start: number): number[] {
  const row = Math.floor(start / width)
  const column = start % width
  const isSum = (i: number, j: number): boolean => (i === height - 1) !== (j === width - 1)
  // Going from a row to a column makes a cell more, from a column to a row less.
  const [from, to] = isSum(row, column) ? [row, height + column] : [height + column, row]
  cost.fill(Infinity)
  cost[from] = 0
  const open = new Set<number>()
  /** Nodes that cost nothing: most rings are withheld already. */
  const free = [from]
  while (cost[to]! > 0) {
    const node = free.pop() ?? cheapest(open, cost)
    if (node === undefined || node === to) break
    open.delete(node)
    const isRow = node < height
    const spent = cost[node]!
    for (let k = 0; k < (isRow ? width : height); k++) {
      const i = isRow ? node : k
      const j = isRow ? k : node - height
      const place = i * width + j
      // Withheld places are known to be at least 1, so that one of 1 cannot be less.
      if (place === start || count[place]! <= (isRow === isSum(i, j) ? 1 : 0)) continue
      const next = isRow ? height + k : k
      const total = spent + (hidden[place] ? 0 : count[place]!)
      if (total >= cost[next]!) continue
      cost[next] = total
      via[next] = node
      if (total > 0) open.add(next)
      else free.push(next)
    }
  }
  if (cost[to] === Infinity) return []
  const added: number[] = []
  for (let node = to; node !== from; node = via[node]!) {
    const before = via[node]!
    const place = node < height ? node * width + before - height : before * width + node - height
    if (!hidden[place]) added.push(place)
  }
  return added
}

function cheapest(nodes: ReadonlySet<number>, cost: Float64Array): number | undefined {
  let best: number | undefined
  for (const node of nodes) if (best === undefined || cost[node]! < cost[best]!) best = node
  return best
}
