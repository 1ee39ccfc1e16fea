import t from 'tap'
import {
  acctSessionId,
  callingStationId,
  framedIpAddress,
  nasAddress,
  sessionTimeout,
  timeouts,
  userName,
} from '../../../core/gateways/standard.ts'
import { nasOf, sessionOf } from './records.ts'

t.test('time limits are the standard’s, and absent where there is no limit', (t) => {
  t.same(timeouts({ seconds: 60, idleSeconds: 30 }), [
    { vendor: null, type: 27, kind: 'integer', value: 60 },
    { vendor: null, type: 28, kind: 'integer', value: 30 },
  ])
  t.same(sessionTimeout({ seconds: 60, idleSeconds: 30 }), [
    { vendor: null, type: 27, kind: 'integer', value: 60 },
  ])
  t.same(timeouts({ octets: 5 }), [])
  t.end()
})

t.test('a session is named by what is known of it', (t) => {
  const session = sessionOf()
  t.same(userName(session), [{ vendor: null, type: 1, kind: 'text', value: 'g1.visit.user' }])
  t.same(acctSessionId(session), [{ vendor: null, type: 44, kind: 'text', value: '5f00000001' }])
  t.same(framedIpAddress(session), [{ vendor: null, type: 8, kind: 'address', value: '10.9.0.7' }])
  t.same(userName(sessionOf({ userName: null })), [])
  t.same(framedIpAddress(sessionOf({ ip: null })), [])
  t.same(framedIpAddress(sessionOf({ ip: '2001:db8::7' })), [], 'Framed-IP-Address is IPv4 (RFC 2865 §5.8)')
  t.end()
})

t.test('a device is spelt as RFC 3580 §3.21 spells it', (t) => {
  t.same(callingStationId(sessionOf()), [
    { vendor: null, type: 31, kind: 'text', value: '02-00-5E-00-53-01' },
  ])
  t.end()
})

t.test('a NAS is named by the address that it is asked at, of either family', (t) => {
  const at = (address: string) => nasAddress(nasOf({ coa: { address, port: 3799 } }))
  t.same(at('10.1.0.1'), [{ vendor: null, type: 4, kind: 'address', value: '10.1.0.1' }])
  t.same(at('2001:db8::1'), [{ vendor: null, type: 95, kind: 'address', value: '2001:db8::1' }])
  t.same(nasAddress(nasOf({ coa: null })), [])
  t.end()
})
