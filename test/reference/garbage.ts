// Reports of gateways that have lost their minds: wild figures everywhere, under a few ids, so that they meet.
import fc from 'fast-check'
import type { Mac } from '../../core/domain/mac.ts'
import type { Arrived, Counter, Report } from './reports.ts'

const MOST = 2 ** 32 - 1
const uint32 = fc.oneof(
  fc.nat(100),
  fc.nat(100_000),
  fc.integer({ min: 0, max: MOST }),
  fc.constantFrom(MOST, 2 ** 31),
)
const counter: fc.Arbitrary<Counter> = fc.record({
  low: uint32,
  gigawords: fc.oneof(fc.constant(null), fc.nat(3), uint32),
})

const report: fc.Arbitrary<Report> = fc.record({
  status: fc.constantFrom('start', 'interim', 'interim', 'stop'),
  acctSessionId: fc.constantFrom('1', '2'),
  mac: fc.constant('02005E005301' as Mac),
  seconds: fc.option(uint32),
  from: fc.option(counter),
  to: fc.option(counter),
  cause: fc.constantFrom(null, 'User-Request', 'NAS-Reboot', 'Lost-Silence'),
  classSession: fc.constantFrom(null, 'class-1', 'class-2'),
  ap: fc.constant(null),
  ip: fc.constant(null),
  ipv6: fc.subarray(['2001:db8::1', '2001:db8::2', '2001:db8:1::/64']),
})

/** Up to thirty of them, up to three days apart; receipt goes on as time does. */
export const garbage: fc.Arbitrary<Arrived[]> = fc
  .array(
    fc.record({
      after: fc.oneof(fc.nat(100), fc.nat(3_000), fc.nat(3 * 86_400)),
      delaySeconds: fc.oneof(fc.constant(0), uint32),
      says: fc.oneof(
        { weight: 9, arbitrary: report },
        { weight: 1, arbitrary: fc.constantFrom({ status: 'on' } as const, { status: 'off' } as const) },
      ),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((list) => {
    let receivedAt = Date.parse('2026-03-12T12:00:00Z')
    return list.map(({ after, ...more }) => ({
      nas: 'nas-1',
      receivedAt: (receivedAt += after * 1000),
      ...more,
    }))
  })
