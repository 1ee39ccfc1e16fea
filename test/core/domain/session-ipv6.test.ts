import { test } from 'tap'
import { MOST_IPV6, NO_IPV6 } from '../../../core/domain/session-ipv6.ts'
import { late, outcomeOf, play, report } from './session-reports.ts'

const [A, B, C] = ['2001:db8::a', '2001:db8:1::/64', '2001:db8:2::c']
const many = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `2001:db8::${(from + i).toString(16)}`)

test('a session keeps every IPv6 address that any of its reports named', (t) => {
  const played = play([
    report('start', 0, { ipv6: [A] }),
    report('interim', 300, { ipv6: [A, B] }),
    report('interim', 600, { ipv6: [C] }),
    report('interim', 900),
    report('stop', 1200, { ipv6: [A] }),
  ])
  t.same(played.session?.ipv6, [A, B, C])
  t.end()
})

test('without IPv6 a session has the one empty list that all such sessions share', (t) => {
  const played = play([report('start', 0), report('interim', 300), report('stop', 600, { ipv6: [] })])
  for (const { session } of played.steps) t.equal(session.ipv6, NO_IPV6)
  t.end()
})

test('a report that counts nothing still names an address, once', (t) => {
  const start = report('start', 0, { ipv6: [A] })
  const overtaken = play([report('interim', 300), start, start])
  t.same(overtaken.session?.ipv6, [A])
  t.same(
    overtaken.applied.map(({ outcomes }) => outcomes.join()),
    ['started,no-octets,start-missed', 'duplicate,counted', 'duplicate'],
  )
  t.match(overtaken.steps.at(-1), { change: 'counted', delta: { seconds: 0 }, session: { version: 2 } })
  const afterTheEnd = play([
    report('start', 0),
    report('stop', 900),
    late(report('interim', 300, { ipv6: [B] }), 700),
  ])
  t.equal(outcomeOf(afterTheEnd), 'late,counted')
  t.match(afterTheEnd.session, { ipv6: [B], endedAt: afterTheEnd.steps[0]!.session.startedAt + 900_000 })
  t.end()
})

test('what comes past the end that a Stop told names nothing', (t) => {
  const played = play([report('stop', 300), report('interim', 900, { ipv6: [A] })])
  t.equal(outcomeOf(played), 'after-stop')
  t.same(played.session?.ipv6, [])
  t.end()
})

test('another session under the same id begins with its own addresses', (t) => {
  const played = play([
    report('stop', 300, { ipv6: [A] }),
    report('start', 4000, { ipv6: [B], classSession: 'another' }),
  ])
  t.match(played.session, { id: 'another', ipv6: [B] })
  t.equal(played.session?.ipv6.length, 1)
  t.end()
})

test('sixteen are kept, the first ones, and what is past them is counted', (t) => {
  const played = play([
    report('start', 0, { ipv6: many(1, 11) }),
    report('interim', 300, { ipv6: many(9, 19) }),
    report('interim', 600, { ipv6: many(1, 17) }),
    report('interim', 900, { ipv6: many(30, 31) }),
  ])
  t.same(played.session?.ipv6, many(1, MOST_IPV6 + 1))
  t.same(
    played.applied.map(({ outcomes }) => outcomes.includes('too-many-ipv6')),
    [false, true, false, true],
  )
  t.end()
})

test('an attribute that is no address is counted', (t) => {
  const played = play([report('start', 0, { badIpv6: true, ipv6: [A] })])
  t.equal(outcomeOf(played), 'started,bad-ipv6')
  t.same(played.session?.ipv6, [A])
  t.end()
})
