import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { test } from 'tap'
import {
  applyAccounting,
  endSession,
  LOST,
  type AccountingRecord,
  type Step,
} from '../../../core/domain/accounting.ts'
import { DEGRADED_METHOD, grantUserName } from '../../../core/domain/grant.ts'
import { WEEKDAYS } from '../../../core/domain/hours.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import {
  askedFor,
  entranceOf,
  sessionStory,
  stateAt,
  stateOf,
  type SessionFact,
} from '../../../core/domain/session-story.ts'
import type { Session } from '../../../core/domain/session.ts'
import { logKey } from '../../../core/records/session-log.ts'
import { sessionOf } from '../../analytics/support/visits.ts'

/** 13:02 in Hà Nội. */
const T0 = Date.parse('2026-11-21T06:02:00Z')
const MINUTE = 60_000
const VISIT = 'VVVVVVVVVVVVVVVV'
const limits = { seconds: 3600, idleSeconds: 900, octets: 1_000_000_000 }
const GRANT = grantUserName({ visit: VISIT, expiresAt: T0 + 10 * MINUTE, limits })

const IPV6 = '2001:db8::7'
const begun = sessionOf({
  id: 's1',
  startedAt: T0,
  heardAt: T0,
  userName: GRANT,
  day: '2026-11-21',
  ipv6: [IPV6],
  multiSessionId: 'walk-of-phone',
})

type Change = SessionFact & { kind: 'change' }
function change(
  what: Change['change'],
  minute: number,
  more: Partial<Session> = {},
  given: Partial<Change> = {},
): Change {
  const at = T0 + minute * MINUTE
  const session = { ...begun, heardAt: at, seconds: minute * 60, ...more }
  const entrance = what === 'started' ? entranceOf(session) : null
  return { kind: 'change', knownAt: at + 40, at, change: what, state: stateOf(session), entrance, ...given }
}
const used = (megabytes: number) => ({ toVisitorOctets: BigInt(megabytes) * 1_000_000n })
const over = (minute: number, cause: string) => ({ endedAt: T0 + minute * MINUTE, cause })
const asked = (minute: number, reason: string): SessionFact => {
  const at = T0 + minute * MINUTE
  return { kind: 'asked', knownAt: at, at, reason }
}
const answered = (minute: number, reason: string, result: string): SessionFact => {
  const at = T0 + minute * MINUTE
  return { kind: 'answered', knownAt: at + 1, at, reason, result }
}

const told = (facts: readonly SessionFact[], moment?: number, method = 'click-through') =>
  sessionStory(facts, { method, ...(moment !== undefined && { moment }) }).map(
    ({ at, words }) => `${(at - T0) / MINUTE} ${words.key}`,
  )

test('an hour that is used up is told from its beginning to its end', (t) => {
  const facts = [
    change('started', 0),
    change('counted', 10, used(2)),
    change('counted', 20, used(5)),
    change('ended', 60, { ...used(12), ...over(60, 'Session-Timeout') }),
  ]
  const story = sessionStory(facts, { method: 'click-through' })
  t.match(story, [
    { at: T0, what: 'began', why: 'click-through', words: { key: 'began.click-through' } },
    { at: T0, what: 'limits', words: { key: 'limits.time', values: { givenSeconds: 3600 } } },
    { at: T0, what: 'limits', words: { key: 'limits.data', values: { givenOctets: 1_000_000_000 } } },
    { at: T0, what: 'limits', words: { key: 'limits.idle', values: { idleSeconds: 900 } } },
    {
      what: 'counted',
      words: { values: { usedOctets: 12_000_000, usedSeconds: 3600, at: T0 + 60 * MINUTE } },
    },
    { what: 'ended', why: 'time', words: { key: 'ended.time.of', values: { givenSeconds: 3600 } } },
  ])
  t.equal(story.length, 6, 'reports that only count become one line')
  t.same(told(facts, T0 + 15 * MINUTE).slice(-1), ['10 counted'], 'as far as it was known then')
  t.end()
})

test('how it began is told by what its User-Name says and by its method', (t) => {
  const how = (userName: string | null, method: string | null): string =>
    sessionStory([change('started', 0, { userName })], { method })[0]!.words.key
  t.equal(how(GRANT, 'click-through'), 'began.click-through')
  t.equal(how(GRANT, 'voucher'), 'began.voucher')
  t.equal(how(GRANT, 'pass'), 'began.pass')
  t.equal(how(GRANT, 'sms-otp'), 'began.other')
  t.equal(how('hk20-81xq', 'voucher'), 'began.code')
  t.equal(how('02-AA-BB-CC-DD-01', 'click-through'), 'began.address')
  t.equal(how(null, 'click-through'), 'began.click-through')
  t.equal(how('somebody', null), 'began.unknown')
  t.same(entranceOf({ userName: '02-AA-BB-CC-DD-01' }), { by: 'address', limits: null })
  t.match(entranceOf({ userName: GRANT }), { by: 'page', limits })
  t.end()
})

