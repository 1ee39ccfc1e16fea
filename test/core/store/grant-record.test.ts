import fc from 'fast-check'
import t from 'tap'
import type { VisitGrant } from '../../../core/domain/visit.ts'
import { packGrant, unpackGrant } from '../../../core/store/grant-record.ts'

const figure = fc.option(fc.nat(Number.MAX_SAFE_INTEGER), { nil: undefined })
const grant: fc.Arbitrary<VisitGrant> = fc.record({
  method: fc.constantFrom('click-through' as const, 'voucher' as const),
  userName: fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\t', '~', '%', '\n', 'H', 'K', ' ') }),
  ),
  subject: fc.stringMatching(/^[mv]\.[A-Za-z0-9_-]{1,22}$/),
  grantedAt: fc.nat(4e12),
  validUntil: fc.nat(4e12),
  allowance: fc.record({ seconds: figure, octets: figure }),
  limits: fc.record({
    seconds: figure,
    idleSeconds: figure,
    octets: figure,
    downBitsPerSecond: figure,
    upBitsPerSecond: figure,
  }),
})

t.test('every right reads back as it was', (t) => {
  fc.assert(
    fc.property(grant, (each) => {
      const back = unpackGrant(packGrant(each))
      if (JSON.stringify(back) !== JSON.stringify(each)) throw new Error(JSON.stringify(back))
    }),
    { numRuns: 3000 },
  )
  t.pass('3,000 rights')
  t.end()
})

const CODE: VisitGrant = {
  method: 'voucher',
  userName: 'HK20 81XQ',
  subject: 'v.vch-1',
  grantedAt: 1_773_291_600_000,
  validUntil: 1_773_295_200_000,
  allowance: { seconds: 7200, octets: undefined },
  limits: {
    seconds: 3600,
    idleSeconds: 900,
    octets: undefined,
    downBitsPerSecond: 5_000_000,
    upBitsPerSecond: undefined,
  },
}

t.test('a tab in a code that somebody typed moves no field: neither whose right it is nor how much', (t) => {
  for (const userName of ['HK20\t81XQ', '\t\tHK2081XQ', 'HK20%0981XQ', '~HK2081XQ'])
    t.same(unpackGrant(packGrant({ ...CODE, userName })), { ...CODE, userName })
  t.end()
})

t.test('what is unlimited stays so, and nothing is not unlimited', (t) => {
  t.same(unpackGrant(packGrant({ ...CODE, limits: {}, allowance: {} })), {
    ...CODE,
    allowance: { seconds: undefined, octets: undefined },
    limits: {
      seconds: undefined,
      idleSeconds: undefined,
      octets: undefined,
      downBitsPerSecond: undefined,
      upBitsPerSecond: undefined,
    },
  })
  t.equal(unpackGrant(packGrant({ ...CODE, allowance: { seconds: 0 } })).allowance.seconds, 0)
  t.end()
})
