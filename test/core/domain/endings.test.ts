import fc from 'fast-check'
import { test } from 'tap'
import {
  firstLook,
  nextLook,
  reasonToEnd,
  type MustEnd,
  type Standing,
} from '../../../core/domain/endings.ts'
import { DEGRADED_METHOD, grantUserName } from '../../../core/domain/grant.ts'
import { WEEKDAYS } from '../../../core/domain/hours.ts'
import { LIFTS, type Allowance, type SessionLimits, type Usage } from '../../../core/domain/limits.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import type { Session } from '../../../core/domain/session.ts'
import type { VisitGrant } from '../../../core/domain/visit.ts'

/** Noon in Hà Nội. */
const NOON = Date.parse('2026-03-12T12:00:00+07:00')
const MIDNIGHT = Date.parse('2026-03-13T00:00:00+07:00')
const SUBJECT = 'm.subject'

interface Given {
  readonly session?: Partial<Session>
  readonly limits?: SessionLimits
  readonly allowance?: Allowance
  readonly used?: Partial<Usage>
  readonly subject?: string
  readonly grantedAt?: number
  readonly acceptedAt?: number | null
  readonly revoked?: boolean
  readonly hours?: Standing['hours']
}

/** A session that began at noon, and what it is held to. */
function standing(given: Given = {}): Standing {
  const { limits = {}, allowance = {}, used = {}, subject = SUBJECT, grantedAt = NOON } = given
  const grant: VisitGrant = {
    method: subject.startsWith('v.') ? 'voucher' : 'click-through',
    userName: 'g1.user',
    limits,
    subject,
    allowance,
    grantedAt,
    validUntil: grantedAt + 3_600_000,
  }
  const session: Session = {
    id: 'a-session-of-test',
    nas: 'nas-1',
    site: 'lake',
    mac: '02005E005301' as Mac,
    acctSessionId: 's-1',
    visit: 'a-visit-of-tests',
    userName: grant.userName,
    subject,
    method: grant.method,
    lang: 'vi',
    os: null,
    ip: null,
    ap: null,
    startedAt: NOON,
    heardAt: NOON,
    endedAt: null,
    cause: null,
    seconds: 0,
    fromVisitorOctets: 0n,
    toVisitorOctets: 0n,
    interimSeconds: 300,
    gigawords: false,
    midnights: [],
    ipv6: [],
    multiSessionId: null,
    day: '2026-03-12',
    dayBaseSeconds: 0,
    dayBaseOctets: 0n,
    version: 1,
    ...given.session,
  }
  return {
    session,
    right: { grant, revoked: given.revoked ?? false, acceptedAt: given.acceptedAt ?? null },
    used: { seconds: 0, octets: 0, ...used },
    hours: given.hours,
  }
}

const reason = (given: Given, now = NOON): MustEnd | null => reasonToEnd(standing(given), now)
const moved = (octets: number): Partial<Session> => ({
  fromVisitorOctets: 1n,
  toVisitorOctets: BigInt(octets - 1),
})

test('a session within all its limits goes on', (t) => {
  t.equal(reason({}), null)
  t.equal(
    reason({
      session: { seconds: 3600, ...moved(500) },
      limits: { seconds: 3600, octets: 500 },
      allowance: { seconds: 7200, octets: 1000 },
      used: { seconds: 7200, octets: 1000 },
    }),
    null,
    'at a limit the gateway ends it, and its Stop is on the way',
  )
  t.end()
})

test('an allowance that is passed ends it, time before data', (t) => {
  const allowance = { seconds: 7200, octets: 1000 }
  t.equal(reason({ allowance, used: { seconds: 7201 } }), 'quota-time')
  t.equal(reason({ allowance, used: { octets: 1001 } }), 'quota-data')
  t.equal(reason({ allowance, used: { seconds: 7201, octets: 1001 } }), 'quota-time')
  t.end()
})

test('its own time and data end it too, time after a minute’s grace', (t) => {
  const limits = { seconds: 600, octets: 500 }
  t.equal(reason({ limits, session: { seconds: 660 } }), null)
  t.equal(reason({ limits, session: { seconds: 661 } }), 'session-time')
  t.equal(reason({ limits, session: moved(501) }), 'session-data')
  t.end()
})

test('a visit’s clock runs on between its sessions, a code’s does not', (t) => {
  const given: Given = { limits: { seconds: 600 }, session: { seconds: 10 }, acceptedAt: NOON }
  t.equal(reason(given, NOON + 660_000), null)
  t.equal(reason(given, NOON + 661_000), 'session-time')
  t.equal(reason({ ...given, subject: 'v.code' }, NOON + 661_000), null)
  t.equal(reason({ ...given, subject: 'v.code', session: { seconds: 661 } }, NOON + 661_000), 'session-time')
  t.end()
})

