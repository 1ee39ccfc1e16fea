import t from 'tap'
import { radius } from '../../../../core/gateways/coova-chilli/radius.ts'
import { nasOf, said, sessionOf } from '../records.ts'

const CHILLISPOT = 14559

t.test('limits are in seconds, bit/s and kbit/s, and octets', (t) => {
  t.same(
    said(
      radius.limits({
        seconds: 3600,
        idleSeconds: 900,
        octets: 1_000_000_000,
        upBitsPerSecond: 2_000_000,
        downBitsPerSecond: 5_000_000,
      }),
    ),
    [
      'Session-Timeout 3600',
      'Idle-Timeout 900',
      'WISPr-Bandwidth-Max-Up 2000000',
      'WISPr-Bandwidth-Max-Down 5000000',
      'ChilliSpot-Bandwidth-Max-Up 2000',
      'ChilliSpot-Bandwidth-Max-Down 5000',
      'ChilliSpot-Max-Total-Octets 1000000000',
    ],
  )
  t.end()
})

t.test('what is not limited is not said', (t) => {
  t.same(radius.limits({}), [])
  t.same(said(radius.limits({ downBitsPerSecond: 1_000_000 })), [
    'WISPr-Bandwidth-Max-Down 1000000',
    'ChilliSpot-Bandwidth-Max-Down 1000',
  ])
  t.end()
})

// Rule 5 of standards.md D: 0 is "unlimited" to some and "now" to others.
t.test('a limit is at least 1, and at most what 32 bits hold', (t) => {
  const values = (limits: Parameters<typeof radius.limits>[0]) =>
    radius.limits(limits).map(({ value }) => value)
  t.same(values({ seconds: 0, idleSeconds: 0.5 }), [1, 1])
  t.same(values({ upBitsPerSecond: 1, downBitsPerSecond: 999 }), [1, 999, 1, 1])
  t.same(values({ seconds: 1e12, idleSeconds: 2 ** 32 }), [0xffff_ffff, 0xffff_ffff])
  t.same(
    values({ upBitsPerSecond: 1e13, downBitsPerSecond: 1e10 }),
    [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 10_000_000],
  )
  t.same(values({ seconds: 59.99 }), [59])
  t.end()
})

t.test('a quota past 32 bits is split into octets and Gigawords, neither of them 0', (t) => {
  const quota = (octets: number) => radius.limits({ octets }).map(({ type, value }) => [type, value])
  t.same(quota(1), [[3, 1]])
  t.same(quota(0.3), [[3, 1]])
  t.same(quota(2 ** 32 - 1), [[3, 0xffff_ffff]])
  t.same(quota(2 ** 32), [
    [3, 1],
    [23, 1],
  ])
  t.same(quota(5_000_000_000), [
    [3, 705_032_704],
    [23, 1],
  ])
  t.same(quota(3 * 2 ** 32 + 7), [
    [3, 7],
    [23, 3],
  ])
  t.same(quota(Number.MAX_SAFE_INTEGER), [
    [3, 0xffff_ffff],
    [23, 0x1f_ffff],
  ])
  t.end()
})

// lessons.md 31; RADIUS_VALUE_CHILLISPOT_NAS_VIEWPOINT is 1, CLIENT_VIEWPOINT 2 (CoovaChilli, radius_chillispot.h).
t.test('octets are the client’s unless 14559.10 says that they are the NAS’s', (t) => {
  const view = (value: number | undefined) =>
    radius.reversedOctets((vendor, type) => (vendor === CHILLISPOT && type === 10 ? value : undefined))
  t.same([undefined, 2, 1, 0].map(view), [true, true, false, true])
  t.end()
})

t.test('a Disconnect-Request names user and session, and nothing that CoovaChilli would refuse', (t) => {
  t.same(said(radius.disconnect(sessionOf(), nasOf())), [
    'User-Name g1.visit.user',
    'Acct-Session-Id 5f00000001',
  ])
  t.same(said(radius.disconnect(sessionOf({ userName: null }), nasOf())), ['Acct-Session-Id 5f00000001'])
  t.end()
})
