import t from 'tap'
import type { PlatformEvent } from '../../../core/domain/event.ts'
import { encodeEvent } from '../../../core/store/events.ts'
import { readEvent } from '../../../analytics/collector/read-event.ts'
import { macOf, NOON, sessionEvent, sessionOf } from '../support/visits.ts'

const session = sessionEvent('counted', sessionOf({ id: 's1' }), {
  seconds: 3,
  from: 4n,
  to: (1n << 63n) - 1n,
})

t.test('what the platform writes is read', async (t) => {
  const events: PlatformEvent[] = [
    session,
    {
      kind: 'funnel',
      at: NOON,
      step: 'arrival',
      nas: 'n',
      site: 's',
      visit: 'v',
      mac: macOf(1),
      lang: 'vi',
      device: { family: 'phone', os: 'iOS' },
    },
    { kind: 'refusal', at: NOON, nas: 'n', site: 's', reason: 'quota-time' },
    { kind: 'coa', at: NOON, nas: 'n', site: 's', session: 'x', reason: 'logout', result: 'ack' },
  ]
  for (const event of events) t.same(readEvent(encodeEvent(event)), { kind: 'event', event })
})

t.test('what the records could not hold is refused by name, without what stood there', async (t) => {
  const changed = (change: (json: Record<string, unknown>) => void): string => {
    const json = JSON.parse(encodeEvent(session)) as Record<string, unknown>
    change(json)
    return JSON.stringify(json)
  }
  const ofSession = (place: number, value: unknown): string =>
    changed((json) => {
      const packed = JSON.parse(json['session'] as string) as unknown[]
      packed[place] = value
      json['session'] = JSON.stringify(packed)
    })
  const cases: [string | null, string][] = [
    [null, 'no event in the entry'],
    ['', 'undecodable'],
    ['{"kind":"session"', 'undecodable'],
    ['null', 'undecodable'],
    ['7', 'not an event'],
    ['"session"', 'not an event'],
    ['[]', 'bad at'],
    [`{"kind":"weather","at":${NOON}}`, 'unknown kind'],
    [`{"kind":"session","at":${NOON}}`, 'bad change'],
    [`{"kind":"session","at":${NOON},"change":"started"}`, 'no session'],
    [`{"kind":"session","at":${NOON},"change":"started","session":{"id":1},"delta":{}}`, 'bad session.id'],
    [`{"kind":"funnel","at":${NOON},"site":"a b","step":"tap"}`, 'bad site'],
    [`{"kind":"refusal","at":${NOON},"site":"s","reason":"x\\u0000"}`, 'bad reason'],
    [`{"kind":"refusal","at":${NOON},"site":"s"}`, 'bad reason'],
    [changed((json) => (json['at'] = '2026')), 'bad at'],
    [changed((json) => (json['at'] = 1e17)), 'bad at'],
    [changed((json) => (json['change'] = 'vanished')), 'bad change'],
    [changed((json) => (json['delta'] = [1, '-5', '0'])), 'bad delta.fromVisitorOctets'],
    [changed((json) => (json['delta'] = [1, 'many', '0'])), 'undecodable'],
    [changed((json) => (json['session'] = 'no list')), 'undecodable'],
    [ofSession(0, 2 ** 31), 'bad session.version'],
    [ofSession(3, null), 'bad session.site'],
    [ofSession(4, 'aa:bb'), 'bad session.mac'],
    [ofSession(10, 7), 'bad session.lang'],
    [ofSession(14, null), 'bad session.startedAt'],
    [ofSession(18, 1.5), 'bad session.seconds'],
    [ofSession(19, '9223372036854775808'), 'bad session.fromVisitorOctets'],
  ]
  for (const [text, reason] of cases) {
    const found = readEvent(text)
    t.equal(found.kind, 'reject', reason)
    if (found.kind === 'reject') t.equal(found.reason, reason)
  }
})
