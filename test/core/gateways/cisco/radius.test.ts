import t from 'tap'
import { radius } from '../../../../core/gateways/cisco/radius.ts'
import { askedNas, everyLimit, said, sessionOf } from '../records.ts'

t.test('time, idle time, and contracts in kbit/s for TCP and UDP, bursts no smaller than averages', (t) => {
  t.same(said(radius.limits(everyLimit)), [
    'Session-Timeout 3600',
    'Idle-Timeout 900',
    'Airespace-Data-Bandwidth-Average-Contract 5000',
    'Airespace-Real-Time-Bandwidth-Average-Contract 5000',
    'Airespace-Data-Bandwidth-Burst-Contract 5000',
    'Airespace-Real-Time-Bandwidth-Burst-Contract 5000',
    'Airespace-Data-Bandwidth-Average-Contract-Upstream 2000',
    'Airespace-Real-Time-Bandwidth-Average-Contract-Upstream 2000',
    'Airespace-Data-Bandwidth-Burst-Contract-Upstream 2000',
    'Airespace-Real-Time-Bandwidth-Burst-Contract-Upstream 2000',
  ])
  t.same(radius.limits({}), [])
  t.end()
})

t.test('octets are counted as the RFC says', (t) => {
  t.notOk(radius.reversedOctets(() => 1))
  t.end()
})

t.test('a Disconnect-Request names the device at the controller', (t) => {
  t.same(said(radius.disconnect(sessionOf(), askedNas())), [
    'Calling-Station-Id 02-00-5E-00-53-01',
    'NAS-IP-Address 10.1.0.1',
  ])
  t.end()
})
