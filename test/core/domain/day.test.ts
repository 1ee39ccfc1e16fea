import { test } from 'tap'
import {
  addDays,
  cityClock,
  cityDay,
  dayStart,
  monthOf,
  nextMidnight,
  weekOf,
} from '../../../core/domain/day.ts'

test('the day turns at midnight in Hà Nội, 17:00 UTC', (t) => {
  const before = Date.parse('2026-11-21T16:59:59.999Z')
  t.equal(cityDay(before), '2026-11-21')
  t.equal(cityDay(before + 1), '2026-11-22')
  t.equal(nextMidnight(before), before + 1)
  t.equal(dayStart(before + 1), before + 1)
  t.equal(cityClock(before + 1), '00:00')
  t.end()
})

test('weeks begin on Monday and months on the first', (t) => {
  t.equal(weekOf('2026-11-22'), '2026-11-16', 'a Sunday belongs to the Monday before')
  t.equal(weekOf('2026-11-23'), '2026-11-23')
  t.equal(weekOf('2027-01-01'), '2026-12-28')
  t.equal(monthOf('2026-11-22'), '2026-11-01')
  t.equal(addDays('2026-12-31', 1), '2027-01-01')
  t.end()
})
