import fc from 'fast-check'
import t from 'tap'
import { addDays, monthOf, weekOf } from '../../../core/domain/day.ts'
import { publicFigure } from '../../../core/domain/k-anonymity.ts'
import { PublicFigure } from '../../../core/domain/public-figure.ts'
import { publicReach, type CountedReach, type PublicScope } from '../../../core/domain/public-reach.ts'
import type { Category } from '../../../core/domain/site.ts'

t.test('a public figure is a multiple of ten, ten or more, or there is none', async (t) => {
  for (const count of [0, 1, 9, 9.4]) t.equal(PublicFigure.of(count, { estimated: false }), null, `${count}`)
  for (let count = 10; count < 3000; count++) {
    const figure = PublicFigure.of(count, { estimated: false })!
    t.ok(figure.visitors % (figure.visitors < 1000 ? 10 : 100) === 0 && figure.visitors >= 10)
    const { visitors, low, high } = figure
    if (low > count || high < count) t.fail(`${count} is not within ${low} to ${high}`)
    t.same([low, high].map(publicFigure), [visitors, visitors], `both ends of ${visitors} are told as it is`)
  }
})

t.test('an estimate says how far off it may be, from the rounded figure alone', async (t) => {
  t.match(PublicFigure.of(10_012, { estimated: true }), { visitors: 10_000, low: 9791, high: 10_210 })
  t.same(PublicFigure.of(10_012, { estimated: true }), PublicFigure.of(9990, { estimated: true }))
})

const SITES = {
  a: 'tourist-site',
  b: 'tourist-site',
  c: 'craft-village',
  d: 'industrial-park',
  e: 'craft-village',
} as const
const categoryOf = new Map<string, Category>(Object.entries(SITES))
/** Whole weeks that hold two whole months, September and October; visits are within these. */
const FROM = '2026-08-31'
const DAYS = 63
const isWholeMonth = (month: string): boolean => month === '2026-09-01' || month === '2026-10-01'

interface Cell {
  readonly key: string
  /** Cells that together hold every device of this one. */
  readonly covers: readonly (readonly string[])[]
}
const nameOf = (scope: PublicScope): string => ('id' in scope ? scope.id : 'all')
const keyOf = (name: string, period: string, startsOn: string): string => `${period} ${startsOn} ${name}`
const parts: Readonly<Record<string, readonly string[]>> = {
  all: ['tourist-site', 'craft-village', 'industrial-park'],
  'tourist-site': ['a', 'b'],
  'craft-village': ['c', 'e'],
  'industrial-park': ['d'],
}
const names = [...Object.keys(SITES), ...Object.keys(parts)]

/** Who was where on which day, counted as analytics would. */
function count(visits: readonly { device: number; site: keyof typeof SITES; day: number }[]): CountedReach[] {
  const cells = new Map<
    string,
    { reach: Omit<CountedReach, 'visitors' | 'exact' | 'settled'>; devices: Set<number> }
  >()
  for (const { device, site, day } of visits) {
    const date = addDays(FROM, day)
    const scopes: PublicScope[] = [
      { kind: 'site', id: site },
      { kind: 'category', id: SITES[site] },
      { kind: 'city' },
    ]
    for (const scope of scopes)
      for (const [period, startsOn] of [
        ['day', date],
        ['week', weekOf(date)],
        ['month', monthOf(date)],
      ] as const) {
        const key = keyOf(nameOf(scope), period, startsOn)
        const cell = cells.get(key) ?? { reach: { period, startsOn, scope }, devices: new Set() }
        cell.devices.add(device)
        cells.set(key, cell)
      }
  }
  return [...cells.values()].map(({ reach, devices }) => ({
    ...reach,
    visitors: devices.size,
    exact: true,
    settled: true,
  }))
}

/** Every cell there is, and what covers it, as somebody knows who thinks of all of them. */
const lattice: Cell[] = names.flatMap((name) => {
  const dates = Array.from({ length: DAYS }, (_, i) => addDays(FROM, i))
  const inside = (period: 'week' | 'month', start: string): string[] =>
    dates.filter((day) => (period === 'week' ? weekOf(day) : monthOf(day)) === start)
  const across = (period: string, start: string): string[][] =>
    parts[name] ? [parts[name].map((part) => keyOf(part, period, start))] : []
  const weeks = [...new Set(dates.map(weekOf))]
  const months = [...new Set(dates.map(monthOf))]
  return [
    ...dates.map((day) => ({ key: keyOf(name, 'day', day), covers: across('day', day) })),
    ...weeks.map((week) => ({
      key: keyOf(name, 'week', week),
      covers: [
        ...across('week', week),
        inside('week', week).map((day) => keyOf(name, 'day', day)),
        [...new Set(inside('week', week).map(monthOf))].map((month) => keyOf(name, 'month', month)),
      ],
    })),
    ...months.map((month) => ({
      key: keyOf(name, 'month', month),
      covers: !isWholeMonth(month)
        ? []
        : [
            ...across('month', month),
            inside('month', month).map((day) => keyOf(name, 'day', day)),
            [...new Set(inside('month', month).map(weekOf))].map((week) => keyOf(name, 'week', week)),
            mixed(name, inside('month', month)),
          ],
    })),
  ]
})

/** Whole weeks of a month, and single days at its ends. */
function mixed(name: string, days: readonly string[]): string[] {
  const isWhole = (day: string): boolean =>
    days.includes(weekOf(day)) && days.includes(addDays(weekOf(day), 6))
  return [
    ...new Set(
      days.map((day) => (isWhole(day) ? keyOf(name, 'week', weekOf(day)) : keyOf(name, 'day', day))),
    ),
  ]
}

