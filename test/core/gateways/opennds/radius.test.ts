import t from 'tap'
import { radius } from '../../../../core/gateways/opennds/radius.ts'
import { everyLimit, nasOf, said, sessionOf } from '../records.ts'

t.test(
  'who asks by RADIUS for openNDS understands the standard’s limits, and has no Disconnect-Request',
  (t) => {
    t.same(said(radius.limits(everyLimit)), ['Session-Timeout 3600', 'Idle-Timeout 900'])
    t.notOk(radius.reversedOctets(() => undefined))
    t.same(radius.disconnect(sessionOf(), nasOf()), [])
    t.end()
  },
)
