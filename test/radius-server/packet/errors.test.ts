import t from 'tap'
import { PacketError } from '../../../radius-server/packet/errors.ts'

t.test('an error says what happened, and by a stable code which kind it is', async (t) => {
  const error = new PacketError('packet-too-long', 'packet of code 2 would have 5000 octets')
  t.ok(error instanceof Error)
  t.equal(error.code, 'packet-too-long')
  t.equal(String(error), 'PacketError: packet of code 2 would have 5000 octets')
})
