import t from 'tap'
import { radius } from '../../../../core/gateways/ruckus/radius.ts'
import { askedNas, everyLimit, said, sessionOf } from '../records.ts'

t.test('time, idle time, WISPr’s bandwidth, and at most 4 GiB a session', (t) => {
  t.same(said(radius.limits(everyLimit)), [
    'Session-Timeout 3600',
    'Idle-Timeout 900',
    'WISPr-Bandwidth-Max-Up 2000000',
    'WISPr-Bandwidth-Max-Down 5000000',
    'Ruckus-Max-DL-UL-Quota 4294967295',
  ])
  t.same(radius.limits({}), [])
  t.end()
})

t.test('octets are counted as the RFC says', (t) => {
  t.notOk(radius.reversedOctets(() => 1))
  t.end()
})

t.test('a Disconnect-Request names the device with its user, at the controller', (t) => {
  t.same(said(radius.disconnect(sessionOf(), askedNas())), [
    'Calling-Station-Id 02-00-5E-00-53-01',
    'User-Name g1.visit.user',
    'NAS-IP-Address 10.1.0.1',
  ])
  t.end()
})