/** What somebody can work out who adds and subtracts whatever was told until nothing new comes of it. */
function workOut(told: ReadonlyMap<string, PublicFigure>, hidden: ReadonlySet<string>) {
  const low = new Map<string, number>()
  const high = new Map<string, number>()
  for (const { key } of lattice) {
    low.set(key, told.get(key)?.low ?? 0)
    // He takes what is not told for fewer than ten, which it may not be.
    high.set(key, told.get(key)?.high ?? (hidden.has(key) ? Infinity : 9))
  }
  const raise = (key: string, to: number): boolean => to > low.get(key)! && !!low.set(key, to)
  const lower = (key: string, to: number): boolean => to < high.get(key)! && !!high.set(key, to)
  for (let changed = true; changed;) {
    changed = false
    for (const { key, covers } of lattice)
      for (const cover of covers) {
        const most = cover.reduce((sum, part) => sum + high.get(part)!, 0)
        changed = lower(key, most) || changed
        for (const part of cover) {
          if (most < Infinity) changed = raise(part, low.get(key)! - (most - high.get(part)!)) || changed
          // A part of a week's cover by months is larger than what the week holds of it.
          if (
            !(key.startsWith('week') && part.startsWith('month')) &&
            !(key.startsWith('month') && part.startsWith('week'))
          ) {
            changed = raise(key, low.get(part)!) || changed
            changed = lower(part, high.get(key)!) || changed
          }
        }
      }
  }
  return { low, high }
}

function check(counted: readonly CountedReach[]): void {
  const truth = new Map(
    counted.map(({ scope, period, startsOn, visitors }) => [
      keyOf(nameOf(scope), period, startsOn),
      visitors,
    ]),
  )
  const told = new Map(
    publicReach(counted, categoryOf).map((each) => [
      keyOf(nameOf(each.scope), each.period, each.startsOn),
      each.figure,
    ]),
  )
  const hidden = new Set(
    [...truth].filter(([key, visitors]) => visitors >= 10 && !told.has(key)).map(([key]) => key),
  )
  const { low, high } = workOut(told, hidden)
  for (const { key } of lattice) {
    const [from, to, is] = [low.get(key)!, high.get(key)!, truth.get(key) ?? 0]
    const open = to - from + 1
    const figure = told.get(key)
    const wanted = figure ? Math.min(9, figure.high - figure.low + 1) : 9
    if (is < from || is > to) throw new Error(`${key}: ${is} is not within ${from} to ${to}`)
    if (open < wanted) throw new Error(`${key} is ${is}, and is known to be ${from} to ${to}`)
  }
}

/** Groups of devices that come together: sums of counts that are all at the edge of what they are rounded to. */
const groups = fc.array(
  fc.record({
    size: fc.oneof(
      fc.constantFrom(1, 4, 5, 9, 10, 14, 15, 24, 94, 104, 994, 1049),
      fc.integer({ min: 1, max: 40 }),
    ),
    places: fc.array(
      fc.record({
        site: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        day: fc.integer({ min: 1, max: DAYS - 2 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  { minLength: 1, maxLength: 14 },
)

const visitsOf = (
  all: readonly { size: number; places: readonly { site: keyof typeof SITES; day: number }[] }[],
) => {
  let device = 0
  return all.flatMap(({ size, places }) =>
    Array.from({ length: size }, () => {
      device++
      return places.map((place) => ({ ...place, device }))
    }).flat(),
  )
}

t.test('no sum of what is told, over places or over time, tells a small count or an exact one', async (t) => {
  fc.assert(
    fc.property(groups, (all) => check(count(visitsOf(all)))),
    { numRuns: 150 },
  )
  t.pass()
})

t.test('the same where everything lies close together in place and time', async (t) => {
  const close = groups.map((all) =>
    all.map(({ size, places }) => ({
      size,
      places: places.map(({ site, day }) => ({ site, day: 28 + (day % 5) })),
    })),
  )
  fc.assert(
    fc.property(close, (all) => check(count(visitsOf(all)))),
    { numRuns: 150 },
  )
  t.pass()
})

t.test('a sum whose parts are all at the top of what they were rounded to is left out', async (t) => {
  // 14 + 14 + 14 + 14 + 9 = 65 would be told as 70, at least 65: everybody would know each part.
  const days = [14, 14, 14, 14, 9].map((size, day) => ({ size, places: [{ site: 'd' as const, day }] }))
  const told = publicReach(count(visitsOf(days)), categoryOf)
  const weeks = told.filter(({ period }) => period === 'week')
  t.same(
    told
      .filter(({ period, scope }) => period === 'day' && scope.kind === 'site')
      .map(({ figure }) => figure.visitors),
    [10, 10, 10, 10],
  )
  t.ok(
    weeks.every(({ figure }) => figure.visitors === 70),
    'two more days of the week may have had nine each',
  )
  check(count(visitsOf(days)))
})

t.test('a site that is not told counts in the sum of the city', async (t) => {
  const counted = count(visitsOf([{ size: 57, places: [{ site: 'a', day: 3 }] }]))
  const moved = counted
    .filter(({ scope }) => scope.kind !== 'category')
    .map((each) => ({
      ...each,
      scope: each.scope.kind === 'site' ? { kind: 'site' as const, id: 'gone' } : each.scope,
    }))
  const told = publicReach(moved, categoryOf)
  t.same(
    told.map(({ scope, period, figure }) => [scope.kind, period, figure.visitors]),
    [
      ['city', 'day', 60],
      ['city', 'week', 60],
      ['city', 'month', 60],
    ],
  )
})
