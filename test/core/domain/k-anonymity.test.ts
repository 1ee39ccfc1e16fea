import fc from 'fast-check'
import t from 'tap'
import {
  LEAST_SHOWN,
  publicFigure,
  safeCells,
  safeList,
  safeTable,
} from '../../../core/domain/k-anonymity.ts'

const always = { seed: 20261014, numRuns: 400 }
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
const count = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 14 }), fc.integer({ min: 10, max: 400 }))

t.test('what is withheld and what is shown, by example', async (t) => {
  t.same(safeList([50, 30, 12], 10), { cells: [50, 30, 12], total: 92 })
  t.same(safeList([50, 30, 3], 10), { cells: [50, null, null], total: 83 }, 'one alone would be the rest')
  t.same(safeList([50, 30, 5, 6], 10), { cells: [50, 30, null, null], total: 91 }, 'two of eleven devices')
  t.same(
    safeList([50, 30, 2, 3], 10),
    { cells: [50, null, null, null], total: 85 },
    'two of five are too few',
  )
  t.same(safeList([12, 0, 4], 10), { cells: [null, 0, null], total: 16 })
  t.same(safeList([4], 10), { cells: [null], total: null })
  t.same(safeList([0, 0], 10), { cells: [0, 0], total: 0 })
  t.same(safeList(Array<number>(10).fill(1), 10).total, null, 'ten of one each would all be known')
  t.same(safeList([30, 40, 25], 20, [30, 40, 1]), { cells: [null, 40, null], total: 95 }, 'one device, often')
  t.same(
    safeTable(
      [
        [40, 30, 20],
        [50, 4, 60],
      ],
      10,
    ),
    {
      cells: [
        [null, null, 20],
        [null, null, 60],
      ],
      rowTotals: [90, 114],
      columnTotals: [90, 34, 80],
      total: 204,
    },
    'a row and a column miss two cells each, so that neither tells one',
  )
})

t.test('no withheld cell of a list can be computed from the others and the total', async (t) => {
  const holds = (): void =>
    fc.assert(
      fc.property(fc.array(count, { minLength: 1, maxLength: 9 }), (counts) => {
        const { cells, total } = safeList(counts, LEAST_SHOWN)
        const hidden = counts.filter((_, i) => cells[i] === null)
        const shown = cells.every((cell, i) => cell === null || cell === counts[i])
        const small = counts.every((each, i) => each === 0 || each >= LEAST_SHOWN || cells[i] === null)
        if (!shown || !small) return false
        if (total === null || hidden.length === 0) return true
        // Whoever subtracts what is shown finds at least ten devices in two cells at least, which need not be one each.
        const rest = total - sum(cells.map((cell) => cell ?? 0))
        return hidden.length > 1 && rest >= LEAST_SHOWN && rest > hidden.length
      }),
      always,
    )
  t.doesNotThrow(holds)
})

/** Every table of whole numbers, at least 1 where one is withheld, that shows what `safe` shows; of small tables only. */
function* readings(safe: ReturnType<typeof safeTable>, most: number): Generator<number[][]> {
  const height = safe.cells.length
  const width = safe.cells[0]!.length
  const table = safe.cells.map((row) => row.map((cell) => cell ?? 0))
  const holes = safe.cells.flatMap((row, i) =>
    row.flatMap((cell, j) => (cell === null ? [[i, j] as const] : [])),
  )
  function* fill(at: number): Generator<number[][]> {
    if (at === holes.length) {
      const fits = (of: number | null, sums: number): boolean => (of === null ? sums > 0 : of === sums)
      const rows = table.every((row, i) => fits(safe.rowTotals[i]!, sum(row)))
      const columns = safe.columnTotals.every((of, j) => fits(of, sum(table.map((row) => row[j]!))))
      if (rows && columns && fits(safe.total, sum(table.flat()))) yield table.map((row) => [...row])
      return
    }
    const [i, j] = holes[at]!
    for (let value = 1; value <= most; value++) {
      table[i]![j] = value
      const rowLeft = holes.slice(at + 1).some(([row]) => row === i)
      const of = safe.rowTotals[i]
      if (of !== null && of !== undefined && (rowLeft ? sum(table[i]!) > of : sum(table[i]!) !== of)) continue
      yield* fill(at + 1)
    }
    table[i]![j] = 0
  }
  if (height * width > 0) yield* fill(0)
}

t.test('a withheld cell of a small table may be several numbers, whatever sums are shown', async (t) => {
  const cell = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 }))
  const small = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
    .chain(([height, width]) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
        minLength: height,
        maxLength: height,
      }),
    )
  const holds = (): void =>
    fc.assert(
      fc.property(small, (counts) => {
        const safe = safeTable(counts, 3)
        const found = new Map<string, Set<number>>()
        let looked = 0
        for (const reading of readings(safe, 9)) {
          if (++looked > 20_000) break
          reading.forEach((row, i) =>
            row.forEach((value, j) => {
              if (safe.cells[i]![j] === null)
                found.set(`${i} ${j}`, (found.get(`${i} ${j}`) ?? new Set()).add(value))
            }),
          )
        }
        return [...found.values()].every((values) => values.size > 1)
      }),
      { ...always, numRuns: 250 },
    )
  t.doesNotThrow(holds)
})

