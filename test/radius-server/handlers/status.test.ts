import t from 'tap'
import { handleStatus } from '../../../radius-server/handlers/status.ts'
import { knownNas, NOON, requestOf, SECRET } from '../stage.ts'
import { accessRequest, provesReply, readWire } from '../wire.ts'

// RFC 5997 §4.2
t.test('each port answers with its own code, proved and empty', (t) => {
  const datagram = accessRequest([], { secret: SECRET, code: 12 })
  const request = requestOf(datagram, knownNas(), NOON)
  for (const [port, code, types] of [
    ['auth', 2, [80]],
    ['acct', 5, []],
  ] as const) {
    const answer = handleStatus(request, port)
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