test('who wanted the end and what the gateway said stand before it', (t) => {
  t.same(
    told([
      change('started', 0),
      change('counted', 10, used(2)),
      asked(12, 'staff'),
      answered(12, 'staff', 'ack'),
      change('ended', 12, { ...used(3), ...over(12, 'Admin-Reset') }),
    ]).slice(4),
    ['10 counted', '12 asked.staff', '12 answered.agreed', '12 counted', '12 ended.staff'],
  )
  t.end()
})

test('a session whose own time had run out before is told so, not that nobody asked', (t) => {
  // A visit's clock runs on between its sessions: this one had twelve minutes of the hour left.
  const story = told([
    change('started', 0),
    asked(14, 'session-time'),
    answered(14, 'session-time', 'ack'),
    change('ended', 14, over(14, 'Admin-Reset')),
  ])
  t.same(story.slice(4), ['14 asked.session-time', '14 answered.agreed', '14 counted', '14 ended.time'])
  t.end()
})

test('who was let in unchecked is told of the five minutes that he was given', (t) => {
  const facts = [change('started', 0), change('ended', 5, over(5, 'Session-Timeout'))]
  const story = sessionStory(facts, { method: DEGRADED_METHOD })
  t.match(story, [
    { what: 'began', words: { key: 'began.degraded' } },
    { what: 'limits', words: { key: 'limits.time', values: { givenSeconds: 300 } } },
  ])
  t.match(story.at(-1), { what: 'ended', words: { key: 'ended.time.of', values: { givenSeconds: 300 } } })
  t.end()
})

test('a session that was given no more than until its site closed is told so', (t) => {
  const facts = [change('started', 0), change('ended', 58, over(58, 'Session-Timeout'))]
  const hours = [{ days: WEEKDAYS, from: '05:00', to: '14:00' }]
  t.match(sessionStory(facts, { method: null, hours: [{ ...hours[0]!, to: '14:02' }] }).at(-1)?.words, {
    key: 'ended.time',
  })
  t.match(sessionStory(facts, { method: null, hours }).at(-1)?.words, { key: 'ended.hours' })
  t.end()
})

test('an answer tells by itself who asked', (t) => {
  t.same(
    told([
      change('started', 0),
      answered(5, 'quota-data', 'nak-506'),
      answered(6, 'quota-data', 'timeout'),
      asked(7, 'a rule of tomorrow'),
    ]).slice(4),
    ['5 asked.quota-data', '5 answered.refused', '6 asked.quota-data', '6 answered.silent', '7 asked.other'],
  )
  t.end()
})

test('a gateway that agreed long ago is not what ended it', (t) => {
  const facts = [change('started', 0), asked(5, 'staff'), answered(5, 'staff', 'ack')]
  const end = (minute: number) =>
    sessionStory([...facts, change('ended', minute, over(minute, 'User-Request'))], { method: null }).at(-1)
      ?.why
  t.equal(end(6), 'staff')
  t.equal(end(50), 'signed-out')
  t.end()
})

test('a session taken for lost and heard of again is told as it went', (t) => {
  const facts = [
    change('started', 0),
    change('counted', 10, used(2)),
    change('ended', 10, { ...used(2), ...over(10, LOST) }, { knownAt: T0 + 25 * MINUTE }),
    change('reopened', 40, used(8)),
    change('ended', 50, { ...used(8), ...over(50, 'Lost-Carrier') }),
  ]
  t.same(told(facts).slice(4), [
    '10 counted',
    '10 ended.silence',
    '40 reopened',
    '50 counted',
    '50 ended.left',
  ])
  t.equal(stateAt(facts, T0 + 24 * MINUTE)?.endedAt, null, 'nobody knew yet')
  t.match(stateAt(facts, T0 + 26 * MINUTE), { endedAt: T0 + 10 * MINUTE, cause: LOST })
  t.equal(stateAt(facts, T0 + 41 * MINUTE)?.endedAt, null)
  t.match(
    sessionStory(facts, { method: null }).find(({ what }) => what === 'ended')?.words.values,
    { silentSeconds: 900 },
    'three intervals',
  )
  t.end()
})

test('the real end replaces the one that was guessed, and a Stop told twice ends once', (t) => {
  const stop = { ...used(9), ...over(12, 'User-Request') }
  t.same(
    told([
      change('started', 0),
      change('ended', 10, { ...used(2), ...over(10, LOST) }),
      change('ended', 12, stop),
      change('ended', 12, { ...stop, ...used(11) }),
    ]).slice(4),
    ['10 counted', '10 ended.silence', '12 counted', '12 ended.signed-out', '12 counted'],
  )
  t.end()
})

test('a session that the live store lost was last known when it was heard of', (t) => {
  const facts: SessionFact[] = [
    change('started', 0),
    change('counted', 10, used(2)),
    { kind: 'forgotten', knownAt: T0 + 200 * MINUTE },
  ]
  t.match(stateAt(facts), { endedAt: T0 + 10 * MINUTE, cause: LOST, toVisitorOctets: 2_000_000n })
  t.same(told(facts).slice(-1), ['10 ended.forgotten'])
  t.equal(stateAt([{ kind: 'forgotten', knownAt: 0 }]), null)
  t.end()
})

