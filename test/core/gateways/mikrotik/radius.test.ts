import t from 'tap'
import { radius } from '../../../../core/gateways/mikrotik/radius.ts'
import { nasOf, said, sessionOf } from '../records.ts'

const MIKROTIK = 14988
const rate = (limits: Parameters<typeof radius.limits>[0]) =>
  radius.limits(limits).find(({ vendor, type }) => vendor === MIKROTIK && type === 8)?.value

t.test('limits are in seconds, a rate and octets', (t) => {
  t.same(
    said(
      radius.limits({
        seconds: 3600,
        idleSeconds: 900,
        octets: 5_000_000_000,
        upBitsPerSecond: 2_000_000,
        downBitsPerSecond: 5_000_000,
      }),
    ),
    [
      'Session-Timeout 3600',
      'Idle-Timeout 900',
      // rx/tx from the router’s side: rx is what the visitor sends.
      'Mikrotik-Rate-Limit 2000k/5000k',
      'Mikrotik-Total-Limit 705032704',
      'Mikrotik-Total-Limit-Gigawords 1',
    ],
  )
  t.same(radius.limits({}), [])
  t.end()
})

t.test('a rate is never 0, which RouterOS takes for unlimited', (t) => {
  t.equal(rate({ upBitsPerSecond: 1, downBitsPerSecond: 999 }), '1k/1k')
  t.equal(rate({ upBitsPerSecond: 1999, downBitsPerSecond: 2000 }), '1k/2k')
  t.equal(rate({ upBitsPerSecond: 1e12, downBitsPerSecond: 1e9 }), '10000000k/1000000k', 'at most 10 Gbit/s')
  t.end()
})

t.test('where one direction is limited the other is as good as free', (t) => {
  t.equal(rate({ downBitsPerSecond: 5_000_000 }), '10000000k/5000k')
  t.equal(rate({ upBitsPerSecond: 2_000_000 }), '2000k/10000000k')
  t.equal(rate({ seconds: 60 }), undefined)
  t.end()
})

t.test('octets are counted as the RFC says', (t) => {
  t.notOk(radius.reversedOctets(() => 1))
  t.notOk(radius.reversedOctets(() => undefined))
  t.end()
})

t.test('a Disconnect-Request names user, address and session: none of them is enough alone', (t) => {
  t.same(said(radius.disconnect(sessionOf(), nasOf())), [
    'User-Name g1.visit.user',
    'Framed-IP-Address 10.9.0.7',
    'Acct-Session-Id 5f00000001',
  ])
  t.same(
    said(radius.disconnect(sessionOf({ ip: null }), nasOf())),
    ['User-Name g1.visit.user', 'Acct-Session-Id 5f00000001'],
    'an address that nobody told cannot be named',
  )
  t.end()
})
