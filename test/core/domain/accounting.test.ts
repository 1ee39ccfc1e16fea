import { test } from 'tap'
import {
  delayedSince,
  endSession,
  isBeginning,
  LOST,
  mayHaveEndedAt,
  NAS_REBOOT,
  usableAddress,
  type AccountingRecord,
} from '../../../core/domain/accounting.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import type { Session } from '../../../core/domain/session.ts'
import { changesOf, late, outcomeOf, play, report, T0, up } from './session-reports.ts'

const open = (...records: readonly AccountingRecord[]): Session =>
  play([report('start', 0), ...records]).session!
const ended = (cause: string, session: Session, at = session.heardAt): Session =>
  endSession(session, cause, at).session

test('Start, Interim-Update and Stop make one session whose totals are the last ones', (t) => {
  const played = play([report('start', 0), report('interim', 300, up(1000)), report('stop', 500, up(1500))])
  t.match(played.session, {
    startedAt: T0,
    endedAt: T0 + 500_000,
    cause: 'User-Request',
    seconds: 500,
    fromVisitorOctets: 1500n,
    version: 3,
  })
  t.equal(changesOf(played), 'started,counted,ended')
  t.same(
    played.applied.map(({ outcomes }) => outcomes.join()),
    ['started', 'counted', 'ended'],
  )
  t.end()
})

test('a Start that never came is made up for by the first Interim-Update or Stop', (t) => {
  const interim = play([report('interim', 300, up(900))])
  t.match(interim.session, { startedAt: T0, seconds: 300, fromVisitorOctets: 900n, endedAt: null })
  t.equal(outcomeOf(interim), 'started,start-missed')
  const stop = play([report('stop', 300, up(900))])
  t.match(stop.session, { startedAt: T0, endedAt: T0 + 300_000, fromVisitorOctets: 900n })
  t.equal(outcomeOf(stop), 'started,ended,start-missed')
  t.equal(changesOf(stop), 'started,ended')
  t.equal(
    outcomeOf(play([report('interim', 300), late(report('start', 0), 320)])),
    'duplicate',
    'and if it comes, too late',
  )
  t.end()
})

test('a Start again is a copy: at the same moment, up to half a minute later without a word, or with the same Class', (t) => {
  for (const again of [
    report('start', 0, { receivedAt: T0 + 4000 }),
    late(report('start', 0), 400),
    report('start', 29),
    report('start', 4, { classSession: 'class-2' }),
  ])
    t.equal(outcomeOf(play([report('start', 0), again])), 'duplicate')
  const known = report('start', 0, { classSession: 'class-1' })
  t.equal(outcomeOf(play([known, report('start', 3000, { classSession: 'class-1' })])), 'duplicate')
  t.end()
})

test('a Start past the last that is known, with another Class, is another session: its gateway began anew', (t) => {
  const played = play([
    report('start', 0, { classSession: 'class-1' }),
    report('interim', 300, up(1000)),
    report('start', 900, { classSession: 'class-2' }),
    report('interim', 1000, { ...up(50), seconds: 100 }),
  ])
  t.equal(changesOf(played), 'started,counted,ended,started,counted')
  t.match(played.steps[2]!.session, { id: 'class-1', cause: NAS_REBOOT, endedAt: T0 + 300_000 })
  t.match(played.session, { id: 'class-2', startedAt: T0 + 900_000, fromVisitorOctets: 50n, version: 5 })
  t.equal(played.applied[2]!.outcomes.join(), 'started,id-reused')
  t.end()
})

test('a Start without a Class in mid-session proves nothing; what follows tells whose it was', (t) => {
  const before = [report('start', 0), report('interim', 900, up(5000)), report('start', 1200)]
  t.equal(outcomeOf(play(before)), 'duplicate')
  // Its clock began anew at 1200, past all that is known of the other.
  const played = play([...before, report('interim', 1300, { ...up(70), seconds: 100 })])
  t.equal(outcomeOf(played), 'started,start-missed,id-reused')
  t.match(played.session, { startedAt: T0 + 1_200_000, seconds: 100, fromVisitorOctets: 70n })
  const same = play([...before, report('interim', 1300, up(6000))])
  t.match(same.session, { startedAt: T0, seconds: 1300, fromVisitorOctets: 6000n })
  t.end()
})

test('after the end a Start, an Interim-Update or a Stop of a session that began since is a new one', (t) => {
  const over = [report('start', 0), report('stop', 500, up(1500))]
  for (const next of [
    report('start', 700),
    report('start', 501, { classSession: 'class-2' }),
    report('interim', 1000, { ...up(9), seconds: 300 }),
    report('stop', 1000, { ...up(9), seconds: 300 }),
  ]) {
    const played = play([...over, next])
    t.ok(outcomeOf(played).startsWith('started'), next.status)
    t.ok(outcomeOf(played).endsWith('id-reused'))
    t.equal(played.steps.filter(({ change }) => change === 'started').length, 2)
    t.ok(isBeginning(play(over).session, next))
  }
  t.notOk(isBeginning(play(over).session, report('interim', 450, up(1400))))
  t.ok(isBeginning(null, report('stop', 9)))
  t.end()
})

