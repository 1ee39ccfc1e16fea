import fc from 'fast-check'
import t from 'tap'
import { clamped, integer, quota, timeouts, wisprBandwidth } from '../../../core/gateways/attributes.ts'

const positive = fc.double({ min: 0, max: 2 ** 53, noNaN: true })

t.test('whatever the figure, it becomes a whole number from 1 to 2³² − 1', (t) => {
  fc.assert(
    fc.property(positive, (figure) => {
      const value = clamped(figure)
      return Number.isInteger(value) && value >= 1 && value <= 0xffff_ffff && (figure < 1 || value <= figure)
    }),
  )
  t.same([0, 0.9, 1, 1.9, 0xffff_ffff, 2 ** 32].map(clamped), [1, 1, 1, 1, 0xffff_ffff, 0xffff_ffff])
  t.end()
})

t.test('a quota in two words is the quota, but for the octet that keeps the low word from being 0', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (octets) => {
      const [low, high] = quota(octets, 3, 23, 14559)
      const total = Number(high?.value ?? 0) * 2 ** 32 + Number(low!.value)
      return low!.value !== 0 && high?.value !== 0 && total - octets === (octets % 2 ** 32 === 0 ? 1 : 0)
    }),
  )
  t.end()
})

t.test('what every vendor understands carries no vendor', (t) => {
  t.same(timeouts({ seconds: 60, idleSeconds: 30 }), [
    { type: 27, value: 60 },
    { type: 28, value: 30 },
  ])
  t.same(integer(27, 60), { type: 27, value: 60 })
  t.same(wisprBandwidth({ upBitsPerSecond: 1000 }), [{ vendor: 14122, type: 7, value: 1000 }])
  t.end()
})
