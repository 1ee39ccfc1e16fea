import t from 'tap'
import { radius } from '../../../../core/gateways/fortinet/radius.ts'
import { askedNas, everyLimit, said, sessionOf } from '../records.ts'

t.test('time: idle time and bandwidth are the FortiGate’s, and there is no quota', (t) => {
  t.same(said(radius.limits(everyLimit)), ['Session-Timeout 3600'])
  t.same(radius.limits({}), [])
  t.end()
})

t.test('octets are counted as the RFC says', (t) => {
  t.notOk(radius.reversedOctets(() => 1))
  t.end()
})

t.test('a Disconnect-Request names the address too, without which a FortiGate refuses', (t) => {
  t.same(said(radius.disconnect(sessionOf(), askedNas())), [
    'Acct-Session-Id 5f00000001',
    'User-Name g1.visit.user',
    'Framed-IP-Address 10.9.0.7',
  ])
  t.end()
})
