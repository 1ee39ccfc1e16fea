import t from 'tap'
import { LOST } from '../../core/domain/accounting.ts'
import { END_KINDS } from '../../core/domain/session-end.ts'
import { entranceOf, stateAt, stateOf, type SessionFact } from '../../core/domain/session-story.ts'
import type { Session } from '../../core/domain/session.ts'
import { grantUserName } from '../../core/domain/grant.ts'
import { loadMessages } from '../../console/messages.ts'
import { tellSession } from '../../console/session-words.ts'
import { LANGS, loadWordings, type Wording } from '../../console/wording.ts'
import { NOON, sessionOf } from '../analytics/support/visits.ts'

const MINUTE = 60_000
const limits = { seconds: 3600, idleSeconds: 900, octets: 2e9, downBitsPerSecond: 5e6, upBitsPerSecond: 2e6 }
const GRANT = grantUserName({ visit: 'VVVVVVVVVVVVVVVV', expiresAt: NOON, limits })
const begun = sessionOf({ id: 's1', startedAt: NOON, userName: GRANT })

const started = (userName: string | null): SessionFact => ({
  kind: 'change',
  knownAt: NOON,
  at: NOON,
  change: 'started',
  state: stateOf(begun),
  entrance: entranceOf({ userName }),
})
const after = (
  change: 'counted' | 'ended' | 'reopened',
  minute: number,
  more: Partial<Session>,
): SessionFact => {
  const at = NOON + minute * MINUTE
  const state = stateOf({ ...begun, seconds: minute * 60, ...more })
  return { kind: 'change', knownAt: at, at, change, state, entrance: null }
}
const ended = (minute: number, cause: string, more: Partial<Session> = {}): SessionFact =>
  after('ended', minute, { endedAt: NOON + minute * MINUTE, cause, ...more })
const asked = (reason: string): SessionFact => ({ kind: 'asked', knownAt: NOON, at: NOON, reason })
const answered = (result: string): SessionFact => ({
  kind: 'answered',
  knownAt: NOON,
  at: NOON,
  reason: 'staff',
  result,
})

function tell(wording: Wording, facts: readonly SessionFact[], method: string | null = 'click-through') {
  const { id, site, nas, startedAt } = begun
  const session = { id, site, nas, method, startedAt, endedAt: null, cause: null }
  const now = NOON + 3 * 60 * MINUTE
  return tellSession(
    wording,
    { session, moment: now, state: stateAt(facts)!, facts, hours: undefined, together: [] },
    now,
  )
}

const CAUSES = [
  ...['User-Request', 'Lost-Carrier', 'Idle-Timeout', 'Session-Timeout', 'Data-Quota', 'Admin-Reset'],
  ...['NAS-Reboot', 'NAS-Removed', 'NAS-Error', LOST, 'Cause-99'],
]
const ASKERS = [
  ...['staff', 'visitor', 'revoked', 'hours', 'quota-time', 'quota-data', 'session-time', 'session-data'],
  'a rule of tomorrow',
]
const lives: readonly (readonly [method: string | null, facts: readonly SessionFact[]])[] = [
  ...['click-through', 'voucher', 'pass', 'degraded', 'sms-otp', null].map(
    (method) => [method, [started(GRANT)]] as const,
  ),
  ['voucher', [started('HK2081XQ')]],
  ['click-through', [started('02-AA-BB-CC-DD-01'), after('counted', 1, { seconds: 45 })]],
  ...[GRANT, null].flatMap((userName) =>
    CAUSES.map((cause) => [null, [started(userName), ended(60, cause)]] as const),
  ),
  ...ASKERS.map((reason) => [null, [started(null), asked(reason), ended(3, 'Admin-Reset')]] as const),
  ...['ack', 'nak-503', 'nak-506', 'timeout', 'unsent', 'no-coa-address'].map(
    (result) => [null, [started(null), answered(result)]] as const,
  ),
  [null, [started(null), ended(9, LOST), after('reopened', 10, { seconds: 8000 })]],
  [null, [started(null), { kind: 'forgotten', knownAt: NOON }]],
  [null, [started(GRANT), ended(9, 'Data-Quota', { toVisitorOctets: 2_000_000_000n })]],
]

t.test('every sentence of the story is said by some session, and no other is said', async (t) => {
  const said = new Set<string>()
  const wordings = loadWordings()
  for (const lang of LANGS)
    for (const [method, facts] of lives)
      tell(
        { ...wordings[lang], say: (key, params) => (said.add(key), wordings[lang].say(key, params)) },
        facts,
        method,
      )
  const kept = loadMessages().keys.filter((key) => /^(story|span)\./.test(key))
  t.same([...said].filter((key) => !['minutes', 'under'].includes(key)).sort(), kept.toSorted())
  for (const kind of END_KINDS) t.ok(said.has(`story.ended.${kind}`), kind)
})

t.test('figures are written as people of each language do', async (t) => {
  const { vi, en } = loadWordings()
  const facts = [started(GRANT), ended(60, 'Session-Timeout', { toVisitorOctets: 1_234_000_000n })]
  t.same(
    tell(en, facts).story.map(({ text }) => text),
    [
      'Began: the visitor accepted the terms and pressed Connect',
      'Time given: 60 min',
      'Data given: 2.0 GB',
      'To end after 15 min without use',
      'Speed at most 5 Mbit/s down, 2 Mbit/s up',
      'Used 1.2 GB in 60 min by 13:00',
      'Ended: the 60 min were used up at 13:00',
    ],
  )
  t.same(
    tell(vi, facts)
      .story.map(({ text }) => text)
      .slice(-2),
    ['Đã dùng 1,2 GB trong 60 phút, tính đến 13:00', 'Kết thúc: hết 60 phút lúc 13:00'],
  )
  t.equal(tell(vi, facts).summary, 'Lúc 15:00, phiên đã kết thúc, sau 60 phút và 1,2 GB.')
  t.match(tell(en, [started(GRANT), after('counted', 145, { toVisitorOctets: 400n })]).story.at(-1), {
    text: 'Used under 1 MB in 2 h 25 min by 14:25',
  })
})
