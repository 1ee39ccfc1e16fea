import fc from 'fast-check'
import { test } from 'tap'
import {
  addDays,
  cityClock,
  cityDay,
  CITY_TIME_ZONE,
  dayStart,
  monthOf,
  nextMidnight,
  weekOf,
} from '../../../core/domain/day.ts'

const HOUR = 3_600_000

test('the day turns at midnight in Hà Nội, 17:00 UTC', (t) => {
  const before = Date.parse('2026-11-21T16:59:59.999Z')
  t.equal(cityDay(before), '2026-11-21')
  t.equal(cityDay(before + 1), '2026-11-22')
  t.equal(nextMidnight(before), before + 1)
  t.equal(dayStart(before + 1), before + 1)
  t.equal(cityClock(before + 1), '00:00')
  t.end()
})

test('the day of an instant does not depend on which instants were asked about before', (t) => {
  const noon = Date.parse('2026-11-21T05:00:00Z')
  const days = [noon, noon + 12 * HOUR, noon, noon - 13 * HOUR, noon + 11 * HOUR, noon + 12 * HOUR - 1]
  t.same(days.map(cityDay), [
    '2026-11-21',
    '2026-11-22',
    '2026-11-21',
    '2026-11-20',
    '2026-11-21',
    '2026-11-21',
  ])
  // A session that reports a time of 136 years began before 1900.
  t.equal(cityDay(noon - 0xffff_ffff * 1000), '1890-10-15')
  t.equal(cityDay(-7 * HOUR), '1970-01-01')
  t.equal(cityDay(-7 * HOUR - 1), '1969-12-31')
  t.end()
})

test('the day agrees with the calendar of the time zone, for any instant since 1975', (t) => {
  const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: CITY_TIME_ZONE, dateStyle: 'short' })
  fc.assert(
    fc.property(fc.integer({ min: Date.parse('1975-06-14T00:00:00Z'), max: 4e12 }), (at) => {
      if (cityDay(at) !== calendar.format(at)) throw new Error(`${at}: ${cityDay(at)}`)
      if (cityDay(dayStart(at)) !== cityDay(at) || cityDay(dayStart(at) - 1) === cityDay(at))
        throw new Error(`${at}`)
    }),
  )
  t.pass('as the calendar has it')
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
