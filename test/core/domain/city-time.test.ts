import { test } from 'tap'
import { cityTime, readCityTime } from '../../../core/domain/city-time.ts'

const DAY = '2026-11-21'
const at = (iso: string): number => Date.parse(iso)

test('a clock time is of the day that is meant, on the city’s clock', (t) => {
  t.equal(readCityTime('14:02', DAY), at('2026-11-21T07:02:00Z'))
  t.equal(readCityTime(' 9:05 ', DAY), at('2026-11-21T02:05:00Z'))
  t.equal(readCityTime('23:59:59', DAY), at('2026-11-21T16:59:59Z'))
  t.equal(readCityTime('00:00', DAY), at('2026-11-20T17:00:00Z'))
  t.end()
})

test('a date and a time are of the city, or of the offset that they name', (t) => {
  t.equal(readCityTime('2026-11-22 00:10', DAY), at('2026-11-21T17:10:00Z'))
  t.equal(readCityTime('2026-11-22T00:10:30.500', DAY), at('2026-11-21T17:10:30.500Z'))
  t.equal(readCityTime('2026-11-22T00:10:30Z', DAY), at('2026-11-22T00:10:30Z'))
  t.equal(readCityTime('2026-11-22t00:10:30z', DAY), at('2026-11-22T00:10:30Z'))
  t.equal(readCityTime('2026-11-22T00:10+09:00', DAY), at('2026-11-21T15:10:00Z'))
  t.equal(readCityTime('2028-02-29 12:00', DAY), at('2028-02-29T05:00:00Z'))
  t.end()
})

test('what is no time is none', (t) => {
  for (const text of [
    '',
    'now',
    '25:00',
    '14:60',
    '14',
    '2026-11-21',
    '2026-02-30 10:00',
    '2026-13-01 10:00',
    '2026-11-21 24:30',
    '21/11/2026 14:02',
    '2026-11-21T14:02+0700',
    '1763683320000',
  ])
    t.equal(readCityTime(text, DAY), null, text)
  t.end()
})

test('a moment is written on the city’s clock', (t) => {
  t.equal(cityTime(at('2026-11-20T17:00:05Z')), '2026-11-21 00:00:05')
  t.end()
})
