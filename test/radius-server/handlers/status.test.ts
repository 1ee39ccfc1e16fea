import t from 'tap'
import type { Answer } from '../../../radius-server/handlers/request.ts'
import { StatusHandler } from '../../../radius-server/handlers/status.ts'
import { knownNas, NOON, requestOf, SECRET } from '../stage.ts'
import { accessRequest, provesReply, readWire, tlv } from '../wire.ts'

const told = (answer: Answer): string => (answer.kind === 'drop' ? answer.reason : answer.kind)

// RFC 5997 §4.2
t.test('each port answers with its own code, proved and empty', (t) => {
  const datagram = accessRequest([], { secret: SECRET, code: 12 })
  const request = requestOf(datagram, knownNas(), NOON)
  const handler = new StatusHandler()
  for (const [port, code, types] of [
    ['auth', 2, [80]],
    ['acct', 5, []],
  ] as const) {
    const answer = handler.handle(request, port)
    if (answer.kind !== 'answer') return t.fail(answer.kind)
    const wire = readWire(answer.bytes)
    t.equal(wire.code, code)
    t.same(
      wire.attributes.map(([type]) => type),
      types,
    )
    t.ok(provesReply(answer.bytes, datagram, SECRET))
  }
  t.end()
})

t.test('what else it carries is passed over', (t) => {
  // RFC 5997 §3: a user, a password and a NAS name are nobody's business here.
  const datagram = accessRequest([tlv(1, 'an.nguyen'), tlv(32, 'nas-1')], {
    secret: SECRET,
    code: 12,
    proof: { pap: 'x' },
  })
  const answer = new StatusHandler().handle(requestOf(datagram, knownNas(), NOON), 'auth')
  if (answer.kind !== 'answer') return t.fail(answer.kind)
  t.same(
    readWire(answer.bytes).attributes.map(([type]) => type),
    [80],
  )
  t.end()
})

t.test('a record that says so switches it off for that NAS', (t) => {
  const datagram = accessRequest([], { secret: SECRET, code: 12 })
  const handler = new StatusHandler()
  const off = requestOf(datagram, knownNas({ statusServer: false }), NOON)
  t.same(handler.handle(off, 'auth'), { kind: 'drop', reason: 'status-server-off' })
  t.same(handler.handle(off, 'acct'), { kind: 'drop', reason: 'status-server-off' })
  t.end()
})

t.test('ten a second a NAS on both ports together, anew with each second, whatever the clock does', (t) => {
  const datagram = accessRequest([], { secret: SECRET, code: 12 })
  const handler = new StatusHandler()
  const ask = (at: number, id = 'nas-1', port: 'auth' | 'acct' = 'auth'): string =>
    told(handler.handle(requestOf(datagram, knownNas({ id }), at), port))
  for (let i = 0; i < 10; i++) t.equal(ask(NOON + i, 'nas-1', i % 2 ? 'auth' : 'acct'), 'answer')
  t.equal(ask(NOON + 10), 'status-server-rate')
  t.equal(ask(NOON + 999, 'nas-1', 'acct'), 'status-server-rate')
  t.equal(ask(NOON + 999, 'nas-2'), 'answer')
  t.equal(ask(NOON + 1000), 'answer')
  t.equal(ask(NOON - 3_600_000), 'answer', 'a clock that was set back silences nobody')
  t.end()
})
