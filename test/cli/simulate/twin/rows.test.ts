import { test } from 'tap'
import { liftOf } from '../../../../cli/simulate/twin/judge-items.ts'
import { Comparison, isHeld, neededOf95, tableOf } from '../../../../cli/simulate/twin/rows.ts'

test('a comparison tells where it was not so', (t) => {
  const compare = new Comparison()
  compare.add('Monday', 3, 3)
  compare.add('Tuesday', 4, 5)
  const row = compare.row('totals', 'sessions')
  t.match(row, { compared: 2, held: 1, note: 'Tuesday: 4 was told as 5' })
  t.notOk(isHeld(row))
  t.match(tableOf([row]), /\*\*does not hold\*\*/)
  t.notOk(isHeld(new Comparison().row('totals', 'nothing')), 'nothing compared is nothing proved')
  t.end()
})

test('intervals of 95 % may miss as often as chance explains, and no more', (t) => {
  t.equal(neededOf95(1), 0)
  t.equal(neededOf95(20), 15)
  t.equal(neededOf95(100), 87)
  t.end()
})

test("an item's lift has Newcombe's interval", (t) => {
  // Newcombe (1998), table II, line a: 56/70 − 48/80.
  const { lift, low, high } = liftOf({ id: 'a', served: 70, visited: 56, held: 80, heldVisited: 48 })
  t.equal(lift.toFixed(4), '0.2000')
  t.equal(low.toFixed(4), '0.0524')
  t.equal(high.toFixed(4), '0.3339')
  t.end()
})
