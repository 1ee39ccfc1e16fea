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

const page = { at: NOON, nas: 'n', site: 's', mac: macOf(1), lang: 'zh-Hans' }

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
    // What a late report gives to the day before is taken from this one.
    sessionEvent('counted', sessionOf({ id: 's1' }), { seconds: -3, from: -4n, to: -(1n << 62n) }),
    { kind: 'refusal', at: NOON, nas: 'n', site: 's', reason: 'quota-time' },
    { kind: 'coa', at: NOON, nas: 'n', site: 's', session: 'x', reason: 'logout', result: 'ack' },
    { kind: 'items-met', ...page, served: ['silk', 'vase'], held: [] },
    { kind: 'item-opened', ...page, item: 'silk' },
  ]
  for (const event of events) t.same(readEvent(encodeEvent(event)), { kind: 'event', event })
})

t.test('what the records could not hold is refused by name, without what stood there', async (t) => {
  const line = encodeEvent(session).split('\t')
  const changed = (place: number, value: string): string => line.with(place, value).join('\t')
  /** What stands before the session's own fields. */
  const HEAD = 7
  const ofSession = (place: number, value: string): string => changed(HEAD + place, value)
  const cases: [string | null, string][] = [
    [null, 'no event in the entry'],
    ['', 'undecodable'],
    ['{"kind":"session"', 'undecodable'],
    ['null', 'not an event'],
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
    [JSON.stringify({ kind: 'items-met', ...page, served: 'silk', held: [] }), 'bad served'],
    [JSON.stringify({ kind: 'items-met', ...page, served: [], held: ['a b'] }), 'bad held'],
    [JSON.stringify({ kind: 'items-met', ...page, served: Array(1001).fill('a'), held: [] }), 'bad served'],
    [JSON.stringify({ kind: 'item-opened', ...page, lang: 'x'.repeat(17), item: 'silk' }), 'bad lang'],
    [JSON.stringify({ kind: 'item-opened', ...page, mac: 'me', item: 'silk' }), 'bad mac'],
    [JSON.stringify({ kind: 'item-opened', ...page }), 'bad item'],
    ['S', 'bad at'],
    [line.slice(0, 2).join('\t'), 'bad change'],
    [line.slice(0, HEAD).join('\t'), 'bad session.id'],
    [changed(1, '!'), 'bad at'],
    [changed(1, (1e17).toString(36)), 'bad at'],
    [changed(2, '9'), 'bad change'],
    [changed(3, (2 ** 60).toString(36)), 'bad delta.seconds'],
    [changed(4, (-(1n << 63n)).toString(36)), 'bad delta.fromVisitorOctets'],
    [changed(4, '!'), 'undecodable'],
    [changed(6, 'a b'), 'bad session.nas'],
    [ofSession(0, (2 ** 31).toString(36)), 'bad session.version'],
    [ofSession(2, ''), 'bad session.site'],
    [ofSession(3, 'aa:bb'), 'bad session.mac'],
    [ofSession(4, '%'), 'undecodable'],
    [ofSession(9, 'x'.repeat(129)), 'bad session.lang'],
    [ofSession(13, ''), 'bad session.startedAt'],
    [ofSession(17, '!'), 'bad session.seconds'],
    [ofSession(18, (1n << 63n).toString(36)), 'bad session.fromVisitorOctets'],
  ]
  for (const [text, reason] of cases) {
    const found = readEvent(text)
    t.equal(found.kind, 'reject', reason)
    if (found.kind === 'reject') t.equal(found.reason, reason)
  }
})