test('what a day left of its data is no limit after midnight; what a code left is', (t) => {
  const given: Given = { limits: { octets: 500 }, session: moved(501) }
  t.equal(reason(given, MIDNIGHT - 1), 'session-data')
  t.equal(reason(given, MIDNIGHT), null)
  t.equal(reason({ ...given, subject: 'v.code' }, MIDNIGHT), 'session-data')
  t.end()
})

test('a right that was taken back ends it, and a site that has closed', (t) => {
  const hours = [{ days: [...WEEKDAYS], from: '05:00', to: '23:00' }]
  t.equal(reason({ revoked: true }), 'revoked')
  t.equal(reason({ hours }), null)
  t.equal(reason({ hours }, NOON + 11 * 3_600_000), 'hours')
  t.equal(
    reasonToEnd(
      { ...standing({ hours }), right: { grant: null, revoked: false, acceptedAt: null } },
      MIDNIGHT,
    ),
    'hours',
    'of somebody whom no visit knows, too',
  )
  t.end()
})

test('one that was let in unchecked has five minutes, or less where its grant says so', (t) => {
  const session = { method: DEGRADED_METHOD, seconds: 361 }
  t.equal(reason({ session, limits: { seconds: 3600 } }), 'session-time')
  t.equal(reason({ session, limits: {} }), 'session-time')
  t.equal(reason({ session: { ...session, seconds: 360 }, limits: {} }), null)
  t.equal(reason({ session: { ...session, seconds: 121 }, limits: { seconds: 60 } }), 'session-time')
  t.end()
})

test('a session is not held to a right that its visit got later', (t) => {
  const later: Given = {
    grantedAt: NOON + 3_000_000,
    limits: { seconds: 60, octets: 1 },
    session: { seconds: 3100 },
  }
  t.equal(reason(later, NOON + 3_100_000), null)
  const other = standing({ allowance: { seconds: 1 }, used: { seconds: 100 } })
  t.equal(reasonToEnd({ ...other, session: { ...other.session, subject: 'v.other' } }, NOON), null)
  t.end()
})

test('until its next look there is no reason to end a session, whatever it does in between', (t) => {
  const figure = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined })
  const given = fc.record({
    sessionSeconds: figure(4000),
    sessionOctets: figure(1_000_000),
    dailySeconds: figure(8000),
    dailyOctets: figure(1_000_000),
    usedSeconds: fc.nat(8000),
    usedOctets: fc.nat(1_000_000),
    isCode: fc.boolean(),
    isAccepted: fc.boolean(),
    lifts: fc.subarray([...LIFTS]),
    /** What part of the time and the data until the next look passes. */
    part: fc.double({ min: 0, max: 0.999, noNaN: true }),
  })
  fc.assert(
    fc.property(given, (g) => {
      const after = (seconds: number, octets: number): Standing => ({
        ...standing({
          session: { seconds, fromVisitorOctets: BigInt(octets) },
          limits: { seconds: g.sessionSeconds, octets: g.sessionOctets },
          allowance: { seconds: g.dailySeconds, octets: g.dailyOctets },
          used: { seconds: g.usedSeconds + seconds, octets: g.usedOctets + octets },
          subject: g.isCode ? 'v.code' : SUBJECT,
          acceptedAt: g.isAccepted ? NOON : null,
        }),
        lifts: g.lifts,
      })
      const first = after(0, 0)
      if (reasonToEnd(first, NOON) !== null) return true
      const look = nextLook(first, NOON)
      if (look.at > NOON + 900_000) return false
      const later = NOON + Math.floor((look.at - NOON - 1) * g.part)
      const octets = Math.max(0, Math.ceil(Math.min(10_000_000, look.octets) * g.part) - 1)
      return reasonToEnd(after(Math.floor((later - NOON) / 1000), octets), later) === null
    }),
    { numRuns: 2000 },
  )
  t.pass('for generated limits')
  t.end()
})

test('who shares an allowance is looked at when he has moved a part of what was left', (t) => {
  const given: Given = { session: moved(100), allowance: { octets: 1000 }, used: { octets: 600 } }
  t.equal(nextLook(standing(given), NOON).octets, 200)
  t.end()
})

test('the first look follows from the User-Name, without a question to the store', (t) => {
  const userName = (limits: SessionLimits): string =>
    grantUserName({ visit: 'abcdefgh12345678', expiresAt: NOON, limits })
  const first = (name: string | null) => firstLook({ ...standing().session, userName: name }, NOON)
  t.same(first(userName({ seconds: 600, octets: 4000 })), { at: NOON + 600_000, octets: 1000 })
  t.same(first(userName({ seconds: 7200 })), { at: NOON + 900_000, octets: Infinity })
  t.equal(first('HK2081XQ'), null)
  t.equal(first(null), null)
  t.end()
})
