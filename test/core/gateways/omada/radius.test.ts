import t from 'tap'
import { radius } from '../../../../core/gateways/omada/radius.ts'
import { askedNas, everyLimit, said, sessionOf } from '../records.ts'

t.test('time, WISPr’s bandwidth, and the quota for each direction within 32 bits', (t) => {
  t.same(said(radius.limits(everyLimit)), [
    'Session-Timeout 3600',
    'WISPr-Bandwidth-Max-Up 2000000',
    'WISPr-Bandwidth-Max-Down 5000000',
    'TPLink-Recv-limit 4294967295',
    'TPLink-Xmit-limit 4294967295',
  ])
  t.same(radius.limits({}), [])
  t.end()
})

t.test('a quota within 32 bits is what it is', (t) => {
  t.same(said(radius.limits({ octets: 1_000_000 })), [
    'TPLink-Recv-limit 1000000',
    'TPLink-Xmit-limit 1000000',
  ])
  t.end()
})

t.test('octets are counted as the RFC says', (t) => {
  t.notOk(radius.reversedOctets(() => 1))
  t.end()
})

t.test('a Disconnect-Request names the device and the session', (t) => {
  t.same(said(radius.disconnect(sessionOf(), askedNas())), [
    'Calling-Station-Id 02-00-5E-00-53-01',
    'Acct-Session-Id 5f00000001',
  ])
  t.end()
})
