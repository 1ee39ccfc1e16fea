import t from 'tap'
import { periodOf, pseudonymsEnd } from '../../../core/records/periods.ts'

const hanoi = (time: string): number => Date.parse(`${time}+07:00`)

t.test('a date belongs to its day, to the week from Monday and to its month', async (t) => {
  t.same(periodOf('day', '2026-10-14'), { period: 'day', startsOn: '2026-10-14' })
  t.same(periodOf('week', '2026-10-14'), { period: 'week', startsOn: '2026-10-12' })
  t.same(periodOf('week', '2026-10-12'), { period: 'week', startsOn: '2026-10-12' })
  t.same(periodOf('week', '2026-11-01'), { period: 'week', startsOn: '2026-10-26' }, 'a Sunday')
  t.same(periodOf('month', '2026-10-14'), { period: 'month', startsOn: '2026-10-01' })
})

t.test('pseudonyms end a day after their day or week, thirty days after their month', async (t) => {
  t.equal(pseudonymsEnd(periodOf('day', '2026-10-14')), hanoi('2026-10-16T00:00:00'))
  t.equal(pseudonymsEnd(periodOf('week', '2026-10-14')), hanoi('2026-10-20T00:00:00'))
  t.equal(pseudonymsEnd(periodOf('month', '2026-10-14')), hanoi('2026-12-01T00:00:00'))
  t.equal(pseudonymsEnd(periodOf('month', '2027-02-14')), hanoi('2027-03-31T00:00:00'))
  t.equal(pseudonymsEnd(periodOf('month', '2026-12-31')), hanoi('2027-01-31T00:00:00'))
})