test('a session that began before a restart was told, but past all that is known, is another one', (t) => {
  const known = open(report('interim', 600, up(100)))
  // The restart in between was lost; this one is of the next night.
  const restarted = ended(NAS_REBOOT, known, T0 + 9_000_000)
  for (const next of [report('start', 5000), report('interim', 5300, { ...up(9), seconds: 300 })])
    t.ok(outcomeOf(play([late(next, 5000)], restarted)).startsWith('started'), next.status)
  t.end()
})

test('a session whose clock goes back is another one only if it began past all that is known', (t) => {
  const known = open(report('interim', 3000, up(5000)))
  const reset = report('interim', 3100, { ...up(10), seconds: 90 })
  t.match(play([reset], known).session, { startedAt: T0 + 3_010_000 })
  const ofThis = { ...reset, classSession: known.id }
  t.equal(outcomeOf(play([ofThis], known)), 'late', 'unless its Class says that it is this one')
  const overtaken = { ...report('interim', 300, up(10)), receivedAt: T0 + 3_100_000 }
  t.equal(outcomeOf(play([overtaken], known)), 'late', 'an old report says how old it is')
  t.end()
})

test('a new Class in mid-session changes nothing: somebody logged in again', (t) => {
  const played = play([
    report('start', 0, { classSession: 'class-1' }),
    report('interim', 300, { ...up(10), classSession: 'class-2' }),
    report('stop', 600, { ...up(20), classSession: 'class-2' }),
  ])
  t.equal(changesOf(played), 'started,counted,ended')
  t.equal(played.session?.id, 'class-1')
  t.end()
})

test('a report of a session before this one is no report of this one', (t) => {
  const current = play([report('start', 5000)]).session!
  for (const stale of [
    report('start', 0),
    report('interim', 900, up(7)),
    report('stop', 1000, up(7)),
    report('interim', 900, { seconds: null }),
  ])
    t.equal(outcomeOf(play([stale], current)), 'earlier-session', `${stale.status} ${stale.seconds}`)
  t.end()
})

test('an Interim-Update again is counted once, and so is a Stop', (t) => {
  const interim = report('interim', 300, up(1000))
  t.equal(outcomeOf(play([report('start', 0), interim, late(interim, 8)])), 'duplicate')
  const stop = report('stop', 500, up(1500))
  const played = play([report('start', 0), interim, stop, late(stop, 5), stop])
  t.equal(outcomeOf(played), 'duplicate')
  t.equal(changesOf(played), 'started,counted,ended')
  t.end()
})

test('a device that moves nothing is heard of all the same', (t) => {
  const played = play([report('start', 0), report('interim', 300, up(0)), report('interim', 600, up(0))])
  t.equal(outcomeOf(played), 'counted')
  t.equal(played.session?.heardAt, T0 + 600_000)
  t.end()
})

test('a late Interim-Update adds what is new in it, and takes nothing back', (t) => {
  const known = [report('start', 0), report('interim', 600, up(9000))]
  t.equal(outcomeOf(play([...known, late(report('interim', 300, up(4000)), 400)])), 'late')
  const odd = play([...known, late(report('interim', 300, up(12_000)), 400)])
  t.equal(outcomeOf(odd), 'counted,late')
  t.match(odd.session, { seconds: 600, fromVisitorOctets: 12_000n })
  const ended = play([report('start', 0), report('stop', 600), late(report('interim', 300, up(4000)), 400)])
  t.equal(outcomeOf(ended), 'counted,late', 'the Stop had no octets')
  t.match(ended.session, { endedAt: T0 + 600_000, fromVisitorOctets: 4000n, seconds: 600 })
  t.end()
})

test('an Interim-Update after a Stop reopens nothing and counts nothing', (t) => {
  const over = [report('start', 0), report('stop', 500, up(1500))]
  const after = play([...over, report('interim', 510, up(9000))])
  t.equal(outcomeOf(after), 'after-stop')
  t.match(after.session, { endedAt: T0 + 500_000, fromVisitorOctets: 1500n })
  t.equal(outcomeOf(play([...over, report('interim', 510, { ...up(9000), seconds: null })])), 'after-stop')
  t.end()
})

test('an Interim-Update takes back an end that no Stop told: silence, a restart, a gateway removed', (t) => {
  const known = open(report('interim', 300, up(100)))
  for (const cause of [LOST, NAS_REBOOT, 'NAS-Removed']) {
    const played = play([report('interim', 1500, up(400))], ended(cause, known))
    t.equal(outcomeOf(played), 'reopened', cause)
    t.match(played.session, { endedAt: null, cause: null, seconds: 1500, fromVisitorOctets: 400n })
    t.equal(played.steps[0]!.delta.fromVisitorOctets, 300n)
  }
  const stopped = play([report('stop', 400)], known).session!
  t.equal(outcomeOf(play([report('interim', 1500, up(400))], stopped)), 'after-stop')
  t.end()
})

