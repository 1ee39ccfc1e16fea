import { test } from 'tap'
import { LOST, NAS_REBOOT } from '../../../core/domain/accounting.ts'
import type { MustEnd } from '../../../core/domain/endings.ts'
import { WEEKDAYS } from '../../../core/domain/hours.ts'
import { END_KINDS, whyEnded, type Asked, type Ended } from '../../../core/domain/session-end.ts'
import type { SessionLimits } from '../../../core/domain/limits.ts'
import { AcctTerminateCause } from '../../../radius-server/packet/attributes.ts'

/** 23:00 in Hà Nội. */
const ELEVEN = Date.parse('2026-11-21T23:00:00+07:00')
const ended = (cause: string | null, more: Partial<Ended> = {}): Ended => ({
  cause,
  endedAt: ELEVEN,
  seconds: 600,
  fromVisitorOctets: 1_000_000n,
  toVisitorOctets: 11_000_000n,
  ...more,
})
const limits: SessionLimits = { seconds: 3600, idleSeconds: 900, octets: 1_000_000_000 }
const why = (session: Ended, asked: Asked | null = null, given: SessionLimits | null = limits) =>
  whyEnded(session, { limits: given, asked, hours: undefined })

test('time that is used up is told with what was given', (t) => {
  t.same(why(ended('Session-Timeout', { seconds: 3600 })), { kind: 'time', seconds: 3600 })
  t.same(why(ended('Session-Timeout', { seconds: 3598 })), { kind: 'time', seconds: 3600 }, 'or nearly')
  t.same(
    why(ended('Session-Timeout', { seconds: 1200 })),
    { kind: 'time' },
    'a figure that is not true is not told',
  )
  t.same(
    why(ended('Session-Timeout', { seconds: 3600 }), null, null),
    { kind: 'time' },
    'nor one that nobody knows',
  )
  t.end()
})

test('a short limit is near only when a tenth of it is left', (t) => {
  const short = { seconds: 60 }
  t.same(why(ended('Admin-Reset', { seconds: 50 }), null, short), { kind: 'disconnected' })
  t.same(why(ended('Admin-Reset', { seconds: 55 }), null, short), { kind: 'time', seconds: 60 })
  t.end()
})

test('data that is used up is told as such, whichever cause the gateway has for it', (t) => {
  const full = { toVisitorOctets: 999_000_000n }
  t.same(why(ended('Data-Quota', full)), { kind: 'data', octets: 1_000_000_000 })
  t.same(why(ended('Session-Timeout', full)), { kind: 'data', octets: 1_000_000_000 }, 'CoovaChilli')
  t.same(why(ended('Data-Quota'), null, null), { kind: 'data' })
  t.same(
    why(ended('Data-Quota', { ...full, seconds: 3600 })),
    { kind: 'data', octets: 1_000_000_000 },
    'the gateway said data, although the time was up too',
  )
  t.end()
})

test('a session that ends of its time as its site closes was ended by that', (t) => {
  const hours = [{ days: WEEKDAYS, from: '05:00', to: '23:00' }]
  const atClosing = (more: Partial<Ended> = {}, cause = 'Session-Timeout') =>
    whyEnded(ended(cause, more), { limits, asked: null, hours })
  t.same(atClosing(), { kind: 'hours' })
  t.same(atClosing({ endedAt: ELEVEN - 59_000 }), { kind: 'hours' }, 'by the gateway’s clock')
  t.same(atClosing({ endedAt: ELEVEN - 61_000 }), { kind: 'time' }, 'it was open for longer')
  t.same(atClosing({ seconds: 3600 }), { kind: 'time', seconds: 3600 }, 'its own hour was up')
  t.same(atClosing({}, 'Idle-Timeout'), { kind: 'idle', seconds: 900 })
  t.end()
})

test('whatever rule of ours ends a session, it is told what was used up, never that nobody asked', (t) => {
  const kinds: Record<MustEnd, string> = {
    hours: 'hours',
    revoked: 'revoked',
    'quota-time': 'time',
    'quota-data': 'data',
    'session-time': 'time',
    'session-data': 'data',
  }
  for (const [reason, kind] of Object.entries(kinds))
    t.same(why(ended('Admin-Reset'), { reason, agreed: false }, null), { kind }, reason)
  t.end()
})

test('idle time is told with its limit', (t) => {
  t.same(why(ended('Idle-Timeout')), { kind: 'idle', seconds: 900 })
  t.same(why(ended('Idle-Timeout'), null, {}), { kind: 'idle' })
  t.same(why(ended('Idle-Timeout', { seconds: 3600 })), { kind: 'idle', seconds: 900 })
  t.end()
})

test('what a gateway was asked for is the reason, where its cause leaves room for one', (t) => {
  const asked = (reason: string, agreed = false): Asked => ({ reason, agreed })
  t.same(why(ended('Admin-Reset'), asked('staff')), { kind: 'staff' })
  t.same(why(ended('Admin-Reset'), asked('visitor')), { kind: 'signed-out' })
  t.same(why(ended('Admin-Reset'), asked('revoked')), { kind: 'revoked' })
  t.same(why(ended('Admin-Reset'), asked('hours')), { kind: 'hours' })
  t.same(why(ended('Admin-Reset'), asked('quota-time')), { kind: 'time' })
  t.same(why(ended('Admin-Reset', { seconds: 3600 }), asked('quota-time')), { kind: 'time', seconds: 3600 })
  t.same(why(ended('Admin-Reset'), asked('quota-data')), { kind: 'data' })
  t.same(why(ended('Admin-Reset'), asked('a rule of tomorrow')), { kind: 'disconnected' })
  t.same(why(ended('Lost-Carrier'), asked('staff', true)), { kind: 'staff' }, 'it agreed, so it did it')
  t.same(why(ended('Lost-Carrier'), asked('staff')), { kind: 'left' }, 'it did not agree')
  t.same(why(ended('Session-Timeout', { seconds: 3600 }), asked('staff', true)), {
    kind: 'time',
    seconds: 3600,
  })
  t.same(why(ended('NAS-Error'), asked('staff', true)), { kind: 'fault' })
  t.end()
})

test('every cause of RFC 2866 and every one of ours has a kind', (t) => {
  const causes = Object.keys(AcctTerminateCause).map((name) =>
    name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').replace(/^Nas/, 'NAS'),
  )
  const kinds = [...causes, LOST, NAS_REBOOT, 'NAS-Removed', 'Data-Quota', 'Cause-99', null].map(
    (cause) => why(ended(cause), null, null).kind,
  )
  for (const kind of kinds) t.ok(END_KINDS.includes(kind), kind)
  t.equal(why(ended(LOST)).kind, 'silence')
  t.equal(why(ended(NAS_REBOOT)).kind, 'restarted')
  t.equal(why(ended('NAS-Removed')).kind, 'removed')
  t.equal(why(ended('Lost-Carrier')).kind, 'left')
  t.equal(why(ended('Cause-99')).kind, 'unknown')
  t.equal(why(ended(null)).kind, 'unknown')
  t.end()
})
