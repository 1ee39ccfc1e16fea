import t from 'tap'
import { radius } from '../../../../core/gateways/cambium/radius.ts'
import { askedNas, everyLimit, said, sessionOf } from '../records.ts'

t.test('time, idle time, WISPr’s bandwidth, and total octets with Gigawords', (t) => {
  t.same(said(radius.limits(everyLimit)), [
    'Session-Timeout 3600',
    'Idle-Timeout 900',
    'WISPr-Bandwidth-Max-Up 2000000',
    'WISPr-Bandwidth-Max-Down 5000000',
    'Cambium-Traffic-Quota-Limit-Total 705032704',
    'Cambium-Traffic-Quota-Limit-Total-Gigwords 1',
  ])
  t.same(radius.limits({}), [])
  t.end()
})

t.test('octets are counted as the RFC says', (t) => {
  t.notOk(radius.reversedOctets(() => 1))
  t.end()
})

t.test('a Disconnect-Request names the user and the device', (t) => {
  t.same(said(radius.disconnect(sessionOf(), askedNas())), [
    'User-Name g1.visit.user',
    'Calling-Station-Id 02-00-5E-00-53-01',
  ])
  t.end()
})
