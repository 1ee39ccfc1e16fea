import { test } from 'tap'
import {
  earlierTotal,
  isPossible,
  nextTotal,
  type CounterNote,
  type Order,
} from '../../../core/domain/counters.ts'

const GIB = 2n ** 30n
const WRAP = 2n ** 32n

/** The next total, and what was noted. */
function next(
  known: bigint,
  reported: bigint,
  { order = 'later', gigawords = false }: { order?: Order; gigawords?: boolean } = {},
): [bigint, string] {
  const notes: CounterNote[] = []
  return [nextTotal(reported, { known, gigawords, order }, notes), notes.join()]
}

test('a counter that grows is the total', (t) => {
  t.same(next(0n, 5n), [5n, ''])
  t.same(next(5n, 5n), [5n, ''])
  t.same(next(0n, WRAP - 1n), [WRAP - 1n, ''], 'a first report may tell of nearly 4 GiB')
  t.end()
})

test('32 bits that wrap go on (FreeRADIUS#5197)', (t) => {
  t.same(next(WRAP - 296n, 1000n), [WRAP + 1000n, 'wrapped'])
  t.same(next(WRAP + 1000n, 2000n), [WRAP + 2000n, ''])
  t.same(next(7n * WRAP - 1n, 0n), [7n * WRAP, 'wrapped'])
  t.end()
})

test('32 bits that fall by less than half fell back: the total stays until they pass it', (t) => {
  t.same(next(50_000n, 100n), [50_000n, 'went-back'])
  t.same(next(50_000n, 60_000n), [60_000n, ''])
  t.same(next(WRAP + 50_000n, 100n), [WRAP + 50_000n, 'went-back'])
  t.same(next(2n * GIB, 0n), [2n * GIB, 'went-back'], 'just half')
  t.same(next(2n * GIB + 1n, 0n), [WRAP, 'wrapped'], 'just past it')
  t.end()
})

test('with Gigawords no counter wraps: a smaller one fell back', (t) => {
  t.same(next(9n * GIB, 4n * GIB, { gigawords: true }), [9n * GIB, 'went-back'])
  t.same(next(9n * GIB, 10n * GIB, { gigawords: true }), [10n * GIB, ''])
  t.same(next(9n * GIB, 5n * GIB), [9n * GIB, 'went-back'], 'more than 32 bits are whole, too')
  t.end()
})

test('an earlier report adds only what exceeds the total, and tells of no wrap', (t) => {
  const order = 'earlier'
  t.same(next(WRAP + 1000n, WRAP - 296n, { order }), [WRAP + 1000n, ''])
  t.same(next(700n, 900n, { order }), [900n, ''])
  t.same(next(0n, 3n * GIB, { order }), [3n * GIB, ''], 'the Stop that came first had no octets')
  t.end()
})

test('of two reports of one second, the one before a wrap is the earlier one', (t) => {
  t.same(next(WRAP - 296n, 100n, { order: 'same' }), [WRAP + 100n, 'wrapped'])
  t.same(next(WRAP + 100n, WRAP - 296n, { order: 'same' }), [WRAP + 100n, ''])
  t.same(next(500n, 510n, { order: 'same' }), [510n, ''])
  t.end()
})

test('what an earlier counter meant is the most that fits under what came later', (t) => {
  t.equal(earlierTotal(WRAP - 296n, WRAP + 1000n, false), WRAP - 296n)
  t.equal(earlierTotal(900n, WRAP + 1000n, false), WRAP + 900n)
  t.equal(earlierTotal(900n, WRAP + 1000n, true), 900n, 'with Gigawords it means what it says')
  t.equal(earlierTotal(900n, 500n, false), 900n)
  t.end()
})

test('no device moves more than ten gigabits a second', (t) => {
  t.ok(isPossible(75_000_000_000n, 0), 'a minute to spare')
  t.notOk(isPossible(75_000_000_001n, 0))
  t.ok(isPossible(5_000_000_000_000n, 4000))
  t.notOk(isPossible(2n ** 64n - 1n, 31 * 86_400))
  t.end()
})
