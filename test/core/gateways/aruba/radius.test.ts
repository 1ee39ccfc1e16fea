import t from 'tap'
import { radius } from '../../../../core/gateways/aruba/radius.ts'
import { askedNas, everyLimit, said, sessionOf } from '../records.ts'

t.test('time and idle time: bandwidth is the role’s, and there is no quota', (t) => {
  t.same(said(radius.limits(everyLimit)), ['Session-Timeout 3600', 'Idle-Timeout 900'])
  t.same(radius.limits({}), [])
  t.end()
})

t.test('octets are counted as the RFC says', (t) => {
  t.notOk(radius.reversedOctets(() => 1))
  t.end()
})

t.test('a Disconnect-Request names the device at the controller, and no session id', (t) => {
  t.same(said(radius.disconnect(sessionOf(), askedNas())), [
    'Calling-Station-Id 02-00-5E-00-53-01',
    'NAS-IP-Address 10.1.0.1',
  ])
  t.end()
})
