import t from 'tap'
import { radius } from '../../../../core/gateways/unifi/radius.ts'
import { askedNas, everyLimit, said, sessionOf } from '../records.ts'

t.test('an access point takes time and rates of 64 bits, no idle time and no quota', (t) => {
  t.same(said(radius.limits(everyLimit)), [
    'Session-Timeout 3600',
    'UBNT-Data-Rate-DL 5000000',
    'UBNT-Data-Rate-UL 2000000',
  ])
  t.same(radius.limits({}), [])
  t.end()
})

t.test('a rate past 32 bits is what it is', (t) => {
  t.same(said(radius.limits({ downBitsPerSecond: 10_000_000_000 })), ['UBNT-Data-Rate-DL 10000000000'])
  t.end()
})

t.test('octets are counted as the RFC says', (t) => {
  t.notOk(radius.reversedOctets(() => 1))
  t.end()
})

t.test('a Disconnect-Request names the device and the session, as hostapd wants them', (t) => {
  t.same(said(radius.disconnect(sessionOf(), askedNas())), [
    'Calling-Station-Id 02-00-5E-00-53-01',
    'Acct-Session-Id 5f00000001',
  ])
  t.end()
})
