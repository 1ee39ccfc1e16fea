import fc from 'fast-check'
import { test } from 'tap'
import { openingAt, WEEKDAYS, type OpeningHours } from '../../../core/domain/hours.ts'

const at = (text: string): number => Date.parse(`${text}+07:00`)
const DAILY: OpeningHours[] = [{ days: [...WEEKDAYS], from: '05:00', to: '23:00' }]

test('a site without hours is always open and never closes', (t) => {
  t.same(openingAt(undefined, at('2026-03-12T03:00:00')), { open: true, closesAt: null })
  t.end()
})

test('it opens and closes on the city’s clock, to the second', (t) => {
  t.same(openingAt(DAILY, at('2026-03-12T04:59:59.999')), { open: false, opensAt: at('2026-03-12T05:00:00') })
  t.same(openingAt(DAILY, at('2026-03-12T05:00:00')), { open: true, closesAt: at('2026-03-12T23:00:00') })
  t.same(openingAt(DAILY, at('2026-03-12T22:59:59.999')), { open: true, closesAt: at('2026-03-12T23:00:00') })
  t.same(openingAt(DAILY, at('2026-03-12T23:00:00')), { open: false, opensAt: at('2026-03-13T05:00:00') })
  t.end()
})

test('past midnight it is still the evening before', (t) => {
  // Friday and Saturday nights.
  const night: OpeningHours[] = [{ days: ['fri', 'sat'], from: '22:00', to: '02:00' }]
  t.same(openingAt(night, at('2026-03-13T23:00:00')), { open: true, closesAt: at('2026-03-14T02:00:00') })
  t.same(openingAt(night, at('2026-03-14T01:00:00')), { open: true, closesAt: at('2026-03-14T02:00:00') })
  t.same(openingAt(night, at('2026-03-14T02:00:00')), { open: false, opensAt: at('2026-03-14T22:00:00') })
  t.same(
    openingAt(night, at('2026-03-13T01:00:00')),
    { open: false, opensAt: at('2026-03-13T22:00:00') },
    'on Thursday night it is closed',
  )
  t.same(
    openingAt(night, at('2026-03-15T02:00:00')),
    { open: false, opensAt: at('2026-03-20T22:00:00') },
    'and from Sunday morning to Friday',
  )
  t.end()
})

test('a Sunday that lasts into Monday, across the end of the week', (t) => {
  const sunday: OpeningHours[] = [{ days: ['sun'], from: '20:00', to: '04:00' }]
  t.same(openingAt(sunday, at('2026-03-16T03:00:00')), { open: true, closesAt: at('2026-03-16T04:00:00') })
  t.same(openingAt(sunday, at('2026-03-16T04:00:00')), { open: false, opensAt: at('2026-03-22T20:00:00') })
  t.end()
})

test('stretches that touch are one, and a whole week of them never closes', (t) => {
  const halves: OpeningHours[] = [
    { days: [...WEEKDAYS], from: '06:00', to: '12:00' },
    { days: [...WEEKDAYS], from: '12:00', to: '22:00' },
  ]
  t.same(openingAt(halves, at('2026-03-12T07:00:00')), { open: true, closesAt: at('2026-03-12T22:00:00') })
  const always: OpeningHours[] = [{ days: [...WEEKDAYS], from: '00:00', to: '24:00' }]
  for (const moment of ['2026-03-12T00:00:00', '2026-03-15T23:59:59', '2026-03-16T00:00:00'])
    t.same(openingAt(always, at(moment)), { open: true, closesAt: null }, moment)
  t.end()
})

test('it agrees with a look at every minute of three weeks', (t) => {
  const clock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 59))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))
  const hours = fc.array(
    fc
      .record({
        days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
        from: clock,
        to: fc.oneof(clock, fc.constant('24:00')),
      })
      .filter(({ from, to }) => from !== to),
    { minLength: 1, maxLength: 3 },
  )
  const MINUTE = 60_000
  const monday = at('2026-03-09T00:00:00')
  const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
  const isOpen = (given: readonly OpeningHours[], minute: number): boolean =>
    given.some(({ days, from, to }) => {
      const [opens, closes, ofDay] = [minutes(from), minutes(to), minute % 1440]
      const today = WEEKDAYS[Math.floor(minute / 1440) % 7]!
      const yesterday = WEEKDAYS[(Math.floor(minute / 1440) + 6) % 7]!
      if (closes > opens) return days.includes(today) && opens <= ofDay && ofDay < closes
      return (days.includes(today) && ofDay >= opens) || (days.includes(yesterday) && ofDay < closes)
    })
  fc.assert(
    fc.property(hours, fc.integer({ min: 0, max: 7 * 1440 - 1 }), (given, minute) => {
      const opening = openingAt(given, monday + minute * MINUTE)
      const now = isOpen(given, minute)
      let change = minute
      while (change < minute + 7 * 1440 && isOpen(given, change) === now) change++
      const changesAt = change === minute + 7 * 1440 ? null : monday + change * MINUTE
      return opening.open ? now && opening.closesAt === changesAt : !now && opening.opensAt === changesAt
    }),
    { numRuns: 300 },
  )
  t.pass('for generated hours')
  t.end()
})