test('a late report does not take silence back: it was sent before', (t) => {
  const lost = ended(LOST, open(report('interim', 600, up(100))))
  const played = play([late(report('interim', 300, up(60)), 2000)], lost)
  t.equal(outcomeOf(played), 'late')
  t.match(played.session, { endedAt: T0 + 600_000 })
  t.end()
})

test('a Stop tells the end and its cause, whatever was inferred before', (t) => {
  const known = open(report('interim', 300, up(100)))
  for (const cause of [LOST, NAS_REBOOT]) {
    const played = play([report('stop', 1500, up(400))], ended(cause, known, T0 + 1_600_000))
    t.equal(outcomeOf(played), 'ended', cause)
    t.match(played.session, { endedAt: T0 + 1_500_000, cause: 'User-Request', fromVisitorOctets: 400n })
  }
  t.end()
})

test('a second Stop may bring larger totals; the end stays', (t) => {
  const played = play([
    report('start', 0),
    report('stop', 500),
    report('stop', 510, { ...up(70), cause: 'Idle-Timeout' }),
  ])
  t.equal(outcomeOf(played), 'ended,late')
  t.match(played.session, { endedAt: T0 + 500_000, cause: 'User-Request', fromVisitorOctets: 70n })
  t.end()
})

test('a Stop that says nothing ends the session with what is known', (t) => {
  const bare = report('stop', 400, { seconds: null, cause: null })
  const played = play([report('start', 0), report('interim', 300, up(7000)), bare])
  t.match(played.session, { endedAt: T0 + 400_000, cause: 'unknown', seconds: 400, fromVisitorOctets: 7000n })
  t.equal(outcomeOf(played), 'ended,no-session-time,no-octets,no-cause')
  t.end()
})

test('a restart ends what it may have ended: not what began or spoke after it', (t) => {
  const session = open(report('interim', 600, up(1)))
  t.ok(mayHaveEndedAt(session, T0 + 700_000))
  t.ok(mayHaveEndedAt(session, T0 + 590_000), 'the last report is rounded, and so is the restart')
  t.notOk(mayHaveEndedAt(session, T0 + 300_000))
  t.notOk(mayHaveEndedAt(session, T0 - 1))
  t.end()
})

test('Acct-Delay-Time is honoured below seven days', (t) => {
  t.equal(delayedSince(T0, 0), T0)
  t.equal(delayedSince(T0, 30), T0 - 30_000)
  t.equal(delayedSince(T0, 7 * 86_400 - 1), T0 - (7 * 86_400 - 1) * 1000)
  for (const absurd of [7 * 86_400, 2 ** 31, 2 ** 32 - 1]) t.equal(delayedSince(T0, absurd), null)
  const played = play([report('start', 0, { absurdDelay: true })])
  t.equal(outcomeOf(played), 'started,absurd-delay')
  t.end()
})

test('a session whose first report names no visit is counted as such, once', (t) => {
  const nameless = { visit: null }
  const played = play([report('start', 0, nameless), report('interim', 300, { ...up(5), ...nameless })])
  t.equal(played.applied.map(({ outcomes }) => outcomes.join()).join(' '), 'started,no-visit counted')
  const named = play([report('start', 0, { visit: null, classSession: 'SSSSSSSSSSSSSSSS' })])
  t.equal(outcomeOf(named), 'started', 'a Class of ours names it')
  t.end()
})

test('nothing comes from the future', (t) => {
  const played = play([report('start', 0, { at: T0 + 9_000_000 }), report('interim', 300, up(5))])
  t.match(played.session, { startedAt: T0, seconds: 300 })
  t.equal(played.applied[0]!.outcomes.join(), 'started,future')
  t.end()
})

test('name and place are the newest that were told, and no gap takes them away', (t) => {
  const ap = (n: number): Mac => `02100000010${n}` as Mac
  const played = play([
    report('start', 0),
    report('interim', 300, { ap: ap(1), ip: '10.0.0.1', userName: 'an' }),
    report('interim', 900, { ap: ap(2), ip: '10.0.0.2', userName: 'binh', multiSessionId: 'walk' }),
    late(report('interim', 600, { ap: ap(3), ip: '10.0.0.3', multiSessionId: 'before' }), 400),
    report('interim', 1200),
  ])
  t.match(played.session, { ap: ap(2), ip: '10.0.0.2', userName: 'an', multiSessionId: 'walk' })
  t.end()
})

test('an address that stands for none is none', (t) => {
  t.equal(usableAddress('10.0.0.7'), '10.0.0.7')
  t.equal(usableAddress('2001:db8::7'), '2001:db8::7')
  for (const none of [undefined, '0.0.0.0', '255.255.255.255', '255.255.255.254', '::'])
    t.equal(usableAddress(none), null)
  t.end()
})
