import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { cityDay } from '../../../core/domain/day.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import { NO_IPV6 } from '../../../core/domain/session-ipv6.ts'
import type { Session } from '../../../core/domain/session.ts'
import { base36, big, number } from '../../../core/store/fields.ts'
import { packSession, unpackSession } from '../../../core/store/session-record.ts'
import { anySession } from './any-session.ts'

const same = (session: Session): boolean => {
  const back = unpackSession(packSession(session), session.nas)
  return isDeepStrictEqual(back, session)
}

t.test('every session reads back as it was, whatever its NAS calls it', (t) => {
  fc.assert(fc.property(anySession, same), { numRuns: 5000 })
  t.pass('5,000 sessions')
  t.end()
})

t.test('a session is one line of fields that no octet from outside can add to', (t) => {
  fc.assert(
    fc.property(anySession, (session) => {
      const fields = packSession(session).split('\t').length
      if (session.multiSessionId !== null) return fields === 28
      if (session.ipv6.length > 0) return fields === 27
      return fields === (session.midnights.length > 0 ? 26 : session.gigawords ? 25 : 24)
    }),
    { numRuns: 1000 },
  )
  t.pass('24 fields, and four that few sessions need')
  t.end()
})

const START = Date.parse('2026-03-12T05:00:00Z')
const SESSION: Session = {
  version: 3,
  id: 'AbCdEfGhIjKlMnOp',
  nas: 'nas-1',
  site: 'lake',
  mac: '02005E005301' as Mac,
  acctSessionId: 'session-1',
  visit: 'VisitVisitVisit1',
  userName: 'g1.VisitVisitVisit1.rest',
  subject: 'm.subject',
  method: 'click-through',
  lang: 'vi',
  os: 'android',
  ip: '10.5.0.7',
  ap: '021000000102' as Mac,
  startedAt: START,
  heardAt: START + 600_000,
  endedAt: null,
  cause: null,
  seconds: 600,
  fromVisitorOctets: 1n << 40n,
  toVisitorOctets: 9000n,
  interimSeconds: 300,
  day: '2026-03-12',
  dayBaseSeconds: 0,
  dayBaseOctets: 0n,
  gigawords: false,
  midnights: [],
  ipv6: NO_IPV6,
  multiSessionId: null,
}

t.test('what follows from another field is not stored', (t) => {
  const line = packSession(SESSION)
  t.equal(line.split(SESSION.visit!).length, 2, 'the visit once, though the User-Name has it, too')
  t.notMatch(line, /2026-03-12/, 'nor the day, which follows from the start')
  t.notMatch(line, /nas-1/, 'nor the NAS, whose record it is')
  t.ok(
    Buffer.byteLength(line) <
      JSON.stringify(
        Object.values({ ...SESSION, fromVisitorOctets: '', toVisitorOctets: '', dayBaseOctets: '' }),
      ).length *
        0.75,
  )
  t.ok(same(SESSION))
  t.end()
})

t.test('what parts fields, and what marks a shortened User-Name, may stand in what a NAS says', (t) => {
  const texts = [
    '\t',
    'a\tb',
    '~',
    '~.rest',
    '%',
    '%09',
    '%7e',
    '100%',
    '\n',
    '\r\n',
    'g1.',
    'Hồ Gươm 🐢',
    '\0',
  ]
  for (const text of texts)
    for (const session of [
      { ...SESSION, acctSessionId: text },
      { ...SESSION, userName: text },
      { ...SESSION, visit: null, userName: text },
      { ...SESSION, userName: `g1.${SESSION.visit}.${text}` },
      { ...SESSION, visit: null, userName: `g1.${SESSION.visit}.rest` },
      { ...SESSION, os: text },
    ])
      t.ok(same(session), JSON.stringify(text))
  t.end()
})

t.test('times before the start, and counters beyond any double, are kept to the last digit', (t) => {
  for (const session of [
    { ...SESSION, heardAt: START - 86_400_000, endedAt: START - 1, cause: 'NAS-Reboot' },
    { ...SESSION, endedAt: START, cause: 'User-Request' },
    { ...SESSION, fromVisitorOctets: (1n << 64n) - 1n, toVisitorOctets: 2n ** 53n + 1n },
    { ...SESSION, fromVisitorOctets: 36n ** 10n - 1n, toVisitorOctets: 36n ** 10n },
    { ...SESSION, day: '2026-03-13', dayBaseSeconds: 4_294_967_295, dayBaseOctets: 2n ** 70n },
  ])
    t.ok(same(session))
  t.end()
})

t.test('a line of before a field was added reads as if it were empty', (t) => {
  const shorter = packSession(SESSION).split('\t').slice(0, 21).join('\t')
  t.same(unpackSession(shorter, 'nas-1'), SESSION)
  t.end()
})

t.test(
  'IPv6 addresses are behind all else, and sessions without any have neither the field nor a list of their own',
  (t) => {
    const ipv6 = ['2001:db8::7', '2001:db8:1::/64']
    const line = packSession(SESSION)
    t.equal(packSession({ ...SESSION, ipv6 }), `${line}\t\t\t${ipv6.join(' ')}`)
    t.equal(packSession({ ...SESSION, gigawords: true, ipv6 }), `${line}\t1\t\t${ipv6.join(' ')}`)
    t.same(unpackSession(`${line}\t1\t\t${ipv6.join(' ')}`, 'nas-1'), { ...SESSION, gigawords: true, ipv6 })
    t.equal(unpackSession(line, 'nas-1').ipv6, NO_IPV6)
    const walk = { ...SESSION, multiSessionId: 'a\tb' }
    t.equal(packSession(walk), `${line}\t\t\t\ta%09b`, 'behind them the Acct-Multi-Session-Id')
    t.ok(same(walk))
    t.ok(same({ ...walk, ipv6 }))
    t.end()
  },
)

t.test('numbers in base 36 read back, whole ones of any size and sign', (t) => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.bigInt({ min: 0n, max: 2n ** 80n }), (small, large) => {
      if (!Object.is(number(base36(small)), small)) throw new Error(String(small))
      if (big(base36(large)) !== large) throw new Error(String(large))
    }),
    { numRuns: 2000 },
  )
  t.equal(number(''), 0)
  t.equal(big(''), 0n)
  t.equal(cityDay(START), '2026-03-12')
  t.end()
})
