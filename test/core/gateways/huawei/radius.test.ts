import t from 'tap'
import { radius } from '../../../../core/gateways/huawei/radius.ts'
import { askedNas, everyLimit, said, sessionOf } from '../records.ts'

t.test('time, idle time, average rates in bit/s, and the quota in KiB', (t) => {
  t.same(said(radius.limits(everyLimit)), [
    'Session-Timeout 3600',
    'Idle-Timeout 900',
    'Huawei-Input-Average-Rate 2000000',
    'Huawei-Output-Average-Rate 5000000',
    'Huawei-Remanent-Volume 4882812',
  ])
  t.same(radius.limits({}), [])
  t.end()
})

t.test('a quota is never what means "out at once" or "no limit"', (t) => {
  t.same(said(radius.limits({ octets: 1 })), ['Huawei-Remanent-Volume 1'])
  t.same(said(radius.limits({ octets: 1e15 })), ['Huawei-Remanent-Volume 4294967294'])
  t.end()
})

t.test('octets are counted as the RFC says', (t) => {
  t.notOk(radius.reversedOctets(() => 1))
  t.end()
})

t.test('a Disconnect-Request names the session alone', (t) => {
  t.same(said(radius.disconnect(sessionOf(), askedNas())), ['Acct-Session-Id 5f00000001'])
  t.end()
})
