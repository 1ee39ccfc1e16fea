import { test } from 'tap'
import { usedToday } from '../../../core/domain/accounting.ts'
import { HOUR, late, outcomeOf, play, report, T0, up } from './session-reports.ts'

/** Midnight in Hà Nội after T0, in seconds of a session that began at T0. */
const MIDNIGHT = (Date.parse('2026-11-21T17:00:00Z') - T0) / 1000
const [SATURDAY, SUNDAY, MONDAY] = ['2026-11-21', '2026-11-22', '2026-11-23']

test('without Acct-Session-Time our clock counts, so that no time is given away', (t) => {
  const played = play([report('start', 0), report('interim', 300, { ...up(9), seconds: null })])
  t.equal(outcomeOf(played), 'counted,no-session-time')
  t.equal(played.session?.seconds, 300)
  const first = play([report('interim', 300, { seconds: null })])
  t.match(first.session, { startedAt: T0 + 300_000, seconds: 0 })
  t.equal(outcomeOf(first), 'started,no-session-time,no-octets,start-missed')
  t.end()
})

test('an Acct-Session-Time of 0 is none, once a minute has passed', (t) => {
  const zero = (second: number) =>
    play([report('start', 0), report('interim', second, { ...up(1), seconds: 0 })])
  t.equal(zero(60).session?.seconds, 0)
  t.equal(zero(61).session?.seconds, 61)
  t.equal(outcomeOf(zero(61)), 'counted,no-session-time')
  t.end()
})

test('an Acct-Session-Time more than a day ahead of our clock, or below nothing in effect, is absurd', (t) => {
  for (const seconds of [300 + 86_401, 2 ** 31, 2 ** 32 - 1]) {
    const played = play([report('start', 0), report('interim', 300, { ...up(1), seconds })])
    t.equal(outcomeOf(played), 'counted,absurd-session-time', `${seconds} s`)
    t.equal(played.session?.seconds, 300)
  }
  t.equal(play([report('start', 0), report('interim', 300, { seconds: 20_000 })]).session?.seconds, 20_000)
  t.end()
})

test('a first report may tell of 31 days, no more', (t) => {
  const days = (n: number) => play([report('interim', 0, { ...up(1), seconds: n * 86_400 })])
  t.match(days(31).session, { startedAt: T0 - 31 * 86_400_000, seconds: 31 * 86_400 })
  t.match(days(32).session, { startedAt: T0, seconds: 0, fromVisitorOctets: 1n })
  t.equal(outcomeOf(days(32)), 'started,absurd-session-time,start-missed')
  t.end()
})

test('octets that no radio could bring are not believed, in one direction or in both', (t) => {
  const absurd = 2n ** 64n - 1n
  const played = play([
    report('start', 0),
    report('interim', 300, { fromVisitorOctets: absurd, toVisitorOctets: 70n, gigawords: true }),
  ])
  t.match(played.session, { fromVisitorOctets: 0n, toVisitorOctets: 70n })
  t.equal(outcomeOf(played), 'counted,absurd-octets')
  t.equal(
    play([report('start', 0), report('stop', 1, { ...up(absurd), gigawords: true })]).session
      ?.fromVisitorOctets,
    0n,
  )
  t.end()
})

test('once a gateway has sent Gigawords, a counter without is whole', (t) => {
  const played = play([
    report('start', 0),
    report('interim', 300, { ...up(9_000_000_000), gigawords: true }),
    report('interim', 600, up(100)),
  ])
  t.equal(played.session?.fromVisitorOctets, 9_000_000_000n)
  t.equal(outcomeOf(played), 'counted,went-back')
  t.end()
})

test('each direction is counted for itself', (t) => {
  const played = play([
    report('start', 0),
    report('interim', 300, { fromVisitorOctets: 4_294_967_000n, toVisitorOctets: 500n }),
    report('interim', 600, { fromVisitorOctets: 1000n, toVisitorOctets: null }),
    report('interim', 900, { fromVisitorOctets: null, toVisitorOctets: 800n }),
  ])
  t.match(played.session, { fromVisitorOctets: 4_294_968_296n, toVisitorOctets: 800n, seconds: 900 })
  t.equal(outcomeOf(played), 'counted,one-direction', 'and the lack of the other is counted')
  t.end()
})

test('midnight in Hà Nội parts what lies between two reports, in proportion', (t) => {
  const played = play([
    report('start', 0),
    report('interim', MIDNIGHT - 100, up(1000)),
    report('interim', MIDNIGHT + 200, up(1600)),
    report('stop', MIDNIGHT + 500, up(1900)),
  ])
  t.same(played.days, { [SATURDAY]: [MIDNIGHT, 1200], [SUNDAY]: [500, 700] })
  t.equal(played.session?.day, SUNDAY)
  t.same(usedToday(played.session!), { seconds: 500, octets: 700 })
  t.same(
    played.steps.map(({ change, at }) => [change, at === undefined ? null : (at - T0) / 1000]),
    [
      ['started', null],
      ['counted', null],
      ['counted', MIDNIGHT - 0.001],
      ['counted', null],
      ['ended', null],
    ],
    'the part of the day before is a step of that day',
  )
  t.end()
})

test('a report on the stroke of midnight belongs to the day that ends', (t) => {
  const played = play([
    report('start', 0),
    report('interim', MIDNIGHT, up(1000)),
    report('interim', MIDNIGHT + 60, up(1060)),
  ])
  t.same(played.days, { [SATURDAY]: [MIDNIGHT, 1000], [SUNDAY]: [60, 60] })
  const from = play([report('start', MIDNIGHT), report('stop', MIDNIGHT + 60, { ...up(7), seconds: 60 })])
  t.same(from.days, { [SUNDAY]: [60, 7] }, 'a session that begins then, to the one that begins')
  t.end()
})

test('a session of several days with nothing but a Stop has its part in each', (t) => {
  const day = 24 * HOUR
  const played = play([report('stop', MIDNIGHT + day + HOUR, up(MIDNIGHT + day + HOUR))])
  t.same(played.days, { [SATURDAY]: [MIDNIGHT, MIDNIGHT], [SUNDAY]: [day, day], [MONDAY]: [HOUR, HOUR] })
  t.end()
})

test('a report from before midnight that comes after one from past it puts both days right', (t) => {
  const inTurn = [
    report('start', 0),
    report('interim', MIDNIGHT - 100, up(5000)),
    report('stop', MIDNIGHT + 100, up(5200)),
  ]
  const [start, before, after] = inTurn as [(typeof inTurn)[0], (typeof inTurn)[0], (typeof inTurn)[0]]
  const played = play([start, after, late(before, 900)])
  t.same(played.days, play(inTurn).days)
  t.same(played.days, { [SATURDAY]: [MIDNIGHT, 5100], [SUNDAY]: [100, 100] })
  t.same(usedToday(played.session!), { seconds: 100, octets: 100 })
  t.equal(outcomeOf(played), 'counted,late,over-midnight')
  t.equal(played.session?.fromVisitorOctets, 5200n, 'the total is what it was')
  t.end()
})

test('what is told of a session that is ahead of our clock belongs to the day that it is', (t) => {
  // A simulated crowd lives faster than the world.
  const played = play([report('start', 0), report('interim', 30, { ...up(8), seconds: 80_000 })])
  t.same(played.days, { [SATURDAY]: [80_000, 8] })
  t.end()
})