t.test('a table keeps every large cell that it can, and misses ten devices of a line or none', async (t) => {
  const table = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
    .chain(([height, width]) =>
      fc.array(fc.array(count, { minLength: width, maxLength: width }), {
        minLength: height,
        maxLength: height,
      }),
    )
  const holds = (): void =>
    fc.assert(
      fc.property(table, (counts) => {
        const safe = safeTable(counts, LEAST_SHOWN)
        const lines = [
          ...counts.map((row, i) => ({ truth: row, shown: safe.cells[i]!, total: safe.rowTotals[i]! })),
          ...counts[0]!.map((_, j) => ({
            truth: counts.map((row) => row[j]!),
            shown: safe.cells.map((row) => row[j]!),
            total: safe.columnTotals[j]!,
          })),
        ]
        return lines.every(({ truth, shown, total }) => {
          const missing = sum(truth.filter((_, i) => shown[i] === null))
          const right = shown.every((cell, i) => cell === null || cell === truth[i])
          const small = truth.every((each, i) => each === 0 || each >= LEAST_SHOWN || shown[i] === null)
          const alone = total !== null && shown.filter((cell) => cell === null).length === 1
          return right && small && !alone && (total === null || missing === 0 || missing >= LEAST_SHOWN)
        })
      }),
      always,
    )
  t.doesNotThrow(holds)
  const large = [
    [40, 50],
    [60, 70],
  ]
  t.same(safeTable(large, LEAST_SHOWN).cells, large, 'nothing small, nothing withheld')
})

t.test('figures for the public are rounded, and none is of fewer than ten', async (t) => {
  t.same([0, 1, 9, 10, 14, 15, 994, 996, 999, 1000, 1049, 1050, 104_649].map(publicFigure), [
    0,
    null,
    null,
    10,
    10,
    20,
    990,
    1000,
    1000,
    1000,
    1000,
    1100,
    104_600,
  ])
})

const counted = (counts: Record<string, number>) =>
  Object.entries(counts).map(([value, count]) => ({ value, count }))
const kinds = (counts: Record<string, number>): string[] =>
  safeCells(counted(counts), LEAST_SHOWN).map((cell) => `${cell.value} ${cell.kind}`)

t.test('cells of k and more are shown with their share, the largest first', async (t) => {
  t.same(safeCells(counted({ en: 10, vi: 30 }), LEAST_SHOWN), [
    { kind: 'shown', value: 'vi', count: 30, share: 0.75 },
    { kind: 'shown', value: 'en', count: 10, share: 0.25 },
  ])
  t.same(safeCells([], LEAST_SHOWN), [])
  t.same(safeCells(counted({ vi: 0 }), LEAST_SHOWN), [])
})

t.test('one small cell takes the next smallest with it, as the total would tell it', async (t) => {
  t.same(kinds({ vi: 50, en: 20, fr: 9 }), ['vi shown', 'en withheld', 'fr under'])
  t.same(kinds({ vi: 50, fr: 9 }), ['vi withheld', 'fr under'])
  t.same(kinds({ fr: 9 }), ['fr under'])
})

t.test('small cells that are few together take it with them too', async (t) => {
  t.same(kinds({ vi: 50, en: 20, fr: 1, de: 1 }), ['vi shown', 'en withheld', 'de under', 'fr under'])
  t.same(kinds({ vi: 50, en: 20, fr: 5, de: 5 }), ['vi shown', 'en shown', 'de under', 'fr under'])
})

t.test('hidden cells stand in the order of their names, which tells nothing', async (t) => {
  t.same(kinds({ vi: 50, ru: 9, fr: 2, ja: 5 }).slice(1), ['fr under', 'ja under', 'ru under'])
})

t.test('whatever the counts, nobody can work out a small one from those shown and the total', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 12 }), (counts) => {
      const given = counts.map((count, i) => ({ value: `v${i}`, count }))
      const cells = safeCells(given, LEAST_SHOWN)
      const hidden = cells.filter((cell) => cell.kind !== 'shown')
      if (cells.some((cell) => cell.kind === 'shown' && cell.count < LEAST_SHOWN)) return false
      if (hidden.length === 0 || hidden.length === cells.length) return true
      const total = counts.reduce((sum, count) => sum + count, 0)
      const shown = cells.reduce((sum, cell) => sum + (cell.kind === 'shown' ? cell.count : 0), 0)
      return hidden.length >= 2 && total - shown >= LEAST_SHOWN
    }),
  )
})

t.test('one device that is counted often is a small cell all the same', async (t) => {
  const often = { value: 'fr', count: 300, atLeast: 4 }
  t.same(
    safeCells([...counted({ vi: 400, en: 90 }), often], LEAST_SHOWN).map(({ kind, value }) => [value, kind]),
    [
      ['vi', 'shown'],
      ['en', 'withheld'],
      ['fr', 'under'],
    ],
  )
})
