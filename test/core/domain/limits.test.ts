import fc from 'fast-check'
import { test } from 'tap'
import { lesser, narrowed, remaining } from '../../../core/domain/limits.ts'

test('what is left of an allowance', (t) => {
  t.same(remaining({ seconds: 7200, octets: 100 }, { seconds: 7000, octets: 40 }), {
    kind: 'left',
    seconds: 200,
    octets: 60,
  })
  t.same(remaining({ seconds: 7200 }, { seconds: 7200, octets: 0 }), { kind: 'used-up', what: 'time' })
  t.same(remaining({ octets: 100 }, { seconds: 0, octets: 101 }), { kind: 'used-up', what: 'data' })
  t.same(remaining({}, { seconds: 1e9, octets: 1e15 }), { kind: 'left' }, 'absent is unlimited')
  t.end()
})

test('what is left is never 0, because 0 is unlimited to some vendors', (t) => {
  const figure = fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: undefined })
  fc.assert(
    fc.property(figure, figure, fc.nat(), fc.nat(), (seconds, octets, usedSeconds, usedOctets) => {
      const left = remaining({ seconds, octets }, { seconds: usedSeconds, octets: usedOctets })
      return left.kind === 'used-up' || ((left.seconds ?? 1) >= 1 && (left.octets ?? 1) >= 1)
    }),
  )
  t.pass('for generated allowances')
  t.end()
})

test('a quota narrows a session and never widens it', (t) => {
  t.same(narrowed({ seconds: 3600, idleSeconds: 900 }, { seconds: 200 }), {
    seconds: 200,
    idleSeconds: 900,
    octets: undefined,
  })
  t.same(narrowed({ seconds: 60 }, { seconds: 200, octets: 5 }), { seconds: 60, octets: 5 })
  t.equal(lesser(undefined, 5), 5)
  t.equal(lesser(undefined, undefined), undefined)
  t.end()
})