test('before the first fact there is no state and no story', (t) => {
  const facts = [change('started', 0)]
  t.equal(stateAt(facts, T0), null)
  t.same(sessionStory(facts, { method: null, moment: T0 }), [])
  t.end()
})

test('what is kept of a session tells nobody whose it was', (t) => {
  const text = JSON.stringify([stateOf(begun), entranceOf(begun)], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  for (const secret of [begun.mac, begun.acctSessionId, VISIT, GRANT, begun.ip!, IPV6, 'walk-of-phone'])
    t.notOk(text.includes(secret))
  t.match(askedFor(begun, 'staff', T0), { kind: 'coa', session: 's1', reason: 'staff', result: 'asked' })
  t.end()
})

/** What a gateway may say, and the silence job between. */
const happenings = fc.array(
  fc.record({
    status: fc.constantFrom('start', 'interim', 'interim', 'interim', 'stop', 'silence'),
    afterMs: fc.integer({ min: 1, max: 3 * 3_600_000 }),
    delayMs: fc.constantFrom(0, 0, 0, 1000, 600_000),
    seconds: fc.option(fc.integer({ min: 0, max: 90_000 })),
    octets: fc.option(fc.bigInt({ min: 0n, max: 1n << 40n })),
    gigawords: fc.boolean(),
    classSession: fc.constantFrom(null, 'CCCCCCCCCCCCCCC1', 'CCCCCCCCCCCCCCC2'),
    cause: fc.constantFrom(null, 'User-Request', 'Session-Timeout', 'a cause of 100 %'),
  }),
  { minLength: 1, maxLength: 25 },
)

type Life = typeof happenings extends fc.Arbitrary<infer T> ? T : never

/** Plays a life through the rules; after each happening, what is live and what was told of each session until then. */
function live(life: Life) {
  const facts = new Map<string, SessionFact[]>()
  const moments: { now: number; session: Session }[] = []
  let current: Session | null = null
  let now = T0
  let made = 0
  for (const { status, afterMs, delayMs, octets, ...more } of life) {
    now += afterMs
    const steps: readonly Step[] = status === 'silence' ? silence(current) : report()
    for (const { session, change } of steps) {
      const entrance = change === 'started' ? entranceOf(session) : null
      const fact = {
        kind: 'change',
        knownAt: now,
        at: now,
        change,
        state: stateOf(session),
        entrance,
      } as const
      const name = logKey(session)
      facts.set(name, [...(facts.get(name) ?? []), fact])
      current = session
    }
    if (current) moments.push({ now, session: current })

    function report(): readonly Step[] {
      const record: AccountingRecord = {
        ...more,
        status: status as AccountingRecord['status'],
        nas: 'nas-1',
        site: 'site-1',
        acctSessionId: 'A1',
        mac: '02AABBCCDD01' as Mac,
        at: now - delayMs,
        receivedAt: now,
        fromVisitorOctets: octets,
        toVisitorOctets: octets,
        userName: GRANT,
        visit: VISIT,
        ip: null,
        ap: null,
        interimSeconds: 300,
      }
      const id = more.classSession ?? `made-up-${++made}`
      const origin = { id, visit: VISIT, subject: null, method: null, lang: null, os: null }
      const applied = applyAccounting(current, record, origin)
      return applied.kind === 'steps' ? applied.steps : []
    }
  }
  return { facts, moments }
}

const silence = (session: Session | null): readonly Step[] =>
  session && session.endedAt === null ? [endSession(session, LOST, session.heardAt)] : []

test('whatever happens to a session, its facts up to any moment give the state that was live then', (t) => {
  fc.assert(
    fc.property(happenings, (life) => {
      const { facts, moments } = live(life)
      for (const { now, session } of moments) {
        const known = stateAt(facts.get(logKey(session))!, now)
        if (!isDeepStrictEqual(known, stateOf(session))) t.strictSame(known, stateOf(session))
      }
    }),
    { numRuns: 300 },
  )
  t.pass('no moment of any life differs')
  t.end()
})

test('whatever happens to a session, its story begins once and ends as the session stands', (t) => {
  fc.assert(
    fc.property(happenings, (life) => {
      for (const facts of live(life).facts.values()) {
        const story = sessionStory(facts, { method: 'click-through' })
        const lives = story.filter(({ what }) => ['began', 'ended', 'reopened'].includes(what))
        const isOver = stateAt(facts)!.endedAt !== null
        if ((lives.at(-1)?.what === 'ended') !== isOver) t.fail(JSON.stringify(lives))
        if (story.filter(({ what }) => what === 'began').length !== 1) t.fail('one beginning')
      }
    }),
    { numRuns: 150 },
  )
  t.pass('no story contradicts its session')
  t.end()
})
