import t from 'tap'
import { radius } from '../../../../core/gateways/ruijie/radius.ts'
import { askedNas, everyLimit, said, sessionOf } from '../records.ts'

t.test('time, idle time and WISPr’s bandwidth; none of its own, whose unit nobody tells', (t) => {
  t.same(said(radius.limits(everyLimit)), [
    'Session-Timeout 3600',
    'Idle-Timeout 900',
    'WISPr-Bandwidth-Max-Up 2000000',
    'WISPr-Bandwidth-Max-Down 5000000',
  ])
  t.same(radius.limits({}), [])
  t.end()
})

t.test('octets are counted as the RFC says', (t) => {
  t.notOk(radius.reversedOctets(() => 1))
  t.end()
})

t.test('a Disconnect-Request names the user and the session', (t) => {
  t.same(said(radius.disconnect(sessionOf(), askedNas())), [
    'User-Name g1.visit.user',
    'Acct-Session-Id 5f00000001',
  ])
  t.end()
})
